"""What the walk through every situation shows: dead steps, dead ends, safeguards that can be got round."""

from collections.abc import Iterator
from dataclasses import dataclass

from banli.engine.check.explore import LIMIT, Explorer, Ways
from banli.engine.check.subject import Subject
from banli.engine.faults import Fault


@dataclass(frozen=True)
class Figures:
    """How much was walked: situations by ordinary acts, and with withdrawal and override besides."""

    situations: int
    with_overrides: int


def soundness(subject: Subject) -> tuple[list[Fault], Figures]:
    """Every fault on any way a case can go; first without, then with a supervisor's intervention."""
    ways = Explorer(subject, overrides=False).walk()
    faults = list(_of(subject, ways))
    if any(fault.code == "too_large" for fault in faults):
        return faults, Figures(len(ways.situations), 0)
    more = Explorer(subject, overrides=True).walk()
    if not more.complete:
        faults.append(subject.fault(("steps",), "too_large", count=LIMIT))
    known = {(fault.code, fault.key, fault.params) for fault in faults}
    ends = {fault.code for fault in faults} & {"stuck", "no_end"}
    later = [*_seen(subject, more), *([] if ends else _dead_ends(subject, more))]
    faults += [fault for fault in later if (fault.code, fault.key, fault.params) not in known]
    return faults, Figures(len(ways.situations), len(more.situations))


def _of(subject: Subject, ways: Ways) -> Iterator[Fault]:
    if not ways.complete:
        yield subject.fault(("steps",), "too_large", count=LIMIT)
        return
    dead = [name for name in subject.flow.steps if name not in ways.reached]
    for name in dead:
        yield subject.fault(subject.at(name), "dead_step")
    yield from _seen(subject, ways)
    ends = list(_dead_ends(subject, ways))
    yield from ends
    if not ends and not any(one.state.status == "done" for one in ways.situations):
        yield subject.fault(("steps",), "never_done")
    for name, clock in subject.procedure.clocks.items():
        if name not in ways.started:
            if not set(clock.beginnings) <= set(dead):
                yield subject.fault(("clocks", name), "clock_never_starts")
        elif name not in ways.stopped:
            yield subject.fault(("clocks", name, "stops"), "clock_never_stops")


def _seen(subject: Subject, ways: Ways) -> Iterator[Fault]:
    for sight, way in ways.seen.items():
        yield subject.fault(sight.keys, sight.code, way, **dict(sight.params))


def _dead_ends(subject: Subject, ways: Ways) -> Iterator[Fault]:
    """The nearest situation from which no ordinary act leads to an end."""
    before: list[list[int]] = [[] for _ in ways.situations]
    for number, here in enumerate(ways.situations):
        for after in here.after:
            before[after].append(number)
    ending = [number for number, here in enumerate(ways.situations) if here.state.status != "open"]
    can_end = set(ending)
    while ending:
        for number in before[ending.pop()]:
            if number not in can_end:
                can_end.add(number)
                ending.append(number)
    lost = next((number for number in range(len(ways.situations)) if number not in can_end), None)
    if lost is None:
        return
    here = ways.situations[lost]
    code = "no_end" if set(here.after) - {lost} else "stuck"
    tokens = here.state.tokens
    keys = subject.at(tokens[0].step) if tokens else ("steps",)
    yield subject.fault(keys, code, ways.way(lost))
