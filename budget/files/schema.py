"""Checking a decoded TOML file against a description of its tables, with every problem listed in Danish.

A schema is a dict from key to field, in the order the file is written in. Checking gives back a dict with the same
keys; what was left out is None (or [] for lists), so the code that saves never asks whether a key is there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from budget import codes

FIRST_YEAR, LAST_YEAR = 1990, 2100
LARGEST_AMOUNT = 10**15  # kroner; more is a slip, and a database column has an end
MOST_ROWS = 30_000  # in one list: places are numbered, and that column has an end too


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where in the file, and why."""

    place: str
    cause: str

    def __str__(self) -> str:
        return f"{self.place}: {self.cause}"


class FileRefused(Exception):
    """A file was not read. `problems` holds all that is wrong with it; nothing has been changed."""

    def __init__(self, file: str, problems: Iterable[Problem]):
        self.file = file
        self.problems = list(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


@dataclass
class Problems:
    """Collects problems while a file is checked."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, cause: str) -> None:
        self.found.append(Problem(place, cause))


@dataclass(frozen=True)
class Field:
    """A key of a table. `check` returns the value to keep, or a sentence wrapped in ValueError."""

    check: Callable[[object], object]
    required: bool = False


@dataclass(frozen=True)
class Tables:
    """A list of tables, `[[name]]`; `title` says which keys name one of them in a message."""

    schema: dict
    title: tuple[str, ...] = ()
    required: bool = False


def text(limit: int = 20_000, *, required: bool = False, may_be_blank: bool = False) -> Field:
    def check(value):
        if not isinstance(value, str):
            raise ValueError(f"skal være tekst i anførselstegn, ikke {_shown(value)}")
        if "\x00" in value:
            raise ValueError("indeholder et tegn (NUL), som ikke kan gemmes")
        if not value.strip() and not may_be_blank:
            raise ValueError("er tom; udelad feltet, hvis der ikke er noget at skrive")
        if len(value) > limit:
            raise ValueError(f"er på {len(value)} tegn; der er plads til {limit}")
        return value

    return Field(check, required)


def code(*, required: bool = False) -> Field:
    def check(value):
        if not isinstance(value, str):
            raise ValueError(f'skal være et nummer skrevet som tekst, fx "3.04", ikke {_shown(value)}')
        if not codes.is_code(value):
            raise ValueError(f"{_shown(value)} er ikke et nummer som 3.04 eller 2.02.1")
        return value

    return Field(check, required)


def whole_number(lowest: int, highest: int, what: str, *, required: bool = False) -> Field:
    def check(value):
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"skal være {what}, ikke {_shown(value)}")
        if not lowest <= value <= highest:
            raise ValueError(f"{value} er uden for {lowest}-{highest}")
        return value

    return Field(check, required)


def kroner(*, required: bool = False) -> Field:
    return whole_number(-LARGEST_AMOUNT, LARGEST_AMOUNT, "et helt beløb i kroner uden anførselstegn", required=required)


def year(*, required: bool = False) -> Field:
    return whole_number(FIRST_YEAR, LAST_YEAR, "et årstal", required=required)


def count(*, required: bool = False) -> Field:
    return whole_number(0, MOST_ROWS, "et antal", required=required)


def day(*, required: bool = False) -> Field:
    def check(value):
        if isinstance(value, datetime) or not isinstance(value, date):
            raise ValueError(f"skal være en dato som 2018-12-31, ikke {_shown(value)}")
        return value

    return Field(check, required)


def moment(*, required: bool = False) -> Field:
    """A time that is the same everywhere: without its zone it would be read differently in summer and in winter."""

    def check(value):
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(f"skal være et tidspunkt med tidszone som 2018-03-01T09:30:00+01:00, ikke {_shown(value)}")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"{_shown(value)} er uden for kalenderen") from None

    return Field(check, required)


def one_of(allowed: Iterable[str], *, required: bool = False) -> Field:
    known = list(allowed)

    def check(value):
        if not any(value == each and type(value) is type(each) for each in known):
            raise ValueError(f"{_shown(value)} kendes ikke; brug {' eller '.join(map(str, known))}")
        return value

    return Field(check, required)


def flag() -> Field:
    """true, or left out: false is never written."""

    def check(value):
        if value is not True:
            raise ValueError(f"skal være true eller udelades, ikke {_shown(value)}")
        return True

    return Field(check)


def years() -> Field:
    one = year()

    def check(value):
        if not isinstance(value, list) or not value:
            raise ValueError(f"skal være en liste af årstal som [2021, 2022], ikke {_shown(value)}")
        checked = [one.check(each) for each in value]
        if checked != sorted(set(checked)):
            raise ValueError("skal nævne hvert år én gang, det tidligste først")
        return checked

    return Field(check)


def texts(limit: int = 200) -> Field:
    one = text(limit)

    def check(value):
        if not isinstance(value, list):
            raise ValueError(f"skal være en liste i kantede parenteser, ikke {_shown(value)}")
        if len(value) > MOST_ROWS:
            raise ValueError(f"nævner {len(value)}; der er plads til {MOST_ROWS}")
        checked = [one.check(each) for each in value]
        if len(set(checked)) < len(checked):
            raise ValueError("nævner det samme to gange")
        return checked

    return Field(check)


def check_table(table: object, schema: dict, place: str, problems: Problems) -> dict:
    """The table with every key of the schema; each problem is added with its place."""
    if not isinstance(table, dict):
        problems.add(place, f"skal være en tabel, ikke {_shown(table)}")
        table = {}
    for key in (key for key in table if key not in schema):
        problems.add(place, f"feltet {_shown(key)} kendes ikke")
    checked = {}
    for key, description in schema.items():
        if isinstance(description, dict):
            checked[key] = check_table(table.get(key, {}), description, f"[{key}]", problems)
        elif isinstance(description, Tables):
            checked[key] = _check_tables(table.get(key), key, description, place, problems)
        else:
            checked[key] = _check_field(table, key, description, place, problems)
    return checked


def _check_field(table: dict, key: str, description: Field, place: str, problems: Problems) -> object:
    if key not in table:
        if description.required:
            problems.add(place, f"feltet {key!r} mangler")
        return None
    try:
        return description.check(table[key])
    except ValueError as error:
        problems.add(f"{place}, felt {key!r}", str(error))
        return None


def _check_tables(value: object, key: str, description: Tables, place: str, problems: Problems) -> list[dict]:
    inside = "" if place == "filen" else f"{place}, "
    if value is None:
        if description.required:
            problems.add(place, f"der mangler mindst én [[{key}]]")
        return []
    if not isinstance(value, list):
        problems.add(f"{inside}[[{key}]]", f"skal være en liste af tabeller, ikke {_shown(value)}")
        return []
    if len(value) > MOST_ROWS:
        problems.add(f"{inside}[[{key}]]", f"har {len(value)} rækker; der er plads til {MOST_ROWS}")
        return []
    checked = []
    for number, each in enumerate(value, start=1):
        names = [_clipped(str(each[name])) for name in description.title if isinstance(each, dict) and name in each]
        named = f" ({'-'.join(names)})" if names else ""
        row = check_table(each, description.schema, f"{inside}[[{key}]] nr. {number}{named}", problems)
        row["place"] = f"{inside}[[{key}]] nr. {number}{named}"
        checked.append(row)
    return checked


def _shown(value: object) -> str:
    return _clipped({True: "true", False: "false"}.get(value) if isinstance(value, bool) else repr(value))


def _clipped(words: str) -> str:
    """Short enough for a message, and for the place of all the rows inside."""
    return words if len(words) <= 60 else words[:57] + "..."
