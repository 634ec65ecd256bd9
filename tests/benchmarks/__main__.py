"""`./start bench`: each figure against a named baseline of the same run, so that the machine's mood cancels out.

The requests go through the whole middleware as WSGI calls in this process, signed in, with DEBUG off; the two sides
take turns, and the figure is the median of the pairwise ratios.
"""

import os
import secrets
import statistics
import sys
import tempfile
import time
from datetime import date
from io import BytesIO
from pathlib import Path

PAIRS = 60
WARM_UP = 5


def prepare(folder: Path) -> None:
    os.environ |= {"DATA_DIR": str(folder), "SECRET_KEY": secrets.token_urlsafe(60), "HTTPS": "off"}
    os.environ |= {"ALLOWED_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "tracker.settings", "LOG_LEVEL": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    settings.STATIC_ROOT.mkdir()
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    from tracker.actions.demo import load_demo, publish_demo
    from tracker.exports.editions import RENDERER

    load_demo(by="bench", today=date.today())
    publish_demo(by="bench", render=RENDERER)


def session_cookie() -> str:
    from django.conf import settings
    from django.test import Client

    from tracker.models import User

    client = Client()
    client.force_login(User.objects.get(username="oekonomi"), backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def caller(cookie: str):
    """A function that fetches an address and gives back its bytes; anything but 200 stops the run."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def fetch(address: str) -> bytes:
        seen = {}
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "HTTP_COOKIE": cookie, "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
        }  # fmt: skip
        response = application(environ, lambda status, headers: seen.update(status=status))
        body = b"".join(response)
        response.close()
        if not seen["status"].startswith("200"):
            sys.exit(f"{address} answered {seen['status']}")
        return body

    return fetch


def milliseconds(fetch, address: str) -> float:
    start = time.perf_counter()
    fetch(address)
    return (time.perf_counter() - start) * 1000


def in_turns(fetch, address: str, baseline: str) -> tuple[float, float, float]:
    """Median milliseconds of both, and the median of the ratios pair by pair."""
    for _ in range(WARM_UP):
        fetch(address), fetch(baseline)
    pairs = [(milliseconds(fetch, address), milliseconds(fetch, baseline)) for _ in range(PAIRS)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(a / b for a, b in pairs)


def measure_report(fetch, urls) -> None:
    from tests.benchmarks.filling import fill

    report = "/aftaler/2018/runder/2/rapport/oekonomiudvalget/"
    before = page_against_bare(fetch, urls, report, "report page, 35 items", goal=50)
    added = fill(years=range(2030, 2040), items_per_year=350)
    beside(fetch, urls, report, f"same page beside {added} assessments", before)


def measure_money(fetch, urls) -> None:
    from tests.benchmarks.filling import fill_money

    money = "/aftaler/2021/beloeb/"
    before = page_against_bare(fetch, urls, money, "money page, 145 lines", goal=50)
    page_against_bare(fetch, urls, "/aftaler/2021/", "outline, 201 items", goal=50)
    added = fill_money(years=range(2030, 2040), lines_per_year=2_000)
    beside(fetch, urls, money, f"same page beside {added} lines in 10 agreements", before)


def page_against_bare(fetch, urls, address: str, what: str, *, goal: int) -> tuple[float, float]:
    """Prints the page's time against a view that only returns the same bytes; gives back its time and the ratio."""
    urls.bytes_to_return = fetch(address)
    size = len(urls.bytes_to_return) // 1000
    ours, theirs, ratio = in_turns(fetch, address, "/bar/")
    tell(f"{what}, {size} kB", ours, "bare signed-in view of the same bytes", theirs, ratio, goal)
    return ours, ratio


def beside(fetch, urls, address: str, what: str, before: tuple[float, float]) -> None:
    """The page again, now beside many more rows. Each half is measured against the bare view in turns, so a machine
    that slows down in between does not count."""
    urls.bytes_to_return = fetch(address)
    now, _, ratio = in_turns(fetch, address, "/bar/")
    tell(what, now, "same page before", before[0], ratio / before[1], 1.2)


def measure_export() -> None:
    """The workbook of 2,000 lines, from the database to its bytes, against a loop that writes the same cells with
    openpyxl in write-only mode and nothing else: values and number formats, read from the finished workbook."""
    from django.utils import timezone

    from budget.models import Agreement
    from tests.benchmarks.workbook import cells_of, write_bare
    from tracker.exports.money_workbook import money_workbook
    from tracker.reports.money import money_lines

    agreement = Agreement.objects.get(budget_year=2030)

    def export() -> bytes:
        return money_workbook(agreement, money_lines(agreement), now=timezone.now())

    cells = cells_of(export())
    pairs = [(seconds(export), seconds(lambda: write_bare(cells))) for _ in range(12)][2:]
    plain = [seconds(lambda: write_bare(cells, with_formats=False)) for _ in range(10)]
    ours, theirs = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    tell("export of 2,000 lines", ours, "bare openpyxl loop over the same cells", theirs, ratio, 2.0)
    without = statistics.median(plain) * 1000
    tell("  same export", ours, "the same loop without number formats", without, ours / without, None)


def measure_editions(folder: Path) -> None:
    from tests.benchmarks.public import measure_building, measure_public_page

    ours, theirs, ratio = measure_building()
    tell("building 7 editions of 350 items", ours * 1000, "rendering their files alone", theirs * 1000, ratio, 3.0)
    ours, theirs, ratio, size = measure_public_page(folder)
    print(f"{f'frozen public page, {size // 1000} kB:':<58}{ours:8.0f} requests a second")
    print(f"  baseline, bare view of the same bytes:{theirs:18.0f} a second  ratio {ratio:5.2f}  goal at least 0.5")


def seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def tell(what: str, ours: float, baseline: str, theirs: float, ratio: float, goal: float | None) -> None:
    wanted = f"goal at most {goal}" if goal else "for information"
    print(f"{what + ':':<58}{ours:8.1f} ms")
    print(f"  baseline, {baseline + ':':<46}{theirs:8.1f} ms  ratio {ratio:5.2f}  {wanted}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        from tests.benchmarks import urls

        fetch = caller(session_cookie())
        measure_money(fetch, urls)
        measure_export()
        measure_report(fetch, urls)
        measure_editions(Path(folder))


if __name__ == "__main__":
    main()
