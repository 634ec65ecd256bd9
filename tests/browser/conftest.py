"""A real server, a real Chromium, and a database that is as `load_demo` left it at the start of every test.

Between two tests the database is put back with SQLite's own backup, so one server serves them all. Whatever the
browser complains of (console, page errors, lost requests, answers of 400 and above) fails the test, unless it said
`watch.expect(...)`.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.live.running import STATIC, Site, environment, finish, manage, new_data_dir, serving, start_manage

ACCOUNTS = (
    "oekonomi", "godkender", "ejendomme", "ejendomme-chef", "politisk-sekretariat", "by-erhverv-og-miljoe",
    "udvalgsmedlem", "administrator",
)  # fmt: skip
NO_BROWSER = "The browser tests need Chromium and found none. Run:  sudo apt-get install chromium"
ROUND = "/aftaler/2018/runder/2/"
PATIENCE = 10_000  # milliseconds until something that should happen is given up


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.fail(NO_BROWSER, pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    # Chromium in small containers, as root, and silent towards the world outside.
    arguments = (
        "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-quic", "no-first-run",
        "disable-background-networking", "disable-component-update", "disable-sync",
    )  # fmt: skip
    return {"executable_path": _chromium(), "args": [f"--{each}" for each in arguments]}


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with TemporaryDirectory(prefix="budget-site-") as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[Site]:
    data_dir = new_data_dir(folder / "data")
    env = environment(data_dir)
    static = start_manage(*STATIC, env=env)
    manage("migrate", "-v0", env=env)
    manage("load_demo", env=env)
    finish(static)
    with serving(data_dir) as site:
        yield site
    site.assert_calm_log()


@pytest.fixture(scope="session")
def cookies(site) -> dict[str, list[dict]]:
    """Everyone signs in once, before the database is put aside: their sessions are in it."""
    with ThreadPoolExecutor(2) as threads:
        visitors = dict(zip(ACCOUNTS, threads.map(site.visitor, ACCOUNTS), strict=True))
    return {
        account: [{"name": name, "value": value, "url": site.url} for name, value in visitor.cookies.items()]
        for account, visitor in visitors.items()
    }


@pytest.fixture(scope="session")
def _put_aside(site, cookies) -> Path:
    copy = site.data_dir / "put-aside.sqlite3"
    _copy_database(site.database, copy)
    return copy


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


@pytest.fixture(autouse=True)
def _database_as_it_was(site, _put_aside) -> Iterator[None]:
    yield
    _copy_database(_put_aside, site.database)


@dataclass
class Watch:
    """What the browser complained of in one test."""

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *patterns: str | int) -> None:
        """This test brings about these complaints itself: a status, or a regular expression."""
        for pattern in patterns:
            if isinstance(pattern, int):
                self.expected += [rf"^{pattern} ", rf"Response Status Error Code {pattern} "]
            else:
                self.expected.append(pattern)

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)

    def _on_failure(self, request) -> None:
        # A page that is left takes its last request with it: the browser calls that aborted, and it is no fault.
        if "ERR_ABORTED" not in str(request.failure):
            self.problems.append(f"failed: {request.failure} {request.method} {request.url}")

    def _on_console(self, message) -> None:
        # What could not be loaded is told by its answer, with the status.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console {message.type}: {message.text}")

    def _on_response(self, response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status} {response.request.method} {response.url}")

    @property
    def unexpected(self) -> list[str]:
        return [each for each in self.problems if not any(re.search(pattern, each) for pattern in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    yield found
    assert not found.unexpected, "the browser complained:\n" + "\n".join(found.unexpected)


@pytest.fixture
def browse(site, cookies, browser: Browser, watch) -> Iterator[Callable[..., Page]]:
    """`browse("ejendomme")`: a browser of its own in which that account is signed in (or nobody)."""
    contexts = []

    def open_browser(account: str = "", *, width: int = 1280, height: int = 900, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.attach(context)
        if account:
            context.add_cookies(cookies[account])
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def entry_url() -> Callable[[str], str]:
    return lambda key, number=2: f"/aftaler/2018/runder/{number}/indberetning/{key}/"


@pytest.fixture(scope="session", autouse=True)
def _playwright_inside_an_event_loop() -> None:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
