"""What the forms of the set-up have in common once they are sent."""

from collections.abc import Callable

from tracker.errors import TrackerError
from tracker.forms.versioned import DeleteForm, VersionedForm


def status_of(form: VersionedForm | DeleteForm, save: Callable[[], object]) -> int:
    """Saves what a valid form holds. 0 when it is done, with the action's answer as `form.answer`; else the status of
    the page that comes back with the form."""
    if not form.is_valid():
        return 422
    try:
        form.answer = save()
    except TrackerError as error:
        return form.refuse(error)
    return 0


def told(is_changed: bool) -> str:
    return "Rettelserne er gemt." if is_changed else "Der var ingen rettelser at gemme."
