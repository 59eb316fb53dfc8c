"""Slots that steps reserve: their times and numbers are there, and steps that share a pool agree about it."""

from collections.abc import Iterator, Mapping

from banli.engine.check.clocks import field
from banli.engine.check.subject import Subject
from banli.engine.faults import Fault
from banli.engine.procedure import Procedure, Reserves

#: What steps that share a pool must say alike: what is free would else depend on who asks.
ALIKE = ("slot", "most", "each")


def slots(subject: Subject, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """Everything that is wrong with what the steps of a procedure reserve."""
    for name, step in subject.flow.steps.items():
        if step.reserves is not None:
            yield from _one(subject, name, step.reserves)
            yield from _shared(subject, name, step.reserves, every)


def _one(subject: Subject, name: str, rule: Reserves) -> Iterator[Fault]:
    at = subject.at(name, "reserves")
    yield from field(subject, (*at, "at"), rule.at, ("datetime",), name)
    if rule.units is not None:
        yield from field(subject, (*at, "units"), rule.units, ("integer",), name)
    if rule.each is not None and subject.flow.steps[name].verb != "dispatch":
        senders = [step for step, one in subject.flow.steps.items() if one.verb == "dispatch"]
        yield subject.fault((*at, "each"), "not_dispatch", name=name, choices=senders)
    settings = subject.pack.settings
    for key, written, want in (
        ("slot", rule.slot, "duration"), ("most", rule.most, "integer"), ("offers", rule.offers, "hours"),
    ):  # fmt: skip
        if not isinstance(written, str) or not written.startswith("setting."):
            continue
        setting = settings.get(written.removeprefix("setting."))
        if setting is None:
            yield subject.fault((*at, key), "unknown_setting", name=written, choices=settings)
        elif setting.type != want:
            yield subject.fault((*at, key), "wrong_type", name=written, have=setting.type, want=want)


def _shared(subject: Subject, name: str, rule: Reserves, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    for procedure in every.values():
        for step, one in procedure.each_step():
            other = one.reserves
            here = (procedure.procedure, step) == (subject.procedure.procedure, name)
            if other is None or other.pool != rule.pool or here:
                continue
            for key in ALIKE:
                if getattr(other, key) != getattr(rule, key):
                    where = f"{procedure.procedure}.{step}"
                    keys = subject.at(name, "reserves", "pool")
                    yield subject.fault(keys, "pool_differs", pool=rule.pool, other=where, key=key)
