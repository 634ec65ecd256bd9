"""Reading settings from the environment: an odd value stops the start, it is never guessed at."""

import os
import re
from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def switch(name: str, *, default: bool) -> bool:
    """`on` or `off`; anything else is refused, so that DEBUG=yes cannot quietly mean either."""
    value = text(name)
    if value not in {"", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return default if value == "" else value == "on"


def number(name: str, *, default: int, lowest: int = 0) -> int:
    value = text(name)
    if value == "":
        return default
    if not value.isascii() or not value.isdigit() or int(value) < lowest:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {lowest}, not {value!r}.")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def web_address(name: str) -> str:
    """An address that a page may link to, or nothing."""
    value = text(name)
    if value and not value.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{name} must be a web address that starts with https://, not {value!r}.")
    return value


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY itself, or the content of SECRET_KEY_FILE, or of the file `./start` keeps in the data folder."""
    if key := text("SECRET_KEY"):
        where = "SECRET_KEY"
    else:
        named = text("SECRET_KEY_FILE")
        path = Path(named) if named else data_dir / "secret_key"
        if not path.is_file():
            hint = f"SECRET_KEY_FILE names {path}, which is not a file." if named else ""
            raise ImproperlyConfigured(
                f"SECRET_KEY is missing. Set SECRET_KEY or SECRET_KEY_FILE, or run ./start setup. {hint}".strip()
            )
        key, where = path.read_text(encoding="utf-8").strip(), str(path)
    if len(key) < 50 or len(set(key)) < 10:
        raise ImproperlyConfigured(f"The secret key in {where} is too short or too simple: use at least 50 characters.")
    return key


@dataclass(frozen=True)
class SignInService:
    """The municipality's own sign-in (OpenID Connect): Entra ID, AD FS or another."""

    server_url: str
    client_id: str
    client_secret: str
    name: str
    username_claim: str
    scopes: list[str]


def sign_in_service() -> SignInService | None:
    """None until it is configured; half of a configuration stops the start."""
    needed = {name: text(name) for name in ("SSO_SERVER_URL", "SSO_CLIENT_ID")}
    needed["SSO_CLIENT_SECRET"] = secret("SSO_CLIENT_SECRET")
    if not any(needed.values()):
        return None
    if missing := [name for name, value in needed.items() if not value]:
        raise ImproperlyConfigured(f"{' and '.join(missing)} missing: sign-in through a service needs all of SSO_*.")
    if not (find_spec("jwt") and find_spec("requests")):
        raise ImproperlyConfigured("SSO_* is set, but requirements-sso.txt is not installed. Run ./start setup.")
    server_url = needed["SSO_SERVER_URL"].removesuffix("/.well-known/openid-configuration").rstrip("/")
    if not server_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ImproperlyConfigured(f"SSO_SERVER_URL must start with https://, not {server_url!r}.")
    return SignInService(
        server_url=server_url,
        client_id=needed["SSO_CLIENT_ID"],
        client_secret=needed["SSO_CLIENT_SECRET"],
        name=text("SSO_NAME") or "kommunens login",
        username_claim=text("SSO_USERNAME_CLAIM") or "preferred_username",
        scopes=text("SSO_SCOPES", "openid profile").split(),
    )


def site_url(*, hosts: list[str], https: bool) -> str:
    """Where links in mails lead: SITE_URL, or the first host name."""
    if not (url := text("SITE_URL").rstrip("/")):
        host = hosts[0].lstrip(".")
        return f"https://{host}" if https else f"http://{host}:{number('PORT', default=8000)}"
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", url):
        raise ImproperlyConfigured(f"SITE_URL must be like https://budget.example.dk, not {url!r}.")
    return url


def sender(hosts: list[str], *, is_needed: bool) -> str:
    """EMAIL_FROM, the address that mails come from: a mail server must be told one."""
    if not (address := text("EMAIL_FROM")):
        if is_needed:
            raise ImproperlyConfigured("EMAIL_FROM is missing. Name the address that mails come from.")
        return f"budgetaftaler@{hosts[0].lstrip('.')}"
    name, mailbox = parseaddr(address)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", mailbox):
        raise ImproperlyConfigured(f"EMAIL_FROM must be an address like budget@example.dk, not {address!r}.")
    return address


def secret(name: str) -> str:
    """NAME itself, or the content of the file that NAME_FILE names."""
    if not (named := text(f"{name}_FILE")):
        return text(name)
    path = Path(named)
    if not path.is_file():
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which is not a file.")
    return path.read_text(encoding="utf-8").strip()
