"""The product as it really runs: gunicorn in a process of its own, with a data folder and a database of its own."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TRIES, PAUSE = 300, 0.1  # how often a starting server is asked whether it is there, and how far apart
STATIC = ("collectstatic", "--noinput", "-v0", "-i", "scss", "-i", "split", "-i", "otf")
WORKERS = "3"
OURS = (
    "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "HSTS_SECONDS", "TRUSTED_PROXY", "CSRF_TRUSTED_ORIGINS",
    "ACCESSIBILITY_CONTACT", "ACCESSIBILITY_STATEMENT", "MUNICIPALITY",
    "LOG_LEVEL", "DATABASE_URL", "PG_BIN", "DJANGO_ALLOW_ASYNC_UNSAFE", "SECOND_FACTOR", "PASSWORD_SIGN_IN",
    "SSO_SERVER_URL", "SSO_CLIENT_ID", "SSO_CLIENT_SECRET", "SSO_CLIENT_SECRET_FILE", "SSO_NAME",
    "SSO_USERNAME_CLAIM", "SSO_SCOPES",
    "EMAIL_HOST", "EMAIL_FROM", "EMAIL_USE_TLS", "EMAIL_PORT", "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD", "EMAIL_HOST_PASSWORD_FILE", "SITE_URL",
)  # fmt: skip


def environment(
    data_dir: Path,
    *,
    settings: str = "tracker.settings",
    database_url: str = "",
    port: int = 0,
    extra: dict | None = None,
) -> dict:
    """The environment of one installation; nothing of the developer's own leaks into it."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    found = kept | {
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": settings,
        "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PORT": str(port),
        "WEB_CONCURRENCY": WORKERS,
    }
    if found.pop("PYTHONDONTWRITEBYTECODE", ""):  # several processes start; they need not each compile everything
        # DATA_DIR is the test run's own (tests/settings.py), so that installations share what they compile
        found["PYTHONPYCACHEPREFIX"] = str(Path(kept.get("DATA_DIR", data_dir)) / "compiled")
    return found | ({"DATABASE_URL": database_url} if database_url else {}) | (extra or {})


def new_data_dir(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret_key").write_text(secrets.token_urlsafe(60), encoding="utf-8")
    return folder


def start_manage(*arguments: str, env: dict) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen) -> str:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, f"{process.args} failed:\n{output}"
    return output


def manage(*arguments: str, env: dict) -> str:
    return finish(start_manage(*arguments, env=env))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@dataclass
class Answer:
    status: int
    text: str
    location: str


@dataclass
class Visitor:
    """One browser's worth of cookies, without a browser. Every request has a connection of its own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, data: dict | None = None, *, htmx: bool = False) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if data is not None:
            body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **data}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if htmx:
            headers["HX-Request"] = "true"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", errors="replace")
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, text, response.headers.get("Location", ""))

    def get_bytes(self, path: str) -> bytes:
        """The body of a file as it came."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:  # noqa: S310
            return answer.read()

    def get(self, path: str, **options) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, data: dict, **options) -> Answer:
        return self.request("POST", path, data, **options)

    def sign_in(self, account: str, password: str) -> "Visitor":
        self.get("/log-ind/")
        answer = self.post("/log-ind/", {"username": account, "password": password})
        assert answer.status == 302, f"{account} could not sign in: {answer.status}"
        return self

    def another(self) -> "Visitor":
        """The same person once more, for a thread of its own."""
        return Visitor(self.port, dict(self.cookies))


@dataclass
class Site:
    data_dir: Path
    port: int
    log: Path
    process: subprocess.Popen | None = None

    def kill(self) -> None:
        """All its processes at once, without a word: kill -9."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return (self.data_dir / "demo_password").read_text(encoding="utf-8").strip()

    @property
    def database(self) -> Path:
        return self.data_dir / "budget.sqlite3"

    def visitor(self, account: str) -> Visitor:
        return Visitor(self.port).sign_in(account, self.password)

    def assert_calm_log(self) -> None:
        """Every line is one JSON object, and none tells of an error."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        assert lines, "the server has written no log"
        entries = []
        for line in lines:
            try:
                entries.append(json.loads(line))
            except ValueError:
                raise AssertionError(f"not one JSON object: {line!r}") from None
        assert all(isinstance(entry, dict) for entry in entries)
        errors = [entry for entry in entries if entry["level"] in {"ERROR", "CRITICAL"}]
        assert not errors, "\n".join(f"{entry['message']}\n{entry.get('exception', '')}" for entry in errors)


@contextmanager
def serving(
    data_dir: Path,
    *,
    settings: str = "tracker.settings",
    database_url: str = "",
    app: str = "tracker.wsgi",
    extra: dict | None = None,
) -> Iterator[Site]:
    """gunicorn on a free port until the end of the block; then it must have stopped in good order."""
    port = _free_port()
    log = data_dir / f"server-{port}.log"
    env = environment(data_dir, settings=settings, database_url=database_url, port=port, extra=extra)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:tracker.gunicorn", app],
            cwd=BASE_DIR, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_healthy(process, port, log)
            yield Site(data_dir, port, log, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(process: subprocess.Popen, port: int, log: Path) -> None:
    """Asks the process, a bounded number of times; this waits for a program to start, not for a page."""
    for _ in range(TRIES):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sundhed/", timeout=5) as answer:  # noqa: S310
                if answer.read() == b"ok":
                    return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(PAUSE)
    raise AssertionError(f"the server did not become healthy:\n{log.read_text(encoding='utf-8')}")


def hidden_value(text: str, name: str) -> str:
    """The value of a hidden field of a page or fragment."""
    for tag in re.findall(r"<input[^>]*>", text):
        if f'name="{name}"' in tag:
            return re.search(r'value="([^"]*)"', tag)[1]
    raise AssertionError(f"no field {name} in {text[:500]}")
