"""Afterwards: is everything there that was acknowledged, once, whole, and was all that it queued done?

Each check yields what is wrong, by the key or the row. Nothing here writes. That the rest of a case follows from its
journal is what `banli audit` says; the torture runs it beside these.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from banli.cases.audit import Finding
from banli.config.worker import STALLED_AFTER
from banli.journal.models import Entry
from banli.papers.actions import PRINTED_SOON
from banli.papers.models import Paper, PaperFile
from banli.papers.queries import gaps

from .memory import Told


def violations(told: Sequence[Told], since: int) -> Iterator[Finding]:
    """Everything that is wrong. ``since``: the journal's last id before the clients began."""
    entries = list(
        Entry.objects.filter(pk__gt=since, stream__startswith="case/").exclude(kind="tick").order_by("pk")
    )
    yield from lost(told, entries)
    yield from twice(told, entries)
    yield from papers(entries)
    yield from queue()


def lost(told: Sequence[Told], entries: Sequence[Entry]) -> Iterator[Finding]:
    """Acknowledged, and not in the journal, or not as it was acknowledged."""
    known = {entry.key: entry for entry in entries}
    for one in told:
        entry, said = known.get(one.key), f"case/{one.case} #{one.seq}"
        if entry is None:
            yield Finding(f"key {one.key}", f"was acknowledged as {said}; the journal has no such entry")
        elif (entry.stream, entry.seq) != (f"case/{one.case}", one.seq):
            yield Finding(f"key {one.key}", f"was acknowledged as {said}; it is {entry.stream} #{entry.seq}")
        elif entry.kind != one.kind or (one.step and one.step not in _steps(entry)):
            yield Finding(
                f"key {one.key}", f"was acknowledged as {one.kind} {one.step}; {said} says otherwise"
            )


def twice(told: Sequence[Told], entries: Sequence[Entry]) -> Iterator[Finding]:
    """In the journal more than once: under one key, under a key nobody was answered, or a step done again."""
    keys, done = Counter(entry.key for entry in entries), Counter[tuple[str, str]]()
    acknowledged = {one.key for one in told}
    for entry in entries:
        row = f"journal_entry {entry.pk} ({entry.stream} #{entry.seq})"
        if entry.key is None or entry.key not in acknowledged:
            yield Finding(row, f"was done, and nobody was told so (key {entry.key})")
        elif keys[entry.key] > 1:
            yield Finding(row, f"is one of {keys[entry.key]} with the key {entry.key}")
        for step in _steps(entry):
            done[entry.stream, step] += 1
            if done[entry.stream, step] > 1:
                yield Finding(row, f"does the step {step} a second time")


def _steps(entry: Entry) -> list[str]:
    """The steps that somebody did in an entry."""
    events: list[dict[str, Any]] = entry.body.get("events", [])
    return [event["step"] for event in events if event["event"] == "done" and event.get("by")]


def papers(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Every paper of the journal is there, with the file of each copy once; no number is missing.

    A paper of an earlier day has no job: its files are made when it is first looked at.
    """
    there = Counter((paper.case_id, paper.kind, paper.number) for paper in Paper.objects.all())
    for entry in entries:
        for event in entry.body.get("events", []):
            if event["event"] == "paper_issued":
                case = int(entry.stream.removeprefix("case/"))
                if there[case, event["paper"], event["number"]] != 1:
                    yield Finding(
                        f"{entry.stream} #{entry.seq}", f"issued {event['number']}, which is not there once"
                    )
    files = Counter(PaperFile.objects.filter(print_number=1).values_list("paper_id", "copy"))
    for paper in Paper.objects.filter(issued_at__gt=timezone.now() - PRINTED_SOON).order_by("pk"):
        for copy in paper.copies:
            if files[paper.pk, copy] != 1:
                yield Finding(
                    f"papers_paper {paper.pk} ({paper.number})", f"its copy {copy} was not made by its job"
                )
    for gap in gaps():
        yield Finding(f"papers_numberseries {gap.kind} {gap.period}", f"number {gap.ordinal} is {gap.fault}")


_LEFT = """
    SELECT job.id, job.task_name, job.status FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status <> 'succeeded' AND (
           job.queueing_lock IS NULL  -- what comes back by the clock carries one, and is always about to be done
        OR job.status = 'doing' AND (
               worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s)))
     ORDER BY job.id
"""


def queue() -> Iterator[Finding]:
    """Jobs that wait, failed, or were left by a worker that is dead."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [STALLED_AFTER])
        for job, task, status in cursor.fetchall():
            yield Finding(f"procrastinate_jobs {job} ({task})", f"is still {status}")
