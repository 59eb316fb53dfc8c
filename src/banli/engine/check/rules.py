"""Safeguards, different hands, withdrawal and override: who and what they name."""

from collections.abc import Iterator

from banli.engine import verbs
from banli.engine.check.steps import jumps
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault


def rules(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with the rules that stand beside the steps."""
    procedure = subject.procedure
    yield from _posts(subject, ("opened_by",), procedure.opened_by)
    for number, rule in enumerate(procedure.never):
        for key, step in (("do", rule.do), ("before", rule.before)):
            yield from _step(subject, _written(subject, ("never", number), key), step)
        if rule.do == rule.before:
            yield subject.fault(("never", number), "same_step")
    for number, apart in enumerate(procedure.apart):
        yield from _apart(subject, ("apart", number), apart.steps)
    if procedure.withdraw:
        yield from _posts(subject, ("withdraw", "by"), procedure.withdraw.by)
        if procedure.withdraw.before:
            yield from _step(subject, ("withdraw", "before"), procedure.withdraw.before)
        yield from _same(subject, procedure.withdraw.same)
    if procedure.override:
        yield from _posts(subject, ("override", "by"), procedure.override.by)
        for number, target in enumerate(procedure.override.to):
            if target in subject.flow.steps:
                yield from jumps(subject, ("override", "to", number), None, target)
            else:
                yield from _step(subject, ("override", "to", number), target)


def _same(subject: Subject, named: str | None) -> Iterator[Fault]:
    """What tells one kind of matter from another is a choice of the form."""
    field = (named or "").removeprefix("form.")
    form, keys = subject.procedure.form, ("withdraw", "same")
    if named and field not in form:
        yield subject.fault(keys, "unknown_field", name=field, choices=form)
    elif named and form[field].type != "choice":
        yield subject.fault(keys, "wrong_type", name=named, have=form[field].type, want="choice")


def _written(subject: Subject, keys: Keys, key: str) -> Keys:
    """A safeguard may be one sentence; then that sentence is the place."""
    data = subject.document.data
    for part in keys:
        data = data[part]
    return (*keys, key) if isinstance(data, dict) else keys


def _apart(subject: Subject, keys: Keys, steps: tuple[str, ...]) -> Iterator[Fault]:
    flow = subject.flow
    for step in steps:
        yield from _step(subject, keys, step)
    known = [step for step in steps if step in flow.steps]
    for number, first in enumerate(known):
        for second in known[number + 1 :]:
            one, other = flow.steps[first], flow.steps[second]
            if first == second:
                yield subject.fault(keys, "same_step")
            elif one.assigned_by() is not None and one.assigned_by() == other.assigned_by():
                yield subject.fault(keys, "apart_impossible", first=first, second=second)
    for step in known:
        verb = verbs.find(flow.steps[step].verb)
        if verb.automatic or verb.waits:
            yield subject.fault(keys, "done_by_system", verb=verb.name)


def _step(subject: Subject, keys: Keys, step: str) -> Iterator[Fault]:
    if step not in subject.flow.steps:
        yield subject.fault(keys, "unknown_step", name=step, choices=subject.flow.steps)


def _posts(subject: Subject, keys: Keys, posts: tuple[str, ...]) -> Iterator[Fault]:
    for post in posts:
        if post not in subject.pack.posts:
            yield subject.fault(keys, "unknown_post", name=post, choices=subject.pack.posts)
