"""What is published stays as it was, byte for byte, whatever happens to everything around it."""

import random
from hashlib import sha256

import pytest
from django.test import Client

from budget.models import Centre, Committee, Item, Section, YearAmount
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_assessment,
    create_committee,
    create_item,
    create_milestone,
    create_round,
    create_user,
)
from tracker.actions.publications import build_editions, open_editions, release_editions
from tracker.exports.editions import RENDERER
from tracker.models import Assessment, Edition, FollowUpRound, LevelDefinition, Milestone, User
from tracker.reports.edition_chain import verify_editions
from tracker.statuses import Role

COMMITTEES = ["Økonomiudvalget", "Børne- og Skoleudvalget", "Teknik- og Miljøudvalget", "Kultur- og Fritidsudvalget"]
EACH = 1 + len(COMMITTEES)  # editions of one round: of the whole municipality and of every committee


def publish_rounds(editions: int, by: User) -> None:
    agreement = create_agreement()
    LevelDefinition.objects.create(agreement=agreement, dimension="effort", level="happy", text="Milepælen er nået")
    items = []
    for n in range(len(COMMITTEES) * 2):
        committee = create_committee(COMMITTEES[n % len(COMMITTEES)])
        items.append(create_item(agreement, f"{n + 1}.01", committees=[committee], text=f"Aftalt nr. {n}"))
        create_amount_line(agreement, items=[items[-1]])
    for _ in range(editions // EACH):
        follow_up_round = create_round(agreement, closed_by=by)
        for each in items:
            create_milestone(each, follow_up_round)
            create_assessment(each, follow_up_round, state="approved", effort="neutral", comment="Æøå afventer")
        built = build_editions(follow_up_round=follow_up_round, by=by, municipality="Ballerup", render=RENDERER)
        scopes = {each.publication.scope for each in built}
        release_editions(follow_up_round=follow_up_round, scopes=scopes, by=by)
        open_editions(follow_up_round=follow_up_round, by=by)


def served() -> dict[str, str]:
    """The checksum of everything that a stranger is served of the editions."""
    client = Client()
    found = {}
    for edition in Edition.objects.select_related("publication__follow_up_round__agreement"):
        page = edition.get_absolute_url()
        for place in [page, *(f"{page}rapport.{kind}" for kind, _ in edition.kinds)]:
            answer = client.get(place)
            assert answer.status_code == 200, place
            found[place] = sha256(answer.content).hexdigest()
    return found


# What may happen to the live rows. Each takes a random generator and a number that makes it a change.
EDITS = [
    lambda r, n: Item.objects.filter(pk=_any(Item, r)).update(title=f"Ny {n}"),
    lambda r, n: Item.objects.filter(pk=_any(Item, r)).update(text=f"Ny tekst {n}", note=f"Ny note {n}"),
    lambda r, n: Section.objects.filter(pk=_any(Section, r)).update(title=f"Nyt kapitel {n}"),
    lambda r, n: Assessment.objects.filter(pk=_any(Assessment, r)).update(comment=f"Nu sur {n}", effort="sad"),
    lambda r, n: Milestone.objects.filter(pk=_any(Milestone, r)).update(text=f"Ny milepæl {n}"),
    lambda r, n: Milestone.objects.filter(pk=_any(Milestone, r)).delete() if r.random() < 0.05 else None,
    lambda r, n: YearAmount.objects.filter(pk=_any(YearAmount, r)).update(kroner=n),
    lambda r, n: Committee.objects.filter(pk=_any(Committee, r)).update(name=f"Udvalg nr. {n}", slug=f"udvalg-{n}"),
    lambda r, n: Centre.objects.filter(pk=_any(Centre, r)).update(name=f"Center nr. {n}", slug=f"center-{n}"),
    lambda r, n: FollowUpRound.objects.filter(pk=_any(FollowUpRound, r)).update(label=f"Runde {n}", as_of=None),
    lambda r, n: LevelDefinition.objects.update(text=f"En anden betydning {n}"),
    lambda r, n: User.objects.filter(username__startswith="member").delete(),
]


def _any(model, generator) -> int:
    return generator.choice(list(model.objects.values_list("pk", flat=True)))


@pytest.mark.parametrize(("editions", "edits"), [(5, 200), pytest.param(100, 1_000, marks=pytest.mark.prove)])
def test_editions_are_the_same_bytes_after_anything(db, approver, monkeypatch, proof, editions, edits):
    publish_rounds(editions, approver)
    before = served()
    assert len(before) == editions * 5  # the page and four files
    generator = random.Random(4)

    for n in range(edits):
        create_user(Role.MEMBER)
        generator.choice(EDITS)(generator, n)
    # other templates: nothing that is served may be rendered again
    for place in ("report_html.render_to_string", "editions.report_workbook", "editions.report_html"):
        monkeypatch.setattr(f"tracker.exports.{place}", lambda *args, **options: "noget andet")

    assert served() == before
    assert list(verify_editions()) == []
    proof(
        "editions byte-identical after random edits, renamed committees, deleted users, changed templates",
        size=f"{editions} editions, {edits} edits",
        result=f"{len(before)} of {len(before)} files the same",
    )


def test_a_report_made_of_live_rows_would_change(db, approver):
    """The counter-test: the same edits are seen where nothing is frozen."""
    publish_rounds(5, approver)
    follow_up_round = FollowUpRound.objects.get(pk=Edition.objects.first().publication.follow_up_round_id)
    Item.objects.filter(agreement=follow_up_round.agreement).update(title="Et andet navn")
    FollowUpRound.objects.filter(pk=follow_up_round.pk).update(state="closed")

    built = build_editions(
        follow_up_round=follow_up_round, by=approver, municipality="Ballerup", render=RENDERER, reason="Nye navne"
    )

    assert len(built) == 5
