"""Lines of the log: for people, or as JSON. Neither tells what anybody wrote, nor who lives where.

Our own messages are written with care; what others hand us is not trusted. So of their messages only the numbers
are filled in, and of an exception its class and place are told, and its message only where it can only be ours.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from .happenings import request_facts

#: Exceptions whose messages name code or machines, not people.
_HARMLESS = (AttributeError, NameError, ImportError, NotImplementedError, RecursionError, MemoryError)
#: What every line says of the request during which it was written.
_REQUEST = ("request", "staff", "route")
#: Jobs that run every few seconds: that they ended well is not worth a line.
_ALWAYS_RUNNING = ("wake_cases", "rescue_stalled_jobs")


class JsonLines(logging.Formatter):
    """One object a line: at, level, logger, message, then facts; ``error`` where something was raised."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "at": at,
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        told |= facts_of(record)
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = error_of(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, default=str)


class HumanLines(logging.Formatter):
    """The same, to be read."""

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record, "%Y-%m-%d %H:%M:%S")
        facts = "".join(f" {name}={value}" for name, value in facts_of(record).items())
        told = f"{at} {record.levelname} {record.name}: {message_of(record)}{facts}"
        if record.exc_info and record.exc_info[1] is not None:
            error = error_of(record.exc_info[1])
            said = " ".join(
                str(error[key]) for key in ("type", "message", "sqlstate", "constraint") if key in error
            )
            told += "".join(f"\n    {place}" for place in error["at"]) + f"\n    {said}"
        return told


class WorthALine(logging.Filter):
    """Leaves out what the line of the request says already, and jobs that always run."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.request":
            return record.levelno >= logging.ERROR and record.exc_info is not None
        if record.name.startswith("procrastinate") and record.levelno < logging.WARNING:
            job = getattr(record, "job", None) or {}
            return getattr(record, "action", "") == "job_success" and not str(
                job.get("task_name", "")
            ).endswith(_ALWAYS_RUNNING)
        return True


def message_of(record: logging.LogRecord) -> str:
    """The sentence. Of others' only the numbers are filled in: a path, a header, a form can hold anything."""
    if record.name.startswith("banli"):
        return record.getMessage()
    if record.name == "django.request":
        return "request failed"
    if record.name.startswith("django.security"):
        return "suspicious request"
    if record.name.startswith("procrastinate"):
        return str(getattr(record, "action", "") or record.msg)
    args = record.args
    if not args:
        return str(record.msg)
    if isinstance(args, dict):
        filled: Any = {name: _number(value) for name, value in args.items()}
    else:
        filled = tuple(_number(value) for value in args)
    try:
        return str(record.msg) % filled
    except (TypeError, ValueError):
        return str(record.msg)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Facts of a record of ours, of a job, and the request during which it was written."""
    facts = {name: value for name, value in request_facts().items() if name in _REQUEST}
    facts |= getattr(record, "facts", {})
    job = getattr(record, "job", None)
    if isinstance(job, dict):
        facts |= {"job": job.get("id"), "task": job.get("task_name"), "attempts": job.get("attempts")}
        if isinstance(duration := getattr(record, "duration", None), (int, float)):
            facts["ms"] = round(duration * 1000, 1)
    return facts


def error_of(raised: BaseException) -> dict[str, Any]:
    """Class and place of an exception; its message only where it cannot hold what somebody typed."""
    told: dict[str, Any] = {"type": type(raised).__name__}
    cause = raised.__cause__ or raised
    diagnosis = getattr(cause, "diag", None)
    if getattr(cause, "sqlstate", None):
        told["sqlstate"] = cause.sqlstate  # type: ignore[attr-defined]
        told["constraint"] = getattr(diagnosis, "constraint_name", None)
    elif isinstance(raised, _HARMLESS):
        told["message"] = str(raised)
    elif isinstance(raised, OSError):
        told["message"] = raised.strerror
    frames = traceback.extract_tb(raised.__traceback__)
    told["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    if raised.__cause__ is not None:
        told["because"] = type(raised.__cause__).__name__
    return told


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else "…"
