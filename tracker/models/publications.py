"""Publication and its editions: the report of a round, stored as it was. Only ever added to; the database refuses more.

What was published never changes, so nothing here is worked out from live rows: an edition holds its content, its files
and their checksums, and its state is the last of its steps.
"""

from functools import cached_property

from django.db import models
from django.db.models import Q
from django.urls import reverse

from tracker.statuses import EDITION_ENDED, EditionState

from .rounds import FollowUpRound

FILE_KINDS = {"pdf": "PDF", "xlsx": "Excel", "csv": "CSV", "json": "JSON", "html": "HTML"}
WHOLE = "samlet"  # the scope of the report for the whole municipality


class Publication(models.Model):
    """The report of a round for one committee, or for all (`scope` is the committee's slug, or WHOLE)."""

    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.PROTECT, related_name="publications")
    scope = models.SlugField("omfang", max_length=80)
    scope_name = models.CharField("udvalg eller kommune", max_length=160)

    class Meta:
        verbose_name, verbose_name_plural = "offentliggørelse", "offentliggørelser"
        constraints = [
            models.UniqueConstraint(fields=["follow_up_round", "scope"], name="publication_once_per_round_and_scope")
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_round}, {self.scope_name}"

    @property
    def is_whole(self) -> bool:
        return self.scope == WHOLE


class Edition(models.Model):
    """One frozen report. `content` is canonical JSON; `sequence` numbers all editions of the installation, and `chain`
    is the SHA-256 over the one before (`previous`) and over everything this one holds."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("udgave")
    sequence = models.PositiveIntegerField()
    title = models.CharField("titel", max_length=300)
    as_of = models.DateField("opgjort pr.", null=True)
    built_at = models.DateTimeField("bygget")
    built_by_number = models.BigIntegerField(null=True)  # no foreign key: an edition outlives accounts
    reason = models.TextField("begrundelse for rettelsen", blank=True)
    content = models.TextField("indhold")
    content_sha256 = models.CharField("SHA-256 af indholdet", max_length=64, db_index=True)
    differences = models.TextField("forskelle fra udgaven før", default="[]")  # JSON: [[place, before, after], ...]
    previous = models.CharField("kontrolsum af udgaven før i kæden", max_length=64, blank=True)
    chain = models.CharField("kontrolsum i kæden", max_length=64, db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = "udgave", "udgaver"
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["sequence"], name="edition_sequence_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="edition_correction_has_reason"),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, udgave {self.number}"

    def get_absolute_url(self) -> str:
        """The permanent address."""
        return reverse("edition_page", args=[*self.address, self.number])

    @cached_property
    def life(self) -> list["EditionStep"]:
        """Its steps in order; reports that list editions prefetch them."""
        return sorted(self.steps.all(), key=lambda step: step.position)

    @property
    def state(self) -> str:
        return EditionState(self.life[-1].state)

    @property
    def reach(self) -> str:
        """The farthest it has come: built, released or open."""
        return EditionState([step.state for step in self.life if step.state not in EDITION_ENDED][-1])

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of its files, with what people call them."""
        stored = {each.kind for each in self.files.all()}
        return [(kind, name) for kind, name in FILE_KINDS.items() if kind in stored]

    @property
    def address(self) -> tuple[int, int, str]:
        """What the publication's pages are addressed by: budget year, round and scope."""
        return *self.publication.follow_up_round.address, self.publication.scope

    @property
    def subject(self) -> str:
        """How events name the edition."""
        return f"{self.publication.follow_up_round.subject}, {self.publication.scope}, udgave {self.number}"


class EditionFile(models.Model):
    """One file of an edition, served as it was stored."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField("format", max_length=8)  # html, xlsx, json, csv, pdf: the ending of its name
    content = models.BinaryField("indhold")
    size = models.PositiveIntegerField("bytes")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = "fil", "filer"
        constraints = [models.UniqueConstraint(fields=["edition", "kind"], name="edition_file_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.kind}"


class EditionStep(models.Model):
    """One step of an edition's life: who, when, why. The last one (by `position`) is the edition's state."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    state = models.CharField("tilstand", max_length=20, choices=EditionState)
    at = models.DateTimeField("hvornår")
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField("hvem", max_length=160)
    reason = models.TextField("begrundelse", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "trin", "trin"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="edition_step_position_once"),
            models.UniqueConstraint(fields=["edition", "state"], name="edition_step_state_once"),
            models.CheckConstraint(condition=Q(state__in=EditionState.values), name="edition_step_known_state"),
            models.CheckConstraint(
                condition=~Q(state=EditionState.WITHDRAWN) | ~Q(reason=""), name="edition_withdrawn_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_state_display()}"
