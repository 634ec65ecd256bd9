"""The table that `./start prove` prints: each proof says what it did and what came of it.

python -m tests.proofs FILE     prints what the runs have written to FILE as a table
"""

import json
import os
import platform
import sys
from collections import defaultdict
from pathlib import Path

FILE = "PROOFS"  # the environment variable that names the file; unset in an ordinary run


def record(what: str, *, engine: str, size: str, result: str) -> None:
    """One line of the table. Written the moment the proof is done, so that a later failure hides nothing."""
    if not (path := os.environ.get(FILE)):
        return
    with Path(path).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"what": what, "engine": engine, "size": size, "result": result}) + "\n")


def table(lines: list[dict]) -> str:
    """Markdown, one row per proof with the engines it held on."""
    rows = defaultdict(list)
    for line in lines:
        rows[line["what"], line["size"], line["result"]].append(line["engine"])
    found = ["| proof | size | result | on |", "| --- | --- | --- | --- |"]
    for (what, size, result), engines in rows.items():
        found.append(f"| {what} | {size} | {result} | {', '.join(dict.fromkeys(engines))} |")
    return "\n".join(found)


def main(path: str) -> None:
    lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}\n")
    print(table(lines))


if __name__ == "__main__":
    main(sys.argv[1])
