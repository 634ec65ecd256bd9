"""An agreement made and mended by form, its strategy, and the signing that closes it."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest

from budget.models import (
    Agreement,
    Centre,
    Committee,
    ControlTotal,
    ItemLink,
    Party,
    SustainabilityGoal,
    YearAmount,
)
from tests.conftest import ORGANISATION_FILE
from tests.database import all_rows, clear_tables, content
from tests.factories import (
    create_agreement,
    create_amount_line,
    create_item,
    create_party,
    create_user,
)
from tracker.actions import agreements as actions
from tracker.actions.agreement_files import dump_agreement, load_agreement, load_organisation
from tracker.actions.agreements import change_agreement, sign_agreement
from tracker.actions.agreements import create_agreement as create_by_form
from tracker.actions.items import create_item as create_item_by_form
from tracker.actions.lines import create_line
from tracker.actions.sections import create_section as create_section_by_form
from tracker.actions.stated_amounts import StatedRow
from tracker.actions.strategy import GoalRow, RateRow, TargetRow, ValueRow, change_strategy
from tracker.errors import AgreementSigned, Refused, RowChanged, RowDeleted, TotalsChanged
from tracker.models import Event, LevelDefinition
from tracker.reports.setup import table_totals
from tracker.statuses import DEFINED_LEVELS, Role

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
TODAY = date(2031, 5, 1)
HAPPY = ("effort", "happy")


def head(year=2041, **fields):
    return {
        "budget_year": year, "last_year": year + 3, "title": f"Aftale om budget {year}", "mode": "milestones",
        "unit": 1000, "case_number": "", "theme_source": "", "reading_guide": "",
    } | fields  # fmt: skip


def draft(**fields) -> Agreement:
    return create_agreement(signed_on=None, plan="draft", **fields)


def change(agreement, by, *, version=None, parties=None, definitions=None, **fields):
    """As a form that was opened just now would save it."""
    current = Agreement.objects.get(pk=agreement.pk)
    names = ("budget_year", "last_year", "title", "mode", "unit", "case_number", "theme_source", "reading_guide")
    return change_agreement(
        agreement=agreement,
        by=by,
        version=version or current.version,
        fields={name: getattr(current, name) for name in names} | fields,
        parties=[each.party for each in current.signatories.all()] if parties is None else parties,
        definitions=definitions or {},
        now=NOW,
    )


def sign(agreement, by, *, version=None, totals=None, signed_on=TODAY):
    current = Agreement.objects.get(pk=agreement.pk)
    return sign_agreement(
        agreement=agreement,
        by=by,
        version=version or current.version,
        signed_on=signed_on,
        totals=table_totals(current) if totals is None else totals,
        today=TODAY,
        now=NOW,
    )


def last_event():
    return Event.objects.order_by("pk").last()


# --- Creating --------------------------------------------------------------------------------------------------------
def test_a_new_agreement_is_a_draft_with_a_milestone_plan(finance):
    parties = [create_party("Venstre"), create_party("Lokallisten")]

    made = create_by_form(
        by=finance, fields=head(), parties=parties, definitions={HAPPY: "Nået.", ("effort", "sad"): ""}, now=NOW
    )

    made.refresh_from_db()
    assert (made.is_signed, made.milestone_plan.state) == (False, "draft")
    assert [(each.position, each.party) for each in made.signatories.all()] == [(1, parties[0]), (2, parties[1])]
    assert [(each.dimension, each.level, each.text) for each in made.level_definitions.all()] == [(*HAPPY, "Nået.")]
    assert made.history.get().history_user_id == finance.pk
    event = last_event()
    assert (event.act, event.subject, event.user_id, event.at) == ("agreement_created", "aftale 2041", finance.pk, NOW)


def test_a_copy_takes_the_goals_along(finance):
    source = create_agreement()
    for number, joint in ((3, None), (7, 13), (13, 7)):
        SustainabilityGoal.objects.create(agreement=source, number=number, title=f"Mål {number}", joint_with=joint)

    made = create_by_form(by=finance, fields=head(), copy_from=source)

    assert [(each.number, each.joint_with) for each in made.goals.all()] == [(3, None), (7, 13), (13, 7)]
    assert last_event().note == f"begyndt med en kopi af aftale {source.budget_year}"


def test_a_year_twice_is_refused(finance):
    agreement = draft()
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        create_by_form(by=finance, fields=head(agreement.budget_year))

    assert refusal.value.fields == {"budget_year": f"Der er allerede en aftale for {agreement.budget_year}."}
    assert all_rows() == before


@pytest.mark.parametrize(
    ("last_year", "words"), [(2040, "kan ikke ligge før budgetåret 2041"), (2052, "højst ligge 10 år efter")]
)
def test_years_out_of_order_are_refused(finance, last_year, words):
    with pytest.raises(Refused) as refusal:
        create_by_form(by=finance, fields=head(2041, last_year=last_year))

    assert words in refusal.value.fields["last_year"]
    assert not Agreement.objects.filter(budget_year=2041).exists()


# --- Changing --------------------------------------------------------------------------------------------------------
def test_a_change_is_kept_in_history_and_told(finance):
    agreement = draft(title="Gammel")

    changed = change(agreement, finance, title="Ny", last_year=agreement.last_year + 1, definitions={HAPPY: "Nået."})

    agreement.refresh_from_db()
    assert changed and (agreement.title, agreement.version) == ("Ny", 2)
    assert agreement.history.first().history_user_id == finance.pk
    last = agreement.last_year
    assert last_event().act == "agreement_changed"
    assert last_event().note == f"sidste år i aftalen fra {last - 1} til {last}; titel; smileydefinitioner"


def test_parties_that_stay_keep_their_printed_order(finance):
    one, two, three = (create_party(name) for name in ("Parti A", "Parti B", "Parti C"))
    agreement = draft()
    change(agreement, finance, parties=[two, one])

    change(agreement, finance, parties=[one, two, three])

    assert [each.party for each in agreement.signatories.all()] == [two, one, three]


def test_an_emptied_definition_goes_and_others_stay(finance):
    agreement = draft()
    for dimension, level in (*DEFINED_LEVELS, ("effort", "not_relevant")):
        LevelDefinition.objects.create(agreement=agreement, dimension=dimension, level=level, text="Som aftalt")

    change(agreement, finance, definitions={HAPPY: "", ("effort", "sad"): "Som aftalt"})

    assert agreement.level_definitions.count() == 5
    assert not agreement.level_definitions.filter(level="happy").exists()


def test_saving_without_a_change_changes_nothing(finance):
    agreement = draft()
    before = all_rows()

    assert change(agreement, finance) is False
    assert all_rows() == before


def test_a_stale_version_is_refused_and_told_what_is_saved(finance):
    agreement = draft()
    change(agreement, finance, title="Den andens")
    before = all_rows()

    with pytest.raises(RowChanged) as refusal:
        change(agreement, finance, version=1, title="Min")

    assert refusal.value.current.title == "Den andens"
    assert all_rows() == before


def test_without_the_guard_the_other_ones_words_are_lost(finance):
    agreement = draft()
    change(agreement, finance, title="Den andens")

    with mock.patch.object(actions, "claim_version"):
        change(agreement, finance, version=1, title="Min")

    agreement.refresh_from_db()
    assert agreement.title == "Min"


@pytest.mark.parametrize("version", [None, 0, 10**30])
def test_a_version_that_never_was_is_stale(finance, version):
    with pytest.raises(RowChanged):
        change_agreement(
            agreement=draft(), by=finance, version=version, fields={"title": "Min"}, parties=[], definitions={}
        )


def test_a_draft_that_is_gone_says_so(finance):
    agreement = draft()
    Agreement.objects.filter(pk=agreement.pk).delete()

    with pytest.raises(RowDeleted):
        change_agreement(agreement=agreement, by=finance, version=1, fields={}, parties=[], definitions={})


@pytest.mark.parametrize("act", ["change", "strategy", "sign"])
def test_a_signed_agreement_is_closed(finance, act):
    agreement = create_agreement()
    before = all_rows()
    acts = {
        "change": lambda: change(agreement, finance, title="Ny"),
        "strategy": lambda: change_strategy(
            agreement=agreement, by=finance, version=1, targets=[TargetRow(1, "Mål")], tax_rates=[], goals=[]
        ),
        "sign": lambda: sign(agreement, finance),
    }

    with pytest.raises(AgreementSigned):
        acts[act]()

    assert all_rows() == before


# --- Years -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("year", "last_year"), [(2034, None), (2031, 2034)])
def test_years_do_not_shrink_below_the_amounts(finance, year, last_year):
    agreement = draft(budget_year=2061, last_year=2064)
    line = create_amount_line(agreement, {})
    move = 2061 - 2031
    YearAmount.objects.create(line=line, year=year + move, last_year=last_year and last_year + move, kroner=5)
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        change(agreement, finance, last_year=2063)

    assert "Der står beløb for 20" in refusal.value.fields["last_year"]
    assert all_rows() == before


def test_years_follow_when_no_amount_is_outside(finance):
    agreement = draft(budget_year=2061, last_year=2064)
    create_amount_line(agreement, {2062: 5, None: 7})
    for year in (2061, 2062):
        ControlTotal.objects.create(agreement=agreement, table="drift", year=year, kroner=5)

    change(agreement, finance, budget_year=2062, last_year=2062)

    agreement.refresh_from_db()
    assert list(agreement.years) == [2062]
    assert [each.year for each in agreement.control_totals.all()] == [2062]
    assert last_event().subject == "aftale 2061"


def test_a_budget_year_that_others_point_at_stays(finance):
    agreement = draft(budget_year=2061)
    item, later = create_item(agreement), create_item()
    ItemLink.objects.create(item=later, kind="continues", target=item, target_year=2061, target_code=item.key)

    with pytest.raises(Refused) as refusal:
        change(agreement, finance, budget_year=2060, last_year=2064)

    assert "henviser til 2.02.1 i aftalen 2061" in refusal.value.fields["budget_year"]


def test_a_budget_year_that_is_taken_is_refused(finance):
    taken, agreement = create_agreement(), draft(last_year=2090)

    with pytest.raises(Refused) as refusal:
        change(agreement, finance, budget_year=taken.budget_year, last_year=taken.budget_year + 1)

    assert "Der er allerede en aftale for" in refusal.value.fields["budget_year"]


# --- Strategy --------------------------------------------------------------------------------------------------------
TARGETS = [
    TargetRow(1, "Kassebeholdning", "Tekst", (ValueRow("Mindst", 2042, 150_000_000), ValueRow("Højst", None, 5)))
]
RATES = [RateRow("Udskrivningsprocent", 2550, "percent", "uændret"), RateRow("Grundskyld", 2890, "permille")]
GOALS = [GoalRow(3, "Sundhed"), GoalRow(7, "Energi", 13), GoalRow(13, "Klima")]


def strategy(agreement, by, *, version=None, targets=TARGETS, tax_rates=RATES, goals=GOALS):
    version = version or Agreement.objects.get(pk=agreement.pk).version
    return change_strategy(
        agreement=agreement, by=by, version=version, targets=targets, tax_rates=tax_rates, goals=goals, now=NOW
    )


def test_the_strategy_is_saved_and_told(finance):
    agreement = draft()

    assert strategy(agreement, finance)

    [target] = agreement.targets.all()
    assert [(each.label, each.year, each.kroner) for each in target.values.all()] == [
        ("Mindst", 2042, 150_000_000),
        ("Højst", None, 5),
    ]
    assert [str(each) for each in agreement.tax_rates.all()] == [
        "Udskrivningsprocent 25,5 pct.",
        "Grundskyld 28,9 promille",
    ]
    assert [(each.number, each.joint_with) for each in agreement.goals.all()] == [(3, None), (7, 13), (13, None)]
    assert last_event().note == "rettet: mål, skattesatser, verdensmål"


def test_the_same_strategy_again_changes_nothing(finance):
    agreement = draft()
    strategy(agreement, finance)
    before = all_rows()

    assert strategy(agreement, finance) is False
    assert all_rows() == before


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"targets": [TargetRow(1, "A"), TargetRow(1, "B")]}, "to mål med nummer 1"),
        ({"tax_rates": [RateRow("Sats", 1, "percent"), RateRow("Sats", 2, "percent")]}, "»Sats« står to gange"),
        ({"goals": [GoalRow(3, "A"), GoalRow(3, "B")]}, "Verdensmål 3 står to gange"),
        ({"goals": [GoalRow(3, "A", 4)]}, "følges samlet med mål 4"),
        ({"goals": [GoalRow(3, "A", 3)]}, "følges samlet med mål 3"),
    ],
)
def test_a_strategy_that_contradicts_itself_is_refused(finance, rows, words):
    agreement = draft()
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        strategy(agreement, finance, **rows)

    assert words in str(refusal.value)
    assert all_rows() == before


def test_the_strategy_is_guarded_by_the_agreements_version(finance):
    agreement = draft()
    change(agreement, finance, title="Den andens")

    with pytest.raises(RowChanged):
        strategy(agreement, finance, version=1)

    assert not agreement.targets.exists()


# --- Signing ---------------------------------------------------------------------------------------------------------
def complete(**fields) -> Agreement:
    agreement = draft(**fields)
    year = agreement.budget_year
    item = create_item(agreement)
    create_amount_line(agreement, {year: -500_000, year + 1: 0}, items=[item])
    create_amount_line(agreement, {year: 200_000, None: 9_000}, label="Nyt", items=[item])
    span = create_amount_line(agreement, {}, label="Anlæg", table="anlaeg")
    YearAmount.objects.create(line=span, year=year, last_year=year + 2, kroner=32_000_000)
    create_amount_line(agreement, {year + 3: 7}, label="Vej", table="anlaeg")
    return agreement


def test_signing_closes_the_agreement_and_keeps_its_totals(finance):
    agreement = complete()
    year = agreement.budget_year
    ControlTotal.objects.create(agreement=agreement, table="drift", year=year + 2, kroner=1)

    sign(agreement, finance)

    agreement.refresh_from_db()
    assert (agreement.signed_on, agreement.version) == (TODAY, 2)
    assert {(each.table, each.year): each.kroner for each in agreement.control_totals.all()} == {
        ("drift", year): -300_000,
        ("drift", year + 1): 0,
        ("anlaeg", year + 3): 7,
    }
    assert agreement.history.first().history_user_id == finance.pk
    event = last_event()
    assert (event.act, event.subject, event.note) == ("agreement_signed", f"aftale {year}", "indgået 01.05.2031")


def test_signing_takes_place_once(finance):
    agreement = complete()
    sign(agreement, finance)

    with pytest.raises(AgreementSigned):
        sign(agreement, finance)


def _without_sections(agreement):
    agreement.amount_lines.all().delete()
    agreement.items.all().delete()
    agreement.sections.all().delete()


def _without_items(agreement):
    agreement.items.all().delete()


def _with_a_blank_line(agreement):
    create_amount_line(agreement, {}, label="Tom")


def _with_an_amount_too_late(agreement):
    create_amount_line(agreement, {agreement.last_year + 1: 5}, label="For sent")


def _with_a_span_too_long(agreement):
    line = create_amount_line(agreement, {}, label="For langt")
    YearAmount.objects.create(line=line, year=agreement.last_year, last_year=agreement.last_year + 1, kroner=5)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_sections, "mindst ét afsnit"),
        (_without_items, "mindst ét punkt"),
        (_with_a_blank_line, "Det mangler i »Tom«."),
        (_with_an_amount_too_late, "Det gør de ikke i »For sent (20"),
        (_with_a_span_too_long, "Det gør de ikke i »For langt (20"),
    ],
)
def test_what_is_missing_is_told_and_nothing_signed(finance, spoil, words):
    agreement = complete()
    spoil(agreement)
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        sign(agreement, finance)

    assert words in str(refusal.value)
    assert all_rows() == before


def test_an_agreement_is_not_signed_tomorrow(finance):
    agreement = complete()

    with pytest.raises(Refused) as refusal:
        sign(agreement, finance, signed_on=date(2031, 5, 2))

    assert "ligger i fremtiden" in refusal.value.fields["signed_on"]
    assert not Agreement.objects.get(pk=agreement.pk).is_signed


def test_totals_that_changed_since_they_were_shown_are_not_signed(finance):
    agreement = complete()
    shown = table_totals(agreement)
    create_amount_line(agreement, {agreement.budget_year: 1}, label="Kom til")
    before = all_rows()

    with pytest.raises(TotalsChanged) as refusal:
        sign(agreement, finance, totals=shown)

    assert refusal.value.totals["drift", agreement.budget_year] == -299_999
    assert all_rows() == before


def test_what_no_file_could_hold_is_not_signed(finance):
    """The forms keep the same rules; here something has slipped past them."""
    agreement = complete()
    line = agreement.amount_lines.first()
    line.nature = "saving"
    line.save()
    YearAmount.objects.filter(line=line).delete()
    for year, kroner in ((agreement.budget_year, 5), (agreement.last_year, -5)):
        YearAmount.objects.create(line=line, year=year, kroner=kroner)
    before = all_rows()

    with pytest.raises(Refused) as refusal:
        sign(agreement, finance)

    assert "en flytning mellem år" in str(refusal.value)
    assert all_rows() == before


# --- Out as a file and back ------------------------------------------------------------------------------------------
@pytest.fixture
def organisation_only(empty_database):
    load_organisation(path=ORGANISATION_FILE, by="tests")


def plain_content():
    """The content without what only says how it came in."""
    rows = content()
    rows.pop("tracker.User"), rows.pop("tracker.UserRole")
    for label in rows:
        rows[label] = [{k: v for k, v in row.items() if k not in {"version", "file_digest"}} for row in rows[label]]
    return rows


def made_by_form(by):
    parties = list(Party.objects.order_by("pk")[:3])
    definitions = {key: f"Betyder {key[1]}\n\nover to linjer" for key in DEFINED_LEVELS}
    fields = head(
        case_number="00.30.00-S00-1-41", theme_source="Vision 2029", reading_guide="Læs »sådan«.\n  Indrykket"
    )
    agreement = create_by_form(by=by, fields=fields, parties=parties, definitions=definitions)
    strategy(agreement, by)
    stated = [
        StatedRow(1_200_000, (2041, 2042), "each", "new", "i puljen"),
        StatedRow(-5, (), "recurring", "set_aside"),
    ]
    for number, fields in enumerate(
        [
            {"code": "", "title": "Demografi", "text": "Flere børn."},
            {"code": "", "title": "Samarbejde"},
            {"code": "1", "title": "Fællesskaber", "is_theme": True, "text": "Tekst\nmere tekst"},
            {"code": "1.2", "title": "Skoler", "parent": "1"},
            {"code": "1.10", "title": "Idræt", "parent": "1"},
            {"code": "2", "title": "Drift"},
        ]
    ):
        parent = agreement.sections.filter(code=fields.pop("parent", "-")).first()
        create_section_by_form(
            agreement=agreement, by=by, fields={"parent": parent, **fields}, stated_amounts=stated if number < 4 else []
        )
    committees, centre = list(Committee.objects.order_by("pk")[:2]), Centre.objects.first()
    for code, ordinal, under in (("1.2", 1, "1.2"), ("1.2", 2, "1.2"), ("2.1", None, "2")):
        section = agreement.sections.get(code=under)
        fields = {"section": section, "code": code, "ordinal": ordinal, "title": f"Punkt {code}", "lead_centre": centre}
        create_item_by_form(agreement=agreement, by=by, fields=fields, committees=committees, bodies=["direktionen"])
    line = {"table": "drift", "heading": "1. Fællesskaber", "code": "1.2", "label": "Drift", "nature": "saving"}
    create_line(agreement=agreement, by=by, fields=line, amounts={2041: -500_000, 2042: 0}, keys=["1.2-1", "2.1"])
    line |= {"table": "anlaeg", "label": "Vej", "project": "1234", "nature": "new"}
    create_line(agreement=agreement, by=by, fields=line, amounts={2044: 7_000_000})
    return sign(agreement, by)


def test_made_by_form_and_signed_it_leaves_as_a_file_and_comes_back(organisation_only, tmp_path):
    made = made_by_form(create_user(Role.FINANCE))
    before, dump = plain_content(), dump_agreement(agreement=made)
    path = tmp_path / "dump.toml"
    path.write_text(dump, encoding="utf-8")

    clear_tables()
    load_organisation(path=ORGANISATION_FILE, by="tests")
    load_agreement(path=path, by="tests")

    assert plain_content() == before
    assert dump_agreement(agreement=Agreement.objects.get()) == dump


def test_loading_its_own_file_onto_it_changes_nothing(organisation_only, tmp_path):
    made = made_by_form(create_user(Role.FINANCE))
    path = tmp_path / "dump.toml"
    path.write_text(dump_agreement(agreement=made), encoding="utf-8")
    before = all_rows()

    assert not load_agreement(path=path, by="tests").is_new
    assert all_rows() == before
