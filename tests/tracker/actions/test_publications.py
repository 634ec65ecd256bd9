"""Building, releasing, opening, correcting and withdrawing editions; and that what was stored stays as it was."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import (
    create_agreement,
    create_assessment,
    create_committee,
    create_edition,
    create_item,
    create_round,
    create_user,
)
from tracker.actions import publications
from tracker.actions.publications import (
    build_editions,
    latest_editions,
    open_editions,
    pending_editions,
    release_editions,
    withdraw_editions,
)
from tracker.errors import CprFound, EditionRefused
from tracker.exports.editions import RENDERER
from tracker.models import Act, Edition, EditionFile, EditionStep, Event, FollowUpRound, Publication
from tracker.reports.edition_chain import canonical, chain_head, sha256, verify_editions
from tracker.statuses import Role

SCOPES = {"samlet", "oekonomiudvalget"}


@pytest.fixture
def spring(db):
    """A closed round: one approved item of Økonomiudvalget, one that nobody reported."""
    agreement = create_agreement()
    committee = create_committee("Økonomiudvalget")
    item = create_item(agreement, "2.02.1", committees=[committee])
    create_item(agreement, "3.04", committees=[committee])
    spring = create_round(agreement, closed_by=create_user(Role.APPROVER))
    create_assessment(item, spring, state="approved", effort="neutral", comment="Afventer svar")
    return spring


def build(spring, by, **options):
    return build_editions(
        follow_up_round=spring, by=by, municipality="Ballerup Kommune", **({"render": RENDERER} | options)
    )


def publish(spring, by):
    build(spring, by)
    release_editions(follow_up_round=spring, scopes=SCOPES, by=by)
    return open_editions(follow_up_round=spring, by=by)


def correct(spring, text="Afventer stadig svar"):
    """Something is different now; the round is closed again."""
    spring.assessments.update(comment=text)
    FollowUpRound.objects.filter(pk=spring.pk).update(state="closed")


def states(spring):
    return {each.publication.scope: each.state for each in latest_editions(spring)}


# --- Building --------------------------------------------------------------------------------------------------------
def test_an_edition_holds_content_files_and_checksums(spring, approver):
    built = build(spring, approver, now=datetime(2031, 5, 2, 9, 30, tzinfo=UTC))

    assert {each.publication.scope for each in built} == SCOPES
    for edition in Edition.objects.all():
        assert edition.number == 1 and edition.reason == ""
        assert edition.content == canonical(json.loads(edition.content))
        assert edition.content_sha256 == sha256(edition.content.encode())
        files = {each.kind: each for each in edition.files.all()}
        assert set(files) == {"html", "xlsx", "json", "csv"}
        assert all(each.sha256 == sha256(bytes(each.content)) for each in files.values())
        assert bytes(files["json"].content).decode() == edition.content
        page = bytes(files["html"].content).decode()
        assert edition.content_sha256 in page and "Udgave" in page and "Ikke offentliggjort" not in page
        assert "02.05.2031 kl. 11.30" in page  # Danish summer time
    assert states(spring) == {"samlet": "built", "oekonomiudvalget": "built"}
    assert Event.objects.filter(act=Act.EDITION_BUILT).count() == 2


def test_silence_is_frozen_as_not_reported(spring, approver):
    build(spring, approver)

    content = json.loads(Edition.objects.get(publication__scope="samlet").content)
    silent = next(item for item in content["report"]["items"] if item["key"] == "3.04")
    assert silent["rounds"][0]["effort"] == silent["rounds"][0]["economy"] == "not_reported"


def test_editions_name_no_person(spring, approver):
    built = build(spring, approver)

    for edition in built:
        for each in [edition.content, *(bytes(file.content).decode("latin-1") for file in edition.files.all())]:
            assert approver.name not in each and approver.username not in each


@pytest.mark.parametrize("state", ["planned", "open"])
def test_a_round_that_is_not_closed_is_refused(spring, approver, state):
    FollowUpRound.objects.filter(pk=spring.pk).update(state=state, closed_at=None, closed_by=None)

    with pytest.raises(EditionRefused, match="ikke lukket"):
        build(spring, approver)
    assert not Edition.objects.exists()


def test_what_is_submitted_but_not_approved_is_named(spring, approver):
    spring.assessments.update(state="submitted")

    with pytest.raises(EditionRefused, match=r"2\.02\.1"):
        build(spring, approver)
    assert not Edition.objects.exists()


def test_a_draft_left_behind_is_no_obstacle_and_never_frozen(spring, approver):
    spring.assessments.update(state="draft", comment="KANARIE", submitted_at=None)

    built = build(spring, approver)

    assert all("KANARIE" not in each.content for each in built)


def test_nothing_is_built_twice(spring, approver):
    build(spring, approver)

    with pytest.raises(EditionRefused, match="intet er ændret"):
        build(spring, approver, reason="Igen")
    assert Edition.objects.count() == 2


def test_a_second_edition_takes_a_reason(spring, approver):
    build(spring, approver)

    with pytest.raises(EditionRefused, match="Skriv, hvorfor"):
        build(spring, approver, reason="  ")


def test_a_cpr_number_is_never_frozen(spring, approver):
    spring.assessments.update(comment="Borgeren 010203-1234 venter")

    with pytest.raises(CprFound) as refusal:
        build(spring, approver)
    assert "punkt 2.02.1" in str(refusal.value) and "1234" not in str(refusal.value)
    assert not Edition.objects.exists() and not EditionFile.objects.exists() and not Publication.objects.exists()
    assert not Event.objects.filter(act=Act.EDITION_BUILT).exists()

    build(spring, approver, cpr_reason="Det er et lokalnummer")
    assert Event.objects.filter(act=Act.NUMBER_ALLOWED).exists()


def test_a_reason_with_a_cpr_number_is_refused(spring, approver):
    publish(spring, approver)
    correct(spring)

    with pytest.raises(CprFound):
        build(spring, approver, reason="Om 010203-1234")
    with pytest.raises(CprFound):
        withdraw_editions(follow_up_round=spring, scopes=SCOPES, by=approver, reason="Om 010203-1234")
    assert set(states(spring).values()) == {"open"}


def test_a_report_that_fails_half_way_leaves_nothing_behind(spring, approver, monkeypatch):
    made = []

    def files(report):
        made.append(report)
        if len(made) == 2:
            raise OSError("disk")
        return RENDERER.files(report)

    failing = publications.Renderer(RENDERER.document, files)
    with pytest.raises(OSError, match="disk"):
        build(spring, approver, render=failing)
    assert not Edition.objects.exists() and not EditionFile.objects.exists()

    # the counter-test: without the one transaction half of the round would be stored
    monkeypatch.setattr(publications, "transaction", SimpleNamespace(atomic=nullcontext))
    made.clear()
    with pytest.raises(OSError, match="disk"):
        build(spring, approver, render=failing)
    assert Edition.objects.count() == 1


def test_a_fraction_never_enters_an_edition():
    with pytest.raises(TypeError):
        canonical({"kroner": 1.5})
    assert canonical({"b": [1, None, True], "a": "æ"}) == '{"a":"æ","b":[1,null,true]}'


# --- The way to the public -------------------------------------------------------------------------------------------
def test_from_built_to_open(spring, approver):
    build(spring, approver)
    assert len(pending_editions(spring)) == 2
    release_editions(follow_up_round=spring, scopes={"samlet"}, by=approver)
    assert states(spring) == {"samlet": "released", "oekonomiudvalget": "built"}

    with pytest.raises(EditionRefused, match="Økonomiudvalget"):  # not all are released
        open_editions(follow_up_round=spring, by=approver)
    release_editions(follow_up_round=spring, scopes={"oekonomiudvalget"}, by=approver)
    open_editions(follow_up_round=spring, by=approver)

    assert set(states(spring).values()) == {"open"}
    spring.refresh_from_db()
    assert spring.is_published and pending_editions(spring) == []
    assert Event.objects.filter(act=Act.EDITION_OPENED).count() == 2


def test_steps_are_taken_once_and_in_order(spring, approver):
    build(spring, approver)

    with pytest.raises(EditionRefused, match="ingen frigivet"):
        release_editions(follow_up_round=spring, scopes=SCOPES, by=approver)
        withdraw_editions(follow_up_round=spring, scopes=SCOPES, by=approver, reason="Forkert")
        open_editions(follow_up_round=spring, by=approver)
    with pytest.raises(EditionRefused, match="trukket tilbage"):
        release_editions(follow_up_round=spring, scopes=SCOPES, by=approver)
    with pytest.raises(EditionRefused, match="Vælg"):
        release_editions(follow_up_round=spring, scopes={"findes-ikke"}, by=approver)


def test_a_choice_is_taken_whole_or_not_at_all(spring, approver):
    build(spring, approver)
    release_editions(follow_up_round=spring, scopes={"samlet"}, by=approver)

    with pytest.raises(EditionRefused):
        release_editions(follow_up_round=spring, scopes=SCOPES, by=approver)
    assert states(spring)["oekonomiudvalget"] == "built"


def test_withdrawing_takes_a_reason_that_stays(spring, approver):
    publish(spring, approver)

    with pytest.raises(EditionRefused, match="hvorfor"):
        withdraw_editions(follow_up_round=spring, scopes={"samlet"}, by=approver, reason=" ")
    withdraw_editions(follow_up_round=spring, scopes={"samlet"}, by=approver, reason="Forkert bilag")

    newest = next(each for each in latest_editions(spring) if each.publication.is_whole)
    assert (newest.state, newest.reach, newest.life[-1].reason) == ("withdrawn", "open", "Forkert bilag")


# --- Corrections -----------------------------------------------------------------------------------------------------
def test_a_correction_lists_what_differs_and_supersedes(spring, approver):
    publish(spring, approver)
    with pytest.raises(EditionRefused, match="Åbn den igen"):
        build(spring, approver, reason="Rettelse")
    correct(spring)

    built = build(spring, approver, reason="Svaret var glemt")

    assert {each.number for each in built} == {2}
    label = spring.label
    assert json.loads(built[0].differences) == [
        [f"2.02.1, {label}: bemærkning", "Afventer svar", "Afventer stadig svar"]
    ]
    first = Edition.objects.get(publication__scope="samlet", number=1)
    assert first.state == "open"  # until the new one is
    release_editions(follow_up_round=spring, scopes=SCOPES, by=approver)
    open_editions(follow_up_round=spring, by=approver)
    first = Edition.objects.get(publication__scope="samlet", number=1)
    assert (first.state, first.reach) == ("superseded", "open")
    assert set(states(spring).values()) == {"open"}
    spring.refresh_from_db()
    assert spring.is_published


def test_only_what_differs_gets_a_new_edition(spring, approver):
    other = create_item(spring.agreement, "4.01", committees=[create_committee("Børne- og Skoleudvalget")])
    create_assessment(other, spring, state="approved", comment="Først")
    publish_all = {"samlet", "oekonomiudvalget", "boerne-og-skoleudvalget"}
    build(spring, approver)
    release_editions(follow_up_round=spring, scopes=publish_all, by=approver)
    open_editions(follow_up_round=spring, by=approver)
    other.assessments.update(comment="Så")
    FollowUpRound.objects.filter(pk=spring.pk).update(state="closed")

    built = build(spring, approver, reason="Skolerne skrev igen")

    assert {each.publication.scope for each in built} == {"samlet", "boerne-og-skoleudvalget"}
    release_editions(follow_up_round=spring, scopes={each.publication.scope for each in built}, by=approver)
    open_editions(follow_up_round=spring, by=approver)
    assert {each.publication.scope: each.number for each in latest_editions(spring)} == {
        "samlet": 2,
        "boerne-og-skoleudvalget": 2,
        "oekonomiudvalget": 1,
    }
    assert set(states(spring).values()) == {"open"}


def test_a_withdrawn_edition_can_be_built_again_unchanged(spring, approver):
    build(spring, approver)
    withdraw_editions(follow_up_round=spring, scopes=SCOPES, by=approver, reason="For tidligt")

    built = build(spring, approver, reason="Nu er det tid")

    assert {(each.number, each.differences) for each in built} == {(2, "[]")}


def test_a_committee_that_loses_its_last_item_gets_a_correction_too(spring, approver):
    other = create_committee("Skoleudvalget")
    moved = create_item(spring.agreement, "5.01", committees=[other])
    build(spring, approver)
    moved.responsibilities.filter(committee=other).update(committee=create_committee("Økonomiudvalget"))

    built = build(spring, approver, reason="5.01 hører til Økonomiudvalget")

    emptied = next(each for each in built if each.publication.scope == other.slug)
    assert len(built) == 3
    assert json.loads(emptied.content)["report"]["items"] == []
    assert states(spring) == dict.fromkeys([*SCOPES, other.slug], "built")


def test_a_withdrawn_report_without_items_is_not_built_anew(spring, approver):
    other = create_committee("Skoleudvalget")
    moved = create_item(spring.agreement, "5.01", committees=[other])
    build(spring, approver)
    withdraw_editions(follow_up_round=spring, scopes={other.slug}, by=approver, reason="Hører ikke til her")
    moved.responsibilities.filter(committee=other).update(committee=create_committee("Økonomiudvalget"))

    built = build(spring, approver, reason="5.01 hører til Økonomiudvalget")

    assert {each.publication.scope for each in built} == SCOPES


# --- What was stored stays -------------------------------------------------------------------------------------------
def test_the_chain_holds(spring, approver):
    publish(spring, approver)
    correct(spring)
    build(spring, approver, reason="Rettelse")

    editions = list(Edition.objects.order_by("sequence"))
    assert [each.previous for each in editions] == ["", *(each.chain for each in editions[:-1])]
    assert list(verify_editions()) == []
    assert chain_head() == (4, editions[-1].chain)


MODELS = [Publication, Edition, EditionFile, EditionStep]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("how", ["update", "delete", "raw update", "raw delete", "replace or truncate"])
def test_the_database_refuses_to_change_what_was_published(spring, approver, model, how):
    build(spring, approver)
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values_list())
    table = model._meta.db_table

    def attack():
        with connection.cursor() as cursor:
            if how == "raw update":
                cursor.execute(f"UPDATE {table} SET id = id")  # noqa: S608
            elif how == "raw delete":
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            elif connection.vendor == "postgresql":
                cursor.execute(f"TRUNCATE {table} CASCADE")
            else:
                cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    acts = {"update": lambda: model.objects.filter(pk=row.pk).update(id=row.pk), "delete": row.delete}
    with pytest.raises(DatabaseError), transaction.atomic():
        acts.get(how, attack)()
    assert list(model.objects.order_by("pk").values_list()) == before


def _tamper(table: str, assignment: str) -> None:
    """What somebody with the database's own password could do: take the guard away, change, put it back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks outstanding cannot be altered
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            found = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in found.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(f"UPDATE {table} SET {assignment}")  # noqa: S608


@pytest.mark.parametrize(
    ("table", "assignment", "words"),
    [
        ("tracker_edition", "content = replace(content, 'Afventer', 'Har faaet')", "indholdet"),
        ("tracker_edition", "title = 'Noget andet'", "kæden"),
        ("tracker_edition", "reason = 'Noget andet'", "kæden"),
        ("tracker_edition", "sequence = 7 WHERE sequence = 2", "springer"),
        ("tracker_edition", "previous = 'x' WHERE sequence = 2", "før i kæden"),
        ("tracker_editionfile", "sha256 = 'x' WHERE kind = 'xlsx'", "rapport.xlsx"),
        ("tracker_editionfile", "size = size + 1 WHERE kind = 'html'", "rapport.html"),
    ],
)
def test_tampering_behind_the_guard_is_found(spring, approver, table, assignment, words):
    """The counter-test of the triggers too: with them off the change goes through, and the chain tells of it."""
    build(spring, approver)
    assert list(verify_editions()) == []

    _tamper(table, assignment)

    assert any(words in each for each in verify_editions())


def test_two_builds_at_once_are_one_and_a_refusal(spring, approver, monkeypatch):
    """The second reads the chain before the first has written: the database's constraint tells."""
    build(spring, approver)
    before = Edition.objects.count()
    monkeypatch.setattr(publications, "latest_editions", lambda follow_up_round: [])

    with pytest.raises(EditionRefused, match="samtidig"):
        build(spring, approver)
    assert Edition.objects.count() == before


# --- What must go, and what was never meant -------------------------------------------------------------------------
def test_an_older_edition_can_be_withdrawn_too(spring, approver):
    publish(spring, approver)
    correct(spring)
    build(spring, approver, reason="Et navn måtte ud")
    release_editions(follow_up_round=spring, scopes=SCOPES, by=approver)
    open_editions(follow_up_round=spring, by=approver)

    withdraw_editions(follow_up_round=spring, scopes={"samlet@1"}, by=approver, reason="Et navn måtte ud")

    first = Edition.objects.get(publication__scope="samlet", number=1)
    assert (first.state, first.reach) == ("withdrawn", "open")
    assert states(spring)["samlet"] == "open"
    with pytest.raises(EditionRefused):  # once
        withdraw_editions(follow_up_round=spring, scopes={"samlet@1"}, by=approver, reason="Igen")


def test_a_round_of_which_nothing_stands_is_not_published(spring, approver):
    publish(spring, approver)

    withdraw_editions(follow_up_round=spring, scopes={"samlet"}, by=approver, reason="Forkert")
    assert FollowUpRound.objects.get(pk=spring.pk).state == "published"
    withdraw_editions(follow_up_round=spring, scopes={"oekonomiudvalget"}, by=approver, reason="Forkert")
    assert FollowUpRound.objects.get(pk=spring.pk).state == "closed"


def test_a_round_opened_by_mistake_is_published_again(spring, approver):
    publish(spring, approver)
    FollowUpRound.objects.filter(pk=spring.pk).update(state="closed")

    assert build(spring, approver, reason="Ingen rettelser alligevel") == []

    assert FollowUpRound.objects.get(pk=spring.pk).state == "published"
    assert Edition.objects.count() == 2
    assert Event.objects.filter(act=Act.ROUND_CHANGED, note__contains="Intet er ændret").exists()


def test_the_hundredth_edition_has_an_address_too(spring, approver):
    edition = create_edition(spring, number=100, reason="Endnu en rettelse")

    assert edition.get_absolute_url().endswith("/samlet/udgave-100/")
