"""The report as one HTML file that needs nothing beside it: the stylesheet is inside."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from tracker.reports.follow_up import FollowUpReport


def report_html(report: FollowUpReport) -> str:
    """The same fragment as the page shows, in a file of its own. The stylesheet is put in afterwards, because a
    template would escape its quotes."""
    style = (Path(settings.BASE_DIR) / "static" / "report.css").read_text(encoding="utf-8")
    page = render_to_string("tracker/reports/file.html", {"report": report, "site": _site()})
    return page.replace("<style></style>", f"<style>{style}</style>", 1)


def _site() -> str:
    """What a file read elsewhere needs to find its way back; nothing where the site is somebody's own machine. Links
    stay without it: they hold under whatever name the site is reached by later."""
    return settings.SITE_URL.rstrip("/") if settings.SITE_URL.startswith("https://") else ""
