"""Building editions of a round's reports, and their way to the public. Nothing here changes a row that was published.

Every act locks the round's row first, so that two approvers cannot pass each other; a step that somebody else has just
taken is refused by the database's unique constraints whatever happens.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from budget.models import Committee
from tracker.errors import EditionRefused
from tracker.models import Act, Assessment, Edition, EditionFile, EditionStep, FollowUpRound, Publication, User
from tracker.reports.edition_chain import canonical, chain_of, sha256
from tracker.reports.edition_differences import differences_between
from tracker.reports.follow_up import EditionHead, FollowUpReport, follow_up_report
from tracker.statuses import EDITION_ENDED, AssessmentState, EditionState, RoundState

from .cpr import refuse_cpr_numbers
from .cpr_in_files import refuse_cpr_numbers_of_report
from .events import write_event

_ACTS = {
    EditionState.BUILT: Act.EDITION_BUILT,
    EditionState.RELEASED: Act.EDITION_RELEASED,
    EditionState.OPEN: Act.EDITION_OPENED,
    EditionState.SUPERSEDED: Act.EDITION_SUPERSEDED,
    EditionState.WITHDRAWN: Act.EDITION_WITHDRAWN,
}


@dataclass(frozen=True)
class Renderer:
    """How a report becomes text and files. `document` gives what is frozen, and `files` the bytes by kind (html, xlsx,
    csv ...) of a report that knows its edition."""

    document: Callable[[FollowUpReport], dict]
    files: Callable[[FollowUpReport], dict[str, bytes]]


def latest_editions(follow_up_round: FollowUpRound) -> list[Edition]:
    """The newest edition of each publication of the round, whatever its state; the whole municipality first."""
    found = Edition.objects.filter(publication__follow_up_round=follow_up_round)
    newest = {
        each.publication.scope: each
        for each in found.select_related("publication").prefetch_related("steps").defer("content").order_by("number")
    }
    for each in newest.values():
        each.publication.follow_up_round = follow_up_round
    return sorted(newest.values(), key=lambda each: (not each.publication.is_whole, each.publication.scope_name))


def older_editions(follow_up_round: FollowUpRound) -> dict[str, Edition]:
    """By "scope@number" the editions that are not the newest of their publication and have not been withdrawn."""
    newest = {each.pk for each in latest_editions(follow_up_round)}
    rows = Edition.objects.filter(publication__follow_up_round=follow_up_round).exclude(pk__in=newest)
    rows = rows.select_related("publication").prefetch_related("steps").defer("content").order_by("sequence")
    for each in rows:
        each.publication.follow_up_round = follow_up_round
    found = {f"{each.publication.scope}@{each.number}": each for each in rows}
    return {name: each for name, each in found.items() if each.state != EditionState.WITHDRAWN}


def pending_editions(follow_up_round: FollowUpRound) -> list[Edition]:
    """Built or released, but not open: while there is one, nothing below it may change."""
    return [
        each for each in latest_editions(follow_up_round) if each.state in {EditionState.BUILT, EditionState.RELEASED}
    ]


def unfinished(follow_up_round: FollowUpRound) -> list[Assessment]:
    """What was submitted but not approved: an edition waits for it."""
    found = Assessment.objects.filter(follow_up_round=follow_up_round, state=AssessmentState.SUBMITTED)
    return list(found.select_related("item").order_by("item__sort_key"))


def build_editions(
    *, follow_up_round: FollowUpRound, by: User | str, municipality: str, render: Renderer, reason: str = "",
    cpr_reason: str = "", now: datetime | None = None,
) -> list[Edition]:  # fmt: skip
    """Freezes the round's reports: for every committee and for all, in one transaction.

    The first time all are built. Later, with a `reason`, those whose content differs from their newest edition, or
    whose newest edition was withdrawn. Nothing is returned where a published round was opened again and nothing was
    changed: it is published as before. Raises EditionRefused where the round is not ready, where nothing differs, or
    where somebody else has just built, and CprFound where the content or the reason holds what looks like a CPR
    number and nobody has vouched for it (`cpr_reason` does).
    """
    now = (now or timezone.now()).astimezone(UTC)
    try:
        with transaction.atomic():
            locked = _locked(follow_up_round)
            _must_be_ready(locked)
            newest = {each.publication.scope: each for each in latest_editions(locked)}
            if newest and not reason.strip():
                raise EditionRefused("Skriv, hvorfor der bygges en ny udgave. Begrundelsen står i den.")
            refuse_cpr_numbers({"Begrundelsen": reason}, subject=locked.subject, by=by, reason=cpr_reason, now=now)
            built = []
            for report in _reports(locked, municipality):
                found = _build(report, newest.get(report.scope), by, render, reason.strip(), cpr_reason, now)
                built += [found] if found else []
            if not built:
                _as_it_was(locked, list(newest.values()), by, now)
            return built
    except IntegrityError as error:
        raise EditionRefused("En anden byggede en udgave samtidig. Genindlæs siden for at se den.") from error


def _as_it_was(follow_up_round: FollowUpRound, newest: list[Edition], by: User | str, now: datetime) -> None:
    """A published round that was opened again and in which nothing was changed is a published one again."""
    if any(each.state != EditionState.OPEN for each in newest):
        raise EditionRefused("Der er allerede en udgave af alt, og intet er ændret siden. Der er intet at bygge.")
    FollowUpRound.objects.filter(pk=follow_up_round.pk).update(state=RoundState.PUBLISHED)
    note = "Intet er ændret. Runden er offentliggjort som før."
    write_event(act=Act.ROUND_CHANGED, by=by, subject=follow_up_round.subject, note=note, now=now)


def _locked(follow_up_round: FollowUpRound) -> FollowUpRound:
    rows = FollowUpRound.objects.select_for_update(no_key=True, of=("self",)).select_related("agreement")
    return rows.get(pk=follow_up_round.pk)


def _must_be_ready(follow_up_round: FollowUpRound) -> None:
    has_editions = Edition.objects.filter(publication__follow_up_round=follow_up_round).exists()
    if follow_up_round.is_published and has_editions:
        raise EditionRefused(f"{follow_up_round.label} er offentliggjort. Åbn den igen, hvis noget skal rettes.")
    if not follow_up_round.is_over:
        raise EditionRefused(f"{follow_up_round.label} er ikke lukket. Luk runden, før der bygges en udgave.")
    if waiting := unfinished(follow_up_round):
        keys = ", ".join(each.item.key for each in waiting)
        raise EditionRefused(f"Disse punkter er indsendt, men ikke godkendt: {keys}. Godkend eller returnér dem først.")


def _reports(follow_up_round: FollowUpRound, municipality: str) -> Iterable[FollowUpReport]:
    agreement = follow_up_round.agreement
    rounds = list(agreement.rounds.all())
    for each in rounds:
        each.agreement = agreement
    # a committee that has lost its last item is told so: what it was given before does not stay the newest word
    reported = Publication.objects.filter(follow_up_round=follow_up_round).values("scope")
    concerned = Q(responsibility__item__agreement=agreement) | Q(slug__in=reported)
    committees = Committee.objects.filter(concerned).distinct()
    for committee in [None, *committees]:
        yield follow_up_report(
            rounds=rounds, number=follow_up_round.number, committee=committee, municipality=municipality
        )


def _build(
    report, before: Edition | None, by, render: Renderer, reason: str, cpr_reason: str, now: datetime
) -> Edition | None:
    document = render.document(report)
    differences = []
    if before is not None:
        differences = differences_between(json.loads(before.content)["report"], json.loads(canonical(document)))
        is_withdrawn = before.state == EditionState.WITHDRAWN
        if (is_withdrawn and not report.items) or not (is_withdrawn or differences):
            return None
    refuse_cpr_numbers_of_report(document=document, by=by, reason=cpr_reason, now=now)
    number = before.number + 1 if before else 1
    head = {"number": number, "reason": reason if before else "", "built_at": now.isoformat()}
    content = canonical({"schema": document["schema"], "edition": head, "report": document})
    publication, _ = Publication.objects.get_or_create(
        follow_up_round=report.follow_up_round, scope=report.scope, defaults={"scope_name": report.scope_name}
    )
    last = Edition.objects.order_by("-sequence").values("sequence", "chain").first() or {"sequence": 0, "chain": ""}
    edition = Edition(
        publication=publication,
        number=number,
        sequence=last["sequence"] + 1,
        title=report.title,
        as_of=report.as_of,
        built_at=now,
        built_by_number=by.pk if isinstance(by, User) else None,
        reason=head["reason"],
        content=content,
        content_sha256=sha256(content.encode()),
        differences=json.dumps(differences, ensure_ascii=False),
        previous=last["chain"],
    )
    frozen = report.as_edition(
        EditionHead(number, now, head["reason"], edition.content_sha256, edition.get_absolute_url())
    )
    files = [_file(kind, data) for kind, data in {"json": content.encode(), **render.files(frozen)}.items()]
    edition.chain = chain_of(edition, files)
    edition.save(force_insert=True)
    for each in files:
        each.edition = edition
    EditionFile.objects.bulk_create(files)
    _step(edition, EditionState.BUILT, by, head["reason"], now)
    _supersede_before(edition, {EditionState.BUILT}, by, now)
    return edition


def _file(kind: str, data: bytes) -> EditionFile:
    return EditionFile(kind=kind, content=data, size=len(data), sha256=sha256(data))


def release_editions(
    *, follow_up_round: FollowUpRound, scopes: set[str], by: User | str, now: datetime | None = None
) -> list[Edition]:
    """Shows the built editions of these scopes to their committees. All of them or none."""
    return _move_chosen(follow_up_round, scopes, {EditionState.BUILT}, EditionState.RELEASED, by, "", now)


@transaction.atomic
def withdraw_editions(
    *, follow_up_round: FollowUpRound, scopes: set[str], by: User, reason: str, cpr_reason: str = "",
    now: datetime | None = None,
) -> list[Edition]:  # fmt: skip
    """Takes editions away; a notice with the reason stays at their address. A scope stands for its newest edition,
    "scope@2" for an older one, which may hold what nobody should read any more. A round of which nothing stands is no
    published one. Raises CprFound as `build_editions`."""
    if not reason.strip():
        raise EditionRefused("Skriv, hvorfor udgaven trækkes tilbage. Begrundelsen bliver stående på dens adresse.")
    refuse_cpr_numbers({"Begrundelsen": reason}, subject=follow_up_round.subject, by=by, reason=cpr_reason, now=now)
    states = {EditionState.BUILT, EditionState.RELEASED, EditionState.OPEN, EditionState.SUPERSEDED}
    withdrawn = _move_chosen(follow_up_round, scopes, states, EditionState.WITHDRAWN, by, reason.strip(), now)
    if not any(each.state == EditionState.OPEN for each in latest_editions(follow_up_round)):
        published = FollowUpRound.objects.filter(pk=follow_up_round.pk, state=RoundState.PUBLISHED)
        published.update(state=RoundState.CLOSED)
    return withdrawn


def open_editions(*, follow_up_round: FollowUpRound, by: User | str, now: datetime | None = None) -> list[Edition]:
    """Opens the round to the public: all its released editions at once, so that no committee's items are known early
    through another's. What they correct is superseded."""
    now = now or timezone.now()
    with _told_when_passed(), transaction.atomic():
        locked = _locked(follow_up_round)
        latest = latest_editions(locked)
        if waiting := [each for each in latest if each.state == EditionState.BUILT]:
            names = ", ".join(each.publication.scope_name for each in waiting)
            raise EditionRefused(f"Ikke alt er frigivet til udvalgene: {names}. Runden åbnes samlet.")
        released = [each for each in latest if each.state == EditionState.RELEASED]
        if not released:
            raise EditionRefused("Der er ingen frigivet udgave, som kan åbnes for offentligheden.")
        for edition in released:
            _step(edition, EditionState.OPEN, by, "", now)
            _supersede_before(edition, {EditionState.OPEN, EditionState.RELEASED, EditionState.BUILT}, by, now)
        FollowUpRound.objects.filter(pk=locked.pk, state=RoundState.CLOSED).update(state=RoundState.PUBLISHED)
        return released


def _move_chosen(follow_up_round, scopes, starts, end, by, reason, now) -> list[Edition]:
    now = now or timezone.now()
    with _told_when_passed(), transaction.atomic():
        locked = _locked(follow_up_round)
        named = older_editions(locked) if end == EditionState.WITHDRAWN else {}
        named |= {each.publication.scope: each for each in latest_editions(locked)}
        chosen = [edition for name, edition in named.items() if name in scopes]
        if len(chosen) != len(scopes) or not chosen:
            raise EditionRefused("Vælg de udgaver, det gælder.")
        if wrong := [each for each in chosen if each.state not in starts]:
            names = "; ".join(f"{each.publication.scope_name} er {each.state.label}" for each in wrong)
            raise EditionRefused(f"Det kan ikke gøres nu: {names}. Genindlæs siden for at se, hvordan det står til.")
        for edition in chosen:
            _step(edition, end, by, reason, now)
            if end == EditionState.RELEASED:
                _supersede_before(edition, {EditionState.RELEASED, EditionState.BUILT}, by, now)
        return chosen


class _told_when_passed:
    """A step that somebody else took at the same moment is refused in words, not as a fault of ours."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, IntegrityError):
            raise EditionRefused("En anden har gjort det samme samtidig. Genindlæs siden for at se det.") from error


def _step(edition: Edition, state: EditionState, by: User | str, reason: str, now: datetime) -> None:
    position = EditionStep.objects.filter(edition=edition).count() + 1
    user_id = by.pk if isinstance(by, User) else None
    EditionStep.objects.create(
        edition=edition, position=position, state=state, at=now, user_id=user_id, actor=str(by), reason=reason
    )
    edition.__dict__.pop("life", None)
    edition._prefetched_objects_cache = {}
    write_event(act=_ACTS[state], by=by, subject=edition.subject, note=reason, now=now)


def _supersede_before(edition: Edition, states: set[str], by: User | str, now: datetime) -> None:
    earlier = edition.publication.editions.filter(number__lt=edition.number).defer("content").prefetch_related("steps")
    for each in earlier:
        each.publication = edition.publication
        if each.state in states and each.state not in EDITION_ENDED:
            _step(each, EditionState.SUPERSEDED, by, f"Erstattet af udgave {edition.number}: {edition.reason}", now)
