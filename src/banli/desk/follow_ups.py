"""The calls that are owed: every open follow-up of the estate, and whose it is (P18).

They are the cases' own tasks, soonest due first. Each is shared out to whoever may make it, as the engine judges:
never to whoever did the work, nor to whoever is complained of, nor to whoever cannot make it (`followup.abilities`);
among those, to the one with the fewest so far for their share.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from banli.cases import facts, rules, store
from banli.cases.models import Task
from banli.engine.allowed import may_do
from banli.engine.decide import Actor
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.engine.verbs.follow_up import Calling
from banli.followup import abilities
from banli.followup import access as followup
from banli.followup.drawing import next_of
from banli.journal.models import Entry
from banli.people.ability.queries import Abilities
from banli.people.access import Denied, Desk

from . import due
from .calling import Call, again_at, calling_of, may_be_called, wall

#: So many are shown; the rest comes when these are done.
MOST = 100
SEES_ALL = ("duty_supervisor", "director")


@dataclass(frozen=True)
class Turn:
    """Why a call is somebody's: one of ``able`` who can make it, with this ``share`` (%). ``given``: by name."""

    able: int
    share: int
    given: bool


@dataclass(frozen=True)
class Owed:
    """A call that is owed. ``caller``: the id of whoever it was shared out to, and their ``name``; None for nobody.

    ``turn``: why it is theirs. ``at``: when the resident wants to be called. ``now``: whether it may be made now.
    """

    task: Task
    title: Text
    step: Text
    due: due.Due | None
    attempts: int
    at: datetime | None
    caller: int | None
    name: str
    turn: Turn | None
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

    def about(self, case: int, step: str, branch: int | None) -> Owed | None:
        """The call of one step of a case; None where it is not owed, or too late in the list."""
        place = (case, step, branch)
        tasks = ((one.task, one) for one in self.owed)
        return next((one for task, one in tasks if (task.case_id, task.step, task.branch) == place), None)

    def unshared(self) -> list[Owed]:
        """Those that nobody can make."""
        return [one for one in self.owed if one.caller is None]


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
    can = abilities.on(desk.estate.pk, timezone.localdate(now))
    hours = {place: calling_of(book, place[1], desk.estate, now) for place, book in known.items()}
    owed = [
        _owed(task, names, can, tried, load, hours[task.procedure, task.step], now) for task in tasks[:MOST]
    ]
    usual = next((one for one in hours.values() if one is not None), None)
    resting = usual is not None and usual.rests(wall(now), None)
    again = again_at(usual, now) if resting else None
    return Calls(owed, usual.hours.text if usual else None, resting, again, len(tasks) > MOST)


def of_call(desk: Desk, case: int, call: Call, now: datetime) -> Owed | None:
    """Whose the call on the screen is, and why."""
    form = call.task.form
    return calls(desk, now).about(case, form.name, call.task.branch) if form is not None else None


def unshared(desk: Desk, now: datetime, limit: int) -> list[tuple[Task, Text, Text]]:
    """Follow-ups that are nobody's: that nobody can make, and a campaign's that wait to be shared out by hand.

    Each with what its procedure and its step are called.
    """
    owed = [(one.task, one.title, one.step) for one in calls(desk, now).unshared()]
    offered = followup.offered()
    places = {(name, book.flow.root.items[1]): book for name, book in offered.items()}
    by_hand = [
        (task, book.procedure.title, book.step_title(task.step))
        for task in _open(desk, places)
        if (book := places.get((task.procedure, task.step))) is not None
    ]
    return [*owed, *by_hand][:limit]


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
    task: Task, names: Mapping[str, Mapping[int, str]], can: Abilities, tried: Counter[tuple[str, str]],
    load: Counter[int], calling: Calling | None, now: datetime,
) -> Owed:  # fmt: skip
    book, state = rules.rulebook(task.case.version_id), store.state_of(task.case)
    callers = _callers(book, state, task, names)
    shares = can.able(callers, abilities.value_of(book, task.case.form))
    caller = next_of(shares, load) if shares else None
    turn = None
    if caller is not None:
        load[caller] += 1
        turn = Turn(len(shares), shares[caller], task.person is not None)
    agreed = state.call_at(task.step, task.branch)
    at = datetime.fromisoformat(agreed) if agreed else None
    return Owed(
        task, book.procedure.title, book.step_title(task.step),
        due.of_task(book, task.case.clocks, task.step, task.branch, now), tried[task.case.stream, task.step], at,
        caller, callers.get(caller or 0, ""), turn, may_be_called(calling, at, now),
    )  # fmt: skip


def _callers(
    book: Rulebook, state: State, task: Task, names: Mapping[str, Mapping[int, str]]
) -> dict[int, str]:
    """Who may make the call, as the engine judges: whoever it was given to by name, or holders of its posts."""
    told = {task.person.pk: task.person.name} if task.person is not None else {}
    token = state.token(task.step, task.branch)
    for post in task.posts:
        for pk, name in names[post].items():
            try:
                if token is not None:
                    may_do(book, state, token, Actor(pk, {post: None}, name=name))
                    told[pk] = name
            except Refusal:
                continue
    return told


def _attempts(tasks: Iterable[Task]) -> Counter[tuple[str, str]]:
    """(stream, step) → how often somebody called without an answer, or was asked to call again. One query."""
    told: Counter[tuple[str, str]] = Counter()
    streams = [task.case.stream for task in tasks]
    for stream, body in Entry.objects.filter(stream__in=streams, kind="act").values_list("stream", "body"):
        for event in body.get("events", ()):
            if event["event"] == "attempted":
                told[stream, event["step"]] += 1
    return told
