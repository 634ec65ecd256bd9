"""Spoiling the small agreement file in one place, and what the command then refuses it for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.database import all_rows
from tests.files import write_file


def put(*path_and_value) -> Callable[[dict], None]:
    """A spoiling: the value put at that place of the document."""
    *path, last, value = path_and_value

    def spoil(document):
        for step in path:
            document = document[step]
        document[last] = value

    return spoil


def drop(*path) -> Callable[[dict], None]:
    *steps, last = path

    def spoil(document):
        for step in steps:
            document = document[step]
        del document[last]

    return spoil


def more(*path_and_row) -> Callable[[dict], None]:
    *path, row = path_and_row

    def spoil(document):
        for step in path:
            document = document[step]
        document.append(row)

    return spoil


def causes_of(path: Path) -> list[str]:
    """What the file is refused for, through the command; nothing may have been changed."""
    before = all_rows()
    with pytest.raises(CommandError) as refusal:
        call_command("load_agreement", str(path))
    assert refusal.value.returncode == 1
    *lines, last = str(refusal.value).splitlines()
    assert last == "Intet er ændret."
    assert lines and all(line.startswith(f"{path}: ") for line in lines)
    assert all_rows() == before
    return [line.removeprefix(f"{path}: ") for line in lines]


def causes(tmp_path: Path, document: dict) -> list[str]:
    return causes_of(write_file(tmp_path / "bad.toml", document))


def assert_listed(found: list[str], place: str, words: str) -> None:
    assert any(line.startswith(place) and words in line for line in found), found
