"""Publication day: how many frozen pages a second, and what building a round's editions costs beside rendering them."""

import os
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ADDRESS = "/offentlig/2018/1/samlet/udgave-1/"
CONNECTIONS, REQUESTS, TURNS = 4, 150, 6  # requests of one connection in one turn
COMMITTEES = ("oekonomiudvalget", "boerne-og-skoleudvalget", "social-og-sundhedsudvalget", "teknik-og-miljoeudvalget",
              "kultur-og-fritidsudvalget", "erhvervs-og-beskaeftigelsesudvalget")  # fmt: skip


def _get(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        found = b""
        while piece := connection.recv(262_144):
            found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(f"{path} answered {head[:60]!r}")
    return body


def _per_second(port: int, path: str) -> float:
    def many(_) -> None:
        for _ in range(REQUESTS):
            _get(port, path)

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(many, range(CONNECTIONS)))
    return CONNECTIONS * REQUESTS / (time.perf_counter() - start)


def measure_public_page(folder: Path) -> tuple[float, float, float, int]:
    """Requests a second of the frozen page and of a view that only returns the same bytes, by turns on one gunicorn
    with two workers; the median of the ratios, and the size of the page."""
    from tests.live.running import serving

    extra = {
        "BARE_BYTES": str(folder / "bare-bytes"),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    extra["SECRET_KEY"] = os.environ["SECRET_KEY"]
    (folder / "bare-bytes").write_bytes(b"")
    with serving(folder, app="tests.benchmarks.wsgi", extra=extra) as site:
        page = _get(site.port, ADDRESS)
        (folder / "bare-bytes").write_bytes(page)
        turns = []
        for _ in range(TURNS + 1):
            turns.append((_per_second(site.port, ADDRESS), _per_second(site.port, "/bar/offentlig/")))
    turns = turns[1:]  # the first warms up
    ours, theirs = (statistics.median(side) for side in zip(*turns, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in turns), len(page)


def measure_building() -> tuple[float, float, float]:
    """Seconds to build all editions of a round of 350 items (six committees and all), and to render their files alone;
    the median of the ratios."""
    from tests.benchmarks.filling import fill
    from tracker.actions.publications import Renderer, build_editions
    from tracker.exports.editions import RENDERER
    from tracker.models import FollowUpRound
    from tracker.statuses import RoundState

    pairs = []
    for year in range(2050, 2054):
        fill(years=range(year, year + 1), items_per_year=350, rounds=1, committees=COMMITTEES)
        follow_up_round = FollowUpRound.objects.select_related("agreement").get(agreement__budget_year=year)
        FollowUpRound.objects.filter(pk=follow_up_round.pk).update(state=RoundState.CLOSED)
        reports = []

        def files(report, reports=reports):
            reports.append(report)
            return RENDERER.files(report)

        start = time.perf_counter()
        built = build_editions(
            follow_up_round=follow_up_round,
            by="bench",
            municipality="Ballerup Kommune",
            render=Renderer(RENDERER.document, files),
        )
        building = time.perf_counter() - start
        assert len(built) == len(COMMITTEES) + 1
        start = time.perf_counter()
        for report in reports:
            RENDERER.files(report)
        pairs.append((building, time.perf_counter() - start))
    pairs = pairs[1:]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in pairs)
