"""The case's rows: locked and read once, written once, in the action's own transaction.

Everything here is a projection of the journal: `banli audit` folds the journal and compares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from banli.engine import events as ev
from banli.engine.state import State, from_json, to_json
from banli.engine.turn import Rulebook
from banli.journal.actions import entry
from banli.journal.models import Entry
from banli.people.models import Acting, Staff

from .models import Case, Task

#: The columns of a case that follow from its journal and change with every entry.
PROJECTED = ("seq", "head", "form", "clocks", "standing", "status", "ended_at", "due_at", "wake_at")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Doer:
    """Who an entry says did it: nobody for the system."""

    staff: Staff | None = None
    acting: Acting | None = None

    @property
    def post(self) -> str:
        return self.acting.post if self.acting else ""


def lock(case_id: int) -> Case:
    """The case, locked until the transaction ends. Case.DoesNotExist where there is none."""
    return (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("estate", "unit", "applicant")
        .get(pk=case_id)
    )


def next_id() -> int:
    """The id the next case will have: its stream is named by it before its row is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        return int(cursor.fetchone()[0])


def state_of(case: Case) -> State:
    """Where the case stands."""
    return from_json(case.status, case.form, case.clocks, case.standing)


def write(
    case: Case, book: Rulebook, before: State, after: State, events: list[ev.Event], *, kind: str, by: Doer,
    key: str | None, request: str, at: datetime, about: dict[str, Any] | None = None,
) -> Entry:  # fmt: skip
    """Append the entry and bring case and tasks to ``after``. The caller holds the lock (or has just made the case)."""
    body: dict[str, Any] = {"events": [event.to_json() for event in events], **(about or {})}
    if request:
        body["request"] = request
    told = entry(
        estate_id=case.estate_id, stream=case.stream, seq=case.seq + 1, prev=bytes(case.head), kind=kind, body=body,
        at=at, actor_id=by.staff.pk if by.staff else None, post=by.post,
        deputy_for_id=by.acting.deputy_for.pk if by.acting and by.acting.deputy_for else None, key=key,
    )  # fmt: skip
    project(case, after, seq=told.seq, head=bytes(told.hash), at=at)
    if case._state.adding:
        case.save(force_insert=True)
    else:
        case.save(update_fields=PROJECTED)
    told.save(force_insert=True)
    _tasks(case, book, after, events, at)
    return told


def project(case: Case, state: State, *, seq: int, head: bytes, at: datetime) -> None:
    """Set the case's columns to the state after entry ``seq``."""
    told = to_json(state)
    case.seq, case.head = seq, head
    case.form, case.clocks, case.standing = told["form"], told["clocks"], told["standing"]
    case.status = state.status
    if state.status == "open":
        case.ended_at = None
    elif case.ended_at is None:
        case.ended_at = at
    running = [c for c in state.clocks if c.on]
    case.due_at = min((datetime.fromisoformat(c.due) for c in running), default=None)
    case.wake_at = wake_at(state) if state.status == "open" else None


def wake_at(state: State) -> datetime | None:
    """When a clock next needs a look: its warning, or its due time; a clock that is late needs none."""
    times = []
    for clock in state.clocks:
        if clock.state == "running" and clock.warn:
            times.append(clock.warn)
        elif clock.state in ("running", "warned"):
            times.append(clock.due)
    return min(map(datetime.fromisoformat, times), default=None)


def _tasks(case: Case, book: Rulebook, after: State, events: Iterable[ev.Event], at: datetime) -> None:
    """Close the tasks that ended, open those that were reached, and set due times by the clocks that wait for them."""
    opened: dict[tuple[str, int | None], Task] = {}
    for event in events:
        if isinstance(event, ev.Reached):
            opened[event.step, event.branch] = _task(case, book, event, at)
        elif isinstance(event, (ev.Done, ev.Cancelled)):
            task = opened.get((event.step, event.branch))
            if task is not None and task.state == "open":
                _close(task, event, at)
            else:
                _close_stored(case, event, at)
    due = {(t.step, t.branch): due_of(book, after, t.step, t.branch) for t in after.tokens}
    for task in opened.values():
        if task.state == "open":
            task.due_at = due[task.step, task.branch]
            task.order_at = task.due_at or NEVER
    Task.objects.bulk_create(opened.values())
    if any(isinstance(e, (ev.ClockStarted, ev.ClockStopped)) for e in events):
        for (step, branch), moment in due.items():
            if (step, branch) not in opened:
                _open_tasks(case, step, branch).exclude(due_at=moment).update(
                    due_at=moment, order_at=moment or NEVER
                )


def _task(case: Case, book: Rulebook, event: ev.Reached, at: datetime) -> Task:
    return Task(
        estate_id=case.estate_id,
        case_id=case.pk,
        procedure=case.procedure,
        step=event.step,
        branch=event.branch,
        posts=[] if event.person else list(book.flow.steps[event.step].posts()),
        person_id=event.person,
        opened_at=at,
        order_at=NEVER,
    )


def _close(task: Task, event: ev.Done | ev.Cancelled, at: datetime) -> None:
    task.ended_at = at
    task.order_at = task.due_at or NEVER
    if isinstance(event, ev.Done):
        task.state, task.outcome, task.done_by_id = "done", event.outcome, event.by
    else:
        task.state = "cancelled"


def _close_stored(case: Case, event: ev.Done | ev.Cancelled, at: datetime) -> None:
    done = isinstance(event, ev.Done)
    _open_tasks(case, event.step, event.branch).update(
        state="done" if done else "cancelled",
        ended_at=at,
        outcome=event.outcome if isinstance(event, ev.Done) else "",
        done_by_id=event.by if isinstance(event, ev.Done) else None,
    )


def _open_tasks(case: Case, step: str, branch: int | None) -> Any:
    return Task.objects.filter(
        Q(branch=branch) if branch is not None else Q(branch__isnull=True),
        case_id=case.pk,
        step=step,
        state="open",
    )


def due_of(book: Rulebook, state: State, step: str, branch: int | None) -> datetime | None:
    """When a task is due: by the nearest running clock that waits for it."""
    times = (datetime.fromisoformat(c.due) for c in state.clocks if book.holds_up(step, branch, c))
    return min(times, default=None)
