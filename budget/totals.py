"""The only place where money is added up. Sums are over lines, never over items; blank is not zero."""

from collections.abc import Iterable, Mapping


def sum_by_year(amounts: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], int]:
    """Kroner per (table, year) from (table, year, kroner). A pair without any amount is not in the answer."""
    sums: dict[tuple[str, int], int] = {}
    for table, year, kroner in amounts:
        sums[table, year] = sums.get((table, year), 0) + kroner
    return sums


def sums_of(lines: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Kroner per year over lines that each hold theirs by year. A year without any amount is not in the answer."""
    sums: dict[int, int] = {}
    for line in lines:
        for year, kroner in line.items():
            sums[year] = sums.get(year, 0) + kroner
    return sums


def plus_and_minus(lines: Iterable[Mapping[int, int]]) -> dict[int, tuple[int, int]]:
    """Per year what the positive amounts sum to, and the negative ones."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        for year, kroner in line.items():
            plus, minus = found.get(year, (0, 0))
            found[year] = (plus + max(kroner, 0), minus + min(kroner, 0))
    return found
