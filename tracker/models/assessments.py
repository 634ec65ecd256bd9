"""Assessment: how one item stands in one round - smileys for effort and economy, and why."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from budget.models import Agreement, Item
from tracker.statuses import (
    ECONOMY_NEEDS_COMMENT,
    EFFORT_NEEDS_COMMENT,
    REPORTED,
    AssessmentState,
    Dimension,
    Economy,
    Effort,
    EntryStage,
)

from .events import subject_of
from .rounds import FollowUpRound

COMMENT_LIMIT = 20_000  # characters


class LevelDefinition(models.Model):
    """What a smiley means in one agreement (læsevejledning); printed in every report."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="level_definitions")
    dimension = models.CharField(max_length=10, choices=Dimension)
    level = models.CharField(max_length=20)
    text = models.TextField("definition")

    class Meta:
        verbose_name, verbose_name_plural = "smileydefinition", "smileydefinitioner"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "dimension", "level"], name="level_definition_once"),
            models.CheckConstraint(
                condition=Q(dimension=Dimension.EFFORT, level__in=Effort.values)
                | Q(dimension=Dimension.ECONOMY, level__in=Economy.values),
                name="level_definition_known_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.level}"


class AssessmentQuerySet(models.QuerySet):
    def reported(self):
        """What counts in boards and reports: submitted or approved, never a draft."""
        return self.filter(state__in=REPORTED)


class Assessment(models.Model):
    """One item in one round. A smiley may be blank in a draft only; each acknowledged change adds one to `version`."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="assessments", verbose_name="punkt")
    follow_up_round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="assessments", verbose_name="runde"
    )
    effort = models.CharField("indsats", max_length=20, choices=Effort, blank=True)
    economy = models.CharField("økonomi", max_length=20, choices=Economy, blank=True)
    comment = models.TextField("bemærkning", blank=True, max_length=COMMENT_LIMIT)
    expected_amount = models.BigIntegerField("forventet beløb i kroner", null=True, blank=True)
    state = models.CharField("tilstand", max_length=20, choices=AssessmentState, default=AssessmentState.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    # which open page saved last, and how many times it had sent by then: see actions.assessments.save_draft
    page_token = models.CharField(max_length=40, blank=True, editable=False)
    page_sequence = models.PositiveIntegerField(default=0, editable=False)
    is_entered_by_finance = models.BooleanField("indtastet af Økonomi og Styring", default=False, editable=False)
    is_taken_over = models.BooleanField("overtaget fra centeret", default=False, editable=False)
    saved_at = models.DateTimeField("gemt", null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("indsendt", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField("godkendt", null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_version = models.PositiveIntegerField(null=True, editable=False)  # the one the approver had seen
    return_comment = models.TextField("returneret med bemærkningen", blank=True, editable=False)
    returned_at = models.DateTimeField("returneret", null=True, editable=False)
    history = HistoricalRecords(excluded_fields=["page_token", "page_sequence"])

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "vurdering", "vurderinger"
        constraints = [
            models.UniqueConstraint(fields=["item", "follow_up_round"], name="assessment_once_per_item_and_round"),
            models.CheckConstraint(condition=Q(effort__in=["", *Effort.values]), name="assessment_known_effort"),
            models.CheckConstraint(condition=Q(economy__in=["", *Economy.values]), name="assessment_known_economy"),
            models.CheckConstraint(condition=Q(state__in=AssessmentState.values), name="assessment_known_state"),
            models.CheckConstraint(condition=Q(version__gte=1), name="assessment_version_from_one"),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.DRAFT) | (~Q(effort="") & ~Q(economy="")),
                name="assessment_blank_only_in_draft",
            ),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.DRAFT)
                | ~(Q(effort__in=[Effort.NEUTRAL, Effort.SAD]) | Q(economy=Economy.NOT_KEPT))
                | ~Q(comment=""),
                name="assessment_explains_what_needs_it",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssessmentState.DRAFT) | Q(submitted_at__isnull=True, submitted_by__isnull=True),
                name="assessment_draft_is_not_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.APPROVED)
                | Q(approved_at__isnull=True, approved_by__isnull=True, approved_version__isnull=True),
                name="assessment_approval_only_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=False) | Q(is_entered_by_finance=True),
                name="assessment_taken_over_by_finance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} i {self.follow_up_round_id}"

    @property
    def is_draft(self) -> bool:
        return self.state == AssessmentState.DRAFT

    @property
    def is_reported(self) -> bool:
        return self.state in REPORTED


class EntryAuthor(models.Model):
    """Somebody who has typed in an entry. Whoever has a hand in it does not approve it (four eyes)."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = "indtaster", "indtastere"
        constraints = [
            models.UniqueConstraint(fields=["item", "follow_up_round", "user"], name="entry_author_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.item_id} i {self.follow_up_round_id}"


class FinanceNote(models.Model):
    """Økonomi og Styring's own words about one item in one round, beside what the centre has entered."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="finance_notes")
    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.PROTECT, related_name="finance_notes")
    text = models.TextField("Økonomi og Styrings bemærkning", blank=True, max_length=COMMENT_LIMIT)
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField("gemt", null=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = "bemærkning fra Økonomi og Styring", "bemærkninger fra Økonomi og Styring"
        constraints = [
            models.UniqueConstraint(fields=["item", "follow_up_round"], name="finance_note_once_per_item_and_round"),
        ]

    def __str__(self) -> str:
        return self.text


class HasAnswers(Protocol):
    """An assessment, or what somebody is about to make one of."""

    effort: str
    economy: str
    comment: str


def missing_answers(answers: HasAnswers) -> dict[str, str]:
    """What must be filled in before submitting, by field. The rule of the læsevejledning: a smiley that is not glad is
    explained."""
    missing = {}
    if not answers.effort:
        missing["effort"] = "Vælg en smiley for indsatsen, eller »ikke relevant« / »ikke vurderet«."
    if not answers.economy:
        missing["economy"] = "Vælg en smiley for økonomien, eller »ikke relevant« / »ikke vurderet«."
    if not answers.comment.strip():
        if answers.effort in EFFORT_NEEDS_COMMENT:
            missing["comment"] = "Skriv en bemærkning, når indsatsen er mellemfornøjet eller sur."
        elif answers.economy in ECONOMY_NEEDS_COMMENT:
            missing["comment"] = "Skriv en bemærkning, når økonomien er sur."
    return missing


@dataclass(frozen=True)
class Entry:
    """An item in a round, whether or not anything has been entered yet."""

    item: Item
    follow_up_round: FollowUpRound
    assessment: Assessment | None

    @property
    def subject(self) -> str:
        """How events name the entry."""
        year, number = self.follow_up_round.address
        return subject_of(year, number=number, key=self.item.key)

    @property
    def stage(self) -> EntryStage:
        if self.follow_up_round.is_published and (self.assessment is None or self.assessment.is_reported):
            return EntryStage.PUBLISHED  # a draft left behind is not part of what was published
        if self.assessment is None:
            return EntryStage.NOTHING
        by_finance = self.assessment.is_entered_by_finance
        if self.assessment.state == AssessmentState.DRAFT:
            return EntryStage.FINANCE_DRAFT if by_finance else EntryStage.CENTRE_DRAFT
        if self.assessment.state == AssessmentState.SUBMITTED:
            return EntryStage.FINANCE_SUBMITTED if by_finance else EntryStage.CENTRE_SUBMITTED
        return EntryStage.APPROVED
