"""The number of queries does not follow the number of items. All are counted, savepoints too, from the session to the
last; a single `SAVEPOINT` of a view's transaction is a question to the database like any other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budget.models import AmountLine, Item, Responsibility, YearAmount
from tests.factories import (
    create_agreement,
    create_centre,
    create_committee,
    create_item,
    create_round,
    create_section,
    create_user,
)
from tests.tracker.views.pages import HTMX, signed_in
from tracker.models import Assessment, Milestone, MilestoneChange, MilestonePlan
from tracker.statuses import Role

pytestmark = pytest.mark.slow

LIMIT = 12


def create_big_agreement(size):
    """`size` items in 8 chapters, half of Ejendomme's, each with a committee, a contributor, milestones, amounts and
    assessments in two rounds of four."""
    agreement = create_agreement()
    centres = [create_centre("Ejendomme"), create_centre("Arbejdsmarked")]
    committee = create_committee()
    sections = [create_section(agreement, str(n)) for n in range(1, 9)]
    rounds = [create_round(agreement, state=state) for state in ("published", "open", "planned", "planned")]
    for each in rounds:
        each.agreement = agreement
    by = create_user(Role.EDITOR, centres=[centres[0]])
    items = []
    for n in range(size):
        section = sections[n % 8]
        code = f"{section.code}.{n // 8 + 1:02d}"
        item = Item(
            agreement=agreement,
            section=section,
            code=code,
            title=f"Punkt {code}",
            kind="drift",
            lead_centre=centres[n % 2],
            text="Tekst",
            note="Note",
        )
        item.key, item.sort_key = code, f"{n:020d}"
        items.append(item)
    items = Item.objects.bulk_create(items)
    Responsibility.objects.bulk_create(
        [Responsibility(item=item, role="committee", committee=committee, position=1) for item in items]
    )
    Responsibility.objects.bulk_create(
        [Responsibility(item=item, role="contributor", centre=centres[0], position=1) for item in items]
    )
    Milestone.objects.bulk_create(
        [Milestone(item=item, follow_up_round=each, position=1, text="Milepæl") for item in items for each in rounds]
    )
    MilestoneChange.objects.bulk_create(
        MilestoneChange(
            item=item, follow_up_round=rounds[1], before="Før", after="Milepæl", reason="Dyrt", at=timezone.now()
        )
        for item in items[::5]
    )
    Assessment.objects.bulk_create(
        [
            Assessment(item=item, follow_up_round=rounds[0], effort="happy", economy="kept", state="approved")
            for item in items
        ]
    )
    Assessment.objects.bulk_create(
        [
            Assessment(
                item=item,
                follow_up_round=rounds[1],
                effort="sad",
                economy="kept",
                comment="Sent",
                state="submitted",
                saved_by=by,
            )
            for item in items[2::3]
        ]
    )
    for n, item in enumerate(items[: size // 3]):
        line = agreement.amount_lines.create(
            table="drift", source="economy_row", position=n + 1, label="Drift", nature="new"
        )
        line.items.set([item])
        YearAmount.objects.create(line=line, year=agreement.budget_year, kroner=1)
    return agreement


def queries_of(client, path) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


PAGES = {
    "report": ("finance", "runder/2/rapport/samlet/"),
    "json": ("finance", "runder/2/rapport/samlet.json"),
    "board": ("finance", "runder/2/"),
    "approver's board": ("approver", "runder/2/"),
    "board, filtered": ("approver", "runder/2/?center=ejendomme&udvalg=oekonomiudvalget&tilstand=anmaerkninger"),
    "what can be approved": ("approver", "runder/2/godkend/"),
    "what can be submitted": ("chief", "runder/2/indberetning/indsend-alle/"),
    "matrix": ("finance", "matrix/"),
    "member's matrix": ("member", "matrix/"),
    "plan": ("member", "milepaele/"),
    "finance's plan of one committee": ("finance", "milepaele/?committee=oekonomiudvalget"),
    "plan as a file": ("editor", "milepaele.xlsx"),
    "outline": ("editor", ""),
    "outline as a file": ("member", "punkter.xlsx"),
    "basis": ("member", "grundlag/"),
    "money": ("member", "beloeb/"),
    "drift": ("finance", "beloeb/drift/"),
    "money by committee": ("member", "beloeb/?group=udvalg"),
    "money by chapter": ("member", "beloeb/anlaeg/?group=kapitel"),
    "money as a file": ("member", "beloeb.xlsx?group=projekt"),
    "entry list": ("editor", "runder/2/indberetning/"),
    "entry page": ("editor", "runder/2/indberetning/1.01/"),
    "finance's entry page": ("finance", "runder/2/indberetning/1.01/"),
    "approver's entry page": ("approver", "runder/2/indberetning/3.01/"),
}
MORE = {
    "entry page": LIMIT + 1,  # changed milestones are rows of their own
    "finance's entry page": LIMIT + 1,
    "approver's entry page": LIMIT + 2,  # and whether the approver has a hand in it
    "json": LIMIT + 1,  # finance's notes, changed milestones and moved dates are rows of their own
    "report": LIMIT + 2,  # and the committees one may choose among
}


def test_pages_ask_as_much_for_350_items_as_for_35(request, db):
    agreements = [create_big_agreement(35), create_big_agreement(350)]
    found = {}

    for name, (role, path) in PAGES.items():
        client = signed_in(request.getfixturevalue(role))
        found[name] = [queries_of(client, f"/aftaler/{each.budget_year}/{path}") for each in agreements]

    numbers = {name: tuple(map(len, both)) for name, both in found.items()}
    too_many = {name: pair for name, pair in numbers.items() if pair[0] != pair[1] or pair[1] > MORE.get(name, LIMIT)}
    assert too_many == {}, "\n".join(sql[:150] for name in too_many for sql in found[name][1])


@pytest.mark.parametrize("page", ["milepaele/", "milepaele.xlsx"])
def test_a_plan_that_is_not_approved_asks_as_much_for_350_items_as_for_35(editor, page):
    """Each item is then asked for whether it is the reader's own."""
    client, found = signed_in(editor), []
    for size in (35, 350):
        agreement = create_big_agreement(size)
        MilestonePlan.objects.filter(agreement=agreement).update(state="hearing")
        found.append(len(queries_of(client, f"/aftaler/{agreement.budget_year}/{page}")))

    assert found[0] == found[1] <= LIMIT


def test_money_pages_ask_as_much_for_2000_lines_as_for_20(db, member):
    client, found = signed_in(member), {}
    years = [create_agreement_with_lines(size).budget_year for size in (20, 2000)]

    for path in ("beloeb/", "beloeb/drift/?group=projekt", "beloeb/anlaeg/?committee=oekonomiudvalget", "beloeb.xlsx"):
        found[path] = [len(queries_of(client, f"/aftaler/{year}/{path}")) for year in years]

    assert all(few == many <= LIMIT for few, many in found.values()), found


def create_agreement_with_lines(size):
    """Lines in both tables, each of one of ten items of a committee."""
    agreement = create_agreement()
    items = [create_item(agreement, f"1.{n}", committees=[create_committee()]) for n in range(1, 11)]
    lines = AmountLine.objects.bulk_create(
        AmountLine(
            agreement=agreement,
            table="anlaeg" if n % 2 else "drift",
            source="table",
            position=n + 1,
            label=f"Linje {n}",
            nature="new",
            project=f"A{n % 40:06d}",
        )  # fmt: skip
        for n in range(size)
    )
    through = AmountLine.items.through
    through.objects.bulk_create(
        through(amountline_id=line.pk, item_id=items[n % 10].pk) for n, line in enumerate(lines)
    )
    YearAmount.objects.bulk_create(
        YearAmount(line=line, year=year, kroner=n * 1000) for n, line in enumerate(lines) for year in agreement.years
    )
    return agreement


def test_an_autosave_asks_as_much_for_350_items_as_for_35(editor):
    client = signed_in(editor)
    found = []
    for size in (35, 350):
        path = f"/aftaler/{create_big_agreement(size).budget_year}/runder/2/indberetning/1.01/"
        fields = {"effort": "happy", "comment": "a", "version": "0", "page_token": "side"}
        client.post(path, fields, headers=HTMX)
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(path, fields | {"comment": "b", "version": "1"}, headers=HTMX)
        assert answer.status_code == 200
        found.append([query["sql"] for query in captured.captured_queries])

    assert len(found[0]) == len(found[1]), "\n".join(sql[:200] for sql in found[1])
    assert len(found[1]) <= LIMIT, "\n".join(sql[:200] for sql in found[1])
