"""The follow-up's part of an agreement file: the rounds, the smileys' definitions, milestones and assessments.

The agreement's own part is `budget.files`. Both parts stand in one file, so that a person can review it item by item.
"""

from collections import defaultdict

from budget.files import checking, saving, writing
from budget.files.schema import Problems, Tables, count, day, kroner, moment, one_of, text, whole_number
from budget.files.toml import without_blanks
from budget.models import Agreement, AgreementMode, AmountUnit, Item
from tracker.models import (
    DATE_FIELDS,
    Assessment,
    Decision,
    EntryAuthor,
    FinanceNote,
    FollowUpRound,
    LevelDefinition,
    Milestone,
    MilestoneChange,
    MilestonePlan,
    MovedDate,
    missing_answers,
)
from tracker.statuses import (
    PLAN_DECIDED,
    AssessmentState,
    DecisionOutcome,
    Dimension,
    Economy,
    Effort,
    PlanState,
    RoundState,
)

FIRST_LINE = "Aftalefil til budgetaftalesporeren; formatet er beskrevet i README.md"

_ROUND_NUMBER = whole_number(1, 99, "et rundenummer", required=True)
_MILESTONES = Tables({"round": _ROUND_NUMBER, "text": text(required=True)}, title=("round",))
# What was changed once the plan was approved; a milestone that came has no text before, one that went none after.
_MILESTONE_CHANGES = Tables(
    {
        "round": _ROUND_NUMBER,
        "before": text(),
        "after": text(),
        "reason": text(required=True),
        "at": moment(required=True),
    },
    title=("round",),
)
_ASSESSMENTS = Tables(
    {
        "round": _ROUND_NUMBER,
        "effort": one_of(Effort.values),
        "economy": one_of(Economy.values),
        "comment": text(may_be_blank=True),  # a draft may hold nothing but a line break
        "expected_amount": kroner(),
        "state": one_of(AssessmentState.values, required=True),
    },
    title=("round",),
)
# Økonomi og Styring's own words, with or without an assessment beside them.
_FINANCE_NOTES = Tables({"round": _ROUND_NUMBER, "text": text(required=True)}, title=("round",))
_ROUND = {
    "number": _ROUND_NUMBER,
    "label": text(80, required=True),
    "state": one_of(RoundState.values, required=True),
    "as_of": day(),
    "opens_on": day(),
    "deadline": day(),
    "committees_on": day(),
    "council_on": day(),
    "instructions": text(),
    "moved_dates": Tables(
        {
            "field": one_of(DATE_FIELDS, required=True),
            "before": day(),
            "after": day(),
            "reason": text(required=True),
            "at": moment(required=True),
        },
        title=("field",),
    ),
}
_DECISION = {
    "body": text(160, required=True),
    "decided_on": day(required=True),
    "case_number": text(40),
    "outcome": one_of(DecisionOutcome.values, required=True),
    "remark": text(),
}
_DEFINITION = {
    "dimension": one_of(Dimension.values, required=True),
    "level": one_of(sorted({*Effort.values, *Economy.values}), required=True),
    "text": text(required=True),
}


def _with_follow_up(schema: dict) -> dict:
    """The agreement's schema with the follow-up's keys where a reader expects them."""
    agreement, items = dict(schema["agreement"]), schema["items"]
    guide = {key: agreement.pop(key) for key in ("source", "reading_guide")}
    control = schema["control"]
    with_rounds = {}
    for key, description in schema.items():
        if key == "sections":
            with_rounds["definitions"] = Tables(_DEFINITION, title=("dimension", "level"))
            with_rounds["targets"] = with_rounds.pop("targets")
            with_rounds["rounds"] = Tables(_ROUND, title=("number",))
            with_rounds["decisions"] = Tables(_DECISION, title=("body",))
        with_rounds[key] = description
    return with_rounds | {
        "agreement": agreement | {"milestone_plan": one_of(PlanState.values)} | guide,
        "control": {
            "sections": control["sections"],
            "items": control["items"],
            "milestones": count(required=True),
            "assessments": count(required=True),
            "amount_lines": control["amount_lines"],
        },
        "items": Tables(
            items.schema
            | {
                "milestones": _MILESTONES,
                "milestone_changes": _MILESTONE_CHANGES,
                "assessments": _ASSESSMENTS,
                "finance_notes": _FINANCE_NOTES,
            },
            items.title,
            items.required,
        ),
    }


_OF_A_ROUND = ("milestones", "milestone_changes", "assessments", "finance_notes")
SCHEMA = _with_follow_up(checking.SCHEMA)


def check(file: dict, problems: Problems) -> None:
    """All that fields alone cannot tell, of both parts."""
    checking.check_agreement(file, problems)
    checking.check_repeats(file["rounds"], "runden", lambda row: row["number"], problems)
    checking.check_repeats(file["definitions"], "definitionen", lambda row: (row["dimension"], row["level"]), problems)
    for definition in file["definitions"]:
        dimension, level = definition["dimension"], definition["level"]
        if dimension and level and level not in Dimension(dimension).levels:
            problems.add(definition["place"], f"smileyen {level!r} findes ikke for {dimension!r}")
    for follow_up_round in file["rounds"]:
        opens, deadline = follow_up_round["opens_on"], follow_up_round["deadline"]
        if opens and deadline and deadline < opens:
            problems.add(follow_up_round["place"], "fristen ligger, før runden åbner")
        for row in follow_up_round["moved_dates"]:
            if row["before"] == row["after"]:
                problems.add(row["place"], "'before' og 'after' er ens; en flyttet dato har to forskellige")
    numbers = {row["number"] for row in file["rounds"]}
    for item in file["items"]:
        checking.check_repeats(item["assessments"], "vurderingen i runde", lambda row: row["round"], problems)
        checking.check_repeats(item["finance_notes"], "bemærkningen i runde", lambda row: row["round"], problems)
        for row in [each for name in _OF_A_ROUND for each in item[name]]:
            if row["round"] is not None and row["round"] not in numbers:
                problems.add(row["place"], f"runde {row['round']} findes ikke i filen")
        for row in item["assessments"]:
            if row["state"] and row["state"] != AssessmentState.DRAFT:
                for sentence in missing_answers(_assessment_of(row)).values():
                    problems.add(row["place"], sentence)
    _check_plan(file, problems)
    _leave_out_defaults(file)
    for name in ("milestones", "assessments"):
        checking.check_count(file, name, sum(len(item[name]) for item in file["items"]), problems)


def _check_plan(file: dict, problems: Problems) -> None:
    """The decisions about the milestone plan, and what was changed once it was approved."""
    head = file["agreement"]
    decisions = [row for row in file["decisions"] if row["body"] and row["decided_on"]]
    checking.check_repeats(
        decisions, "beslutningen", lambda row: f"{row['body']} {row['decided_on']:%d.%m.%Y}", problems
    )
    for row in decisions:
        if head["mode"] == AgreementMode.EXCEPTIONS and not head["milestone_plan"]:
            problems.add(row["place"], "aftalen har ingen milepælsplan at beslutte om")
        if head["signed_on"] and row["decided_on"] < head["signed_on"]:
            problems.add(row["place"], f"beslutningen ligger, før aftalen blev indgået {head['signed_on']:%d.%m.%Y}")
    for row in [each for item in file["items"] for each in item["milestone_changes"]]:
        if head["milestone_plan"] not in PLAN_DECIDED:
            problems.add(row["place"], "planen er ikke godkendt, så ændringer er der ikke noget at sige om endnu")
        if row["before"] == row["after"]:
            problems.add(row["place"], "'before' og 'after' er ens; en ændret milepæl har to forskellige tekster")


def _leave_out_defaults(file: dict) -> None:
    """What a file may write out and a dump leaves out is no difference."""
    head = file["agreement"]
    if head["unit"] == AmountUnit.THOUSANDS:
        head["unit"] = None
    if head["mode"] == AgreementMode.MILESTONES and head["milestone_plan"] is None:
        head["milestone_plan"] = PlanState.DRAFT.value


def _assessment_of(row: dict) -> Assessment:
    return Assessment(
        effort=row["effort"] or "",
        economy=row["economy"] or "",
        comment=row["comment"] or "",
        expected_amount=row["expected_amount"],
        state=row["state"],
    )


def save(file: dict, digest: str, user_id: int | None = None) -> Agreement:
    """Both parts into the database; the caller holds the transaction."""
    agreement = saving.save_agreement(file, digest, user_id)
    plan = file["agreement"]["milestone_plan"]
    if plan or agreement.has_rounds:  # an agreement followed up by exception has no milestones to plan
        saved_plan = MilestonePlan.objects.create(agreement=agreement, state=plan or PlanState.DRAFT)
        _save_decisions(saved_plan, file["decisions"])
    for row in file["definitions"]:
        LevelDefinition.objects.create(
            agreement=agreement, dimension=row["dimension"], level=row["level"], text=row["text"]
        )
    rounds = {row["number"]: _save_round(agreement, row) for row in file["rounds"]}
    items = {item.key: item for item in agreement.items.all()}
    for row in file["items"]:
        item = items[checking.key_of(row)]
        positions = defaultdict(int)
        for milestone in row["milestones"]:
            positions[milestone["round"]] += 1
            new = Milestone(
                item=item,
                follow_up_round=rounds[milestone["round"]],
                position=positions[milestone["round"]],
                text=milestone["text"],
            )
            new._history_user = user_id
            new.save()
        MilestoneChange.objects.bulk_create(_changes_of(row, item, rounds))
        for entered in row["assessments"]:
            assessment = _assessment_of(entered)
            assessment.item, assessment.follow_up_round = item, rounds[entered["round"]]
            assessment.save()
        for note in row["finance_notes"]:
            FinanceNote.objects.create(item=item, follow_up_round=rounds[note["round"]], text=note["text"])
        if user_id:  # whoever loads an entry has a hand in it
            entered = {each["round"] for each in [*row["assessments"], *row["finance_notes"]]}
            EntryAuthor.objects.bulk_create(
                EntryAuthor(item=item, follow_up_round=rounds[number], user_id=user_id) for number in sorted(entered)
            )
    return agreement


def _save_round(agreement: Agreement, row: dict) -> FollowUpRound:
    fields = {key: row[key] for key in row if key not in {"place", "moved_dates", "instructions"}}
    saved = FollowUpRound.objects.create(agreement=agreement, instructions=row["instructions"] or "", **fields)
    MovedDate.objects.bulk_create(
        MovedDate(
            follow_up_round=saved,
            actor="indlæst fra en aftalefil",
            **{key: moved[key] for key in moved if key != "place"},
        )
        for moved in row["moved_dates"]
    )
    return saved


def _save_decisions(plan: MilestonePlan, rows: list[dict]) -> None:
    Decision.objects.bulk_create(
        Decision(
            plan=plan,
            body=row["body"],
            decided_on=row["decided_on"],
            case_number=row["case_number"] or "",
            outcome=row["outcome"],
            remark=row["remark"] or "",
        )
        for row in sorted(rows, key=lambda row: row["decided_on"])
    )


def _changes_of(row: dict, item: Item, rounds: dict[int, FollowUpRound]) -> list[MilestoneChange]:
    return [
        MilestoneChange(
            item=item,
            follow_up_round=rounds[change["round"]],
            before=change["before"] or "",
            after=change["after"] or "",
            reason=change["reason"],
            at=change["at"],
        )
        for change in sorted(row["milestone_changes"], key=lambda change: (change["round"], change["at"]))
    ]


def document_of(agreement: Agreement) -> dict:
    """The whole file's structure, keys in the schema's order."""
    document = writing.agreement_document(agreement)
    plan = MilestonePlan.objects.filter(agreement=agreement).first()
    document["agreement"]["milestone_plan"] = plan.state if plan else None
    document["decisions"] = _decisions(plan)
    milestones, assessments = _by_item(agreement)
    changes, notes = _changes_by_item(agreement), _notes_by_item(agreement)
    for row, item in zip(document["items"], agreement.items.in_agreement_order(), strict=True):
        row["milestones"] = milestones[item.pk]
        row["milestone_changes"] = changes[item.pk]
        row["assessments"] = assessments[item.pk]
        row["finance_notes"] = notes[item.pk]
    document["control"]["milestones"] = sum(map(len, milestones.values()))
    document["control"]["assessments"] = sum(map(len, assessments.values()))
    document["definitions"] = _definitions(agreement)
    document["rounds"] = [_round_document(each) for each in agreement.rounds.all()]
    return in_schema_order(document)


def _by_item(agreement: Agreement) -> tuple[dict[int, list], dict[int, list]]:
    milestones, assessments = defaultdict(list), defaultdict(list)
    for each in Milestone.objects.filter(item__agreement=agreement).select_related("follow_up_round"):
        milestones[each.item_id].append({"round": each.follow_up_round.number, "text": each.text})
    entered = Assessment.objects.filter(item__agreement=agreement).select_related("follow_up_round")
    for each in entered.order_by("follow_up_round__number"):
        row = {
            "round": each.follow_up_round.number,
            "effort": each.effort,
            "economy": each.economy,
            "comment": each.comment,
            "expected_amount": each.expected_amount,
            "state": each.state,
        }
        assessments[each.item_id].append(without_blanks(row))
    return milestones, assessments


def _changes_by_item(agreement: Agreement) -> dict[int, list]:
    found = defaultdict(list)
    rows = MilestoneChange.objects.filter(item__agreement=agreement).select_related("follow_up_round")
    for each in rows.order_by("follow_up_round__number", "at", "pk"):
        row = {name: getattr(each, name) for name in ("before", "after", "reason", "at")}
        found[each.item_id].append({"round": each.follow_up_round.number, **without_blanks(row)})
    return found


def _notes_by_item(agreement: Agreement) -> dict[int, list]:
    """A note that was taken away leaves nothing in the file."""
    found = defaultdict(list)
    rows = FinanceNote.objects.filter(item__agreement=agreement).exclude(text="")
    for item_id, number, said in rows.order_by("follow_up_round__number").values_list(
        "item_id", "follow_up_round__number", "text"
    ):
        found[item_id].append({"round": number, "text": said})
    return found


def _decisions(plan: MilestonePlan | None) -> list[dict]:
    rows = plan.decisions.all() if plan else []
    return [without_blanks({name: getattr(row, name) for name in _DECISION}) for row in rows]


def _definitions(agreement: Agreement) -> list[dict]:
    order = [(Dimension.EFFORT, level) for level in Effort.values] + [
        (Dimension.ECONOMY, level) for level in Economy.values
    ]
    found = {(each.dimension, each.level): each.text for each in agreement.level_definitions.all()}
    return [
        {"dimension": str(dimension), "level": level, "text": found[dimension, level]}
        for dimension, level in order
        if (dimension, level) in found
    ]


def _round_document(follow_up_round: FollowUpRound) -> dict:
    moved = [
        without_blanks({key: getattr(each, key) for key in ("field", "before", "after", "reason", "at")})
        for each in follow_up_round.moved_dates.all()
    ]
    fields = {key: getattr(follow_up_round, key) for key in _ROUND if key != "moved_dates"}
    return without_blanks(fields | {"moved_dates": moved})


def in_schema_order(table: dict, schema: dict = SCHEMA) -> dict:
    """Keys as the schema names them, blanks left out, at every depth."""
    ordered = {}
    for key, description in schema.items():
        value = table.get(key)
        if isinstance(description, Tables):
            value = [in_schema_order(each, description.schema) for each in value or []]
        elif isinstance(description, dict):
            value = in_schema_order(value or {}, description)
        ordered[key] = value
    return without_blanks(ordered)
