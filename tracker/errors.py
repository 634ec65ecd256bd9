"""Broken rules. The text is a Danish sentence that tells the user what to do; the view shows it in the form."""


class TrackerError(Exception):
    """A rule of the follow-up was broken; nothing was changed."""


class RoundNotOpen(TrackerError):
    def __init__(self, label: str):
        super().__init__(f"{label} er ikke åben for indberetning. Spørg Økonomi og Styring, hvis noget skal rettes.")


class RoundStateError(TrackerError):
    """The round is not in the state that the act starts from."""


class WrongState(TrackerError):
    """The assessment is not in the state that the act starts from."""


class Withdrawn(TrackerError):
    """An edition that has been withdrawn: the notice with the reason stands in its place."""

    def __init__(self, edition):
        self.edition = edition
        super().__init__("Udgaven er trukket tilbage.")


class EditionRefused(TrackerError):
    """An edition cannot be built, released, opened or withdrawn now."""


class FourEyes(TrackerError):
    def __init__(self):
        super().__init__(
            "Du har selv indtastet, indsendt eller skrevet bemærkning til punktet. En anden skal godkende det."
        )


class MissingAnswer(TrackerError):
    """What must be filled in before an assessment can be submitted: `fields` holds a sentence per form field."""

    def __init__(self, fields: dict[str, str]):
        self.fields = fields
        super().__init__(" ".join(fields.values()))


class StaleVersion(TrackerError):
    """Someone else saved since the form was opened. `current` is the saved assessment, which was left as it is."""

    def __init__(
        self, current, sentence="En anden har gemt i mellemtiden. Din tekst er ikke gemt, men står stadig i feltet."
    ):
        self.current = current
        super().__init__(sentence)


class RowChanged(TrackerError):
    """Someone else saved the row of a set-up form since it was opened. `current` is the saved row, left as it is."""

    def __init__(self, current):
        self.current = current
        super().__init__(
            "En anden har gemt, siden du åbnede siden. Dine rettelser er ikke gemt, men står stadig i felterne. "
            "Se herunder, hvad der nu er gemt, og gem igen, hvis dine rettelser skal gælde."
        )


class RowDeleted(TrackerError):
    def __init__(self):
        super().__init__("En anden har slettet rækken i mellemtiden. Dine rettelser er ikke gemt.")


class AgreementSigned(TrackerError):
    def __init__(self):
        super().__init__("Aftalen er indgået. Det, der er aftalt, kan ikke længere ændres her; intet er gemt.")


class TotalsChanged(TrackerError):
    """The money has changed since somebody held it against the paper. `totals` is what it comes to now."""

    def __init__(self, totals: dict[tuple[str, int], int]):
        self.totals = totals
        super().__init__(
            "Beløbene er ændret, siden du åbnede siden. Se de nye summer herunder, og bekræft dem, hvis de er papirets."
        )


class Refused(TrackerError):
    """Something in a form breaks a rule. `fields` holds a sentence per form field ("" for the whole form)."""

    def __init__(self, sentence: str = "", **fields: str):
        self.fields = ({"": sentence} if sentence else {}) | fields
        super().__init__(" ".join(self.fields.values()))


class CprFound(TrackerError):
    """A text holds what looks like a CPR number, and nobody has vouched that it is none. `places` says where, in words,
    and which number, masked; a form finds its own fields by `digits`. Nothing of it is shown whole."""

    def __init__(self, places: list[tuple[str, str]], digits: frozenset[str] = frozenset(), *, is_reason: bool = False):
        self.places, self.digits, self.is_reason = places, digits, is_reason
        named = "; ".join(f"{place}: {masked}" for place, masked in places)
        way_out = (
            "Begrundelsen må ikke selv gentage det."
            if is_reason
            else "Fjern det, eller skriv en begrundelse, hvis det ikke er et CPR-nummer."
        )
        super().__init__(
            f"Teksten indeholder noget, der ligner et CPR-nummer ({named}). Oplysninger om enkeltpersoner hører ikke "
            f"til her, så intet er gemt. {way_out}"
        )


class UploadOutdated(TrackerError):
    """What somebody was shown before applying a file is no longer what applying it would do."""

    def __init__(self):
        super().__init__(
            "Aftalen eller filen er en anden, end da du så forskellen. Intet er ændret. Se forskellen igen, og indlæs "
            "filen, hvis den stadig er den rigtige."
        )


class DraftInUse(TrackerError):
    """A draft that cannot be replaced by a file, as people already follow it up."""

    def __init__(self, obstacles: list[str]):
        super().__init__(" ".join(["Udkastet kan ikke erstattes; intet er ændret.", *obstacles]))


class NotTakenOver(TrackerError):
    def __init__(self):
        super().__init__("Centeret har selv en kladde. Overtag den først, hvis centeret har bedt om det.")


class OtherAccountsExist(TrackerError):
    def __init__(self):
        super().__init__(
            "Databasen har andre konti end demokontiene. Demoen er derfor ikke indlæst, og intet er ændret."
        )
