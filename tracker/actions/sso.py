"""Which account a person from the municipality's own sign-in comes in with. Imported only where SSO_* is set."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from tracker.errors import TrackerError
from tracker.models import Act, User

from .events import write_event


@transaction.atomic
def link_account(*, claims: dict, linked: SocialAccount | None) -> User:
    """The open account of this person, linked at the first sign-in; TrackerError with a sentence for all others."""
    name = claims.get(settings.SSO.username_claim)
    name = name.strip()[:150] if isinstance(name, str) else ""
    account = linked.user if linked else _account_named(name)
    if account is None or not account.is_active:
        raise TrackerError(
            f"Du har ingen åben konto her{f' med navnet {name}' if name else ''}. "
            "Skriv til Økonomi og Styring, hvis du skal have en."
        )
    if linked is None:
        _link(account, claims)
    return account


def _account_named(name: str) -> User | None:
    """Directories do not tell capitals from small letters, our user names do: two that differ only so fit nobody."""
    found = list(User.objects.filter(username__iexact=name)[:2]) if name else []
    return found[0] if len(found) == 1 else None


def _link(account: User, claims: dict) -> None:
    """A link to another person of the same service is never replaced by signing in; one to a former service is."""
    former = SocialAccount.objects.select_for_update().filter(user=account, provider="sso")
    if any(each.extra_data.get("id_token", {}).get("iss") == claims["iss"] for each in former):
        raise TrackerError(
            "Kontoen hører til en anden person hos login-tjenesten. Bed en administrator om at fjerne tilknytningen."
        )
    former.delete()
    SocialAccount.objects.create(user=account, provider="sso", uid=claims["uid"], extra_data={"id_token": claims})
    write_event(act=Act.SSO_LINKED, by=account, subject=f"konto {account.username}", note=claims["iss"])


@transaction.atomic
def unlink_account(*, account: User, by: User) -> None:
    """The next sign-in links the account anew, by its user name."""
    removed, _ = SocialAccount.objects.filter(user=account, provider="sso").delete()
    if not removed:
        raise TrackerError(f"{account} er ikke knyttet til nogen hos login-tjenesten. Intet er ændret.")
    write_event(act=Act.SSO_UNLINKED, by=by, subject=f"konto {account.username}")
