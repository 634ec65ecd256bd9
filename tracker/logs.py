"""One JSON object per log line, so that a line break in user text can never forge a line; and the number that ties the
lines, the answer and the events of one request together."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The number of the request that is being answered; "" outside one, as in a command."""
    return _request_id.get()


@contextmanager
def request_id_is(number: str) -> Iterator[None]:
    token = _request_id.set(number)
    try:
        yield
    finally:
        _request_id.reset(token)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if isinstance(atoms := record.args, dict) and record.name == "gunicorn.access":
            entry |= {"status": atoms.get("s"), "milliseconds": atoms.get("M"), "request": atoms.get("r")}
        if status := getattr(record, "status_code", None):
            entry["status"] = status
        if number := _number_of(record):
            entry["request_id"] = number
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)  # ASCII only: some programs break lines at U+2028 too


def _number_of(record: logging.LogRecord) -> str:
    """Django tells of a refused request, and gunicorn of every request, after our middleware has done with it: Django
    names the request, gunicorn the headers of the answer."""
    if number := current_request_id() or getattr(getattr(record, "request", None), "number", ""):
        return number
    atoms = record.args
    return str(atoms.get("{x-request-id}o", "")) if isinstance(atoms, dict) else ""
