"""Why a backup is not made or not restored. The text is Danish, for whoever runs the command."""

from tracker.errors import TrackerError


class BackupRefused(TrackerError):
    """Nothing was changed."""


class Damaged(BackupRefused):
    def __init__(self, file: object, cause: str):
        super().__init__(f"{file}: backuppen er beskadiget: {cause}.")


class RestoredWrong(TrackerError):
    """The one thing that must be told loudest: it was restored, and it is not what was backed up."""

    def __init__(self, causes: list[str]):
        super().__init__(
            f"Databasen er gendannet, men den er ikke, som backuppen siger: {'; '.join(causes[:5])}. "
            "Brug den ikke. Gendan igen, eller gendan en anden backup."
        )
