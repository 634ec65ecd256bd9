"""The public list of items as CSV, as far as a filter leaves it: the columns of an edition's own CSV."""

import csv
import io
from collections.abc import Iterable

from tracker.exports.editions import CSV_HEADINGS, harmless
from tracker.reports.public_rounds import SourcedItem
from tracker.templatetags.tracker import level_word


def items_csv(items: Iterable[SourcedItem], address: tuple[int, int]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_HEADINGS)
    for each in items:
        item, now = each.item, each.item.now
        row = [
            *address, each.source.edition.number, item.key, item.title, item.section_title,
            ", ".join([*item.committees, *item.responsible]), item.centre, level_word(now.effort) if now.effort else "",
            level_word(now.economy) if now.economy else "", now.comment,
        ]  # fmt: skip
        writer.writerow([harmless(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")
