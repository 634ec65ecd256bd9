"""One JSON object per log line, so that a line break in user text can never forge a line."""

import json
import logging
from datetime import UTC, datetime


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
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)  # ASCII only: some programs break lines at U+2028 too
