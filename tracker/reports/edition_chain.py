"""The checksums of editions: how they are made, and whether what is stored still has them."""

import hashlib
import json
from collections.abc import Iterable, Iterator

from tracker.models import Edition, EditionFile


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(document: dict) -> str:
    """One text for one content: sorted keys, no blanks, UTF-8 as it is. A fraction would not survive other readers: a
    document that holds one is a TypeError."""
    _refuse_fractions(document)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_fractions(value: object) -> None:
    if isinstance(value, dict):
        for each in value.values():
            _refuse_fractions(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_fractions(each)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"{value!r} does not belong in an edition")


def chain_of(edition: Edition, files: Iterable[EditionFile]) -> str:
    """Over the edition before, what this one is called, its content and its files (README, "The chain")."""
    year, number, scope = edition.address
    lines = [
        edition.previous,
        f"{edition.sequence} {year} {number} {scope} {edition.number} {edition.built_at.isoformat()}",
        sha256(f"{edition.title}\n{edition.reason}\n{edition.differences}".encode()),
        edition.content_sha256,
        *sorted(f"{each.kind} {each.sha256}" for each in files),
    ]
    return sha256("\n".join(lines).encode())


def verify_editions() -> Iterator[str]:
    """A Danish sentence for everything that is not as it was stored, edition by edition, one in memory at a time."""
    previous, expected = "", 1
    for edition in (
        Edition.objects.select_related("publication__follow_up_round__agreement").order_by("sequence").iterator()
    ):
        name = f"{edition.subject}"
        files = list(edition.files.all())
        if edition.sequence != expected:
            yield f"{name}: kæden springer fra nr. {expected - 1} til nr. {edition.sequence}."
        if edition.previous != previous:
            yield f"{name}: udgaven før i kæden har en anden kontrolsum."
        if sha256(edition.content.encode()) != edition.content_sha256:
            yield f"{name}: indholdet har en anden kontrolsum."
        for each in files:
            if sha256(bytes(each.content)) != each.sha256 or len(each.content) != each.size:
                yield f"{name}: filen rapport.{each.kind} har en anden kontrolsum."
            if each.kind == "json" and bytes(each.content).decode("utf-8", "replace") != edition.content:
                yield f"{name}: JSON-filen er ikke udgavens indhold."
        if chain_of(edition, files) != edition.chain:
            yield f"{name}: kontrolsummen i kæden passer ikke."
        if not edition.steps.exists():
            yield f"{name}: udgavens forløb mangler."
        previous, expected = edition.chain, edition.sequence + 1


def chain_head() -> tuple[int, str]:
    """Number and checksum of the newest edition in the chain; (0, "") where there is none."""
    last = Edition.objects.order_by("-sequence").values_list("sequence", "chain").first()
    return last or (0, "")
