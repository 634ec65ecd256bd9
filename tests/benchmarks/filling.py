"""A database with many years behind it, for measuring whether one report minds."""

from django.utils import timezone

from budget import codes
from budget.models import (
    Agreement,
    AgreementMode,
    AmountLine,
    Centre,
    Committee,
    Item,
    Responsibility,
    Section,
    YearAmount,
)
from budget.text import folded
from tracker.models import Assessment, FollowUpRound, Milestone, MilestonePlan
from tracker.statuses import AssessmentState, PlanState, RoundState

WORDS = "Arbejdet følger planen, og udvalget har fået en orientering om de næste skridt. " * 3


def fill(
    *, years: range, items_per_year: int, rounds: int = 4, committees: tuple[str, ...] = ("oekonomiudvalget",)
) -> int:
    """Adds one agreement per year with that many items, each with a milestone and an assessment in every round, the
    committees (slugs) by turns. Returns the number of assessments."""
    centres, committees = list(Centre.objects.all()), [Committee.objects.get(slug=slug) for slug in committees]
    for year in years:
        agreement = _agreement(year)
        MilestonePlan.objects.create(agreement=agreement, state=PlanState.APPROVED)
        section = Section.objects.create(agreement=agreement, code="1", title="Kapitel")
        made = Item.objects.bulk_create(
            _item(agreement, section, n, centres[n % len(centres)]) for n in range(1, items_per_year + 1)
        )
        Responsibility.objects.bulk_create(
            Responsibility(item=item, role="committee", committee=committees[n % len(committees)], position=1)
            for n, item in enumerate(made)
        )
        for number in range(1, rounds + 1):
            _round(agreement, number, made)
    return len(years) * items_per_year * rounds


def fill_money(*, years: range, lines_per_year: int) -> int:
    """Adds to the agreement of each year (made where there is none) that many lines of four years, half of them in each
    table, in ten headings, as the real ones: a fifth with a project, a quarter with a note. Returns how many."""
    for year in years:
        agreement = _agreement(year)
        half = lines_per_year // 2
        lines = AmountLine.objects.bulk_create(
            AmountLine(
                agreement=agreement,
                table="drift" if n < half else "anlaeg",
                source="table",
                position=n + 1,
                heading=f"{n % half * 10 // half + 1}. Kapitel",
                code=f"{n % half * 10 // half + 1}.{n % 7 + 1}.{n % 9 + 1}",
                label=f"Indsats nummer {n} på skoler og veje",
                project=f"A{n % 40:06d}" if n % 5 == 0 else "",
                nature="saving" if n % 9 == 0 else "new",
                note="Teksten nævner et andet beløb end tabellen." if n % 4 == 0 else "",
            )
            for n in range(lines_per_year)
        )
        YearAmount.objects.bulk_create(
            YearAmount(line=line, year=each, kroner=(n % 37 - 5) * 1000)
            for n, line in enumerate(lines)
            for each in agreement.years
        )
    return len(years) * lines_per_year


def _agreement(year: int) -> Agreement:
    return Agreement.objects.get_or_create(
        budget_year=year,
        defaults={
            "last_year": year + 3,
            "title": f"Aftale om budget {year}",
            "mode": AgreementMode.MILESTONES,
            "signed_on": timezone.localdate().replace(year=year - 1, month=10, day=1),
        },
    )[0]


def _item(agreement: Agreement, section: Section, number: int, centre: Centre) -> Item:
    code = f"1.{number:02d}"
    return Item(
        agreement=agreement,
        section=section,
        code=code,
        key=code,
        sort_key=codes.sort_key(code),
        title=f"Indsats nummer {number}",
        search_text=folded(f"{code} Indsats nummer {number} {WORDS}"),
        text=WORDS,
        note=WORDS,
        economy_text=WORDS,
        lead_centre=centre,
    )


def _round(agreement: Agreement, number: int, items: list[Item]) -> None:
    follow_up_round = FollowUpRound.objects.create(
        agreement=agreement, number=number, label=f"{number}. budgetopfølgning", state=RoundState.PUBLISHED
    )
    Milestone.objects.bulk_create(
        Milestone(item=item, follow_up_round=follow_up_round, position=1, text=WORDS) for item in items
    )
    Assessment.objects.bulk_create(
        Assessment(
            item=item,
            follow_up_round=follow_up_round,
            effort="neutral",
            economy="kept",
            comment=WORDS,
            state=AssessmentState.APPROVED,
        )
        for item in items
    )
