"""What an administrator, or whoever runs the server, does about another's way in: a lost phone, a new directory."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from tracker.errors import TrackerError
from tracker.models import Act, User

from .events import write_event


@transaction.atomic
def remove_second_factor(*, account: User, by: User | str, now: datetime | None = None) -> None:
    """The account then signs in with the password alone, and where a second factor is needed sets up a new one. One's
    own is removed on a page that asks for the password again."""
    if isinstance(by, User) and by.pk == account.pk:
        raise TrackerError("Dit eget andet trin fjerner du under »Andet trin ved log ind«, hvor du bekræfter det.")
    removed, _ = Authenticator.objects.filter(user=account).delete()
    if not removed:
        raise TrackerError(f"{account} har ikke sat et andet trin op. Intet er ændret.")
    write_event(act=Act.SECOND_FACTOR_REMOVED, by=by, subject=f"konto {account.username}", now=now)
