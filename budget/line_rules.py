"""What must hold for a line of money, whichever door it comes in by: a file or a form. A problem is a sentence."""

from collections.abc import Hashable, Mapping, Sequence


def identity(table: str, code: str | None, label: str, project: str | None, kroner: Mapping[Hashable, int]) -> tuple:
    """Two lines with the same identity may be the same money printed twice. `kroner` is by year or span of years."""
    return table, code or "", label, project or "", tuple(sorted(kroner.items(), key=str))


def repeated(place: str) -> str:
    return f"linjen er magen til {place}; skal begge stå, så markér den anden som mulig dublet"


def nature_problem(nature: str | None, kroner: Mapping[Hashable, int]) -> str:
    """A line that moves money between years takes nothing away: it is a postponement, never a saving. And what is saved
    or comes in has a minus, as the agreements print it."""
    if nature == "saving" and any(kroner.values()) and sum(kroner.values()) == 0:
        return "linjen summer til nul over årene; den er en flytning mellem år og ikke en besparelse"
    if nature in {"saving", "income"} and any(kroner.values()) and all(each >= 0 for each in kroner.values()):
        return "en besparelse eller indtægt skrives med minus; plus er en udgift"
    return ""


def period_problem(basis: str | None, years: Sequence[int]) -> str:
    """A stated amount: "each" must say in which years, and what recurs has a first year at most."""
    if basis == "each" and not years:
        return "beløbet gælder hvert af årene, men der er ikke nævnt noget år"
    if basis == "recurring" and len(years) > 1:
        return "et årligt beløb har højst ét år, nemlig det første"
    return ""
