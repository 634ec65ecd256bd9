"""The Atom feed of what was opened, corrected and withdrawn."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from django.utils.feedgenerator import Atom1Feed

from tracker.reports.public_news import FeedEntry
from tracker.statuses import EditionState

ATOM = "application/atom+xml; charset=utf-8"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """An empty feed has a date as well, and it does not change by the clock."""
        return super().latest_post_date() if self.items else datetime(2000, 1, 1, tzinfo=UTC)


def atom_feed(
    entries: list[FeedEntry], *, municipality: str, page: str, address: str, absolute: Callable[[str], str]
) -> bytes:
    """`absolute` makes a whole address of a path. An entry's id is made of the edition's place in the chain, so it is
    the same whatever the site is called and after a move to another database."""
    feed = _Feed(
        title=f"Opfølgning på budgetaftaler, {municipality}",
        link=page,
        description=None,
        language="da",
        author_name=municipality,
        feed_url=address,
        feed_guid=f"urn:uuid:{uuid5(NAMESPACE_URL, f'budgetaftaler {municipality}')}",
    )
    for each in entries:
        edition = each.edition
        feed.add_item(
            title=_text(f"{each.words}: {edition}"),
            link=absolute(edition.get_absolute_url()),
            description=_text(_sentence(each)),
            unique_id=f"urn:uuid:{uuid5(NAMESPACE_URL, f'{edition.chain} {each.state}')}",
            pubdate=each.at,
            updateddate=each.at,
        )
    return feed.writeString("utf-8").encode()


def _sentence(entry: FeedEntry) -> str:
    if entry.state == EditionState.WITHDRAWN:
        return f"Udgave {entry.edition.number} er trukket tilbage. Begrundelse: {entry.reason}"
    if entry.edition.number > 1:
        return f"Udgave {entry.edition.number} er offentliggjort. Rettet fordi: {entry.reason}"
    return "Rapporten er offentliggjort."


def _text(text: str) -> str:
    """Without the characters that no XML may hold."""
    return _NOT_XML.sub("", text)
