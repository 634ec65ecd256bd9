"""TOML files in and out: UTF-8 text with one fixed first line, so that a dump of a load is the same file."""

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path

import tomli_w

from .schema import FileRefused, Problem

LARGEST_FILE = 20_000_000  # bytes; the 2018 agreement has 60,000


_PLACE = re.compile(r"at line (\d+), column (\d+)")


def what_failed(error: OSError) -> str:
    """The operating system's refusal in Danish."""
    words = {
        FileNotFoundError: "den findes ikke",
        PermissionError: "den giver ikke lov",
        IsADirectoryError: "den er en mappe",
        NotADirectoryError: "mappen findes ikke",
    }
    return words.get(type(error), f"fejl {error.errno} fra styresystemet")


def read_document(path: Path) -> tuple[dict, str]:
    """The decoded file and the SHA-256 of its bytes; FileRefused if it cannot be read, is not UTF-8 or not TOML."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FileRefused(str(path), [Problem("filen", "er over 20 MB og ligner ikke en aftalefil")])
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(str(path), [Problem("filen", f"kan ikke læses: {what_failed(error)}")]) from error
    try:
        document = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        cause = "er ikke gemt som UTF-8 (æ, ø og å kan ikke læses)"
        raise FileRefused(str(path), [Problem(f"linje {line}", cause)]) from error
    except (ValueError, RecursionError) as error:  # ValueError: not TOML, or a number of thousands of digits
        where = _PLACE.search(str(error))
        place = f"linje {where[1]}, tegn {where[2]}" if where else "filens slutning"
        raise FileRefused(str(path), [Problem(place, "er ikke gyldig TOML; er filen blevet afkortet?")]) from error
    return document, hashlib.sha256(content).hexdigest()


def write_document(document: dict, first_line: str) -> str:
    # tomli_w turns a browser's \\r\\n into \\n; so \\r travels as a character that no text holds, and is escaped last.
    text = tomli_w.dumps(_replaced(document, "\r", _CARRIAGE_RETURN), multiline_strings=True)
    return f"# {first_line}\n\n{text.replace(_CARRIAGE_RETURN, chr(92) + 'r')}"


_CARRIAGE_RETURN = "\ufdd0"


def _replaced(value: object, old: str, new: str) -> object:
    if isinstance(value, dict):
        return {key: _replaced(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, old, new) for each in value]
    return value.replace(old, new) if isinstance(value, str) else value


def without_blanks(table: dict) -> dict:
    """The table without what is empty: blank is left out of a file, never written."""
    return {key: value for key, value in table.items() if value not in (None, "", [])}


def differences(file: object, stored: object, place: str = "") -> list[str]:
    """What a file says that the database does not, and the other way round, as Danish sentences with their place."""
    if isinstance(file, dict) and isinstance(stored, dict):
        found = []
        for key in [*stored, *(key for key in file if key not in stored)]:
            found += differences(file.get(key), stored.get(key), f"{place} {key}".strip())
        return found
    if _is_table_list(file) or _is_table_list(stored):
        return differences(_by_name(file or []), _by_name(stored or []), place)
    if file == stored:
        return []
    return [f"{place}: filen har {_shown(file)}, databasen har {_shown(stored)}"]


def _is_table_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _by_name(tables: list[dict]) -> dict:
    """Tables by what names them, so that one more item is one difference and not a shift of all that follow."""
    named = {}
    for table in tables:
        name = repeated = _name(table)
        number = 1
        while repeated in named:
            number += 1
            repeated = f"{name} ({number})"
        named[repeated] = table
    return named


# The first key that a table has decides what it is called by.
_NAMING = (
    ("code", "ordinal", "label"),
    ("slug",),
    ("dimension", "level"),
    ("number",),
    ("round",),
    ("table", "year", "label"),
    ("label", "year"),
    ("year", "last_year"),
    ("name",),
    ("title",),
)


def _name(table: dict) -> str:
    keys = next((keys for keys in _NAMING if keys[0] in table), ())
    return " ".join(str(table[key]) for key in keys if key in table) or "uden navn"


def _shown(value: object) -> str:
    if value is None:
        return "ingenting"
    words = value.isoformat() if isinstance(value, date) else repr(value)
    return words if len(words) <= 80 else words[:77] + "..."
