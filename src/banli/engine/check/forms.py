"""The form: each field is asked for, in an order that works, and what it says of itself fits its type."""

from collections.abc import Iterator
from typing import get_args

from banli.engine import verbs
from banli.engine.check.clocks import field as known_field
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.fields import PICTURES, Column, Field, FieldType, Question
from banli.engine.limits import parse_limit
from banli.engine.sources import KNOWN, STANDINGS

#: What the forms on the screens send beside the answers; an answer of that name would be taken for it.
RESERVED = ("csrfmiddlewaretoken", "key", "next")


def forms(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with the fields and with who asks for them."""
    asked = {name for step in subject.flow.steps.values() for name in step.asks}
    for name, field in subject.procedure.form.items():
        if name in RESERVED:
            yield subject.fault(("form", name), "reserved_name", name=name)
        if name not in asked:
            yield subject.fault(("form", name), "field_unasked")
        yield from _field(subject, name, field)
        yield from _limits(subject, ("form", name), field)
        yield from _settings(subject, name, field)
        yield from _others(subject, name, field)
        for column, question in (field.columns or {}).items():
            yield from _limits(subject, ("form", name, "columns", column), question)
            yield from _lines(subject, ("form", name, "columns", column, "lines"), question)
    for step in subject.flow.steps:
        yield from _asks(subject, step)
        yield from _tells(subject, step)


def _lines(subject: Subject, keys: Keys, column: Column) -> Iterator[Fault]:
    """The lines that a price column names stand on the price list."""
    for number, line in enumerate(column.lines):
        if line not in subject.pack.prices:
            yield subject.fault((*keys, number), "unknown_price", name=line, choices=subject.pack.prices)


def _field(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    if field.known is not None and field.known.startswith("setting."):
        yield from _known_setting(subject, name, field)
    elif field.known is not None and not field.known.startswith(("record.", "row.")):
        if field.known not in KNOWN:
            keys = ("form", name, "known")
            yield subject.fault(keys, "unknown_known", name=field.known, choices=KNOWN)
        elif field.type not in KNOWN[field.known]:
            want = " / ".join([", ".join(KNOWN[field.known])] * 2)
            yield subject.fault(("form", name, "known"), "wrong_type", name=name, have=field.type, want=want)
        elif field.known == "unit.standing":
            yield from _known_standing(subject, name, field)
    if field.default is None:
        return
    keys = ("form", name, "default")
    if field.choices() and field.default not in field.choices():
        yield subject.fault(keys, "unknown_value", name=name, value=field.default, choices=field.choices())
    numeric = field.type in ("integer", "money")
    if numeric is not isinstance(field.default, int) or field.type in ("table", *PICTURES):
        want = "整数 / a whole number" if numeric else "文字 / text"
        yield subject.fault(keys, "wrong_type", name="default", have=type(field.default).__name__, want=want)


def _known_standing(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    """Whatever the file says of the home's payments is an option of the choice."""
    for one in STANDINGS:
        if one not in field.choices():
            keys = ("form", name, "options")
            yield subject.fault(keys, "unknown_value", name=name, value=one, choices=field.choices())


def _known_setting(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    """A text or an amount that begins with what the estate has set."""
    keys, setting = (
        ("form", name, "known"),
        subject.pack.settings.get((field.known or "").removeprefix("setting.")),
    )
    if setting is None:
        yield subject.fault(keys, "unknown_setting", name=field.known, choices=subject.pack.settings)
    elif setting.type != field.type or field.type not in ("text", "money"):
        yield subject.fault(keys, "wrong_type", name=field.known, have=setting.type, want="text / money")


def _limits(subject: Subject, keys: tuple[str, ...], question: Question) -> Iterator[Fault]:
    if question.min is not None and question.max is not None and question.min > question.max:
        yield subject.fault((*keys, "min"), "limits")


def _settings(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    """The settings that limit a field are there and of its kind."""
    named: list[tuple[Keys, str, str]] = (
        [(("form", name, "at_most"), field.at_most, field.type)] if field.at_most else []
    )
    if field.needed:
        named.append((("form", name, "needed"), field.needed, "yes_no"))
    if field.at_least:
        named.append((("form", name, "at_least"), field.at_least, field.type))
    named += [
        (("form", name, "hours", number, "within"), rule.within, "hours")
        for number, rule in enumerate(field.hours)
        if rule.within.startswith("setting.")
    ]
    if field.reckoned and isinstance(field.reckoned.begun, str):
        named.append((("form", name, "reckoned", "begun"), field.reckoned.begun, "integer"))
    if (field.kept or "").startswith("setting."):
        named.append((("form", name, "kept"), str(field.kept), "duration"))
    for key, column in (field.columns or {}).items():
        at: Keys = ("form", name, "columns", key)
        named += [((*at, "at_least"), column.at_least, "integer")] if column.at_least else []
        named += [((*at, "sorts", one), listed, "text") for one, listed in column.sorts.items()]
    known = subject.pack.settings
    for keys, written, want in named:
        setting = known.get(written.removeprefix("setting."))
        if setting is None:
            yield subject.fault(keys, "unknown_setting", name=written, choices=known)
        elif setting.type != want:
            yield subject.fault(keys, "wrong_type", name=written, have=setting.type, want=want)


def _asks(subject: Subject, name: str) -> Iterator[Fault]:
    step, form = subject.flow.steps[name], subject.procedure.form
    for number, field in enumerate(step.asks):
        keys = subject.at(name, "asks", number)
        if field not in form:
            yield subject.fault(keys, "unknown_field", name=field, choices=form)
            continue
        if field in step.asks[:number]:
            yield subject.fault(keys, "asked_twice", name=field)
        if form[field].buttons and not _sent_by_buttons(subject, name, field):
            yield subject.fault(keys, "buttons_beside", name=field)
        for full in _rests_on(form[field]):
            other = full.removeprefix("form.")
            if full.startswith("form.") and other in form and not _before(subject, name, number, other):
                yield subject.fault(keys, "asked_later", name=field, other=other)


def _tells(subject: Subject, name: str) -> Iterator[Fault]:
    """What a step tells was answered before it."""
    for number, field in enumerate(subject.flow.steps[name].tells):
        keys: Keys = subject.at(name, "tells", number)
        yield from known_field(subject, keys, f"form.{field}", get_args(FieldType), name)


def _sent_by_buttons(subject: Subject, name: str, field: str) -> bool:
    """Whether the step can only end in one way, and nothing else on it is answered by pressing a button."""
    form, step = subject.procedure.form, subject.flow.steps[name]
    others = [other for other in step.asks if other != field and other in form and form[other].buttons]
    verb = verbs.find(step.verb)
    offered = [one for one in map(verb.outcome, subject.flow.targets[name]) if one.chosen]
    return not others and len(offered) == 1


def _rests_on(field: Field) -> list[str]:
    """The questions that must have been answered before this one."""
    conditions = [
        field.when,
        *(rule.when for rule in field.hours),
        *(rule.when for rule in field.refuses),
    ]
    names = [atom.name for when in conditions if when for atom in when.atoms()]
    names += [field.differs_from] if field.differs_from else []
    names += [field.same_day_as] if field.same_day_as else []
    names += [rule.since for rule in field.hours if rule.since]
    if field.reckoned:
        names += [
            field.reckoned.of,
            *([field.reckoned.months] if isinstance(field.reckoned.months, str) else []),
            *([field.reckoned.unused_after] if field.reckoned.unused_after else []),
        ]
    names += field.sums
    names += [field.listed.of] if field.listed and field.listed.of else []
    names += [parse_limit(limit).name for limit in (field.earliest, field.latest) if limit]
    return sorted(set(names))


def _others(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    """The questions an answer is held against are there, of its kind, and can be read where it is asked."""
    named: list[tuple[Keys, str, tuple[str, ...]]] = []
    if field.differs_from:
        named.append((("form", name, "differs_from"), field.differs_from, (field.type,)))
    named += [
        (("form", name, "hours", number, "since"), rule.since, ("datetime",))
        for number, rule in enumerate(field.hours)
        if rule.since
    ]
    if field.same_day_as:
        named.append((("form", name, "same_day_as"), field.same_day_as, ("date", "datetime")))
    if field.reckoned:
        named.append((("form", name, "reckoned", "of"), field.reckoned.of, ("date", "datetime")))
        if field.reckoned.unused_after:
            after = field.reckoned.unused_after
            named.append((("form", name, "reckoned", "unused_after"), after, ("date", "datetime")))
        if isinstance(field.reckoned.months, str):
            named.append((("form", name, "reckoned", "months"), field.reckoned.months, ("integer",)))
    named += [
        (("form", name, "sums", number), one, ("money", "table")) for number, one in enumerate(field.sums)
    ]
    asking = next((s for s, step in subject.flow.steps.items() if name in step.asks), "")
    for keys, other, types in named:
        together = all(
            other.removeprefix("form.") in step.asks
            for step in subject.flow.steps.values()
            if name in step.asks
        )
        yield from known_field(subject, keys, other, types, asking, openly=not together)


def _before(subject: Subject, name: str, number: int, field: str) -> bool:
    """Whether ``field`` is asked before the ``number``-th question of a step."""
    flow = subject.flow
    if field in flow.steps[name].asks[:number]:
        return True
    return any(field in step.asks and flow.order[s] < flow.order[name] for s, step in flow.steps.items())
