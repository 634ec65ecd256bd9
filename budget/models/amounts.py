"""The agreement's money as printed: whole kroner per line and year, with the sign the agreement prints.

Plus costs; minus is saving, income, loan or postponement - the line's nature says which. Blank is not zero.
"""

from django.db import models
from django.db.models import F, Q

from .agreements import Agreement, Section
from .history import field_history
from .items import Item


class AmountTable(models.TextChoices):
    OPERATING = "drift", "Drift"
    CAPITAL = "anlaeg", "Anlæg"


class AmountSource(models.TextChoices):
    TABLE = "table", "beløbstabel"
    ECONOMY_ROW = "economy_row", "økonomirække"


class Nature(models.TextChoices):
    SAVING = "saving", "besparelse"
    INCOME = "income", "indtægt"
    LOAN = "loan", "lån"
    MOVEMENT = "movement", "flytning mellem år"
    NEW = "new", "nyt beløb"
    POOL = "pool", "tilførsel til pulje"
    DERIVED = "derived", "afledt drift"
    DEMOGRAPHY = "demography", "demografi"
    FRAME = "frame", "ramme eller teknik"


class AmountLine(models.Model):
    """One printed line of money. It has no item, one or several; money is summed over lines, never over items."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="amount_lines")
    table = models.CharField("tabel", max_length=10, choices=AmountTable)
    source = models.CharField("kilde", max_length=20, choices=AmountSource)
    position = models.PositiveSmallIntegerField("plads i tabellen")
    heading = models.CharField("overskrift som trykt", max_length=200, blank=True)
    code = models.CharField("nummer som trykt", max_length=30, blank=True)
    label = models.CharField("tekst", max_length=200)
    project = models.CharField("projektnummer", max_length=20, blank=True)
    nature = models.CharField("art", max_length=20, choices=Nature)
    period = models.CharField("periode som trykt", max_length=60, blank=True)
    note = models.TextField("bemærkning", blank=True)
    is_possible_duplicate = models.BooleanField("mulig dublet", default=False)
    items = models.ManyToManyField(Item, related_name="amount_lines", blank=True, verbose_name="punkter")
    version = models.PositiveIntegerField(default=1, editable=False)
    history = field_history(excluded_fields=["version", "position"])

    class Meta:
        verbose_name, verbose_name_plural = "beløbslinje", "beløbslinjer"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="amount_line_position_once"),
            models.CheckConstraint(condition=Q(table__in=AmountTable.values), name="amount_line_known_table"),
            models.CheckConstraint(condition=Q(source__in=AmountSource.values), name="amount_line_known_source"),
            models.CheckConstraint(condition=Q(nature__in=Nature.values), name="amount_line_known_nature"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()


class YearAmount(models.Model):
    """Whole kroner of a line: in one year, once over a span of years (`last_year`), or where no year is named."""

    line = models.ForeignKey(AmountLine, on_delete=models.CASCADE, related_name="amounts")
    year = models.PositiveSmallIntegerField("år", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("til og med år", null=True, blank=True)
    kroner = models.BigIntegerField("kroner")
    history = field_history()

    class Meta:
        verbose_name, verbose_name_plural = "årsbeløb", "årsbeløb"
        ordering = [F("year").asc(nulls_last=True), F("last_year").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["line", "year", "last_year"], name="year_amount_span_once"),
            models.UniqueConstraint(
                fields=["line", "year"], condition=Q(last_year__isnull=True), name="year_amount_year_once"
            ),
            models.UniqueConstraint(fields=["line"], condition=Q(year__isnull=True), name="year_amount_undated_once"),
            models.CheckConstraint(
                condition=Q(last_year__isnull=True) | Q(year__isnull=False, last_year__gt=F("year")),
                name="year_amount_span_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.years_label}: {self.kroner}"

    @property
    def years_label(self) -> str:
        if self.year is None:
            return "år ikke angivet"
        return str(self.year) if self.last_year is None else f"{self.year}-{self.last_year}"


class Basis(models.TextChoices):
    """How a stated amount belongs to the years that stand beside it."""

    EACH = "each", "i hvert af årene"
    TOTAL = "total", "i alt"
    RECURRING = "recurring", "årligt"


class Standing(models.TextChoices):
    """What a stated amount is: not every amount in a text is new money."""

    NEW = "new", "nyt beløb"
    SET_ASIDE = "set_aside", "allerede afsat"
    POOL_TOTAL = "pool_total", "puljens nye størrelse"
    STATE_FUNDS = "state_funds", "statslige midler"
    EARLIER_SAVING = "earlier_saving", "tidligere besluttet besparelse"


class StatedAmount(models.Model):
    """An amount that a text names, as a fact of its own: it may differ from the tables for good reasons, and is never
    summed with them. `years` are those that the text ties it to; a recurring amount has its first year or none."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="stated_amounts")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, null=True, related_name="stated_amounts")
    position = models.PositiveSmallIntegerField()
    kroner = models.BigIntegerField("kroner")
    years = models.JSONField("år", default=list, blank=True)
    basis = models.CharField("gælder", max_length=10, choices=Basis)
    standing = models.CharField("slags", max_length=20, choices=Standing)
    note = models.CharField("bemærkning", max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "beløb nævnt i teksten", "beløb nævnt i teksten"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="stated_amount_item_position_once"),
            models.UniqueConstraint(fields=["section", "position"], name="stated_amount_section_position_once"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, section__isnull=True) | Q(item__isnull=True, section__isnull=False),
                name="stated_amount_of_item_or_section",
            ),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="stated_amount_known_basis"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="stated_amount_known_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.kroner} {self.period_label}".strip()

    @property
    def period_label(self) -> str:
        """When, in words: "årligt fra 2022", "i 2021 og i 2023", "i alt 2021-2024"."""
        if self.basis == Basis.RECURRING:
            return f"årligt fra {self.years[0]}" if self.years else "årligt"
        if not self.years:
            return ""
        first, last = self.years[0], self.years[-1]
        is_unbroken = self.years == list(range(first, last + 1))
        named = " og ".join(f"i {year}" for year in self.years)
        if self.basis == Basis.TOTAL and len(self.years) > 1:
            return f"i alt {first}-{last}" if is_unbroken else f"i alt {named}"
        return f"i hvert af årene {first}-{last}" if is_unbroken and len(self.years) > 2 else named


class ControlTotal(models.Model):
    """What a table's lines must sum to in one year, in kroner; stored with the agreement, checked when it is loaded."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="control_totals")
    table = models.CharField("tabel", max_length=10, choices=AmountTable)
    year = models.PositiveSmallIntegerField("år")
    kroner = models.BigIntegerField("kroner")

    class Meta:
        ordering = ["-table", "year"]
        constraints = [models.UniqueConstraint(fields=["agreement", "table", "year"], name="control_total_once")]

    def __str__(self) -> str:
        return f"{self.get_table_display()} {self.year}"
