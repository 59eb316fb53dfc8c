"""The same event log as XES (IEEE 1849-2016), for tools that read one trace per case: ProM, PM4Py, Disco.

It tells what :mod:`banli.figures.log` tells, and as little of anybody: a trace is a case, named by its number. Beside
its own name an event has its place in the standard's lifecycle of an activity, for tools that reckon with that.
"""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from xml.sax.saxutils import quoteattr

from django.db import transaction

from . import log
from .period import Period

#: An event's own words → what XES calls their kind.
_KINDS = {"string": "string", "integer": "int", "time": "date", "boolean": "boolean"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/><string key="procedure" value=""/></global>
<global scope="event">
<string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="activity" keys="concept:name"/>
<classifier name="activity-and-transition" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"""
#: How what happened ends → its transition in the standard's model; anything else is complete as it happens.
_TRANSITIONS = {
    "opened": "schedule", "cancelled": "withdraw", "skipped": "autoskip", "started": "start", "paused": "suspend",
    "resumed": "resume", "reopened": "resume",
}  # fmt: skip


def write(estate_id: int, period: Period) -> IO[bytes]:
    """The log as a file, wound back to its start; what the database sends is written on, a trace at a time."""
    file = tempfile.TemporaryFile(suffix=".xes")  # noqa: SIM115  # the caller sends it and closes it
    file.write(_HEAD.encode())
    with transaction.atomic():  # a cursor that reads in portions lives in a transaction
        lives, here = log.cases(estate_id, period), None
        for event in log.events(estate_id, period):
            if event.case != here:
                file.write(_end(here) + _begin(*next(one for one in lives if one[0] == event.case)))
                here = event.case
            file.write(_event(event))
        file.write(_end(here))
    file.write(b"</log>\n")
    file.seek(0)
    return file


def _begin(case: int, values: Mapping[str, Any]) -> bytes:
    told = _one("string", "concept:name", f"case/{case}")
    told += "".join(
        _one("date" if isinstance(value, datetime) else "string", key, value)
        for key, value in values.items()
        if value not in (None, "")
    )
    return f"<trace>{told}\n".encode()


def _end(case: int | None) -> bytes:
    return b"" if case is None else b"</trace>\n"


def _event(event: log.Happened) -> bytes:
    told = _one("string", "concept:name", event.type) + _one("date", "time:timestamp", event.at)
    told += _one("string", "lifecycle:transition", _transition(event.type))
    if event.post:
        told += _one("string", "org:role", event.post)
    told += "".join(_one(_KINDS[log.TOLD[key]], key, value) for key, value in event.values.items())
    return f"<event>{told}</event>\n".encode()


def _transition(name: str) -> str:
    """A case is opened by somebody who does it; a step is opened to wait for somebody."""
    return "start" if name == "opened" else _TRANSITIONS.get(name.rpartition(".")[2], "complete")


def _one(kind: str, key: str, value: Any) -> str:
    if isinstance(value, datetime):
        value = log.written_at(value)
    elif isinstance(value, bool):
        value = "true" if value else "false"
    return f"<{kind} key={quoteattr(key)} value={quoteattr(str(value))}/>"
