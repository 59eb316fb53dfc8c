"""Scenarios: a procedure's stories are played on the engine, and each that does not go as told is a fault."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from banli.engine.faults import Fault, Faulty
from banli.engine.fields import OFFICE_ZONE
from banli.engine.load import Document, LoadedPack, model, plain, read
from banli.engine.money import held
from banli.engine.refusals import SENTENCES, Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.scenarios.stage import Stage, Unknown, written
from banli.engine.scenarios.story import Delivers, Line, Looks, Moves, Scenarios, Story, Then, Waits

__all__ = ["Played", "Scenarios", "play"]

Keys = tuple[str | int, ...]


@dataclass
class Played:
    """The stories of one procedure that were played, what went wrong, and which ends of which steps were seen."""

    stories: int = 0
    faults: list[Fault] = field(default_factory=list)
    outcomes: set[tuple[str, str]] = field(default_factory=set)


def play(loaded: LoadedPack, procedure: str) -> Played:
    """Play ``<procedure>.scenarios.yaml``, if the pack has it."""
    played = Played()
    path = loaded.folder / "procedures" / f"{procedure}.scenarios.yaml"
    if not path.exists():
        return played
    try:
        document = read(path, f"{loaded.folder.name}/procedures/{path.name}")
        file = model(Scenarios, document)
    except Faulty as why:
        played.faults += why.faults
        return played
    if file.scenarios != procedure:
        played.faults.append(
            document.fault(("scenarios",), "file_name", name=file.scenarios, called=path.name)
        )
        return played
    book = Rulebook.of(loaded.pack.procedures[procedure], loaded.pack)
    for name, story in file.stories.items():
        played.stories += 1
        found = _story(book, document, file, name, story, played.outcomes)
        played.faults += [found] if found else []
    return played


def _story(
    book: Rulebook,
    document: Document,
    file: Scenarios,
    name: str,
    story: Story,
    outcomes: set[tuple[str, str]],
) -> Fault | None:
    """The first thing in a story that does not go as told."""
    keys: Keys = ("stories", name)
    try:
        stage = Stage(book, file, story.given)
        for number, line in enumerate(story.when):
            keys = ("stories", name, "when", number)
            fault = _line(stage, document, keys, name, line)
            if fault:
                return fault
        outcomes |= stage.outcomes
        return _then(stage, document, ("stories", name, "then"), name, story.then)
    except Unknown as why:
        return document.fault(keys, "scenario_unknown", name=why.name, choices=why.choices)


def _line(stage: Stage, document: Document, keys: Keys, name: str, line: Line) -> Fault | None:
    if isinstance(line, Looks):
        return _then(stage, document, (*keys, "then"), name, line.then)
    wanted = None if isinstance(line, (Waits, Moves, Delivers)) else line.refused
    if wanted is not None and wanted not in SENTENCES:
        close = difflib.get_close_matches(wanted, SENTENCES, n=5) or sorted(SENTENCES)
        return document.fault((*keys, "refused"), "scenario_unknown", name=wanted, choices=close)
    try:
        stage.play(line)
    except Refusal as why:
        if why.code != wanted:
            return document.fault(keys, "scenario_refused", scenario=name, why=_why(why), refusal=why.code)
        marks = {field: one.code for field, one in why.fields.items()}
        wants = {} if isinstance(line, (Waits, Moves, Delivers)) else line.marks
        if wants and marks != wants:
            return _differs(document, (*keys, "marks"), name, wants, marks)
        return None
    if wanted is not None:
        return document.fault((*keys, "refused"), "scenario_accepted", scenario=name, refusal=wanted)
    return None


def _why(why: Refusal) -> str:
    marks = ", ".join(f"{field}: {one.code}" for field, one in why.fields.items())
    tail = f" ({marks})" if marks else ""
    return f"{why.say('zh')}{tail} / {why.say('en')}{tail}"


def _then(stage: Stage, document: Document, keys: Keys, name: str, then: Then) -> Fault | None:
    for key, want, have in _compared(stage, then):
        if want != have:
            return _differs(document, (*keys, key), name, want, have)
    stage.told.clear()
    return None


def _differs(document: Document, keys: Keys, name: str, want: Any, have: Any) -> Fault:
    return document.fault(keys, "scenario_differs", scenario=name, want=_shown(want), have=_shown(have))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _compared(stage: Stage, then: Then) -> Iterator[tuple[str, Any, Any]]:
    """For each thing that is told, what it should be and what it is."""
    state, marks = stage.state, stage.state.marks
    if then.status is not None:
        yield "status", then.status, state.status
    lists: dict[str, tuple[Iterable[str] | None, Iterable[str]]] = {
        "open": (then.open, (written(t.step, t.branch) for t in state.tokens)),
        "papers": (then.papers, (paper[0] for paper in state.papers)),
        "books": (then.books, (book for book, _ in state.books)),
        "running": (then.running, (c.clock for c in state.clocks if c.on)),
        "late": (then.late, (c.clock for c in state.clocks if c.state == "late" or c.was_late)),
        "told": (then.told, set(stage.told)),
    }
    for key, (want, have) in lists.items():
        if want is not None:
            yield key, sorted(want), sorted(have)
    standing = {written(m.step, m.branch) for m in marks}
    for key, named, stands in (("stands", then.stands, True), ("lapsed", then.lapsed, False)):
        if named is not None:
            yield key, sorted(named), sorted(one for one in named if (one in standing) is stands)
    yield from _mappings(stage, then)


def _mappings(stage: Stage, then: Then) -> Iterator[tuple[str, Any, Any]]:
    state = stage.state
    if then.due is not None:
        running = {c.clock: c.due for c in state.clocks if c.on}
        want = {name: _clock(stage.moment(due, stage.now).isoformat()) for name, due in then.due.items()}
        yield "due", want, {name: _clock(running.get(name)) for name in then.due}
    if then.charged is not None:
        yield "charged", then.charged, {written(c.step, c.branch): c.due for c in state.charges}
    if then.held is not None:
        yield "held", then.held, held(state)
    if then.refunded is not None:
        yield "refunded", then.refunded, {written(step, row): fen for step, row, fen in state.refunds}
    if then.spent is not None:
        yield "spent", then.spent, dict(Counter(one.of for one in state.spent))
    if then.assigned is not None:
        yield "assigned", then.assigned, {step: stage.name(one) for step, one in state.assigned.items()}
    if then.reserved is not None:
        kept = {written(one.step, one.branch): _clock(one.slot) for one in state.reserved}
        yield (
            "reserved",
            {at: _clock(stage.moment(m, stage.now).isoformat()) for at, m in then.reserved.items()},
            kept,
        )
    if then.allotted is not None:
        places = {
            written(one.step, one.branch): f"{one.place} {one.since}..{one.until}" for one in state.allotted
        }
        yield "allotted", then.allotted, places
    if then.form is not None:
        yield "form", plain(then.form), {name: state.form.get(name) for name in then.form}


def _clock(due: str | None) -> str:
    if due is None:
        return "—"
    return f"{datetime.fromisoformat(due).astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
