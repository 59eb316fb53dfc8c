"""What a procedure's file makes possible, beside the ends of its steps and its refusals, and what its stories show.

Each thing has a name that says where it stands: ``steps.consent.when: holds``, ``clocks.returning: late``. What the
flow can come to is asked of the walk, so that nothing is wanted that cannot happen; what a form's conditions tell
apart has to be shown whole. Stories name people and answers; the walk takes one answer of those that no condition
tells apart, so of a list of answers each has to be shown where the walk shows one of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from banli.engine import events as ev
from banli.engine.check.explore import Explorer
from banli.engine.check.subject import subject_of
from banli.engine.conditions import Atom, Condition, Join
from banli.engine.load import LoadedPack
from banli.engine.procedure import Procedure
from banli.engine.rulebook import Rulebook
from banli.engine.scenarios import play
from banli.engine.scenarios.stage import Stage
from banli.engine.scenarios.story import Line, Reopens, SendsBack, Withdraws

HOLDS, NOT = "holds", "does not hold"


def possible(loaded: LoadedPack, name: str) -> set[str]:
    """Everything the stories of a procedure have to show."""
    procedure = loaded.pack.procedures[name]
    subject, _faults = subject_of(loaded, name)
    assert subject is not None
    walked: set[str] = set()
    with _conditions_watched(procedure, walked):
        Explorer(subject, overrides=False).walk()
    told = set(_of_the_rules(procedure)) | set(_of_the_steps(subject.book))
    for where, when in _conditions(procedure, ()):
        ways = set(_ways(where, when))
        told |= ways if where.startswith("form.") else {way for way in ways if _alike(way, when) & walked}
    return told - set(_asked_under_the_same(subject.book))


def shown(loaded: LoadedPack, name: str) -> set[str]:
    """Everything that the stories of a procedure show."""
    procedure = loaded.pack.procedures[name]
    told: set[str] = set()
    play_line, hear, named = Stage.play, Stage._hear, _roles_named(procedure)

    def played(stage: Stage, line: Line) -> None:
        play_line(stage, line)
        told.add(f"applicant: {stage.applicant if stage.applicant in named else 'another'}")
        if isinstance(line, (SendsBack, Reopens)):
            told.add(f"override: {line.sends_back if isinstance(line, SendsBack) else line.reopens}")
        elif isinstance(line, Withdraws):
            told.add("withdraw")

    def heard(stage: Stage, events: list[ev.Event]) -> None:
        told.update(way for event in events for way in _heard(event))
        hear(stage, events)

    watched = patch.multiple(Stage, play=played, _hear=heard)
    with watched, _conditions_watched(procedure, told):
        assert play(loaded, name).faults == []
    return told


# --- what the file says -------------------------------------------------------------------------------------------


def _of_the_rules(procedure: Procedure) -> Iterator[str]:
    named = _roles_named(procedure)
    for role in procedure.applicant.roles:
        yield f"applicant: {role if role in named else 'another'}"
    for target in procedure.override.to if procedure.override else ():
        yield f"override: {target}"
    if procedure.withdraw:
        yield "withdraw"
    for name, clock in procedure.clocks.items():
        yield f"clocks.{name}: stopped in time"
        if clock.late.tell:
            yield f"clocks.{name}: late"
        for number, _remind in enumerate(clock.remind):
            yield f"clocks.{name}: reminder {number}"


def _of_the_steps(book: Rulebook) -> Iterator[str]:
    for name, step in book.flow.steps.items():
        yield from (f"{name}: charged {fee.price}" for fee in step.fees)
        if step.starts:
            yield f"{name}: starts {step.starts}"


def _asked_under_the_same(book: Rulebook) -> Iterator[str]:
    """A question that is put only by steps with its own condition: there it always holds."""
    for name, asked in book.procedure.form.items():
        steps = [step for step in book.flow.steps.values() if name in step.asks]
        if asked.when is not None and all(step.when == asked.when for step in steps):
            yield f"form.{name}.when: {NOT}"


def _roles_named(procedure: Procedure) -> set[str]:
    """The roles that some condition asks for: the others are one and the same to the file."""
    atoms = (atom for _where, when in _conditions(procedure, ()) for atom in when.atoms())
    return {str(value) for atom in atoms if atom.name == "applicant" for value in atom.value}


def _conditions(part: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Condition]]:
    """Every condition of a file, and where it stands."""
    if isinstance(part, Condition):
        yield ".".join(path), part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _conditions(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for name, one in part.items():
            yield from _conditions(one, (*path, str(name)))
    elif isinstance(part, (list, tuple)):
        for number, one in enumerate(part):
            yield from _conditions(one, (*path, str(number)))


def _ways(where: str, when: Condition) -> Iterator[str]:
    """It holds, it does not, and it holds for each answer of its lists."""
    yield from (f"{where}: {HOLDS}", f"{where}: {NOT}")
    for atom in _straight(when.root):
        if atom.op == "in":
            yield from (f"{where}: {HOLDS}, {atom.name} is {value}" for value in atom.value)


def _straight(node: Atom | Join) -> Iterator[Atom]:
    """The comparisons that are not turned round by a ``not``."""
    if isinstance(node, Atom):
        yield node
    elif node.how != "not":
        for part in node.parts:
            yield from _straight(part)


def _alike(way: str, when: Condition) -> set[str]:
    """The ways that are one to the walk: any answer of the same list."""
    head, found, name = way.partition(f": {HOLDS}, ")
    if not found:
        return {way}
    name = name.partition(" is ")[0]
    atoms = [atom for atom in _straight(when.root) if atom.name == name and atom.op == "in"]
    return {f"{head}: {HOLDS}, {name} is {value}" for atom in atoms for value in atom.value}


# --- what happens ---------------------------------------------------------------------------------------------------


@contextmanager
def _conditions_watched(procedure: Procedure, told: set[str]) -> Iterator[None]:
    """Each time a condition of the file is asked, what it said is noted."""
    places: dict[int, list[str]] = {}
    for where, when in _conditions(procedure, ()):
        places.setdefault(id(when), []).append(where)
    holds = Condition.holds

    def asked(when: Condition, values: Any) -> bool:
        it = holds(when, values)
        for where in places.get(id(when), ()):
            told.add(f"{where}: {HOLDS if it else NOT}")
            for atom in _straight(when.root) if it else ():
                have = values.get(atom.name)
                several = have if isinstance(have, (list, tuple)) else (have,)
                told.update(f"{where}: {HOLDS}, {atom.name} is {one}" for one in several)
        return it

    with patch.object(Condition, "holds", asked):
        yield


def _heard(event: ev.Event) -> Iterator[str]:
    if isinstance(event, ev.ClockLate):
        yield f"clocks.{event.clock}: late"
    elif isinstance(event, ev.ClockReminded):
        yield f"clocks.{event.clock}: reminder {event.number}"
    elif isinstance(event, ev.ClockStopped) and not event.late:
        yield f"clocks.{event.clock}: stopped in time"
    elif isinstance(event, ev.Charged):
        yield from (f"{event.step}: charged {line['price']}" for line in event.lines)
    elif isinstance(event, ev.CaseStarted):
        yield f"{event.step}: starts {event.procedure}"
