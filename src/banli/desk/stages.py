"""A case's way through its procedure, as far as it can be told now: what was done, what waits, what is to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banli.cases.record import Record
from banli.engine import verbs
from banli.engine.procedure import ENDS
from banli.engine.text import Text


@dataclass(frozen=True)
class Stage:
    """One step of the way, as <c-stepper> shows it. ``state``: done, now, next, skipped or refused."""

    title: Text
    state: str
    who: Any = None
    at: datetime | None = None


def stages(record: Record) -> list[Stage]:
    """The steps people do, in the file's order; those whose condition does not hold are not on the way."""
    book, state = record.book, record.state
    told: list[Stage] = []
    values = state.values()
    furthest = max((book.flow.order[mark.step] for mark in state.marks), default=-1)
    for name, step in book.flow.steps.items():
        if verbs.find(step.verb).automatic:
            continue
        title = book.step_title(name)
        marks = [mark for mark in state.marks if mark.step == name]
        if any(token.step == name for token in state.tokens):
            told.append(Stage(title, "now"))
        elif marks:
            last = marks[-1]
            outcome = verbs.find(step.verb).outcome(last.outcome)
            good = outcome.good or outcome.by_record  # an extension is no refusal
            who = record.signer(last)
            told.append(Stage(title, "done" if good else "refused", who, datetime.fromisoformat(last.at)))
        elif (step.when is None or step.when.holds(values)) and state.status == "open":
            told.append(Stage(title, "skipped" if book.flow.order[name] < furthest else "next"))
    if state.status in ENDS:
        ended = record.case.ended_at
        told.append(Stage(ENDS[state.status], "done" if state.status == "done" else "refused", None, ended))
    return told


def place(told: Iterable[Stage]) -> tuple[int, int]:
    """Which step it is at, of how many, counted from 1."""
    listed = list(told)
    now = next((number for number, one in enumerate(listed, start=1) if one.state == "now"), len(listed))
    return now, len(listed)
