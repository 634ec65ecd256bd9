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
    from tracker.actions.demo import load_demo

    load_demo(by="bench", today=date.today())


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


def main() -> None:
    report = "/aftaler/2018/runder/2/rapport/oekonomiudvalget/"
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        from tests.benchmarks import urls
        from tests.benchmarks.filling import fill

        fetch = caller(session_cookie())
        urls.bytes_to_return = fetch(report)
        size = len(urls.bytes_to_return) // 1000
        ours, theirs, ratio = in_turns(fetch, report, "/bar/")
        print(f"report page, 35 items, {size} kB:      {ours:7.1f} ms")
        print(f"  baseline, bare signed-in view:    {theirs:7.1f} ms   ratio {ratio:5.1f}   goal at most 50")
        added = fill(years=range(2030, 2040), items_per_year=350)
        # Each half is measured against the bare view in turns, so a machine that slows down in between does not count.
        beside, bare, ratio_beside = in_turns(fetch, report, "/bar/")
        print(f"same page beside {added} assessments: {beside:7.1f} ms   (bare view now {bare:.1f} ms)")
        alone = f"  baseline, same page before:       {ours:7.1f} ms"
        print(f"{alone}   ratio {ratio_beside / ratio:5.2f}   goal at most 1.2")


if __name__ == "__main__":
    main()
