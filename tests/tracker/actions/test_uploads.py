"""An uploaded agreement file: checked whole, compared with what is there, and applied as it was seen or not at all."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import transaction

from budget.files.schema import FileRefused
from budget.models import Agreement, Centre, Item, ItemLink
from tests.conftest import AGREEMENT_FILE, AGREEMENT_FILE_2021, ORGANISATION_FILE
from tests.database import all_rows, content
from tests.factories import create_assessment, create_item, create_note, create_user
from tests.files import YEAR, bytes_of, changed_document, draft_document, signed_document, small_document
from tests.hostile_files import HOSTILE
from tracker.actions import uploads
from tracker.actions.agreement_files import differences_from, dump_agreement, load_agreement, load_organisation
from tracker.actions.upload_preview import Outcome, preview_of
from tracker.actions.uploads import apply_upload, refresh_upload, upload_agreement
from tracker.errors import AgreementSigned, DraftInUse, UploadOutdated
from tracker.models import Act, AgreementUpload, Event, User
from tracker.statuses import Role

pytestmark = pytest.mark.slow

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


def upload(document: dict, by, name="aftale.toml") -> AgreementUpload:
    return upload_agreement(name=name, content=bytes_of(document), by=by, now=NOW)


def apply(upload: AgreementUpload, by, **shown):
    """Applies what `preview_of` shows now."""
    seen = {"digest": upload.digest, "base": preview_of(upload).base} | shown
    return apply_upload(upload=upload, by=by, now=NOW, **seen)


@pytest.fixture
def draft(finance) -> Agreement:
    apply(upload(draft_document(), finance), finance)
    return Agreement.objects.get(budget_year=YEAR)


# --- A new agreement -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [AGREEMENT_FILE, AGREEMENT_FILE_2021], ids=["2018", "2021"])
def test_a_real_file_by_upload_gives_the_rows_that_the_command_gives(empty_database, path):
    load_organisation(path=ORGANISATION_FILE, by="tests")
    finance = create_user(Role.FINANCE, Role.APPROVER)  # 2018 comes with a round that is published
    with transaction.atomic():
        load_agreement(path=path, by="tests")
        expected = content()
        transaction.set_rollback(True)

    outcome = apply(upload_agreement(name=path.name, content=path.read_bytes(), by=finance), finance)

    assert outcome.is_new
    found = content()
    authors = found.pop("tracker.EntryAuthor")  # who loads an entry has a hand in it; a command is nobody
    assert bool(authors) == bool(found["tracker.Assessment"])
    assert found | {"tracker.EntryAuthor": []} == expected


def test_a_new_agreement_leaves_an_event_and_no_upload(finance):
    kept = upload(signed_document(), finance)

    apply(kept, finance)

    agreement = Agreement.objects.get(budget_year=YEAR)
    event = Event.objects.get(subject=f"aftale {YEAR}")
    assert (event.act, event.user_id, event.at) == (Act.AGREEMENT_LOADED, finance.pk, NOW)
    assert event.note == f"fil med SHA-256 {hashlib.sha256(bytes_of(signed_document())).hexdigest()}"
    assert agreement.history.get().history_user_id == finance.pk
    assert not AgreementUpload.objects.exists()


def test_uploading_alone_loads_nothing(finance):
    before = all_rows()

    kept = upload(signed_document(), finance)

    after = all_rows()
    assert len(after.pop("tracker.AgreementUpload")) == 1 and not before.pop("tracker.AgreementUpload")
    assert after == before
    assert (kept.file_name, kept.budget_year, kept.base, kept.uploaded_at) == ("aftale.toml", YEAR, "", NOW)


def test_a_new_upload_takes_the_place_of_ones_own_earlier_one(finance, approver):
    upload(signed_document(), finance, "gammel.toml")
    upload(signed_document(), approver, "den andens.toml")

    upload(draft_document(), finance, "ny.toml")

    assert set(AgreementUpload.objects.values_list("file_name", flat=True)) == {"ny.toml", "den andens.toml"}


def test_the_same_file_twice_is_harmless(finance, approver):
    first, second = upload(signed_document(), finance), upload(signed_document(), approver)
    seen = preview_of(second)
    apply(first, finance)
    before = all_rows()

    outcome = apply(second, approver, base=seen.base)

    after = all_rows()
    assert not outcome.is_new
    assert not after.pop("tracker.AgreementUpload") and before.pop("tracker.AgreementUpload")
    assert after == before


def test_an_agreement_that_somebody_else_makes_at_the_same_moment(finance, approver, monkeypatch):
    kept = upload(signed_document(), finance)
    seen = preview_of(kept)
    apply(upload(draft_document(), approver), approver)
    before = all_rows()
    monkeypatch.setattr(uploads, "preview_of", lambda upload: seen)  # read before the other one was saved

    with pytest.raises(UploadOutdated):
        apply_upload(upload=kept, by=finance, digest=kept.digest, base="")

    assert all_rows() == before


# --- What is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_file_changes_nothing(finance, what):
    upload(draft_document(), finance, "den forrige.toml")
    before = all_rows()

    with pytest.raises(FileRefused) as refusal:
        upload_agreement(name="fil.toml", content=HOSTILE[what], by=finance)

    assert refusal.value.file == "fil.toml"
    assert refusal.value.problems and all(each.place and each.cause for each in refusal.value.problems)
    assert max(len(str(each)) for each in refusal.value.problems) < 300
    assert all_rows() == before


def test_a_long_name_does_not_stand_in_the_place_of_every_row_inside(finance):
    document = signed_document()
    document["items"][0] |= {"code": "x" * 1_000_000, "milestones": [{"round": 9, "text": ""}] * 50}

    with pytest.raises(FileRefused) as refusal:
        upload_agreement(name="fil.toml", content=bytes_of(document), by=finance)

    assert len(str(refusal.value)) < 30_000


def test_many_dots_in_a_text_are_no_long_key(finance):
    document = signed_document()
    document["items"][0]["text"] = "a.b." * 100 + '"' + "c.d." * 100 + "'''\n# e." + 'f."g.' * 100

    kept = upload(document, finance)

    assert preview_of(kept).outcome is Outcome.NEW


def with_approved_assessment() -> dict:
    document = signed_document()
    document["items"][0]["assessments"] = [
        {"round": 1, "effort": "happy", "economy": "kept", "state": "approved"},
    ]
    document["control"]["assessments"] = 1
    return document


def with_open_round() -> dict:
    document = signed_document()
    document["rounds"][0]["state"] = "open"
    return document


@pytest.mark.parametrize("made", [with_approved_assessment, with_open_round, small_document])
def test_a_file_is_no_way_round_the_approver(finance, approver, made):
    with pytest.raises(FileRefused, match="kan kun godkenderen indlæse"):
        upload(made(), finance)

    assert not AgreementUpload.objects.exists()
    assert apply(upload(made(), approver), approver).is_new


def test_who_is_approver_no_longer_cannot_apply_what_only_the_approver_may(approver):
    kept = upload(with_open_round(), approver)
    approver.role_rows.all().delete()

    with pytest.raises(FileRefused):
        apply(kept, User.objects.get(pk=approver.pk))

    assert not Agreement.objects.filter(budget_year=YEAR).exists()


# --- What the preview says -------------------------------------------------------------------------------------------
def test_preview_of_a_new_agreement_counts_and_sums(approver):
    preview = preview_of(upload(small_document(), approver))

    assert preview.outcome is Outcome.NEW and preview.may_apply
    assert (preview.title, preview.years) == ("Aftale om budget 2031", "2031-2034")
    assert dict(preview.counts)["Punkter"] == 3
    assert [(row.table, row.year, row.lines, row.stated) for row in preview.totals] == [
        ("Drift", 2031, -500_000, -500_000),
        ("Drift", 2032, -750_000, -750_000),
    ]
    assert any("indgået 01.10.2030" in each for each in preview.notices)
    assert any("1. budgetopfølgning bliver oprettet som lukket" in each for each in preview.notices)


def test_preview_of_a_draft_lists_what_differs(draft, finance):
    preview = preview_of(upload(changed_document(), finance))

    found = {each.place: (each.stored, each.file) for each in preview.differences}
    assert preview.outcome is Outcome.DRAFT and preview.may_apply
    assert found["items 1.02 title"] == ("'Bygninger'", "'Bygninger og veje'")
    assert found["items 2.1.3 2"] == ("'Legepladser'", "ingenting")
    assert found["items 2.1.4"] == ("ingenting", "'Boldbaner'")
    assert found["amount_lines 1.02 Færre lejemål amounts 2031 kroner"] == ("-500000", "-600000")
    assert not [place for place in found if place.startswith("control ")]


def test_preview_of_the_same_again(draft, finance):
    preview = preview_of(upload(draft_document(), finance))

    assert preview.outcome is Outcome.SAME and not preview.may_apply


def test_another_order_of_the_lines_is_a_difference(draft, finance):
    document = draft_document()
    document["amount_lines"].append(document["amount_lines"].pop(0))

    preview = preview_of(upload(document, finance))

    assert [(each.place, each.file) for each in preview.differences] == [("amount_lines", "en anden rækkefølge")]


def test_preview_of_a_signed_agreement_cannot_be_applied(finance):
    apply(upload(signed_document(), finance), finance)

    preview = preview_of(upload(changed_document(), finance))

    assert preview.outcome is Outcome.SIGNED and preview.differences and not preview.may_apply


def test_what_a_centre_has_written_is_never_laid_beside_the_file(draft, approver):
    item, spring = draft.items.get(key="1.02"), draft.rounds.get(number=1)
    create_assessment(item, spring, state="draft", comment="Centerets kladde")

    preview = preview_of(upload(small_document(), approver))

    assert "Centerets kladde" in str(differences_from(draft, preview.file))  # what it must not be made of
    assert preview.has_entries
    assert "kladde" not in str(preview.differences).lower() and "assessments" not in str(preview.differences)
    assert preview.obstacles == ["Der er allerede indberettet på aftalen (1 vurdering)."]


def test_a_draft_without_anything_in_it_can_be_compared(finance):
    Agreement.objects.create(budget_year=YEAR, last_year=YEAR, title="Tom", mode="exceptions")

    preview = preview_of(upload(draft_document(), finance))

    assert preview.outcome is Outcome.DRAFT and preview.may_apply


# --- In the place of a draft -----------------------------------------------------------------------------------------
def test_a_replaced_draft_is_what_the_file_gives_on_its_own(finance):
    with transaction.atomic():
        apply(upload(changed_document(), finance), finance)
        expected = content()
        transaction.set_rollback(True)
    apply(upload(draft_document(), finance), finance)

    outcome = apply(upload(changed_document(), finance), finance)

    assert outcome.is_new
    assert content() == expected


def test_a_replaced_draft_leaves_who_and_why(draft, finance, approver):
    item = draft.items.get(key="1.02")
    line = draft.amount_lines.first()

    apply(upload(changed_document(), approver), approver)

    event = Event.objects.get(act=Act.AGREEMENT_REPLACED)
    assert (event.subject, event.user_id, event.at) == (f"aftale {YEAR}", approver.pk, NOW)
    assert event.note == f"fil med SHA-256 {hashlib.sha256(bytes_of(changed_document())).hexdigest()}"
    for history in (draft.history, item.history, line.history):
        past = history.filter(history_type="-").get()
        assert (past.history_user_id, past.history_change_reason) == (
            approver.pk, "Udkastet blev erstattet af en fil.",
        )  # fmt: skip


def test_what_points_into_a_replaced_draft_still_does(draft, finance):
    elsewhere = create_item()
    kept, lost = (
        ItemLink.objects.create(
            item=elsewhere, kind="depends_on", target=draft.items.get(key=key), target_year=YEAR, target_code=key
        )
        for key in ("1.02", "2.1.3-2")
    )

    apply(upload(changed_document(), finance), finance)

    kept.refresh_from_db()
    lost.refresh_from_db()
    assert kept.target == Item.objects.get(agreement__budget_year=YEAR, key="1.02")
    assert (lost.target, lost.target_code) == (None, "2.1.3-2")


def test_a_draft_that_is_reported_on_stays(draft, finance):
    create_assessment(draft.items.get(key="1.02"), draft.rounds.get(number=1), state="draft")
    kept = upload(changed_document(), finance)
    before = all_rows()

    with pytest.raises(DraftInUse, match=r"indberettet på aftalen \(1 vurdering\)"):
        apply(kept, finance)

    assert all_rows() == before


def test_a_draft_with_notes_of_finances_stays(draft, finance):
    create_note(draft.items.get(key="1.02"), draft.rounds.get(number=1))
    kept = upload(changed_document(), finance)

    with pytest.raises(DraftInUse, match="har allerede skrevet bemærkninger"):
        apply(kept, finance)


@pytest.mark.parametrize("state", ["open", "closed", "published"])
def test_a_draft_with_a_round_that_has_begun_stays(draft, finance, state):
    draft.rounds.filter(number=2).update(state=state)
    kept = upload(changed_document(), finance)
    before = all_rows()

    with pytest.raises(DraftInUse, match="2. budgetopfølgning er "):
        apply(kept, finance)

    assert all_rows() == before


def test_a_signed_agreement_stays(finance):
    apply(upload(signed_document(), finance), finance)
    kept = upload(changed_document(), finance)
    before = all_rows()

    with pytest.raises(AgreementSigned):
        apply(kept, finance)

    assert all_rows() == before


def test_an_error_while_replacing_leaves_the_draft(draft, finance, monkeypatch):
    kept = upload(changed_document(), finance)
    before = all_rows()
    monkeypatch.setattr("tracker.followup_file.LevelDefinition.objects.create", lambda **fields: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        apply(kept, finance)

    assert all_rows() == before


def test_what_the_organisation_no_longer_has_is_found_when_it_is_applied(finance):
    kept = upload(signed_document(), finance)
    Centre.objects.filter(slug="ejendomme").update(slug="ejendomme-og-bygninger")
    before = all_rows()

    with pytest.raises(FileRefused, match="ejendomme"):
        apply_upload(upload=kept, by=finance, digest=kept.digest, base="")

    assert all_rows() == before


# --- Only as it was seen ---------------------------------------------------------------------------------------------
def somebody_mends(draft: Agreement) -> None:
    item = draft.items.get(key="2.1.3-1")
    item.text = "Det har en anden lige skrevet."
    item.save()


def test_a_draft_that_changed_after_the_preview_stays(draft, finance):
    kept = upload(changed_document(), finance)
    seen = preview_of(kept).base
    somebody_mends(draft)
    before = all_rows()

    with pytest.raises(UploadOutdated):
        apply(kept, finance, base=seen)

    assert preview_of(kept).is_stale and not preview_of(kept).may_apply
    assert all_rows() == before


def test_without_the_guard_the_other_ones_words_are_lost(draft, finance, monkeypatch):
    kept = upload(changed_document(), finance)
    seen = preview_of(kept).base
    somebody_mends(draft)
    monkeypatch.setattr(uploads, "_must_be_as_shown", lambda preview, base: None)

    apply(kept, finance, base=seen)

    assert not Item.objects.filter(text="Det har en anden lige skrevet.").exists()


def test_after_another_look_the_file_can_be_applied(draft, finance):
    kept = upload(changed_document(), finance)
    somebody_mends(draft)

    refresh_upload(upload=kept)
    kept.refresh_from_db()
    apply(kept, finance)

    assert "Bygninger og veje" in dump_agreement(agreement=Agreement.objects.get(budget_year=YEAR))


def test_a_page_that_was_open_before_the_other_look_cannot_apply(draft, finance):
    kept = upload(changed_document(), finance)
    seen = preview_of(kept).base
    somebody_mends(draft)
    refresh_upload(upload=kept)  # in another window

    with pytest.raises(UploadOutdated):
        apply(kept, finance, base=seen)


def test_an_agreement_made_after_the_preview_stays(finance, approver):
    kept = upload(signed_document(), finance)
    apply(upload(draft_document(), approver), approver)
    before = all_rows()

    with pytest.raises(UploadOutdated):
        apply(kept, finance, base="")

    assert all_rows() == before


def test_another_file_than_the_one_that_was_seen_is_not_applied(finance):
    seen = upload(draft_document(), finance)
    upload(changed_document(), finance)

    with pytest.raises(UploadOutdated):
        apply_upload(upload=seen, by=finance, digest=seen.digest, base="")

    assert not Agreement.objects.filter(budget_year=YEAR).exists()


def test_nobody_applies_the_file_of_another(finance, approver):
    kept = upload(draft_document(), finance)

    with pytest.raises(UploadOutdated):
        apply(kept, approver)

    assert not Agreement.objects.filter(budget_year=YEAR).exists()


def test_a_preview_is_stale_only_where_it_matters(draft, finance):
    preview = preview_of(upload(draft_document(), finance))

    other = replace(preview, base="x")

    assert other.outcome is Outcome.SAME and not other.is_stale
