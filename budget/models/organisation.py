"""Who can be responsible: committees and centres, under the name they had at the time, and the parties."""

from django.db import models
from django.db.models import F, Q


def _valid_period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        name=name,
    )


class Body(models.Model):
    """What a committee and a centre have in common: a name for a time, and who took over."""

    slug = models.SlugField("kortnavn i adresser", max_length=80, unique=True)
    name = models.CharField("navn", max_length=120)
    valid_from = models.DateField("gælder fra", null=True, blank=True)
    valid_to = models.DateField("gælder til", null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Committee(Body):
    """A political committee (udvalg)."""

    short_name = models.CharField("forkortelse", max_length=10, blank=True)

    class Meta(Body.Meta):
        verbose_name, verbose_name_plural = "udvalg", "udvalg"
        ordering = ["name"]
        constraints = [_valid_period("committee_valid_period")]

    @property
    def area(self) -> str:
        """The committee's area as the report's title names it: "Økonomiudvalgets område"."""
        return f"{self.name}s område"


class Centre(Body):
    """An administrative centre or secretariat (center)."""

    class Meta(Body.Meta):
        verbose_name, verbose_name_plural = "center", "centre"
        ordering = ["name"]
        constraints = [_valid_period("centre_valid_period")]


class Party(models.Model):
    """A party that may sign an agreement; the letter is the one on the ballot, blank where not known."""

    letter = models.CharField("bogstav", max_length=2, blank=True)
    name = models.CharField("navn", max_length=80, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = "parti", "partier"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.letter})" if self.letter else self.name
