"""Files that somebody may upload as an agreement, by mistake or to do harm: none of them is one."""

from tests.files import bytes_of, signed_document


def spoilt(**changes) -> bytes:
    """The small file with other values: `agreement__title=...` or, for a whole key, `items=...`."""
    document = signed_document()
    for path, value in changes.items():
        *parents, last = path.split("__")
        table = document
        for each in parents:
            table = table[int(each) if each.isdigit() else each]
        table[last] = value
    return bytes_of(document)


GOOD = bytes_of(signed_document())
HOSTILE = {
    "empty": b"",
    "latin-1": GOOD.decode().encode("latin-1"),
    "utf-16": GOOD.decode().encode("utf-16"),
    "NUL": GOOD.replace(b"Bygninger", b"Byg\x00ninger"),
    "NUL, escaped": GOOD.replace(b"Bygninger", rb"Byg\u0000ninger"),
    "a workbook": b"PK\x03\x04 et regneark",
    "half a file": GOOD[: len(GOOD) // 2],
    "half a character": GOOD + b"# \xc3",
    "a web page": b"<!doctype html><script>alert(1)</script>",
    "lists in lists": b"a = " + b"[" * 500_000,
    "tables in tables": b"a = " + b"{b = " * 90 + b"1" + b"}" * 90,
    "a long key": b"a" + b".a" * 900_000 + b" = 1",
    "a long key in quotes": b'"a"' + b' . "a"' * 300_000 + b" = 1",
    "keys in a heading": b"[" + b"a." * 900_000 + b"a]",
    "tables without end": b"items = [" + b"{}," * 60_000 + b"]",
    "rows without end": GOOD + b"\n[[amount_lines]]" * 30_000,
    "a word without end": spoilt(items__0__contributor_words=[str(n) for n in range(30_001)]),
    "a number without end": GOOD.replace(b"-500000", b"-" + b"5" * 100_000),
    "not a number": GOOD.replace(b"kroner = -500000", b"kroner = nan"),
    "half a krone": GOOD.replace(b"kroner = -500000", b"kroner = -500000.5"),
    "a year as text": spoilt(agreement__budget_year="2031"),
    "a key nobody knows": spoilt(admin=True),
    "a centre nobody knows": spoilt(items__0__centre="<script>alert(1)</script>"),
    "a code of letters": spoilt(items__0__code="x" * 500_000),
    "a section under itself": spoilt(sections__2__parent="2.1"),
}
