"""What a procedure calls the same matter once more: the procedures named ask what is compared."""

from collections.abc import Iterator, Mapping

from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.procedure import Procedure, Repeats


def repeats(subject: Subject, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """Everything that is wrong with ``repeats``."""
    rule = subject.procedure.repeats
    if rule is None:
        return
    own = subject.procedure.procedure
    for number, name in enumerate(rule.of):
        if name not in every:
            yield subject.fault(
                ("repeats", "of", number), "unknown_procedure", name=name, choices=sorted(every)
            )
    if own not in rule.of:
        yield subject.fault(("repeats", "of"), "not_itself", name=own)
    for number, name in enumerate(rule.same):
        yield from _compared(subject, ("repeats", "same", number), name)
    yield from _span(subject, rule)


def _compared(subject: Subject, keys: Keys, name: str) -> Iterator[Fault]:
    """A room, or a choice of this form that anybody may read."""
    if name == "unit":
        return
    form = subject.procedure.form
    asked = form.get(name.removeprefix("form."))
    if asked is None or not name.startswith("form."):
        known = ["unit", *(f"form.{n}" for n, one in form.items() if one.type == "choice")]
        yield subject.fault(keys, "unknown_field", name=name, choices=known)
    elif asked.type != "choice":
        yield subject.fault(keys, "wrong_type", name=name, have=asked.type, want="choice")
    elif asked.private:
        yield subject.fault(keys, "private_condition", name=name)


def _span(subject: Subject, rule: Repeats) -> Iterator[Fault]:
    if not rule.within.startswith("setting."):
        return
    known = subject.pack.settings
    setting = known.get(rule.within.removeprefix("setting."))
    if setting is None:
        yield subject.fault(("repeats", "within"), "unknown_setting", name=rule.within, choices=known)
    elif setting.type != "duration":
        keys = ("repeats", "within")
        yield subject.fault(keys, "wrong_type", name=rule.within, have=setting.type, want="duration")
