"""The only place where money is added up. Sums are over lines, never over items; blank is not zero."""

from collections.abc import Iterable


def sum_by_year(amounts: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], int]:
    """Kroner per (table, year) from (table, year, kroner). A pair without any amount is not in the answer."""
    sums: dict[tuple[str, int], int] = {}
    for table, year, kroner in amounts:
        sums[table, year] = sums.get((table, year), 0) + kroner
    return sums
