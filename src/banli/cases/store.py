"""The case's rows: read once, decided upon, written once, in one statement that is guarded by the case's ``seq``.

Everything here is a projection of the journal: `banli audit` folds the journal and compares. The SQL is written by
hand, as it is what every action waits for (docs/performance.md); nothing else in Banli writes cases and tasks.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from banli.engine import events as ev
from banli.engine.rulebook import Rulebook
from banli.engine.standing import from_json, to_json
from banli.engine.state import State
from banli.estate.models import Building, Estate, Person, Unit
from banli.journal import statement
from banli.journal.actions import earliest, entry, written
from banli.journal.chain import moment
from banli.journal.models import Entry
from banli.journal.statement import Part, loaded
from banli.people.models import Acting, Staff

from .models import Case

NEVER = datetime(9999, 12, 31, tzinfo=UTC)

_ROWS = """cases_case
      JOIN estate_estate ON estate_estate.id = cases_case.estate_id
      LEFT JOIN estate_unit ON estate_unit.id = cases_case.unit_id
      LEFT JOIN estate_person ON estate_person.id = cases_case.applicant_id"""
_READ = """
    SELECT {case}, {estate}, {unit}, {person}, {earliest}, known.stream, known.seq, known.body->>'request'
      FROM {rows}
      LEFT JOIN journal_entry known ON known.estate_id = cases_case.estate_id AND known.key = %(key)s
     WHERE cases_case.id = %(case)s
"""
_SHOWN = """
    SELECT {case}, {estate}, {unit}, {person}, {opener}, {building}
      FROM {rows}
      LEFT JOIN estate_building building ON building.id = estate_unit.building_id
      LEFT JOIN people_staff opener ON opener.id = cases_case.opened_by_id
     WHERE cases_case.id = %(case)s AND cases_case.estate_id = %(estate)s
"""
_BEGIN = """
    SELECT version.id, version.digest, nextval(pg_get_serial_sequence('cases_case', 'id')),
           {earliest}, known.stream, known.seq, known.body->>'request'
      FROM cases_procedureversion version
      LEFT JOIN journal_entry known ON known.estate_id = %(estate)s AND known.key = %(key)s
     WHERE version.procedure = %(procedure)s AND version.current
"""
#: After one of these, a task may be due at another time.
TIMING = (ev.ClockStarted, ev.ClockMoved, ev.ClockStopped, ev.ClockPaused, ev.ClockResumed)
_PROJECTED = ("seq", "head", "form", "standing", "clocks", "status", "ended_at", "due_at", "wake_at")
_SETTLED = (
    "id", "estate_id", "procedure", "version_id", "unit_id", "applicant_id", "applicant_role", "parent_id", "record_id",
    "opened_at", "opened_by_id", "vault_salt",
)  # fmt: skip
_MOVE = f"""
    UPDATE cases_case SET {", ".join(f"{name} = %({name})s" for name in _PROJECTED)}
     WHERE id = %(id)s AND seq = %(seq)s - 1
"""
_ADD = f"""
    INSERT INTO cases_case ({", ".join((*_SETTLED, *_PROJECTED))})
    SELECT {", ".join(f"%({name})s" for name in (*_SETTLED, *_PROJECTED))} WHERE true
"""
_CLOSED = """
    UPDATE cases_task task
       SET state = told.state, outcome = told.outcome, done_by_id = told.done_by, ended_at = told.ended
      FROM moved, jsonb_to_recordset(%(closed_tasks)s::jsonb)
                  AS told(step text, branch int, state text, outcome text, done_by bigint, ended timestamptz)
     WHERE task.case_id = moved.id AND task.state = 'open'
       AND task.step = told.step AND task.branch IS NOT DISTINCT FROM told.branch
    RETURNING task.id
"""
_OPENED = """
    INSERT INTO cases_task (
        estate_id, case_id, procedure, step, branch, posts, person_id, opened_at, due_at, order_at, state, ended_at,
        done_by_id, outcome
    ) SELECT
        %(opened_estate)s, moved.id, %(opened_procedure)s, told.step, told.branch, told.posts, told.person,
        told.since, told.due, coalesce(told.due, %(opened_never)s), told.state,
        told.ended, told.done_by, told.outcome
      FROM moved, jsonb_to_recordset(%(opened_tasks)s::jsonb) AS told(
            step text, branch int, posts text[], person bigint, since timestamptz, due timestamptz, state text,
            ended timestamptz, done_by bigint, outcome text)
"""
_TIMED = """
    UPDATE cases_task task SET due_at = told.due, order_at = coalesce(told.due, %(timed_never)s)
      FROM moved, jsonb_to_recordset(%(timed_tasks)s::jsonb) AS told(step text, branch int, due timestamptz)
     WHERE task.case_id = moved.id AND task.state = 'open' AND task.due_at IS DISTINCT FROM told.due
       AND task.step = told.step AND task.branch IS NOT DISTINCT FROM told.branch
"""


class Overtaken(Exception):
    """Somebody else acted on the case between our reading it and our writing: read again, decide again."""


@dataclass(frozen=True)
class Known:
    """The entry that an idempotency key stands for already."""

    stream: str
    seq: int
    request: str | None


@dataclass(frozen=True)
class Doer:
    """Who an entry says did it: nobody for the system."""

    staff: Staff | None = None
    acting: Acting | None = None

    @property
    def post(self) -> str:
        return self.acting.post if self.acting else ""


def read(case_id: int, key: str | None = None) -> tuple[Case, datetime | None, Known | None]:
    """The case with its estate, unit and applicant, the earliest moment of what comes next, what the key did before.

    Raises Case.DoesNotExist where it is none.
    """
    row = statement.row(_reading(), {"key": key, "case": case_id})
    if not row:
        raise Case.DoesNotExist
    cells = iter(row)
    return _with_its_rows(cells), next(cells), _known(tuple(cells))


def shown(case_id: int, estate_id: int) -> Case:
    """A case of this estate to be shown, with its estate, unit and building, applicant and whoever opened it.

    Raises Case.DoesNotExist where it is none.
    """
    row = (
        statement.row(_showing(), {"case": case_id, "estate": estate_id}) if case_id < statement.NO_ID else ()
    )
    if not row:
        raise Case.DoesNotExist
    cells = iter(row)
    case = _with_its_rows(cells)
    case.opened_by, building = loaded(Staff, cells), loaded(Building, cells)
    if case.unit is not None and building is not None:
        case.unit.building = building
    return case


@dataclass(frozen=True)
class Beginning:
    """A new case's version and its digest, the id it will have, its earliest moment, and what the key did before."""

    version: int
    digest: str
    case_id: int
    earliest: datetime | None
    known: Known | None


def begin(procedure: str, estate_id: int, key: str) -> Beginning | None:
    """For a new case; None where there is no such procedure."""
    row = statement.row(_beginning(), {"estate": estate_id, "key": key, "procedure": procedure})
    return Beginning(row[0], row[1], row[2], row[3], _known(row[4:])) if row else None


def _known(row: Sequence[Any]) -> Known | None:
    return Known(*row) if row[0] is not None else None


@cache
def _beginning() -> str:
    return _BEGIN.format(earliest=earliest("%(estate)s"))


@cache
def _reading() -> str:
    return _READ.format(
        **_columns(), earliest=earliest("cases_case.estate_id", "'case/' || cases_case.id"), rows=_ROWS
    )


@cache
def _showing() -> str:
    return _SHOWN.format(
        **_columns(), opener=statement.columns(Staff, "opener"),
        building=statement.columns(Building, "building"), rows=_ROWS,
    )  # fmt: skip


def _columns() -> dict[str, str]:
    tables = {"case": Case, "estate": Estate, "unit": Unit, "person": Person}
    return {name: statement.columns(model) for name, model in tables.items()}


def _with_its_rows(cells: Iterator[Any]) -> Case:
    case, estate = loaded(Case, cells), loaded(Estate, cells)
    assert case is not None and estate is not None
    case.estate, case.unit, case.applicant = estate, loaded(Unit, cells), loaded(Person, cells)
    return case


def state_of(case: Case) -> State:
    """Where the case stands."""
    return from_json(case.status, case.form, case.clocks, case.standing)


def write(
    case: Case, book: Rulebook, after: State, events: list[ev.Event], *, kind: str, by: Doer, key: str | None,
    request: str, at: datetime, about: dict[str, Any] | None = None, parts: Iterable[Part] = (),
    provided: Iterable[Part] = (),
) -> Entry:  # fmt: skip
    """Append the entry, bring case and tasks to ``after``, and write ``parts``: one statement, all of it or nothing.

    Raises Overtaken when the case has moved on since it was read, or one of ``provided`` gives no row (any more).
    """
    body: dict[str, Any] = {"events": [event.to_json() for event in events], **(about or {})}
    if request:
        body["request"] = request
    told = entry(
        estate_id=case.estate_id, stream=case.stream, seq=case.seq + 1, prev=bytes(case.head), kind=kind, body=body,
        at=at, actor_id=by.staff.pk if by.staff else None, post=by.post,
        deputy_for_id=by.acting.deputy_for.pk if by.acting and by.acting.deputy_for else None, key=key,
    )  # fmt: skip
    happened = list(ev.timed(events, moment(at)))
    ended = next((when for event, when in reversed(happened) if isinstance(event, ev.Ended)), moment(at))
    project(case, after, seq=told.seq, head=bytes(told.hash), ended_at=datetime.fromisoformat(ended))
    if not statement.write(
        _moved(case, provided), [written(told), *_tasks(case, book, after, happened), *parts]
    ):
        raise Overtaken
    case._state.adding = False
    return told


def forget(case: Case) -> None:
    """Let go of the salt: whatever was sealed with it, here and in the journal, opens for nobody from now on."""
    Case.objects.filter(pk=case.pk).update(vault_salt=b"")
    case.vault_salt = b""


def _moved(case: Case, provided: Iterable[Part]) -> Part:
    adding = case._state.adding
    row = {
        name: getattr(case, name) for name in ((*_SETTLED, *_PROJECTED) if adding else ("id", *_PROJECTED))
    }
    for name in ("form", "standing", "clocks"):
        row[name] = json.dumps(row[name], ensure_ascii=False)
    sql = _ADD if adding else _MOVE
    for one in provided:
        sql += f" AND EXISTS ({one.sql})"
        row |= one.params
    return Part("moved", f"{sql} RETURNING id", row)


def project(case: Case, state: State, *, seq: int, head: bytes, ended_at: datetime) -> None:
    """Set the case's columns to the state after entry ``seq``; ``ended_at``: when it ended, if it did by that entry."""
    told = to_json(state)
    case.seq, case.head = seq, head
    case.form, case.clocks, case.standing = told["form"], told["clocks"], told["standing"]
    case.status = state.status
    if state.status == "open":
        case.ended_at = None
    elif case.ended_at is None:
        case.ended_at = ended_at
    case.due_at = min((datetime.fromisoformat(c.red_at) for c in state.clocks if c.red_at), default=None)
    case.wake_at = wake_at(state) if state.status == "open" else None


def wake_at(state: State) -> datetime | None:
    """When a clock next needs a look: its warning, its due time, or a reminder; a late one only for reminders."""
    times = []
    for clock in state.clocks:
        if clock.state == "running" and clock.warn:
            times.append(clock.warn)
        elif clock.state in ("running", "warned"):
            times.append(clock.due)
        if clock.reminders and clock.counts:
            times += [told.partition(" ")[2] for told in clock.reminders]
    return min(map(datetime.fromisoformat, times), default=None)


def _tasks(case: Case, book: Rulebook, after: State, happened: Sequence[tuple[ev.Event, str]]) -> list[Part]:
    """Close the tasks that ended, open those that were reached, and set due times by the clocks that wait for them."""
    opened: list[dict[str, Any]] = []
    closed: list[dict[str, Any]] = []
    for event, when in happened:
        if isinstance(event, ev.Reached):
            opened.append(_task(book, event, when))
        elif isinstance(event, (ev.Done, ev.Cancelled)):
            mine = (
                t
                for t in opened
                if (t["step"], t["branch"], t["state"]) == (event.step, event.branch, "open")
            )
            task = next(mine, None)
            if task is not None:
                task.update(_end(event), ended=when)
            else:
                closed.append({"step": event.step, "branch": event.branch, "ended": when, **_end(event)})
    timed = []
    for token in after.tokens:
        until = due_of(book, after, token.step, token.branch)
        due = {"step": token.step, "branch": token.branch, "due": until.isoformat() if until else None}
        mine = (
            t for t in opened if (t["step"], t["branch"], t["state"]) == (token.step, token.branch, "open")
        )
        task = next(mine, None)
        if task is not None:
            task.update(due)
        else:
            timed.append(due)
    clocks_moved = any(isinstance(event, TIMING) for event, _when in happened)
    return _task_parts(case, opened, closed, timed if clocks_moved else [])


def _task_parts(
    case: Case, opened: list[dict[str, Any]], closed: list[dict[str, Any]], timed: list[dict[str, Any]]
) -> list[Part]:
    parts = []
    if closed:
        parts.append(Part("closed", _CLOSED, {"closed_tasks": json.dumps(closed)}))
    if opened:
        # A step may close and open anew in one action, and is never open twice: closing comes first.
        after = " WHERE (SELECT count(*) FROM closed) >= 0" if closed else ""
        parts.append(Part("opened", _OPENED + after, {
            "opened_estate": case.estate_id, "opened_procedure": case.procedure,
            "opened_never": NEVER, "opened_tasks": json.dumps(opened),
        }))  # fmt: skip
    if timed:
        parts.append(Part("timed", _TIMED, {"timed_never": NEVER, "timed_tasks": json.dumps(timed)}))
    return parts


def _task(book: Rulebook, event: ev.Reached, since: str) -> dict[str, Any]:
    posts = [] if event.person else list(book.waits_for(event.step))
    return {
        "step": event.step, "branch": event.branch, "posts": posts, "person": event.person, "since": since,
        "due": None, "state": "open", "ended": None, "done_by": None, "outcome": "",
    }  # fmt: skip


def _end(event: ev.Done | ev.Cancelled) -> dict[str, Any]:
    if isinstance(event, ev.Done):
        return {"state": "done", "outcome": event.outcome, "done_by": event.by}
    return {"state": "cancelled", "outcome": "", "done_by": None}


def due_of(book: Rulebook, state: State, step: str, branch: int | None) -> datetime | None:
    """When a task is due: by the nearest running clock that waits for it."""
    times = (datetime.fromisoformat(c.red_at) for c in state.clocks if book.holds_up(step, branch, c))
    return min(times, default=None)
