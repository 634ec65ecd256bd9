"""TOML files in and out: UTF-8 text with one fixed first line, so that a dump of a load is the same file."""

import hashlib
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomli_w

from .schema import FileRefused, Problem

LARGEST_FILE = 20_000_000  # bytes; the 2018 agreement has 60,000
# More than any agreement needs, and less than what would keep a server busy or fill its memory.
MOST_TABLES = 50_000
MOST_LEVELS = 12
_MOST_KEY_PARTS = 8  # tomllib's time grows with the square of a.b.c...: 4,000 parts take a tenth of a second

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)'
    r"|'''.*?(?:'{3,5}|\Z)"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|(?P<comment>#[^\n]*+)",
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_MOST_KEY_PARTS}}}")
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
    return parse_document(content, str(path))


def parse_document(content: bytes, name: str) -> tuple[dict, str]:
    """As `read_document`, for the bytes of a file that is called `name`."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        _refuse_long_keys(text, name)
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        cause = "er ikke gemt som UTF-8 (æ, ø og å kan ikke læses)"
        raise FileRefused(name, [Problem(f"linje {line}", cause)]) from error
    except (ValueError, RecursionError) as error:  # ValueError: not TOML, or a number of thousands of digits
        where = _PLACE.search(str(error))
        place = f"linje {where[1]}, tegn {where[2]}" if where else "filens slutning"
        raise FileRefused(name, [Problem(place, "er ikke gyldig TOML; er filen blevet afkortet?")]) from error
    _refuse_what_is_too_much(document, name)
    return document, hashlib.sha256(content).hexdigest()


def _refuse_long_keys(text: str, name: str) -> None:
    """Before the file is decoded: a key of a hundred thousand parts would keep tomllib at it for hours."""
    bare = _STRING_OR_COMMENT.sub(lambda found: ("" if found["comment"] else "s") + "\n" * found[0].count("\n"), text)
    if found := _LONG_KEY.search(bare):
        line = bare.count("\n", 0, found.start()) + 1
        cause = f"har et feltnavn i mere end {_MOST_KEY_PARTS} led og ligner ikke en aftalefil"
        raise FileRefused(name, [Problem(f"linje {line}", cause)])


def _refuse_what_is_too_much(document: dict, name: str) -> None:
    tables, level = 0, [document]
    for _ in range(MOST_LEVELS):
        tables += sum(isinstance(each, dict) for each in level)
        inside = [each.values() if isinstance(each, dict) else each for each in level]
        level = [value for values in inside for value in values if isinstance(value, dict | list)]
    if level:
        raise FileRefused(name, [Problem("filen", f"har over {MOST_LEVELS} lag og ligner ikke en aftalefil")])
    if tables > MOST_TABLES:
        raise FileRefused(name, [Problem("filen", "har over 50.000 tabeller og ligner ikke en aftalefil")])


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


@dataclass(frozen=True)
class Difference:
    """One place where a file and the database disagree, each side in words."""

    place: str
    file: str
    stored: str
    path: tuple[str, ...] = ()  # the place in steps, and both values as they are, for whoever says it in other words
    file_value: object = None
    stored_value: object = None

    def __str__(self) -> str:
        return f"{self.place}: filen har {self.file}, databasen har {self.stored}"


def differences(file: object, stored: object) -> list[str]:
    """What a file says that the database does not, and the other way round, as Danish sentences with their place."""
    return [str(each) for each in differing(file, stored)]


def differing(file: object, stored: object, path: tuple[str, ...] = ()) -> list[Difference]:
    """The same, side by side."""
    if isinstance(file, dict) and isinstance(stored, dict):
        found = []
        for key in [*stored, *(key for key in file if key not in stored)]:
            found += differing(file.get(key), stored.get(key), (*path, str(key)))
        return found
    if _is_table_list(file) or _is_table_list(stored):
        return differing(_by_name(file or []), _by_name(stored or []), path)
    return [] if file == stored else [Difference(" ".join(path), _shown(file), _shown(stored), path, file, stored)]


def _is_table_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _by_name(tables: list[dict]) -> dict:
    """Tables by what names them, so that one more item is one difference and not a shift of all that follow."""
    named, times = {}, Counter()
    for table in tables:
        unique = name = _name(table)
        while unique in named:
            times[name] += 1
            unique = f"{name} ({times[name] + 1})"
        named[unique] = table
    return named


# The first key that a table has decides what it is called by.
_NAMING = (
    ("code", "ordinal", "label"),
    ("slug",),
    ("dimension", "level"),
    ("basis", "class"),
    ("number",),
    ("body", "decided_on"),
    ("field", "at"),
    ("at", "round"),
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
    if value is True:
        return "true"
    if isinstance(value, dict):  # a whole table that only one side has
        value = next((value[key] for key in ("title", "label", "text", "name", "kroner") if key in value), value)
    words = value.isoformat() if isinstance(value, date) else repr(value)
    return words if len(words) <= 80 else words[:77] + "..."
