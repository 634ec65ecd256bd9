"""Text for searching and sorting as a Dane expects it, alike in SQLite and PostgreSQL."""

import unicodedata

_AFTER_Z = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


def folded(text: str) -> str:
    """Lower case without regard to how the accents were typed; "aa" counts as "å". Stored in `search_text` columns,
    because SQLite folds ASCII only."""
    return unicodedata.normalize("NFC", text).casefold().replace("aa", "å")


def danish_order(text: str) -> str:
    """A sort key with æ, ø, å after z."""
    return folded(text).translate(_AFTER_Z)
