"""Who may know of an edition: every public address for ten kinds of reader in nine states, by the letters of the table.

Whoever may not know of it is answered as if the address were wrong, byte for byte; and what stands in an edition that a
reader may not read is nowhere: not on a page, in a file, a header, the feed or the answer about a checksum.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from unittest import mock

import pytest
from django.test import Client

from tests.editions import OTHER, OWN, STATES, Frozen, create_frozen
from tests.factories import create_centre, create_committee, create_user
from tests.tracker.views.pages import signed_in, text_of
from tracker.models import Edition
from tracker.permissions import TABLE, Answer, Permission
from tracker.statuses import Role

pytestmark = pytest.mark.slow_guard  # rights do not depend on the database

_OWN_TO_A_REQUEST = re.compile(rb'(csrfmiddlewaretoken" value=")[^"]*')


@dataclass
class Reader:
    """`of_own` is what the table calls the reader for Økonomiudvalget's editions, `of_other` for Skoleudvalget's."""

    name: str
    client: Client
    of_own: set[str]
    of_other: set[str]
    of_whole: set[str]

    def letter(self, column: str, scope: str = OWN) -> str:
        rule = TABLE[Permission.EDITION_READ]
        subjects = {"AN", *{OWN: self.of_own, OTHER: self.of_other, "samlet": self.of_whole}[scope]}
        found = {rule.answers[each][rule.states.index(column)] for each in subjects}
        return next(each for each in "Ywn" if each in found)


def readers() -> list[Reader]:
    own, other = create_committee("Økonomiudvalget"), create_committee("Skoleudvalget")

    def reader(name: str, subjects: str, *roles, of_other: str | None = None, **bodies) -> Reader:
        client = signed_in(create_user(*roles, **bodies)) if name != "anonymous" else Client()
        # the report of all is read by the members of every committee
        of_whole = {"CO"} if Role.MEMBER in roles and bodies.get("committees") else set(subjects.split())
        of_other = set((subjects if of_other is None else of_other).split())
        return Reader(name, client, set(subjects.split()), of_other, of_whole)

    return [
        reader("anonymous", ""),
        reader("member", "CO", Role.MEMBER, of_other="CO-", committees=[own]),
        reader("other member", "CO-", Role.MEMBER, of_other="CO", committees=[other]),
        reader("own centre", "C+", Role.EDITOR, centres=[create_centre("Ejendomme")]),
        reader("other centre", "C+", Role.EDITOR, centres=[create_centre("Politisk Sekretariat")]),
        reader("finance", "FI", Role.FINANCE),
        reader("approver", "FA", Role.APPROVER),
        reader("administrator", "AD", Role.ADMINISTRATOR),
        reader("nobody", ""),
        reader("member without a committee", "CO-", Role.MEMBER),
    ]


def bare(answer) -> tuple:
    """An answer without what is its own: the token, the request's number, and how long both make it."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-ID", "Content-Length"}}
    return answer.status_code, _OWN_TO_A_REQUEST.sub(rb"\1", answer.content), headers


FILES = ["", "rapport.html", "rapport.xlsx", "rapport.json", "rapport.csv"]


@pytest.mark.parametrize("state", STATES)
def test_an_edition_and_its_files_are_for_those_whom_the_table_names(db, state):
    frozen, column = create_frozen(state), STATES[state][1]
    statuses = {"Y": 200, "n": 404, "w": 410}
    wrong = []

    for reader in readers():
        absent = reader.client.get(f"/offentlig/{frozen.year}/9/oekonomiudvalget/udgave-1/")
        for scope in (OWN, OTHER, "samlet"):
            letter = reader.letter(column if scope != OTHER else _column_of_other(frozen), scope)
            for ending in FILES if scope == OWN else FILES[:1]:
                answer = reader.client.get(frozen.path(f"{scope}/udgave-1/{ending}"))
                where = f"{reader.name}: {scope}/udgave-1/{ending}"
                if answer.status_code != statuses[letter]:
                    wrong.append(f"{where}: {answer.status_code} instead of {letter}")
                if letter == "n" and bare(answer) != bare(absent):
                    wrong.append(f"{where}: differs from a wrong address")
                if letter != "Y" and frozen.canary() in answer.content.decode("utf-8", "replace"):
                    wrong.append(f"{where}: tells the canary")
                if letter == "w" and "Et navn stod forkert" not in text_of(answer):
                    wrong.append(f"{where}: does not say why")

    assert absent.status_code == 404
    assert wrong == []


def _column_of_other(frozen: Frozen) -> str:
    """Skoleudvalget's first edition is not corrected, so it goes on where the other one is superseded."""
    edition = frozen.edition(1, OTHER)
    column = {"built": "B", "released": "K", "open": "O"}[edition.reach]
    return {"B": "b", "K": "k", "O": "w"}[column] if edition.state == "withdrawn" else column


@pytest.mark.parametrize("state", STATES)
def test_what_is_made_of_editions_holds_none_that_the_reader_may_not_read(db, state):
    frozen = create_frozen(state)
    editions = {n: frozen.edition(n) for n in range(1, frozen.editions + 1)}
    columns = {number: _column(edition) for number, edition in editions.items()}
    checksums = {number: edition.content_sha256 for number, edition in editions.items()}
    wrong = []

    for reader in readers():
        answers = {
            path: reader.client.get(path)
            for path in [
                "/offentlig/", "/offentlig/feed/", "/verificer/", f"/offentlig/{frozen.year}/punkter/2.02.1/",
                *(frozen.path(each) for each in ("", "punkter/", "punkter.csv", "punkter/?words=KANARIE")),
                *(frozen.path(f"{scope}/") for scope in (OWN, "samlet")),
                *(frozen.path(f"{scope}/udgave-2/forskelle/") for scope in (OWN, "samlet")),
                *(f"/verificer/?kontrolsum={checksum}" for checksum in checksums.values()),
            ]
        }  # fmt: skip
        for number in editions:
            # both the committee's report and the whole one hold the item
            may_read = "Y" in {reader.letter(columns[number], scope) for scope in (OWN, "samlet")}
            of_own = reader.letter(columns[number])
            for path, answer in answers.items():
                told = answer.content.decode("utf-8", "replace") + str(answer.headers)
                if frozen.canary(number) in told and not may_read:
                    wrong.append(f"{reader.name}: {path} tells what edition {number} says")
                if checksums[number] in told and of_own != "Y" and "kontrolsum" not in path:
                    wrong.append(f"{reader.name}: {path} tells the checksum of edition {number}")
    assert wrong == []


def _column(edition: Edition) -> str:
    column = {"built": "B", "released": "K", "open": "O"}[edition.reach]
    return {"B": "b", "K": "k", "O": "w"}[column] if edition.state == "withdrawn" else column


@pytest.mark.parametrize("state", STATES)
def test_pages_of_a_round_are_there_for_whoever_may_know_of_an_edition(db, state):
    frozen = create_frozen(state)
    columns = {
        (each.publication.scope, each.number): _column(each)
        for each in Edition.objects.filter(publication__follow_up_round=frozen.round).select_related("publication")
    }
    wrong = []

    for reader in readers():
        letters = {place: reader.letter(column, place[0]) for place, column in columns.items()}
        standing = any(letter == "Y" and columns[place] not in {*"bkw"} for place, letter in letters.items())
        heard_of = set(letters.values()) & {*"Yw"}
        absent = reader.client.get(f"/offentlig/{frozen.year}/9/")
        for path, is_there in {
            frozen.path(): heard_of,
            frozen.path("punkter/"): standing,
            frozen.path("punkter.csv"): standing,
            f"/offentlig/{frozen.year}/punkter/2.02.1/": standing,
        }.items():
            answer = reader.client.get(path)
            if answer.status_code != (200 if is_there else 404):
                wrong.append(f"{reader.name}: {path}: {answer.status_code}")
            if not is_there and bare(answer) != bare(absent):
                wrong.append(f"{reader.name}: {path} differs from a wrong address")
            secret = any(letter == "Y" and columns[place] in {*"BK"} for place, letter in letters.items())
            if "Fortroligt" in text_of(answer) and not secret:
                wrong.append(f"{reader.name}: {path} is called secret, and is not")
    assert wrong == []


@pytest.mark.parametrize("state", STATES)
def test_whoever_may_not_know_of_an_edition_is_told_that_its_checksum_is_none_of_ours(db, state):
    frozen, column = create_frozen(state), STATES[state][1]
    edition = frozen.edition()
    kinds = {each.kind: each.sha256 for each in edition.files.all()}
    unknown = "0123456789abcdef" * 4
    wrong = []

    for reader in readers():
        letter = reader.letter(column)
        none = bare(reader.client.get(f"/verificer/?kontrolsum={unknown}"))
        for name, checksum in (kinds | {"chain": edition.chain, "content": edition.content_sha256}).items():
            answer = bare(reader.client.get(f"/verificer/?kontrolsum={checksum}"))
            same = (answer[0], answer[1].replace(checksum.encode(), unknown.encode()), answer[2])
            if (same == none) != (letter == "n"):
                wrong.append(f"{reader.name}: {name} ({letter})")
            if letter == "w" and b"Et navn stod forkert" not in answer[1]:
                wrong.append(f"{reader.name}: {name} is not said to be withdrawn")

    assert wrong == []


def test_the_tag_and_headers_of_public_pages_do_not_move_when_an_edition_is_built(db):
    frozen = create_frozen("open")
    paths = [
        "/offentlig/", "/offentlig/feed/", frozen.path(), frozen.path("punkter/"), frozen.path("punkter.csv"),
        frozen.path("samlet/"), frozen.path("samlet/udgave-1/"), frozen.path("samlet/udgave-1/rapport.xlsx"),
        f"/offentlig/{frozen.year}/punkter/2.02.1/", frozen.path("samlet/udgave-2/"),
    ]  # fmt: skip
    before = [bare(Client().get(path)) for path in paths]

    frozen.correct()
    built = [bare(Client().get(path)) for path in paths]
    frozen.release()
    released = [bare(Client().get(path)) for path in paths]
    frozen.open()
    opened = [bare(Client().get(path)) for path in paths]

    assert before == built == released
    moved = {path for path, old, new in zip(paths, before, opened, strict=True) if old != new}
    # a file stays as it is for ever, and the list shows no comments
    assert moved == {*paths} - {frozen.path("samlet/udgave-1/rapport.xlsx"), frozen.path("punkter/")}


def test_without_the_guard_an_edition_that_is_not_open_is_read_everywhere(db):
    frozen = create_frozen("built")
    paths = [
        frozen.path("samlet/udgave-1/"), frozen.path("samlet/udgave-1/rapport.json"), frozen.path("punkter.csv"),
        f"/offentlig/{frozen.year}/punkter/2.02.1/", f"/verificer/?kontrolsum={frozen.edition().chain}",
    ]  # fmt: skip

    with ExitStack() as patches:
        for module in ("public", "public_news"):
            patches.enter_context(mock.patch(f"tracker.reports.{module}.decide", return_value=Answer.YES))
        answers = {path: Client().get(path) for path in paths}

    assert all(each.status_code == 200 for each in answers.values())
    told = [path for path, answer in answers.items() if frozen.canary() in answer.content.decode()]
    assert told == paths[:-1] and "Ja, kontrolsummen er vores" in text_of(answers[paths[-1]])
