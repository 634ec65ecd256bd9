"""Reading settings from the environment: an odd value stops the start, it is never guessed at."""

import os
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
