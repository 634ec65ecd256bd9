"""The lists' columns. A table lists columns and how a value is written; it decides nothing."""

from collections.abc import Iterator

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tracker.models import FollowUpRound, User
from tracker.reports.money import Grouping, MoneyLine, MoneyReport, MoneyRow, RowKind
from tracker.reports.overview import EntryRow, MatrixCell, MatrixRow
from tracker.templatetags.tracker import in_unit, smiley, state_tag

NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}


class RowHeader(tables.Column):
    """The column that names the row."""

    row_header = True


class BoardTable(tables.Table):
    key = RowHeader("Punkt", order_by="item__sort_key")
    title = tables.Column("Titel", orderable=False)
    centre = tables.Column("Center")
    progress = tables.Column("Tilstand", order_by="progress__order")
    effort = tables.Column("Indsats", empty_values=())
    economy = tables.Column("Økonomi", empty_values=())

    class Meta:
        empty_text = "Ingen punkter passer til filteret."
        orderable = True

    caption = "Rundens punkter med tilstand og smileys"

    def render_key(self, record: EntryRow) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, record.key)

    def render_progress(self, record: EntryRow) -> SafeString:
        note = " af Økonomi og Styring" if record.entered_by_finance else ""
        return format_html("{}{}", state_tag(record.progress.code, record.progress.label), note)

    def render_effort(self, record: EntryRow) -> SafeString | str:
        return smiley(record.effort) if record.effort else "–"

    def render_economy(self, record: EntryRow) -> SafeString | str:
        return smiley(record.economy) if record.economy else "–"


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
        if value.effort or value.economy:
            return format_html(
                '<div class="matrix__pair"><span><span class="sr-only">Indsats: </span>{}</span>'
                '<span><span class="sr-only">Økonomi: </span>{}</span></div>',
                smiley(value.effort, compact=True),
                smiley(value.economy, compact=True),
            )
        return "milepæl" if value.has_milestone else "–"


class MoneyTable(tables.Table):
    """The money as printed, with the rows that the print lacks: subtotals and totals, marked as computed."""

    code = tables.Column("Punkt", orderable=False, empty_values=())
    text = RowHeader("Tekst", orderable=False, empty_values=())
    table = tables.Column("Tabel", orderable=False, empty_values=())
    project = tables.Column("Projekt", orderable=False, empty_values=())
    undated = tables.Column("Uden bestemt år", orderable=False, empty_values=(), attrs=NUMBER)
    nature = tables.Column("Art", orderable=False, empty_values=())

    class Meta:
        attrs = {"class": "money"}
        empty_text = "Ingen beløbslinjer passer til filteret."
        orderable = False
        row_attrs = {"class": lambda record: _ROW_CLASS[record.kind]}

    def __init__(self, report: MoneyReport):
        agreement = report.agreement
        self.year = agreement.budget_year
        self.unit = agreement.unit
        self.caption = f"{report.title}, beløb i {agreement.get_unit_display()}"
        years = [(f"year_{year}", YearColumn(year, self.unit)) for year in report.years]
        hidden = [] if report.has_undated else ["undated"]
        if report.table or report.grouping == Grouping.PRINTED:
            hidden.append("table")
        order = ["code", "text", "table", *(name for name, _ in years), "undated", "project", "nature"]
        super().__init__(
            report.rows, extra_columns=years, exclude=hidden, sequence=[n for n in order if n not in hidden]
        )

    def render_code(self, record: MoneyRow) -> SafeString | str:
        line = record.line
        if line is None or not line.code:
            return ""
        if not line.items:
            return line.code
        key = line.items[0] if len(line.items) == 1 else line.code
        return format_html('<a href="{}">{}</a>', reverse("item_detail", args=[self.year, key]), line.code)

    def render_text(self, record: MoneyRow) -> SafeString | str:
        if record.line is None:
            return (
                format_html("{} <span class='quiet'>(beregnet)</span>", record.label)
                if record.is_computed
                else record.label
            )
        return format_html(
            "{}{}", record.label, format_html_join("", "{}", ((each,) for each in self._remarks(record.line)))
        )

    def _remarks(self, line: MoneyLine) -> Iterator[SafeString]:
        """What the print does not say, below the line's text."""
        if line.is_possible_duplicate:
            yield format_html(' <strong class="mark mark--warning">Mulig dublet</strong>')
        if line.is_postponement:
            yield format_html(' <strong class="mark">Flyttes mellem år, summer til 0</strong>')
        if len(line.items) > 1 or (line.items and not line.code):
            links = format_html_join(
                ", ",
                '<a href="{}">{}</a>',
                ((reverse("item_detail", args=[self.year, key]), key) for key in line.items),
            )
            yield format_html('<br><span class="quiet">Hører til {}</span>', links)
        if line.together_with:
            yield format_html(
                '<br><span class="quiet">{}, sammen med {}</span>', line.committee[1], ", ".join(line.together_with)
            )
        if line.note:
            yield format_html('<br><span class="quiet">{}</span>', line.note)

    def render_table(self, record: MoneyRow) -> str:
        return record.line.table_label if record.line else ""

    def render_project(self, record: MoneyRow) -> str:
        return record.line.project if record.line else ""

    def render_undated(self, record: MoneyRow) -> SafeString | str:
        if record.line is None:
            return ""
        amounts = ((in_unit(kroner, self.unit), words) for words, kroner in record.line.undated)
        return format_html_join(" ", '{} <span class="quiet">({})</span>', amounts)

    def render_nature(self, record: MoneyRow) -> str:
        return record.line.nature_label if record.line else ""


_ROW_CLASS = {
    RowKind.TABLE: "row--table",
    RowKind.HEADING: "row--heading",
    RowKind.LINE: "",
    RowKind.SUBTOTAL: "row--subtotal row--computed",
    RowKind.TOTAL: "row--total row--computed",
    RowKind.WITHOUT_DUPLICATES: "row--computed",
}


class YearColumn(tables.Column):
    def __init__(self, year: int, unit: int):
        super().__init__(str(year), orderable=False, empty_values=(), attrs=NUMBER)
        self.year, self.unit = year, unit

    def render(self, record: MoneyRow) -> str:
        return in_unit(record.kroner.get(self.year), self.unit)


class AccountTable(tables.Table):
    name = RowHeader("Navn eller funktion")
    username = tables.Column("Brugernavn")
    roles = tables.Column("Roller", orderable=False, accessor="role_rows__all")
    bodies = tables.Column("Centre og udvalg", orderable=False, empty_values=())
    is_active = tables.Column("Aktiv")
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

    def render_is_active(self, value: bool) -> str:
        return "ja" if value else "nej, lukket"

    def render_acts(self, record: User) -> SafeString:
        address = reverse("account_password", args=[record.pk])
        return format_html('<a href="{}">Ny adgangskode<span class="sr-only"> til {}</span></a>', address, record)
