"""What waits to be paid or given back, for whoever sits at the till."""

from dataclasses import dataclass
from datetime import datetime

from banli.cases import rules, store
from banli.cases.models import Task
from banli.engine.decide import Facts
from banli.engine.text import Text
from banli.engine.turn import Turn
from banli.engine.verbs.refund import due_back
from banli.people.access import Desk

from .inbox import mine

MANY = 100


@dataclass(frozen=True)
class Waiting:
    """``fen`` is to be paid, or, where ``back``, to be given back."""

    task: Task
    procedure: Text
    title: Text
    fen: int
    back: bool


def waiting(desk: Desk) -> list[Waiting]:
    """The open pay and refund steps of this desk, longest waiting first. One query."""
    steps = [
        (book.procedure.procedure, name)
        for book in rules.every_current().values()
        for name, step in book.flow.steps.items()
        if step.fees or step.of
    ]
    tasks = mine(desk).filter(
        procedure__in={procedure for procedure, _ in steps}, step__in={name for _, name in steps}
    )
    found = tasks.select_related("case__unit", "case__applicant").order_by("opened_at", "id")[:MANY]
    told = [_one(task) for task in found]
    return [one for one in told if one is not None]


def _one(task: Task) -> Waiting | None:
    book, state = rules.rulebook(task.case.version_id), store.state_of(task.case)
    step = book.flow.steps.get(task.step)
    if step is None or not (step.fees or step.of):
        return None
    if step.of:
        now: datetime = task.opened_at
        backs, kept = due_back(Turn(book, state, Facts(), now, here=(task.step, task.branch)))
        fen, back = sum(one.fen for one in backs) - kept, True
    else:
        charge = state.charge(task.step, task.branch)
        fen = charge.due if charge else 0
        fen, back = abs(fen), fen < 0
    return Waiting(task, book.procedure.title, book.step_title(task.step), fen, back)
