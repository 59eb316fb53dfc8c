"""The journal as an event log that process-mining tools read: OCEL 2.0 in JSON (https://www.ocel-standard.org).

Every case that was open at some time of the period is told whole, from its opening until now. An event's type says what
happened in the words of the procedure's file: ``confirm.opened``, ``confirm.approved``, ``approval.stopped``. Nobody is
named: of people there is the post they acted in, of a case no answer, no room and no applicant.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any
from uuid import uuid4

from django.db import connection, transaction

from .period import Period

CHUNK = 2000
#: What of an event is told beside its type: name → type in OCEL.
TOLD = {
    "step": "string", "outcome": "string", "branch": "integer", "clock": "string", "due": "time", "late": "boolean",
    "end": "string", "fen": "integer", "method": "string", "paper": "string", "procedure": "string", "book": "string",
}  # fmt: skip
_BESIDE = {"post": "string", "entry": "string"}
_OF_A_CASE = {"opened_at": "time", "status": "string", "applicant_role": "string", "version": "string"}
#: Kind in the journal → what stands before the dot, and after it; an empty end is the event's own outcome.
_NAMED = {
    "reached": ("step", "opened"), "done": ("step", ""), "attempted": ("step", ""), "cancelled": ("step", "cancelled"),
    "skipped": ("step", "skipped"), "clock_started": ("clock", "started"), "clock_stopped": ("clock", "stopped"),
    "clock_moved": ("clock", "moved"), "clock_warned": ("clock", "warned"), "clock_late": ("clock", "late"),
    "clock_paused": ("clock", "paused"), "clock_resumed": ("clock", "resumed"), "clock_reminded": ("clock", "reminded"),
    "charged": ("step", "charged"), "paid": ("step", "received"), "refunded": ("step", "returned"),
    "paper_issued": ("paper", "issued"), "case_started": ("procedure", "started"), "entered": ("book", "entered"),
}  # fmt: skip
_PLAIN = {"opened", "ended", "reopened"}
_ALIVE = """told.estate_id = %(estate)s AND told.opened_at < %(end)s
       AND (told.ended_at IS NULL OR told.ended_at >= %(start)s)"""
_CASES = f"""
    SELECT told.id, told.procedure, told.opened_at, told.ended_at, told.status, told.applicant_role, version.digest,
           told.parent_id, told.record_id
      FROM cases_case told JOIN cases_procedureversion version ON version.id = told.version_id
     WHERE {_ALIVE} ORDER BY told.id
"""
_EVENTS = f"""
    SELECT told.id, entry.seq, entry.at, entry.post, entry.body->'events'
      FROM cases_case told JOIN journal_entry entry ON entry.stream = 'case/' || told.id
     WHERE {_ALIVE} ORDER BY told.id, entry.seq
"""


@dataclass(frozen=True)
class Happened:
    """One event of the log. ``id``: the case, the entry and its place in it; ``post``: in which somebody acted."""

    case: int
    id: str
    entry: str
    type: str
    at: datetime
    post: str
    values: dict[str, Any]


def write(estate_id: int, period: Period) -> IO[bytes]:
    """The log as a file, wound back to its start. Of all that is written only the ids of the cases are kept in mind."""
    file = tempfile.TemporaryFile(suffix=".json")  # noqa: SIM115  # the caller sends it and closes it
    asked = _asked(estate_id, period)
    with transaction.atomic():  # a cursor that reads in portions lives in a transaction
        file.write(b'{"objects":[')
        known = _objects(file, asked)
        file.write(b'],"events":[')
        types = _write_events(file, estate_id, period)
    ends = {
        "objectTypes": [_type(name, _OF_A_CASE) for name in sorted(set(known.values()))],
        "eventTypes": [_type(name, {**TOLD, **_BESIDE}) for name in sorted(types)],
    }
    file.write(b"]," + _json(ends)[1:])
    file.seek(0)
    return file


def _objects(file: IO[bytes], asked: Mapping[str, Any]) -> dict[int, str]:
    """Writes the cases. Returns each one's procedure."""
    known: dict[int, str] = {}
    first = True
    for pk, procedure, opened, ended, status, role, digest, parent, record in _read(_CASES, asked):
        known[pk] = procedure
        values = [
            ("opened_at", written_at(opened), opened),
            ("applicant_role", role, opened),
            ("version", digest, opened),
        ]
        values.append(("status", "open", opened))
        if ended is not None:
            values.append(("status", status, ended))
        told = {
            "id": f"case/{pk}",
            "type": procedure,
            "attributes": [
                {"name": name, "value": value, "time": written_at(at)} for name, value, at in values
            ],
            # An older case is told before a newer one: what this one came from is known, or outside the log.
            "relationships": [
                {"objectId": f"case/{other}", "qualifier": how}
                for other, how in ((parent, "started by"), (record, "rests on"))
                if other in known
            ],
        }
        file.write((b"" if first else b",") + _json(told))
        first = False
    return known


def _write_events(file: IO[bytes], estate_id: int, period: Period) -> set[str]:
    """Writes what happened. Returns the types of events there were."""
    types: set[str] = set()
    for one in events(estate_id, period):
        values = one.values | {"entry": one.entry} | ({"post": one.post} if one.post else {})
        told = {
            "id": one.id,
            "type": one.type,
            "time": written_at(one.at),
            "attributes": [{"name": key, "value": value} for key, value in values.items()],
            "relationships": [{"objectId": f"case/{one.case}", "qualifier": "case"}],
        }
        file.write((b"," if types else b"") + _json(told))
        types.add(one.type)
    return types


def events(estate_id: int, period: Period) -> Iterator[Happened]:
    """What happened in every case that was open in the period, case after case. Inside a transaction."""
    for pk, seq, at, post, happened in _read(_EVENTS, _asked(estate_id, period)):
        told = json.loads(happened) if isinstance(happened, str) else happened or []
        for number, event in enumerate(told):
            if event["event"] == "back_entered":  # done on paper then, entered later
                at = datetime.fromisoformat(event["at"])
            name = type_of(event)
            if name is not None:
                values = {key: event[key] for key in TOLD if key in event}
                yield Happened(pk, f"case/{pk}#{seq}.{number}", f"{pk}#{seq}", name, at, post, values)


def cases(estate_id: int, period: Period) -> Iterator[tuple[int, dict[str, Any]]]:
    """Those cases, in the same order, with what is told of each. Inside a transaction."""
    for pk, procedure, opened, ended, status, role, digest, _parent, _record in _read(
        _CASES, _asked(estate_id, period)
    ):
        yield pk, {
            "procedure": procedure, "opened_at": opened, "ended_at": ended, "status": status,
            "applicant_role": role, "version": digest,
        }  # fmt: skip


def _asked(estate_id: int, period: Period) -> dict[str, Any]:
    return {"estate": estate_id, "start": period.start, "end": period.end}


def type_of(event: Mapping[str, Any]) -> str | None:
    """What an event of the journal is called in the log; None for what is of no use there."""
    kind = event["event"]
    if kind in _PLAIN:
        return str(kind)
    if kind not in _NAMED:
        return None
    subject, end = _NAMED[kind]
    return f"{event[subject]}.{end or event['outcome']}"


def _read(statement: str, asked: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, in portions from a cursor in the database."""
    name = f"figures_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}", asked)
        while True:
            cursor.execute(f"FETCH {CHUNK} FROM {name}")
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < CHUNK:
                break
        cursor.execute(f"CLOSE {name}")


def _type(name: str, attributes: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def written_at(moment: datetime) -> str:
    """A moment as the log writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
