"""Structured logs, one JSON object a line, in var/log. Redacted by construction: no name, number, mailbox or text."""

from __future__ import annotations

import logging
import logging.handlers
import re
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from orchestrator.errors import DuecourseError

# a mailbox; then anything with seven or more digits in a row of digits, blanks, dots, dashes and brackets
MAILBOX = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
NUMBER = re.compile(r"(?<![\w-])\+?\d[\d\s().-]{5,}\d(?![\w-])")
# values under these names are ours: ids, digests and times, which may look like numbers
OURS = {
    "timestamp", "level", "event", "logger", "incident", "attempt_id", "consumer_ref", "route", "method", "status",
    "seconds", "exception", "code", "node", "count", "digest", "process", "port",
}  # fmt: skip
NEVER = {
    "address",
    "text",
    "body",
    "subject",
    "name",
    "given_name",
    "family_name",
    "phone",
    "email",
    "token",
    "password",
}

Event = MutableMapping[str, Any]


def scrub(text: str) -> str:
    """`text` without mailboxes and numbers."""
    return NUMBER.sub("[number]", MAILBOX.sub("[mailbox]", text))


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Drops what is personal by its key and scrubs the rest."""
    for key, value in list(event.items()):
        if key in NEVER:
            event[key] = "[redacted]"
        elif key not in OURS or key == "event":
            event[key] = scrub(value) if isinstance(value, str) else value
    return event


def describe(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    """An exception's kind and frames. Its message only if it is ours: a database quotes rows in its messages."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    ]
    told: dict[str, Any] = {"kind": type(error).__qualname__, "frames": frames}
    if isinstance(error, DuecourseError):
        told |= {"code": error.code, "message": scrub(error.message)}
    if error.__cause__ is not None:
        told["cause"] = describe(error.__cause__, error.__cause__.__traceback__)
    return told


def explain(_logger: Any, _method: str, event: Event) -> Event:
    """Turns `exc_info` into kinds and frames."""
    found = event.pop("exc_info", None)
    if isinstance(found, BaseException):
        event["exception"] = describe(found, found.__traceback__)
    elif isinstance(found, tuple) and found[1] is not None:
        event["exception"] = describe(found[1], found[2])
    event.pop("stack_info", None)
    return event


def log_file(data_dir: Path) -> Path:
    return data_dir / "log" / "duecourse.log"


def configure(data_dir: Path, level: str = "info") -> None:
    """Sends every log line of the process, our libraries' too, to the log file; nothing to the terminal."""
    path = log_file(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        explain,
        redact,
    ]
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=20_000_000, backupCount=5, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            foreign_pre_chain=before,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("apscheduler", "aiohttp", "asyncio", "twilio", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
