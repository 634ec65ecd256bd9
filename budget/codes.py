"""Item codes as printed ("2.02.1", "8.05", "6.10") and the key that puts them in the agreement's order.

A code is text: 3.04 is not 3.4, and 6.10 comes after 6.9. Several items may share one code; then each has an ordinal.
"""

import re

CODE = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,5}")
KEY = re.compile(rf"{CODE.pattern}(?:-\d{{1,3}})?")


def is_code(text: str) -> bool:
    return text.isascii() and CODE.fullmatch(text) is not None


def item_key(code: str, ordinal: int | None) -> str:
    """The item's stable name in addresses and files: the code, with its ordinal where the code holds several items."""
    return code if ordinal is None else f"{code}-{ordinal}"


def sort_key(code: str, ordinal: int | None = None) -> str:
    """Text that sorts as the agreement prints, in Python and under any database collation.

    Six parts of five digits and the ordinal, without the dots that a collation may skip; the printed code at the end
    tells 3.04 from 3.4: "2.02.2" -> "0000200002000020000000000000000000002.02.2".
    """
    parts = [part.zfill(5) for part in code.split(".")]
    parts += ["00000"] * (6 - len(parts))
    return "".join(parts) + f"{ordinal or 0:05d}" + code


def front_sort_key(position: int) -> str:
    """The key of a section without a code, which stands before chapter 1: no code begins with "00000"."""
    return f"{0:05d}{position:05d}"
