"""What differs between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_LIMIT = 2_000  # pieces of one text; beyond it the comparison would take seconds and help nobody


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `kind` is "same", "gone" or "new"."""

    kind: str
    text: str


def word_difference(before: str, after: str) -> list[Piece]:
    """The two texts as one: what stays, what goes and what comes. Line breaks of either kind are the same. Texts too
    long to compare are told apart whole."""
    old, new = (_PIECES.findall(text.replace("\r\n", "\n")) for text in (before, after))
    if old == new:
        return [Piece("same", "".join(new))] if new else []
    if max(len(old), len(new)) > _LIMIT:
        return [Piece(kind, "".join(pieces)) for kind, pieces in (("gone", old), ("new", new)) if pieces]
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        found += [Piece(kind, "".join(each)) for kind, each in (("gone", old[a:b]), ("new", new[c:d])) if each]
    return found
