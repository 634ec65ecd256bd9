"""A log line is one JSON object, whatever users type."""

import json
import logging
import sys
from datetime import datetime

import pytest

from tracker.gunicorn import access_log_format, logconfig_dict
from tracker.logs import JsonFormatter


def line_of(message="Hej", *args, name="tracker", exc_info=None, **extra):
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    return JsonFormatter().format(record)


def test_a_line_tells_when_how_grave_where_and_what():
    entry = json.loads(line_of("Hej %s", "Åse"))

    assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "tracker", "Hej Åse")
    assert datetime.fromisoformat(entry["time"]).utcoffset().total_seconds() == 0


def test_danish_letters_come_back_as_they_were():
    assert json.loads(line_of("Æbler på Øen"))["message"] == "Æbler på Øen"


FORGED = '{"level": "INFO", "message": "alt er vel"}'


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x00"])
def test_a_line_break_in_a_message_gives_one_line(line_break):
    message = f"før{line_break}{FORGED}{line_break}"

    line = line_of("%s", message)

    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == message


def test_a_quotation_mark_cannot_end_the_message():
    entry = json.loads(line_of("%s", '", "level": "INFO'))

    assert entry["level"] == "WARNING"


def test_an_exception_is_told_on_the_same_line():
    try:
        raise ValueError("linje 1\nlinje 2")
    except ValueError:
        line = line_of("Fejl", exc_info=sys.exc_info())

    assert len(line.splitlines()) == 1
    assert "ValueError: linje 1\nlinje 2" in json.loads(line)["exception"]


def test_the_status_of_a_request_is_told():
    assert json.loads(line_of("Forbidden: /x/", status_code=403))["status"] == 403


ATOMS = {"m": "GET", "U": "/aftaler/2018/", "s": "200", "M": 12, "r": "GET /aftaler/2018/ HTTP/1.1", "h": "10.0.0.1"}


def test_the_access_log_has_its_numbers_apart():
    entry = json.loads(line_of(access_log_format, ATOMS, name="gunicorn.access"))

    assert entry["message"] == "GET /aftaler/2018/ 200 12ms"
    assert (entry["status"], entry["milliseconds"]) == ("200", 12)


def test_the_access_log_knows_the_number_of_the_request():
    atoms = ATOMS | {"{x-request-id}o": "abc123"}

    assert json.loads(line_of(access_log_format, atoms, name="gunicorn.access"))["request_id"] == "abc123"


def test_the_access_log_survives_a_hostile_address():
    atoms = ATOMS | {"U": "/%0a\n{}", "r": 'GET /"\n HTTP/1.1'}

    line = line_of(access_log_format, atoms, name="gunicorn.access")

    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"].startswith("GET /%0a\n{}")


def test_a_message_with_named_parts_elsewhere_is_no_access_line():
    entry = json.loads(line_of("%(s)s", {"s": "ok"}))

    assert entry["message"] == "ok"
    assert "status" not in entry


def test_gunicorn_writes_in_the_same_form():
    assert logconfig_dict["formatters"]["json"]["()"] == "tracker.logs.JsonFormatter"
    assert {logger["handlers"][0] for logger in logconfig_dict["loggers"].values()} == {"console"}
