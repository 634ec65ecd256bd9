"""The lists' columns. A table lists columns and how a value is written; it decides nothing."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tracker.models import Event, FollowUpRound, User
from tracker.reports.board import BoardRow
from tracker.reports.milestone_changes import CHANGED
from tracker.reports.overview import MatrixCell, MatrixRow
from tracker.templatetags.tracker import smiley, state_tag


class RowHeader(tables.Column):
    """The column that names the row."""

    row_header = True


class BoardTable(tables.Table):
    """Check boxes for whoever may approve; what is odd is told in words."""

    choice = tables.Column("Vælg", orderable=False, empty_values=())
    key = RowHeader("Punkt", order_by="item__sort_key")
    title = tables.Column("Titel", orderable=False)
    centre = tables.Column("Center")
    progress = tables.Column("Tilstand", order_by="progress__order")
    effort = tables.Column("Indsats", empty_values=())
    economy = tables.Column("Økonomi", empty_values=())
    oddities = tables.Column("Anmærkninger", orderable=False, empty_values=())

    class Meta:
        empty_text = "Ingen punkter passer til filteret."
        orderable = True

    caption = "Rundens punkter med tilstand, smileys og anmærkninger"

    def __init__(self, data: list[BoardRow], *, may_approve: bool = False, **options):
        super().__init__(data, exclude=() if may_approve else ("choice",), **options)

    def render_choice(self, record: BoardRow) -> SafeString | str:
        if record.may_approve:
            return format_html(
                '<input type="checkbox" name="punkt" value="{}@{}" aria-label="Vælg {} {}">',
                record.key, record.version, record.key, record.title,
            )  # fmt: skip
        return format_html('<span class="quiet">{}</span>', "egen" if record.is_own_hand else "–")

    def render_key(self, record: BoardRow) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, record.key)

    def render_progress(self, record: BoardRow) -> SafeString:
        note = " af Økonomi og Styring" if record.entered_by_finance else ""
        note += ", returneret" if record.is_returned else ""
        return format_html("{}{}", state_tag(record.progress.code, record.progress.label), note)

    def render_effort(self, record: BoardRow) -> SafeString | str:
        return smiley(record.effort) if record.effort else "–"

    def render_economy(self, record: BoardRow) -> SafeString | str:
        return smiley(record.economy) if record.economy else "–"

    def render_oddities(self, record: BoardRow) -> SafeString | str:
        sentences = format_html_join("", "<li>{}</li>", ((each.sentence,) for each in record.oddities))
        return format_html('<ul class="oddities">{}</ul>', sentences) if sentences else "–"


class MatrixTable(tables.Table):
    """Items by rounds; one column per round, made when the rounds are known."""

    item = RowHeader("Punkt", orderable=False)

    class Meta:
        empty_text = "Ingen punkter passer til filteret."
        orderable = False

    caption = "Punkter og runder med smileys for indsats og økonomi"
    box_class = "matrix"

    def __init__(self, data: list[MatrixRow], *, rounds: list[FollowUpRound], **options):
        columns = [(f"round_{n}", RoundColumn(each, n)) for n, each in enumerate(rounds)]
        super().__init__(data, extra_columns=columns, **options)

    def render_item(self, record: MatrixRow) -> SafeString:
        item = record.item
        return format_html('<a href="{}">{}</a> {}', item.get_absolute_url(), item.key, item.title)


class RoundColumn(tables.Column):
    def __init__(self, follow_up_round: FollowUpRound, place: int):
        super().__init__(follow_up_round.label, accessor=f"cells__{place}", orderable=False, empty_values=())

    def render(self, value: MatrixCell) -> SafeString | str:
        levels = self._levels(value)
        if not value.is_changed:
            return levels
        texts = render_to_string("components/milestone_changes.html", {"changes": value.changes})
        return format_html('{}<details><summary class="matrix__mark">{}</summary>{}</details>', levels, CHANGED, texts)

    def _levels(self, value: MatrixCell) -> SafeString | str:
        if value.effort or value.economy:
            return format_html(
                '<div class="matrix__pair"><span><span class="sr-only">Indsats: </span>{}</span>'
                '<span><span class="sr-only">Økonomi: </span>{}</span></div>',
                smiley(value.effort, compact=True),
                smiley(value.economy, compact=True),
            )
        return "milepæl" if value.has_milestone else "–"


class AccountTable(tables.Table):
    name = RowHeader("Navn eller funktion")
    username = tables.Column("Brugernavn")
    roles = tables.Column("Roller", orderable=False, accessor="role_rows__all")
    bodies = tables.Column("Centre og udvalg", orderable=False, empty_values=())
    is_active = tables.Column("Aktiv")
    second_factor = tables.Column("Andet trin", orderable=False, accessor="authenticator_set__all")
    acts = tables.Column("Handlinger", orderable=False, empty_values=())

    class Meta:
        empty_text = "Der er ingen konti endnu."

    caption = "Konti"

    def render_name(self, record: User) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("account_edit", args=[record.pk]), str(record))

    def render_roles(self, record: User) -> str:
        return ", ".join(row.get_role_display() for row in record.role_rows.all()) or "ingen"

    def render_bodies(self, record: User) -> str:
        return ", ".join(str(each) for each in [*record.centres.all(), *record.committees.all()]) or "–"

    def render_second_factor(self, value) -> str:
        return "sat op" if value else "nej"

    def render_is_active(self, value: bool) -> str:
        return "ja" if value else "nej, lukket"

    def render_acts(self, record: User) -> SafeString:
        address = reverse("account_password", args=[record.pk])
        return format_html('<a href="{}">Ny adgangskode<span class="sr-only"> til {}</span></a>', address, record)


class EventTable(tables.Table):
    at = tables.DateTimeColumn(format="d.m.Y H:i:s", verbose_name="Hvornår")
    actor = tables.Column("Hvem")
    act = tables.Column("Handling")
    shown = RowHeader("Hvad")
    note = tables.Column("Bemærkning", attrs={"td": {"class": "as-typed"}})
    request_id = tables.Column("Sagsnummer", attrs={"td": {"class": "sagsnummer"}})

    class Meta:
        model = Event
        fields = ()
        sequence = ("at", "actor", "act", "shown", "note", "request_id")
        orderable = False
        empty_text = "Ingen hændelser passer til filteret."

    caption = "Hændelser, de nyeste først"
