"""The calls that are owed: every open follow-up of the estate, and whose it is (P18).

They are the cases' own tasks, soonest due first. Each is shared out to whoever may make it, as the engine judges:
never to whoever did the work, nor to whoever is complained of; among those, to the one with the fewest so far.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from banli.cases import facts, rules, store
from banli.cases.models import Task
from banli.engine.allowed import may_do
from banli.engine.decide import Actor
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.verbs.follow_up import Calling
from banli.journal.models import Entry
from banli.people.access import Denied, Desk

from . import due
from .calling import again_at, calling_of, may_be_called, wall

#: So many are shown; the rest comes when these are done.
MOST = 100
SEES_ALL = ("duty_supervisor", "director")


@dataclass(frozen=True)
class Owed:
    """A call that is owed. ``caller``: the id of whoever it was shared out to, and their ``name``; None for nobody.

    ``at``: when the resident wants to be called. ``now``: whether it may be made now.
    """

    task: Task
    title: Text
    step: Text
    due: due.Due | None
    attempts: int
    at: datetime | None
    caller: int | None
    name: str
    now: bool


@dataclass(frozen=True)
class Calls:
    """The calls of an estate. ``hours``: when residents may be called; if not now (``resting``), ``again`` then."""

    owed: list[Owed]
    hours: Text | None
    resting: bool
    again: datetime | None
    more: bool

    def of(self, staff: int) -> list[Owed]:
        """Those shared out to one person."""
        return [one for one in self.owed if one.caller == staff]


def steps() -> dict[tuple[str, str], Rulebook]:
    """The steps of the procedures in force that are follow-ups: (procedure, step) → its rulebook."""
    return {
        (procedure, name): book
        for procedure, book in rules.every_current().items()
        for name, step in book.flow.steps.items()
        if step.verb == "follow_up"
    }


def require_part(desk: Desk) -> None:
    """Whoever makes such calls, and those who see to it that they are made. Raises Denied for others."""
    posts = {post for (_, name), book in steps().items() for post in book.flow.steps[name].posts()}
    if not desk.holds(*posts, *SEES_ALL):
        raise Denied(*sorted(posts | set(SEES_ALL)))


def calls(desk: Desk, now: datetime) -> Calls:
    """What is owed at the desk's estate. No query count grows with rows."""
    known = steps()
    tasks = [task for task in _open(desk, known) if (task.procedure, task.step) in known]
    names = {
        post: facts.holders(desk.estate, post, now) for post in sorted({p for t in tasks for p in t.posts})
    }
    tried, load = _attempts(tasks), Counter[int]()
    hours = {place: calling_of(book, place[1], desk.estate, now) for place, book in known.items()}
    owed = [_owed(task, names, tried, load, hours[task.procedure, task.step], now) for task in tasks[:MOST]]
    usual = next((one for one in hours.values() if one is not None), None)
    resting = usual is not None and usual.rests(wall(now), None)
    again = again_at(usual, now) if resting else None
    return Calls(owed, usual.hours.text if usual else None, resting, again, len(tasks) > MOST)


def _open(desk: Desk, known: Mapping[tuple[str, str], Rulebook]) -> Iterable[Task]:
    return (
        Task.objects.filter(
            estate=desk.estate, state=Task.State.OPEN, procedure__in={procedure for procedure, _ in known},
            step__in={step for _, step in known},
        )
        .select_related("case__unit", "case__applicant", "person")
        .order_by("order_at", "id")[: MOST + 1]
    )  # fmt: skip


def _owed(
    task: Task, names: Mapping[str, Mapping[int, str]], tried: Counter[tuple[str, str]], load: Counter[int],
    calling: Calling | None, now: datetime,
) -> Owed:  # fmt: skip
    book, state = rules.rulebook(task.case.version_id), store.state_of(task.case)
    token = state.token(task.step, task.branch)
    able = {task.person.pk: task.person.name} if task.person is not None else {}
    for post in task.posts:
        for pk, name in names[post].items():
            try:
                if token is not None:
                    may_do(book, state, token, Actor(pk, {post: None}, name=name))
                    able[pk] = name
            except Refusal:
                continue
    caller = min(able, key=lambda pk: (load[pk], pk), default=None)
    if caller is not None:
        load[caller] += 1
    agreed = state.call_at(task.step, task.branch)
    at = datetime.fromisoformat(agreed) if agreed else None
    return Owed(
        task, book.procedure.title, book.step_title(task.step),
        due.of_task(book, task.case.clocks, task.step, task.branch, now), tried[task.case.stream, task.step], at,
        caller, able.get(caller or 0, ""), may_be_called(calling, at, now),
    )  # fmt: skip


def _attempts(tasks: Iterable[Task]) -> Counter[tuple[str, str]]:
    """(stream, step) → how often somebody called without an answer, or was asked to call again. One query."""
    told: Counter[tuple[str, str]] = Counter()
    streams = [task.case.stream for task in tasks]
    for stream, body in Entry.objects.filter(stream__in=streams, kind="act").values_list("stream", "body"):
        for event in body.get("events", ()):
            if event["event"] == "attempted":
                told[stream, event["step"]] += 1
    return told
