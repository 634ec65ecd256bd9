"""A digest as a mail: Danish, kind and short. It says which items are owed and by when, and nothing of what stands in
them: a mail lies about in places that the rules of the site do not reach."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import formats

from budget.models import Item
from tracker.reports.reminders import Digest, OwedRound
from tracker.templatetags.tracker import in_days


def subject_of(digest: Digest) -> str:
    """The nearest of the deadlines that the mail is sent for; no words that anybody has typed."""
    nearest = next(each for each in digest.rounds if each.due)
    items = _count(digest.total)
    if nearest.is_overdue:
        return f"Fristen er overskredet: {items} mangler at blive indsendt"
    return f"Frist {in_days(nearest.days_left)}: {items} mangler at blive indsendt"


def body_of(digest: Digest) -> str:
    centres = {item.lead_centre_id for each in digest.rounds for item in (*each.own, *each.of_centre)}
    parts = [
        f"Kære {_one_line(str(digest.user))}",
        "Her er det, der endnu ikke er indsendt. Er noget af det sendt i mellemtiden, kan du se bort fra det.",
        *(
            f"Du er vikar for {_one_line(str(each.chief))} til og med {_day(each.last_day)}."
            for each in digest.stands_in
        ),
        *(_round(each, name_centres=len(centres) > 1) for each in digest.rounds),
        "Skriv eller ring til Økonomi og Styring, hvis noget driller, eller hvis fristen ikke kan holdes.",
        f"Venlig hilsen\nØkonomi og Styring\n{settings.MUNICIPALITY}",
        "Mailen er sendt automatisk fra Budgetaftaler.",
    ]
    return "\n\n".join(parts) + "\n"


def _round(owed: OwedRound, *, name_centres: bool) -> str:
    follow_up_round = owed.follow_up_round
    parts = [f"{follow_up_round.label}, {follow_up_round.agreement.title}\n{_deadline(owed)}"]
    if owed.own:
        parts.append(f"Du mangler at indsende {_count(len(owed.own))}:\n{_lines(owed.own, name_centres)}")
    if owed.of_centre:
        heading = f"Til orientering for chefen: centeret mangler at indsende {_count(len(owed.of_centre))}"
        parts.append(f"{heading}:\n{_lines(owed.of_centre, name_centres)}")
    address = reverse("entry_list", args=follow_up_round.address)
    parts.append(f"Indberet her: {settings.SITE_URL}{address}")
    return "\n\n".join(parts)


def _deadline(owed: OwedRound) -> str:
    deadline = owed.follow_up_round.deadline
    if deadline is None:
        return "Fristen er ikke angivet endnu."
    how_far = in_days(owed.days_left)
    return f"Fristen var {_day(deadline)} ({how_far})." if owed.is_overdue else f"Frist: {_day(deadline)} ({how_far})."


def _lines(items: list[Item], name_centres: bool) -> str:
    return "\n".join(
        f"- {item.key} {_one_line(item.title)}"
        + (f", {item.lead_centre.name}" if name_centres else "")
        + (" (returneret med en bemærkning)" if item.is_returned else "")
        for item in items
    )


def _count(number: int) -> str:
    return "1 punkt" if number == 1 else f"{number} punkter"


def _day(day: date) -> str:
    return formats.date_format(day, r"l \d\e\n j. F Y")


def _one_line(text: str) -> str:
    return " ".join(text.split())
