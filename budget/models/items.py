"""The items of an agreement: what is followed, who answers for it, and what it continues."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from budget import codes
from budget.text import folded

from .agreements import Agreement, Section
from .history import field_history
from .organisation import Centre, Committee


class Kind(models.TextChoices):
    """The label printed beside an item's title. It is not derived from the amounts."""

    OPERATING = "drift", "Drift"
    CAPITAL = "anlaeg", "Anlæg"
    BOTH = "anlaeg_drift", "Anlæg og drift"

    @property
    def parts(self) -> list[str]:
        """The label taken apart for machines: ["anlæg", "drift"]."""
        return {"drift": ["drift"], "anlaeg": ["anlæg"], "anlaeg_drift": ["anlæg", "drift"]}[self.value]


class LifeStatus(models.TextChoices):
    """Where the item is in its own life; not the smiley of a round."""

    PLANNED = "planned", "planlagt"
    RUNNING = "running", "i gang"
    FINISHED = "finished", "afsluttet"
    POSTPONED = "postponed", "udskudt"
    DROPPED = "dropped", "bortfaldet"
    ORDINARY_OPERATION = "ordinary_operation", "overgået til drift"


class ResponsibilityRole(models.TextChoices):
    COMMITTEE = "committee", "ansvarligt udvalg"
    BODY = "body", "andet ansvarligt organ"
    CONTRIBUTOR = "contributor", "væsentlig bidragsyder"


class LinkKind(models.TextChoices):
    POSTPONED_FROM = "postponed_from", "udskudt fra"
    CONTINUES = "continues", "fortsætter"
    SPLIT_FROM = "split_from", "udskilt fra"
    MERGED_FROM = "merged_from", "samlet af"
    REPLACES = "replaces", "erstatter"
    DEPENDS_ON = "depends_on", "afhænger af"


class ItemQuerySet(models.QuerySet):
    def in_agreement_order(self):
        return self.order_by("sort_key")

    def for_centre(self, *centre_ids: int):
        """Items whose lead centre is one of these: the ones they report on."""
        return self.filter(lead_centre__in=centre_ids)

    def for_committee(self, committee: Committee):
        return self.filter(
            responsibilities__role=ResponsibilityRole.COMMITTEE, responsibilities__committee=committee
        ).distinct()

    def matching(self, words: str):
        """Items whose code, title or texts hold every word."""
        found = self
        for word in folded(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Item(models.Model):
    """The unit that is followed (punkt). In 2018 a code is an item; in 2021 a code may hold many, by ordinal."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="items", verbose_name="afsnit")
    code = models.CharField("nummer", max_length=30)
    ordinal = models.PositiveSmallIntegerField("løbenummer i punktet", null=True, blank=True)
    key = models.CharField("nøgle", max_length=40, editable=False)
    title = models.CharField("titel", max_length=200)
    kind = models.CharField("drift eller anlæg", max_length=20, choices=Kind, blank=True)
    life_status = models.CharField("livsstatus", max_length=20, choices=LifeStatus, default=LifeStatus.PLANNED)
    lead_centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="items", verbose_name="ansvarligt center"
    )
    printed_centre = models.CharField("center som trykt, når det ikke er et center", max_length=120, blank=True)
    text = models.TextField("aftaletekst", blank=True)
    note = models.TextField("administrationens bemærkning", blank=True)
    economy_text = models.TextField("økonomi", blank=True)
    source_note = models.TextField("bemærkning til kilden", blank=True)
    sort_key = models.CharField(max_length=80, editable=False)
    search_text = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    history = field_history(excluded_fields=["search_text", "sort_key", "version"])

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "punkt", "punkter"
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "key"], name="item_key_once"),
            models.UniqueConstraint(fields=["agreement", "code", "ordinal"], name="item_ordinal_once"),
            models.CheckConstraint(condition=Q(ordinal__isnull=True) | Q(ordinal__gte=1), name="item_ordinal_from_one"),
            models.CheckConstraint(condition=~Q(title=""), name="item_has_title"),
            models.CheckConstraint(condition=Q(kind__in=["", *Kind.values]), name="item_known_kind"),
            models.CheckConstraint(condition=Q(life_status__in=LifeStatus.values), name="item_known_life_status"),
            models.CheckConstraint(
                condition=Q(lead_centre__isnull=True) | Q(printed_centre=""), name="item_one_lead_centre"
            ),
        ]
        indexes = [models.Index(fields=["agreement", "sort_key"], name="item_in_agreement_order")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    def save(self, **kwargs) -> None:
        self.key = codes.item_key(self.code, self.ordinal)
        self.sort_key = codes.sort_key(self.code, self.ordinal)
        self.search_text = folded(
            "\n".join([self.key, self.title, self.text, self.note, self.economy_text, self.source_note])
        )
        super().save(**kwargs)

    def get_absolute_url(self) -> str:
        return reverse("item_detail", args=[self.agreement.budget_year, self.key])

    @property
    def address(self) -> tuple[int, str]:
        """What the item's pages are addressed by: budget year and key."""
        return self.agreement.budget_year, self.key

    @property
    def centre_name(self) -> str:
        """The lead centre's name, or what the print has in its place; "" where nobody is named."""
        return self.lead_centre.name if self.lead_centre else self.printed_centre


class Responsibility(models.Model):
    """A committee, another body or a contributor of an item, in the order named. The lead centre stands on the item."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="responsibilities")
    role = models.CharField("rolle", max_length=20, choices=ResponsibilityRole)
    position = models.PositiveSmallIntegerField()
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, null=True, blank=True, verbose_name="udvalg")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True, verbose_name="center")
    words = models.CharField("som trykt", max_length=120, blank=True)
    history = field_history()

    class Meta:
        verbose_name, verbose_name_plural = "ansvar", "ansvar"
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "role", "position"], name="responsibility_position_once"),
            models.UniqueConstraint(fields=["item", "role", "committee"], name="responsibility_committee_once"),
            models.UniqueConstraint(fields=["item", "role", "centre"], name="responsibility_centre_once"),
            models.CheckConstraint(
                condition=Q(role="committee", committee__isnull=False, centre__isnull=True, words="")
                | (Q(role="body", committee__isnull=True, centre__isnull=True) & ~Q(words=""))
                | Q(role="contributor", committee__isnull=True, centre__isnull=False, words="")
                | (Q(role="contributor", committee__isnull=True, centre__isnull=True) & ~Q(words="")),
                name="responsibility_names_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.committee or self.centre or self.words)


class ItemLink(models.Model):
    """Where an item comes from. The other end may be an agreement that is not in the system: then its year and printed
    code stand alone (the year too may be unknown)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField("art", max_length=20, choices=LinkKind)
    target = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="links_here")
    target_year = models.PositiveSmallIntegerField("aftaleår", null=True, blank=True)
    target_code = models.CharField("punkt", max_length=40)
    note = models.TextField("bemærkning", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "henvisning", "henvisninger"
        ordering = [F("target_year").asc(nulls_last=True), "target_code", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "target_year", "target_code"], name="item_link_once"),
            models.UniqueConstraint(
                fields=["item", "kind", "target_code"],
                condition=Q(target_year__isnull=True),
                name="item_link_without_year_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="item_link_known_kind"),
            models.CheckConstraint(condition=~Q(target_code=""), name="item_link_has_code"),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(target=F("item")), name="item_link_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        year = f"aftalen {self.target_year}" if self.target_year else "en tidligere aftale"
        return f"{self.get_kind_display()} {self.target_code} i {year}"
