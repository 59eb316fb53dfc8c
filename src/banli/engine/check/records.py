"""The case a procedure rests on, and what it changes there: both procedures know what the other says."""

from collections.abc import Iterator, Mapping

from banli.engine import verbs
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.fields import Field, setting_of
from banli.engine.limits import parse_limit
from banli.engine.listed import Listed
from banli.engine.procedure import Procedure


def records(subject: Subject, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """What is wrong with ``applicant.on``, ``rests_on``, ``amends``, ``moves``, limits that rest on other answers."""
    if subject.procedure.applicant.on is not None:
        of = subject.procedure.applicant.on.removeprefix("form.")
        yield from _of_type(subject, ("applicant", "on"), of, subject.procedure.form, ("date", "datetime"))
    rule = subject.procedure.rests_on
    record = every.get(rule.procedure) if rule else None
    if rule is not None:
        yield from _rests_on(subject, every, record)
    for name, step in subject.flow.steps.items():
        if step.amends:
            yield from _amends(subject, name, record)
        yield from _authorises(subject, name, every)
        for number, other in enumerate(step.after_cases):
            able = _may_be_waited_for(subject, every)
            if other not in able:
                keys = subject.at(name, "after_cases", number)
                yield subject.fault(keys, "unknown_procedure", name=other, choices=able)
        papers = sorted(
            {one.paper for one in subject.flow.steps.values() if one.verb == "issue" and one.paper}
        )
        for number, paper in enumerate(step.voids):
            if paper not in papers:
                keys = subject.at(name, "voids", number)
                yield subject.fault(keys, "unknown_paper", name=paper, choices=papers)
        yield from _moves(subject, name, every)
        yield from _renewed(subject, name, every)
    for name, field in subject.procedure.form.items():
        yield from _known(subject, name, field, record)
        if field.listed is not None:
            yield from _listed(subject, ("form", name, "listed"), field, field.listed, every)
        yield from _limits(subject, name, field, record)


def _may_be_waited_for(subject: Subject, every: Mapping[str, Procedure]) -> list[str]:
    """The procedures whose cases rest on one of this, or are begun by it."""
    resting = {
        n
        for n, one in every.items()
        if one.rests_on and one.rests_on.procedure == subject.procedure.procedure
    }
    return sorted(resting | {n for one in subject.flow.steps.values() if (n := one.starts or "") in every})


def _rests_on(subject: Subject, every: Mapping[str, Procedure], record: Procedure | None) -> Iterator[Fault]:
    rule = subject.procedure.rests_on
    assert rule is not None
    if record is None:
        place = ("rests_on", "procedure")
        yield subject.fault(place, "unknown_procedure", name=rule.procedure, choices=sorted(every))
        return
    known = dict(record.each_step())
    if rule.after not in known:
        yield subject.fault(("rests_on", "after"), "unknown_step", name=rule.after, choices=known)
    if rule.last_day is not None:
        yield from _of_type(subject, ("rests_on", "last_day"), rule.last_day, record.form, ("date",))


def _amends(subject: Subject, name: str, record: Procedure | None) -> Iterator[Fault]:
    if record is None:
        yield subject.fault(subject.at(name, "amends"), "no_record")
        return
    for to, source in subject.flow.steps[name].amends.items():
        keys, own = subject.at(name, "amends", to), subject.procedure.form.get(source.removeprefix("form."))
        if own is None or not source.startswith("form."):
            yield subject.fault(keys, "unknown_field", name=source, choices=subject.procedure.form)
            continue
        yield from _of_type(subject, keys, to, record.form, (own.type,))
        if own.private or (to in record.form and record.form[to].private):
            yield subject.fault(keys, "private_amend", name=to)


def _authorises(subject: Subject, name: str, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """Who is named is asked for, and some procedure asks a delegate for each of the matters."""
    rule = subject.flow.steps[name].authorises
    types = {"name": ("person_name",), "phone": ("phone",), "id_number": ("cn_id",), "until": ("date",)}
    for key, field in (rule.fields() if rule else {}).items():
        yield from _of_type(
            subject, subject.at(name, "authorises", key), field, subject.procedure.form, types[key]
        )
    asked = sorted({one.applicant.authority for one in every.values() if one.applicant.authority})
    for number, scope in enumerate(rule.scopes if rule else ()):
        if scope not in asked:
            keys = subject.at(name, "authorises", "scopes", number)
            yield subject.fault(keys, "unknown_scope", name=scope, choices=asked)


def _moves(subject: Subject, name: str, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """What is moved is the record or rests on the same one; the step has such an outcome and says where it leads."""
    rule = subject.procedure.rests_on
    for place, outcome in subject.flow.steps[name].moves.items():
        keys = subject.at(name, "moves", place)
        procedure, step = place.split(".")
        there = every.get(procedure)
        if there is None:
            yield subject.fault(keys, "unknown_procedure", name=procedure, choices=sorted(every))
            continue
        related = rule is not None and (
            procedure == rule.procedure
            or (there.rests_on is not None and there.rests_on.procedure == rule.procedure)
        )
        if not related:
            yield subject.fault(keys, "not_related", name=procedure)
        steps = dict(there.each_step())
        if step not in steps:
            yield subject.fault(keys, "unknown_step", name=step, choices=steps)
            continue
        able = [
            o.name for o in verbs.find(steps[step].verb).outcomes if o.by_record and o.name in steps[step].on
        ]
        if outcome not in able:
            yield subject.fault(keys, "unknown_outcome", step=place, name=outcome, choices=able)


def _renewed(subject: Subject, name: str, every: Mapping[str, Procedure]) -> Iterator[Fault]:
    """An outcome that only another case gives is given by one."""
    step = subject.flow.steps[name]
    here = f"{subject.procedure.procedure}.{name}"
    given = {
        outcome
        for one in every.values()
        for _, other in one.each_step()
        for place, outcome in other.moves.items()
        if place == here
    }
    for outcome in step.on:
        found = next((o for o in verbs.find(step.verb).outcomes if o.name == outcome), None)
        if found is not None and found.by_record and outcome not in given:
            yield subject.fault(subject.at(name, "on", outcome), "dead_outcome", step=name, name=outcome)


def _known(subject: Subject, name: str, field: Field, record: Procedure | None) -> Iterator[Fault]:
    if field.known is not None and field.known.startswith("row."):
        yield from _of_row(subject, name, field)
    if field.known is None or not field.known.startswith("record."):
        return
    keys = ("form", name, "known")
    if record is None:
        yield subject.fault(keys, "no_record")
        return
    source = field.known.removeprefix("record.")
    yield from _of_type(subject, keys, source, record.form, (field.type,))
    if source in record.form and record.form[source].private:
        yield subject.fault(keys, "private_amend", name=source)


def _listed(
    subject: Subject, keys: Keys, field: Field, rule: Listed, every: Mapping[str, Procedure]
) -> Iterator[Fault]:  # fmt: skip
    """The record, or what rests on it, issues such papers, and asks openly for what is told of them."""
    own = subject.procedure.rests_on
    if own is None:
        yield subject.fault(keys, "no_record")
        return
    near = [
        one
        for name, one in every.items()
        if name == own.procedure or (one.rests_on and one.rests_on.procedure == own.procedure)
    ]
    issued = {step.paper or "": one for one in near for _, step in one.each_step() if step.verb == "issue"}
    if rule.papers not in issued:
        yield subject.fault((*keys, "papers"), "unknown_paper", name=rule.papers, choices=sorted(issued))
        return
    form = issued[rule.papers].form
    for column, shown in rule.gives.items():
        if not shown.startswith("form."):
            continue
        name, at = shown.removeprefix("form."), (*keys, "gives", column)
        yield from _of_type(subject, at, name, form, ((field.columns or {})[column].type,))
        if name in form and form[name].private:
            yield subject.fault(at, "private_amend", name=name)
    if rule.of is not None:
        yield from _of_type(
            subject, (*keys, "of"), rule.of.removeprefix("form."), subject.procedure.form, ("table",)
        )


def _of_row(subject: Subject, name: str, field: Field) -> Iterator[Fault]:
    """What a row's own field begins with is a column of the table whose rows are gone through."""
    flow, keys = subject.flow, ("form", name, "known")
    asking = [step for step, one in flow.steps.items() if name in one.asks]
    over = {flow.blocks[each].over for s in asking if (each := flow.each_around(s)) is not None}
    columns = {
        key: column
        for table in over
        for key, column in (subject.procedure.form[table or ""].columns or {}).items()
    }
    column = (field.known or "").removeprefix("row.")
    if column not in columns:
        yield subject.fault(keys, "unknown_field", name=field.known, choices=columns)
    elif columns[column].type != field.type:
        want = " / ".join([field.type] * 2)
        yield subject.fault(keys, "wrong_type", name=field.known, have=columns[column].type, want=want)


def _limits(subject: Subject, name: str, field: Field, record: Procedure | None) -> Iterator[Fault]:
    for key in ("earliest", "latest"):
        written, keys = getattr(field, key), ("form", name, key)
        if written is None:
            continue
        room, _, other = parse_limit(written).name.partition(".")
        if room == "form":
            yield from _of_type(subject, keys, other, subject.procedure.form, ("date", "datetime"))
        elif room == "record" and record is None:
            yield subject.fault(keys, "no_record")
        elif room == "record" and record is not None:
            yield from _of_type(subject, keys, other, record.form, ("date", "datetime"))
        setting = setting_of(written)
        if setting:
            found = subject.pack.settings.get(setting.removeprefix("setting."))
            if found is None:
                yield subject.fault(keys, "unknown_setting", name=setting, choices=subject.pack.settings)
            elif found.type != "duration":
                yield subject.fault(keys, "wrong_type", name=setting, have=found.type, want="duration")


def _of_type(
    subject: Subject, keys: Keys, name: str, form: Mapping[str, Field], types: tuple[str, ...]
) -> Iterator[Fault]:
    if name not in form:
        yield subject.fault(keys, "unknown_field", name=name, choices=form)
    elif form[name].type not in types:
        want = " / ".join([", ".join(types)] * 2)
        yield subject.fault(keys, "wrong_type", name=name, have=form[name].type, want=want)
