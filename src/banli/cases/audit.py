"""Does everything still follow from the journal? Chains, day seals, gapless numbers, projections.

Each check yields what is wrong, first row first. Nothing here writes.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Max

from banli.engine import events as ev
from banli.engine.state import State, fold, to_json
from banli.engine.turn import Rulebook
from banli.estate.models import Estate
from banli.journal import chain, seals
from banli.journal.models import DaySeal, Entry
from banli.papers import queries as papers
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper
from banli.registers.models import RegisterRow

from . import rules, store
from .facts import ZONE
from .models import Case, ProcedureVersion, Task
from .record import Record, in_one_line
from .said import given, names_of

CHUNK = 500


@dataclass(frozen=True)
class Finding:
    """Something that does not follow from the journal: which row, and what is wrong with it."""

    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.row}: {self.what}"


def chains() -> Iterator[Finding]:
    """Every stream counts from 1 without gaps, never back in time; each hash covers its entry and the one before."""
    entries = Entry.objects.order_by("stream", "seq").iterator(CHUNK)
    for stream, of_stream in groupby(entries, key=lambda entry: entry.stream):
        seq, prev, at = 0, chain.GENESIS, None
        for entry in of_stream:
            row = f"journal_entry {entry.pk} ({stream} #{entry.seq})"
            if entry.seq != seq + 1:
                yield Finding(row, f"entry #{seq + 1} of the stream is missing")
            elif bytes(entry.prev) != prev:
                yield Finding(row, "does not follow the entry before it")
            if hash_of(entry) != bytes(entry.hash):
                yield Finding(row, "was changed: its hash does not cover what it says")
            elif at is not None and entry.at < at:
                yield Finding(row, "is earlier than the entry before it")
            seq, prev, at = entry.seq, bytes(entry.hash), entry.at


def hash_of(entry: Entry) -> bytes:
    """The hash an entry ought to have."""
    return chain.digest(
        prev=bytes(entry.prev), estate=entry.estate_id, stream=entry.stream, seq=entry.seq, kind=entry.kind,
        at=entry.at, actor=entry.actor_id, post=entry.post, deputy_for=entry.deputy_for_id, key=entry.key,
        body=entry.body,
    )  # fmt: skip


def day_seals() -> Iterator[Finding]:
    """Every sealed day still has the heads it was sealed with; the seals are chained and signed by us."""
    for estate_id in Estate.objects.values_list("pk", flat=True):
        prev = chain.GENESIS
        for seal in DaySeal.objects.filter(estate_id=estate_id).order_by("day"):
            row = f"journal_dayseal {seal.pk} ({seal.day})"
            heads, entries, _ = seals.heads_of(estate_id, seal.day)
            if bytes(seal.prev) != prev:
                yield Finding(row, "does not follow the seal before it")
            if (len(heads), entries) != (seal.streams, seal.entries):
                told = f"{len(heads)} streams, {entries} entries"
                yield Finding(row, f"{told}; sealed were {seal.streams} and {seal.entries}")
            elif seals.seal_digest(prev, estate_id, seal.day, heads) != bytes(seal.digest):
                yield Finding(row, "the day's entries are not those that were sealed")
            elif not seals.signature_holds(seal):
                yield Finding(row, "its signature is not ours")
            prev = bytes(seal.digest)


def versions() -> Iterator[Finding]:
    """A procedure's version is what its hash says."""
    for version in ProcedureVersion.objects.order_by("pk").iterator(CHUNK):
        if hashlib.sha256(version.compiled.encode()).hexdigest() != version.digest:
            yield Finding(f"cases_procedureversion {version.pk} ({version.procedure})", "was changed")


def cases() -> Iterator[Finding]:
    """Every case's row and tasks are what its entries make of it."""
    last = 0
    while batch := list(Case.objects.filter(pk__gt=last).select_related("version").order_by("pk")[:CHUNK]):
        last = batch[-1].pk
        entries: dict[str, list[Entry]] = {case.stream: [] for case in batch}
        for entry in Entry.objects.filter(stream__in=entries).order_by("stream", "seq"):
            entries[entry.stream].append(entry)
        tasks: dict[int, list[Task]] = {}
        for task in Task.objects.filter(case__in=batch).order_by("pk"):
            tasks.setdefault(task.case_id, []).append(task)
        for case in batch:
            yield from _case(case, entries[case.stream], tasks.get(case.pk, []))
    known = Case.objects.values("pk")
    for stream in (
        Entry.objects.filter(stream__startswith="case/", seq=1).values_list("stream", flat=True).iterator()
    ):
        if not known.filter(pk=int(stream.removeprefix("case/"))).exists():
            yield Finding(stream, "has entries but no row in cases_case")


def _case(case: Case, entries: list[Entry], tasks: list[Task]) -> Iterator[Finding]:
    row = f"cases_case {case.pk}"
    if not entries:
        yield Finding(row, "has no journal")
        return
    try:
        state = fold(events_of(entries))
    except (KeyError, TypeError, AttributeError):
        yield Finding(row, "has a journal that says what no action can say")
        return
    told = to_json(state)
    first = entries[0]
    expected: dict[str, Any] = {
        **told,
        "status": state.status,
        "seq": entries[-1].seq,
        "head": bytes(entries[-1].hash),
        "estate_id": first.estate_id,
        "opened_at": first.at,
        "opened_by_id": first.actor_id,
        "ended_at": _ended_at(entries),
        "procedure": first.body.get("procedure"),
        "unit_id": first.body.get("unit"),
        "applicant_id": first.body.get("applicant"),
        "applicant_role": first.body.get("applicant_role"),
        "parent_id": first.body.get("parent"),
        "wake_at": store.wake_at(state) if state.status == "open" else None,
        "due_at": min((datetime.fromisoformat(c.due) for c in state.clocks if c.on), default=None),
    }
    for name, value in expected.items():
        have = getattr(case, name)
        if (bytes(have) if name == "head" else have) != value:
            yield Finding(row, f"{name} does not follow from the journal")
    if case.version.digest != first.body.get("version"):
        yield Finding(row, "version does not follow from the journal")
    yield from _tasks(case, entries, state, tasks)


def events_of(entries: list[Entry]) -> list[tuple[ev.Event, str]]:
    """What happened, with the journal's time of each."""
    return [
        (ev.from_json(e), chain.moment(entry.at)) for entry in entries for e in entry.body.get("events", ())
    ]


def _ended_at(entries: list[Entry]) -> datetime | None:
    ended = None
    for entry in entries:
        for event in entry.body.get("events", ()):
            if event["event"] == "ended":
                ended = entry.at
            elif event["event"] == "reopened":
                ended = None
    return ended


def _tasks(case: Case, entries: list[Entry], state: State, have: list[Task]) -> Iterator[Finding]:
    """Rebuild the tasks; each is compared by step, branch, state, times, who and outcome."""
    book = rules.rulebook(case.version_id)
    made = _made(case, book, entries)
    for task in made:
        if task["state"] == "open":
            task["due_at"] = store.due_of(book, state, task["step"], task["branch"])
    made.sort(key=_order)
    rows = sorted(have, key=lambda task: _order(vars(task)))
    for task_row, wanted in zip(rows, made, strict=False):
        wrong = [name for name, value in wanted.items() if getattr(task_row, name) != value]
        if wrong:
            name = f"cases_task {task_row.pk} (case {case.pk})"
            yield Finding(name, f"{wrong[0]} does not follow from the journal")
    if len(rows) != len(made):
        yield Finding(f"cases_case {case.pk}", f"has {len(rows)} tasks; the journal makes {len(made)}")


def _made(case: Case, book: Rulebook, entries: list[Entry]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for entry in entries:
        for event in (ev.from_json(e) for e in entry.body.get("events", ())):
            if isinstance(event, ev.Reached):
                made.append(_reached(case, book, event, entry.at))
            elif isinstance(event, (ev.Done, ev.Cancelled)):
                for task in made:
                    if (task["step"], task["branch"], task["state"]) == (event.step, event.branch, "open"):
                        task.update(state="cancelled", ended_at=entry.at)
                        if isinstance(event, ev.Done):
                            task.update(state="done", done_by_id=event.by, outcome=event.outcome)
    return made


def _reached(case: Case, book: Rulebook, event: ev.Reached, at: datetime) -> dict[str, Any]:
    return {
        "step": event.step,
        "branch": event.branch,
        "state": "open",
        "opened_at": at,
        "ended_at": None,
        "person_id": event.person,
        "posts": [] if event.person else list(book.flow.steps[event.step].posts()),
        "done_by_id": None,
        "outcome": "",
        "estate_id": case.estate_id,
        "procedure": case.procedure,
    }


def _order(task: Any) -> tuple[str, int, datetime, str]:
    branch = -1 if task["branch"] is None else task["branch"]
    return task["step"], branch, task["opened_at"], str(task["ended_at"])


def numbers() -> Iterator[Finding]:
    """Numbers have no gaps, and every paper was issued by an entry that names it."""
    for estate in Estate.objects.order_by("pk"):
        for gap in papers.gaps(estate.pk):
            series = f"papers_numberseries {gap.kind} {gap.period} of {estate.code}"
            yield Finding(series, f"number {gap.ordinal} is {gap.fault}")
    last = 0
    while batch := list(Paper.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = batch[-1].pk
        streams = {f"case/{paper.case_id}" for paper in batch}
        states = _paper_states(streams)
        for paper in batch:
            expected = states.pop((paper.case_id, paper.kind, paper.number), None)
            row = f"papers_paper {paper.pk} ({paper.number})"
            if expected is None:
                yield Finding(row, "was never issued by the journal")
            elif expected[0] != paper.state:
                yield Finding(row, f"is {paper.state}; by the journal it is {expected[0]}")
            elif (paper.step, paper.branch, paper.issued_at, paper.issued_by_id) != expected[1:5]:
                yield Finding(row, "was not issued as it says")
            elif paper.state == "used" and (paper.used_at, paper.used_by_id) != expected[5:7]:
                yield Finding(row, "was not used as it says")
            elif fingerprint(paper) != expected[8]:
                yield Finding(row, "what it says was changed after it was issued")


def _paper_states(streams: set[str]) -> dict[tuple[int, str, str], tuple[Any, ...]]:
    """Every paper some cases' entries issued, with the state they left it in."""
    told: dict[tuple[int, str, str], list[Any]] = {}
    for entry in Entry.objects.filter(stream__in=streams).order_by("stream", "seq"):
        case = int(entry.stream.removeprefix("case/"))
        for event in (ev.from_json(e) for e in entry.body.get("events", ())):
            mine = [v for k, v in told.items() if k[0] == case and v[0] == "valid"]
            if isinstance(event, ev.PaperIssued):
                told[case, event.paper, event.number] = [
                    "valid", event.step, event.branch, entry.at, entry.actor_id, None, None, event.paper, event.digest,
                ]  # fmt: skip
            elif isinstance(event, ev.PaperSpent):
                for one in mine:
                    if (one[7], one[2]) == (event.paper, event.branch):
                        one[0], one[5], one[6] = "used", entry.at, entry.actor_id
            elif isinstance(event, ev.PapersVoided):
                for one in mine:
                    if one[1] in event.steps and event.branch in (None, one[2]):
                        one[0] = "expired" if event.expired else "void"
    return {key: tuple(one) for key, one in told.items()}


def registers() -> Iterator[Finding]:
    """Every row of a book was entered by a case, is in its case's state, and says what the case says.

    Cells that name people are left out: a name may be corrected after the row was written.
    """
    rows = RegisterRow.objects.select_related("case__estate", "case__unit", "case__applicant").order_by("pk")
    for row in rows.iterator(CHUNK):
        case, name = row.case, f"registers_registerrow {row.pk} ({row.book}, case {row.case_id})"
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        if (row.book, row.branch) not in state.books:
            yield Finding(name, "was never entered by its case")
            continue
        if row.status != case.status or row.estate_id != case.estate_id:
            yield Finding(name, "is not in its case's state")
        record = Record(
            case=case, book=book, state=state, names=names_of(case, state), zone=ZONE,
            branch=row.branch, given=given(case),
        )  # fmt: skip
        for column, definition in book.pack.books[row.book].columns.items():
            if any(map(_names_people, definition.source)):
                continue
            if row.cells.get(column) != in_one_line(record.first(definition.source)):
                yield Finding(name, f"its {column} is not what the case says")
    missing = Case.objects.exclude(standing__books=[]).annotate(rows=Max("register_rows__pk"))
    for case in missing.filter(rows__isnull=True).order_by("pk").iterator(CHUNK):
        yield Finding(f"cases_case {case.pk}", "was entered in a book, but the book has no row of it")


def _names_people(source: str) -> bool:
    from_form = source.startswith(("form.", "case.unit"))
    return not from_form and not source.endswith((".at", ".outcome"))


CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "日志链 / journal chains": chains,
    "日封 / day seals": day_seals,
    "流程版本 / procedure versions": versions,
    "办件与待办 / cases and tasks": cases,
    "编号与单据 / numbers and papers": numbers,
    "登记本 / registers": registers,
}
