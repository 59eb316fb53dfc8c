"""Clocks and other deadlines: what starts and stops them exists, and so does the field or setting they rest on."""

from collections.abc import Iterable, Iterator, Mapping

from banli.engine import verbs
from banli.engine.check.conditions import row_of
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.procedure import HOLDER, SUPERIOR, Clock, Due, Procedure
from banli.engine.routine import Routine

#: What happens to the whole case, beside its steps.
OF_THE_CASE = ("opened", "begun", "sent_back", "reopened")


def clocks(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with the clocks as they are written."""
    for name, clock in subject.procedure.clocks.items():
        yield from _triggers(subject, name, clock)
        keys: Keys = ("clocks", name)
        for step in clock.beginnings:
            yield from due(subject, keys, clock.due, step)
        if clock.unless is not None and clock.unless not in subject.procedure.clocks:
            others = [one for one in subject.procedure.clocks if one != name]
            yield subject.fault((*keys, "unless"), "unknown_clock", name=clock.unless, choices=others)
        yield from _hours(subject, name, clock)
        for keys, posts in (
            (("clocks", name, "late", "tell"), clock.late.tell),
            (("clocks", name, "pause"), clock.pause),
            *((("clocks", name, "remind", n, "tell"), one.tell) for n, one in enumerate(clock.remind)),
        ):
            for post in posts:
                reserved = post in (HOLDER, SUPERIOR) and "remind" in keys
                if post not in subject.pack.posts and not reserved:
                    yield subject.fault(keys, "unknown_post", name=post, choices=subject.pack.posts)
        yield from _late(subject, name, clock)


def begun(subject: Subject, every: Mapping[str, Procedure], rounds: Iterable[Routine]) -> Iterator[Fault]:
    """What something else begins has a clock from then: nobody sits before the form, so it may be left lying."""
    name, first = subject.procedure.procedure, subject.flow.root.items[0]
    by = [other for other, one in every.items() if any(step.starts == name for _, step in one.each_step())]
    by += [one.routine for one in rounds if one.starts == name and subject.procedure.about == "estate"]
    step = subject.flow.steps.get(first)
    if not by or step is None or verbs.find(step.verb).automatic:
        return
    waits = (clock for clock in subject.procedure.clocks.values() if "begun" in clock.starts)
    if not any(stop.split(".")[0] == first for clock in waits for stop in clock.stops):
        yield subject.fault(("clocks",), "begun_unclocked", by=min(by), first=first)


def _triggers(subject: Subject, name: str, clock: Clock) -> Iterator[Fault]:
    flow = subject.flow
    home = _home(subject, clock)
    written: list[tuple[Keys, str]] = [
        (("clocks", name, "starts", number), start) for number, start in enumerate(clock.starts)
    ]
    written += [(("clocks", name, "stops", number), stop) for number, stop in enumerate(clock.stops)]
    for keys, trigger in written:
        step, _, what = trigger.partition(".")
        if trigger in OF_THE_CASE:
            continue
        if step not in flow.steps or what not in ("opened", "done", *flow.targets[step]):
            yield subject.fault(keys, "unknown_trigger", name=trigger)
        elif flow.each_around(step) not in (None, home):
            yield subject.fault(keys, "clock_rows", name=step)


def _home(subject: Subject, clock: Clock) -> str | None:
    """The each block in whose rows a clock runs; None where it runs for the whole case."""
    flow = subject.flow
    steps = (step for step in clock.beginnings if step in flow.steps)
    return next((each for step in steps if (each := flow.each_around(step))), None)


def _hours(subject: Subject, name: str, clock: Clock) -> Iterator[Fault]:
    """The hours it runs in are written, or a setting of hours."""
    if clock.during is None or not clock.during.startswith("setting."):
        return
    keys, called = ("clocks", name, "during"), clock.during.removeprefix("setting.")
    setting = subject.pack.settings.get(called)
    if setting is None:
        yield subject.fault(keys, "unknown_setting", name=called, choices=subject.pack.settings)
    elif setting.type != "hours":
        yield subject.fault(keys, "wrong_type", name=called, have=setting.type, want="hours")


def _late(subject: Subject, name: str, clock: Clock) -> Iterator[Fault]:
    flow, step, outcome = subject.flow, clock.late.step, clock.late.outcome
    if step is None or outcome is None:
        return
    if step not in flow.steps:
        yield subject.fault(("clocks", name, "late", "step"), "unknown_step", name=step, choices=flow.steps)
        return
    targets, keys = flow.targets[step], ("clocks", name, "late", "outcome")
    verb = verbs.find(flow.steps[step].verb)
    able = [
        one
        for one, target in targets.items()
        if target.kind != "again" and (verb.outcome(one).by_clock or not verb.outcome(one).good)
    ]
    if outcome not in targets:
        yield subject.fault(keys, "unknown_outcome", step=step, name=outcome, choices=able)
    elif outcome not in able or verb.automatic:
        yield subject.fault(keys, "clock_outcome", outcome=outcome, choices=able)
    if flow.each_around(step) != _home(subject, clock):
        yield subject.fault(("clocks", name, "late", "step"), "clock_rows", name=step)


def due(subject: Subject, keys: Keys, moment: Due, at_step: str) -> Iterator[Fault]:
    """A deadline reckoned at a step rests on a duration, or on a field of the right type."""
    for key, written in (("within", moment.within), ("before", moment.before)):
        if not (written or "").startswith("setting."):
            continue
        name, known = (written or "").removeprefix("setting."), subject.pack.settings
        if name not in known:
            yield subject.fault((*keys, key), "unknown_setting", name=name, choices=known)
        elif known[name].type != "duration":
            yield subject.fault((*keys, key), "wrong_type", name=name, have=known[name].type, want="duration")
    if moment.at is None and moment.end_of is None:
        return
    key, able = ("at", ("datetime",)) if moment.at else ("end_of", ("date", "datetime"))
    yield from field(subject, (*keys, key), moment.at or moment.end_of or "", able, at_step)


def field(
    subject: Subject, keys: Keys, written: str, types: tuple[str, ...], at_step: str, *, openly: bool = True
) -> Iterator[Fault]:
    """``form.<field>`` names a field of one of ``types``, known at ``at_step``; not a private one where ``openly``."""
    found = subject.procedure.form.get(written.removeprefix("form."))
    if found is None or not written.startswith("form."):
        known = [f"form.{name}" for name, one in subject.procedure.form.items() if one.type in types]
        yield subject.fault(keys, "unknown_field", name=written, choices=known)
        return
    if found.type not in types:
        yield subject.fault(keys, "wrong_type", name=written, have=found.type, want=types)
    if found.private and openly:
        yield subject.fault(keys, "private_condition", name=written)
    row = row_of(subject, written)
    here = subject.flow.each_around(at_step) if at_step in subject.flow.steps else None
    if row not in (None, here):
        yield subject.fault(keys, "row_name", name=written)
