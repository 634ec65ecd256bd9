"""Rows for tests: plain functions with sensible defaults. A test names only what matters to it.

The agreements of 2018 and 2021 and the organisation are always in the test database (see conftest.py), so factories
make agreements of later years and find a centre or committee that already has the name.
"""

from datetime import UTC, date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from budget.models import (
    Agreement,
    AmountLine,
    AmountTable,
    Centre,
    Committee,
    Item,
    Party,
    Responsibility,
    Section,
    YearAmount,
)
from tracker.models import (
    WHOLE,
    Assessment,
    Decision,
    Edition,
    EditionStep,
    Entry,
    FinanceNote,
    FollowUpRound,
    Milestone,
    MilestoneChange,
    MilestonePlan,
    Publication,
    User,
    UserRole,
)
from tracker.statuses import AssessmentState, DecisionOutcome, EditionState, PlanState, RoundState

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "-", ",": "", ".": ""})


def slug_of(name: str) -> str:
    return name.lower().translate(_LETTERS).replace("--", "-")


def create_centre(name="Ejendomme", **fields) -> Centre:
    return Centre.objects.get_or_create(slug=slug_of(name), defaults={"name": name, **fields})[0]


def create_committee(name="Økonomiudvalget", **fields) -> Committee:
    return Committee.objects.get_or_create(slug=slug_of(name), defaults={"name": name, **fields})[0]


def create_party(name="Venstre", letter="") -> Party:
    return Party.objects.get_or_create(name=name, defaults={"letter": letter})[0]


def create_user(*roles, centres=(), committees=(), password=None, **fields) -> User:
    """An account with any number of roles; `name` and `username` follow from them unless given."""
    number = (User.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    called = "-".join(str(role) for role in roles) or "nobody"
    user = User(**{"username": f"{called}-{number}", "name": f"{called.capitalize()} {number}", **fields})
    user.set_password(password)
    user.save()
    UserRole.objects.bulk_create([UserRole(user=user, role=role) for role in roles])
    user.centres.set(centres)
    user.committees.set(committees)
    return user


def create_agreement(budget_year=None, *, plan=PlanState.APPROVED, **fields) -> Agreement:
    """A signed agreement with a decided milestone plan, for the first year after all that are there."""
    if budget_year is None:
        budget_year = max(2030, Agreement.objects.aggregate(last=Max("budget_year"))["last"] or 0) + 1
    defaults = {
        "budget_year": budget_year,
        "last_year": budget_year + 3,
        "title": f"Aftale om budget {budget_year}",
        "mode": "milestones",
        "signed_on": f"{budget_year - 1}-10-01",
    }
    agreement = Agreement.objects.create(**(defaults | fields))
    agreement.refresh_from_db()  # a date given as text is a date now
    MilestonePlan.objects.create(agreement=agreement, state=plan)
    return agreement


def create_section(agreement=None, code="2", **fields) -> Section:
    agreement = agreement or create_agreement()
    return Section.objects.create(**{"agreement": agreement, "code": code, "title": f"Afsnit {code}", **fields})


def create_item(agreement=None, code="2.02.1", *, centre=None, committees=(), contributors=(), **fields) -> Item:
    """An item in its chapter (made when missing). `centre=None` is Ejendomme; `lead_centre=None` is nobody."""
    agreement = agreement or create_agreement()
    chapter = code.split(".")[0]
    section = fields.pop("section", None) or agreement.sections.filter(code=chapter).first()
    defaults = {
        "agreement": agreement,
        "section": section or create_section(agreement, chapter),
        "code": code,
        "title": f"Punkt {code}",
        "kind": "drift",
        "life_status": "running",
    }
    if "lead_centre" not in fields:
        defaults["lead_centre"] = centre or create_centre()
    item = Item.objects.create(**(defaults | fields))
    for position, committee in enumerate(committees, start=1):
        Responsibility.objects.create(item=item, role="committee", committee=committee, position=position)
    for position, contributor in enumerate(contributors, start=1):
        Responsibility.objects.create(item=item, role="contributor", centre=contributor, position=position)
    return item


def create_round(agreement=None, number=None, *, state=None, closed_by=None, **fields) -> FollowUpRound:
    """The agreement's next round: open, or closed when `closed_by` is given."""
    agreement = agreement or create_agreement()
    number = number or agreement.rounds.count() + 1
    if closed_by:
        fields = {"closed_by": closed_by, "closed_at": timezone.now()} | fields
        state = state or RoundState.CLOSED
    return FollowUpRound.objects.create(
        agreement=agreement,
        number=number,
        state=state or RoundState.OPEN,
        **({"label": f"{number}. budgetopfølgning {agreement.budget_year}"} | fields),
    )


def create_milestone(item, follow_up_round, text="Planen er lavet.", **fields) -> Milestone:
    position = item.milestones.filter(follow_up_round=follow_up_round).count() + 1
    return Milestone.objects.create(
        **{"item": item, "follow_up_round": follow_up_round, "text": text, "position": position, **fields}
    )


def create_milestone_change(item, follow_up_round, before="Et lettere mål.", after="Planen er lavet.", **fields):
    """As `change_item` leaves it behind once the plan is approved."""
    defaults = {"reason": "Sagen er udskudt.", "at": datetime(2031, 3, 12, 10, tzinfo=UTC)}
    return MilestoneChange.objects.create(
        **{"item": item, "follow_up_round": follow_up_round, "before": before, "after": after} | defaults | fields
    )


def create_decision(agreement, body="Økonomiudvalget", outcome=DecisionOutcome.DISCUSSED, **fields) -> Decision:
    """A decision about the agreement's milestone plan, the day after it was signed unless told."""
    decided_on = (agreement.signed_on or date(2030, 1, 1)) + timedelta(days=1)
    return Decision.objects.create(
        **{"plan": agreement.milestone_plan, "body": body, "outcome": outcome, "decided_on": decided_on} | fields
    )


def create_assessment(item, follow_up_round, *, state=AssessmentState.SUBMITTED, by=None, **fields) -> Assessment:
    """A row as the actions leave it, without going through them: submitted by the centre, both smileys glad."""
    defaults = {"effort": "happy", "economy": "kept", "saved_by": by, "saved_at": timezone.now()}
    if state != AssessmentState.DRAFT:
        defaults |= {"submitted_by": by, "submitted_at": timezone.now()}
    return Assessment.objects.create(item=item, follow_up_round=follow_up_round, state=state, **(defaults | fields))


def create_note(item, follow_up_round, text="Tallet er efterprøvet.", *, by=None, **fields) -> FinanceNote:
    """Økonomi og Styring's own words beside an entry."""
    defaults = {"saved_by": by, "saved_at": timezone.now()}
    return FinanceNote.objects.create(item=item, follow_up_round=follow_up_round, text=text, **(defaults | fields))


def entry_of(item, follow_up_round) -> Entry:
    return Entry(item, follow_up_round, Assessment.objects.filter(item=item, follow_up_round=follow_up_round).first())


def create_amount_line(agreement=None, amounts=None, *, items=(), **fields) -> AmountLine:
    """A line with kroner per year: `amounts={2031: -500_000}`; the year None stands for "år ikke angivet"."""
    agreement = agreement or create_agreement()
    defaults = {
        "table": AmountTable.OPERATING,
        "source": "economy_row",
        "position": agreement.amount_lines.count() + 1,
        "label": "Drift",
        "nature": "new",
    }
    line = AmountLine.objects.create(agreement=agreement, **(defaults | fields))
    line.items.set(items)
    if amounts is None:
        amounts = {agreement.budget_year: 1_000_000}
    for year, kroner in amounts.items():
        YearAmount.objects.create(line=line, year=year, kroner=kroner)
    return line


def create_edition(follow_up_round=None, scope=WHOLE, *, states=(EditionState.BUILT,), **fields) -> Edition:
    """The next edition of a scope with its steps, without going through the actions: content and checksums are made
    up."""
    follow_up_round = follow_up_round or create_round(state=RoundState.CLOSED)
    names = {"follow_up_round": follow_up_round, "scope": scope}
    publication = Publication.objects.get_or_create(**names, defaults={"scope_name": scope})[0]
    number = publication.editions.count() + 1
    defaults = {
        "number": number,
        "sequence": (Edition.objects.aggregate(last=Max("sequence"))["last"] or 0) + 1,
        "title": "Opfølgning",
        "built_at": timezone.now(),
        "reason": "" if number == 1 else "Rettelse",
        "content": "{}",
        "content_sha256": "0" * 64,
        "chain": "0" * 64,
    }
    edition = Edition.objects.create(publication=publication, **(defaults | fields))
    for position, state in enumerate(states, start=1):
        EditionStep.objects.create(
            edition=edition, position=position, state=state, at=timezone.now(), actor="tests",
            reason="Forkert" if state == EditionState.WITHDRAWN else "",
        )  # fmt: skip
    return edition
