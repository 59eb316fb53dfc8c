"""Conditions ask only about what is known, and compare it only with what it can be."""

from collections.abc import Iterator
from typing import Any

from banli.engine.check.domains import Domain
from banli.engine.check.subject import Keys, Subject
from banli.engine.conditions import COMPARISONS, Atom, Condition
from banli.engine.faults import Fault


def conditions(subject: Subject) -> Iterator[Fault]:
    """Every condition of the procedure."""
    for keys, when, rows in every(subject):
        for atom in when.atoms():
            place = _find(subject.document.data, keys, atom.name)
            yield from _atom(subject, place, atom, rows)


def every(subject: Subject) -> Iterator[tuple[Keys, Condition, frozenset[str]]]:
    """Each condition with its place and the each blocks it is always judged inside of."""
    flow, procedure = subject.flow, subject.procedure
    for name, step in flow.steps.items():
        if step.when is not None:
            yield subject.at(name, "when"), step.when, _rows(subject, name)
        for number, fee in enumerate(step.fees):
            if fee.when is not None:
                yield subject.at(name, "fees", number, "when"), fee.when, _rows(subject, name)
    for name, field in procedure.form.items():
        asking = [_rows(subject, s) for s, step in flow.steps.items() if name in step.asks]
        inside = frozenset.intersection(*asking) if asking else frozenset()
        if field.when is not None:
            yield ("form", name, "when"), field.when, inside
        for number, hours in enumerate(field.hours):
            if hours.when is not None:
                yield ("form", name, "hours", number, "when"), hours.when, inside
        for number, refused in enumerate(field.refuses):
            if refused.when is not None:
                yield ("form", name, "refuses", number, "when"), refused.when, inside
    for name, clock in procedure.clocks.items():
        if clock.when is not None:
            yield ("clocks", name, "when"), clock.when, _rows(subject, clock.beginnings[0])
    for number, rule in enumerate(procedure.never):
        if rule.when is not None:
            yield ("never", number, "when"), rule.when, _rows(subject, rule.do)


def _rows(subject: Subject, step: str) -> frozenset[str]:
    each = subject.flow.each_around(step) if step in subject.flow.steps else None
    return frozenset({each} if each else ())


def _find(data: Any, keys: Keys, name: str) -> Keys:
    """The place of ``name`` in a condition, if it stands at its top."""
    for key in keys:
        if key == 0 and isinstance(data, dict):
            continue  # the only line of a charge, written without a dash
        data = data[key]
    return (*keys, name) if isinstance(data, dict) and name in data else keys


def _atom(subject: Subject, keys: Keys, atom: Atom, rows: frozenset[str]) -> Iterator[Fault]:
    domain = subject.domains.get(atom.name)
    if domain is None:
        yield subject.fault(keys, "unknown_name", name=atom.name, choices=sorted(subject.domains))
        return
    if domain.private:
        yield subject.fault(keys, "private_condition", name=atom.name)
    each = row_of(subject, atom.name)
    if each is not None and each not in rows:
        yield subject.fault(keys, "row_name", name=atom.name)
    if atom.op in COMPARISONS and domain.kind != "number":
        yield subject.fault(keys, "not_comparable", name=atom.name)
    if atom.op == "in":
        yield from _values(subject, keys, atom, domain)


def _values(subject: Subject, keys: Keys, atom: Atom, domain: Domain) -> Iterator[Fault]:
    if domain.kind == "other":
        yield subject.fault(keys, "free_text", name=atom.name)
    elif domain.kind == "number":
        for value in atom.value:
            if not isinstance(value, int) or not domain.least <= value <= domain.most:
                limits = f"{domain.least} – {domain.most}"
                yield subject.fault(keys, "unknown_value", name=atom.name, value=value, choices=limits)
    else:
        for value in atom.value:
            if value not in domain.values:
                yield subject.fault(keys, "unknown_value", name=atom.name, value=value, choices=domain.values)


def row_of(subject: Subject, name: str) -> str | None:
    """The each block in whose rows alone a field is asked or a step stands."""
    room, _, rest = name.partition(".")
    if room == "outcome":
        return subject.flow.each_around(rest)
    if room != "form":
        return None
    asking = {subject.flow.each_around(s) for s, step in subject.flow.steps.items() if rest in step.asks}
    return asking.pop() if len(asking) == 1 else None
