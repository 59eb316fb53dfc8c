"""Each step by itself: its verb and the keys it takes, who does it, how it can end and where that leads."""

from collections.abc import Iterator

from banli.engine import consent, verbs
from banli.engine.check.clocks import field
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.flow import Target, parse_target
from banli.engine.procedure import ENDS, OUTSIDERS, Step

#: Keys that only some verbs take.
SPECIAL = (
    "checklist", "paper", "copies", "valid_until", "book", "to", "starts", "fees", "items", "gives", "of", "deductions",
    "second", "claims", "spends", "carries", "amends", "moves", "authorises",
    "sends", "anew", "holds", "hours", "able",
)  # fmt: skip


def known_verbs(subject: Subject) -> Iterator[Fault]:
    """Every step's verb exists; nothing else can be judged before that."""
    for name, step in subject.flow.steps.items():
        if step.verb not in verbs.every():
            keys = subject.at(name, "verb")
            yield subject.fault(keys, "unknown_verb", name=step.verb, choices=sorted(verbs.every()))


def steps(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with a step by itself."""
    for name, step in subject.flow.steps.items():
        yield from _keys(subject, name, step)
        yield from _people(subject, name, step)
        yield from _outcomes(subject, name, step)
        yield from _targets(subject, name, step)


def _keys(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    verb = verbs.find(step.verb)
    given = {key for key in SPECIAL if getattr(step, key) not in (None, {}, (), False)}
    for key in sorted(verb.needs - given):
        yield subject.fault(subject.at(name), "key_needed", verb=step.verb, name=key)
    misplaced = given - verb.needs - verb.may
    if verb.automatic or verb.waits:
        misplaced |= {
            key
            for key in ("asks", "signed", "prices", "tells", "reserves", "allots", "vacates")
            if getattr(step, key)
        }
    if step.signed and verb.signs:
        misplaced.add("signed")
    if step.back_to and not any(outcome.leads == "back" for outcome in verb.outcomes):
        misplaced.add("back_to")
    for key in sorted(misplaced):
        yield subject.fault(subject.at(name, key), "key_misplaced", verb=step.verb, name=key)
    form = subject.procedure.form
    required = frozenset(asked for asked in step.asks if asked in form and form[asked].required)
    for code, told in consent.faults(step, required):
        key = "by_call" if code == "by_call_misplaced" else "ways"
        yield subject.fault(subject.at(name, key), code, **told)


def _people(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    verb = verbs.find(step.verb)
    if verb.automatic or verb.waits:
        if step.by or step.at:
            yield subject.fault(subject.at(name, "by" if step.by else "at"), "done_by_system", verb=step.verb)
        return
    if not step.by:
        yield subject.fault(subject.at(name), "nobody")
    outsider = step.outside()
    if outsider and not verb.outsiders:
        able = sorted(v.name for v in verbs.every().values() if v.outsiders)
        yield subject.fault(
            subject.at(name, "by"), "outsider_verb", who=outsider, verb=step.verb, choices=able
        )
    if outsider and not step.at:
        yield subject.fault(subject.at(name), "outsider_at", who=outsider)
    if (outsider == "other") != (step.signer is not None):
        yield subject.fault(subject.at(name, "signer" if step.signer else "by"), "signer_of_other")
    elif step.signer is not None:
        yield from field(subject, subject.at(name, "signer"), step.signer, ("person_name",), name)
    if step.at and step.by and not outsider:
        yield subject.fault(subject.at(name, "at"), "at_misplaced", choices=OUTSIDERS)
    for key in ("by", "at"):
        yield from _named(subject, name, key, getattr(step, key))
    yield from _destination(subject, name, step)
    yield from _able(subject, name, step)
    if step.not_by is not None:
        yield from field(subject, subject.at(name, "not_by"), step.not_by, ("person_name", "text"), name)


def _destination(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    """Whoever is sent holds a post of the pack, or one of those an earlier answer may name."""
    if step.to is None:
        return
    if not step.to.startswith("form."):
        if step.to not in subject.pack.posts:
            yield subject.fault(
                subject.at(name, "to"), "unknown_post", name=step.to, choices=subject.pack.posts
            )
        return
    yield from field(subject, subject.at(name, "to"), step.to, ("choice",), name)
    asked = step.to.removeprefix("form.")
    question = subject.procedure.form.get(asked)
    if question is not None and not (question.required and question.when in (None, step.when)):
        yield subject.fault(subject.at(name, "to"), "post_unnamed", field=asked)
    for option in subject.book.destinations(name):
        if option not in subject.pack.posts:
            keys = ("form", asked, "options", option)
            yield subject.fault(keys, "unknown_post", name=option, choices=subject.pack.posts)


def _able(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    """What whoever is sent has to be able to do is answered by then."""
    if step.able is None or step.verb != "dispatch":
        return
    yield from field(subject, subject.at(name, "able"), step.able, ("choice",), name)
    asked = step.able.removeprefix("form.")
    question = subject.procedure.form.get(asked)
    if question is not None and not (question.required and question.when in (None, step.when)):
        yield subject.fault(subject.at(name, "able"), "work_unnamed", field=asked)


def _named(subject: Subject, name: str, key: str, people: tuple[str, ...]) -> Iterator[Fault]:
    outside = [who for who in people if who in OUTSIDERS]
    sent = [who for who in people if who.endswith(".assignee") and who not in outside]
    posts = [who for who in people if who not in outside and who not in sent]
    if len(outside) + len(sent) > 1 or ((outside or sent) and posts) or (key == "at" and outside):
        yield subject.fault(subject.at(name, key), "by_mixed")
    senders = [step for step, one in subject.flow.steps.items() if one.verb == "dispatch"]
    for who in sent:
        if who.removesuffix(".assignee") not in senders:
            keys = subject.at(name, key)
            yield subject.fault(keys, "not_dispatch", name=who.removesuffix(".assignee"), choices=senders)
    for post in posts:
        if post not in subject.pack.posts:
            known = [*subject.pack.posts, *OUTSIDERS]
            yield subject.fault(subject.at(name, key), "unknown_post", name=post, choices=known)


def _outcomes(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    verb = verbs.find(step.verb)
    known = [outcome.name for outcome in verb.outcomes]
    for key, named in (("outcomes", step.outcomes or ()), ("on", tuple(step.on))):
        for outcome in named:
            if outcome not in known:
                keys = subject.at(name, key, *((outcome,) if key == "on" else ()))
                yield subject.fault(keys, "unknown_outcome", step=name, name=outcome, choices=known)
    if not subject.flow.targets[name]:
        yield subject.fault(subject.at(name, "outcomes"), "no_outcome", choices=known)
    given = {(c.late.step, c.late.outcome) for c in subject.procedure.clocks.values()}
    for outcome in step.on:
        if outcome in known and verb.outcome(outcome).by_clock and (name, outcome) not in given:
            keys = subject.at(name, "on", outcome)
            yield subject.fault(keys, "dead_outcome", step=name, name=outcome)
    if verb.waits and not any(waited == name for waited, _ in given):
        yield subject.fault(subject.at(name), "wait_without_clock", step=name)


def _targets(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    written: list[tuple[Keys, str]] = [(("on", outcome), target) for outcome, target in step.on.items()]
    if step.back_to:
        written.append((("back_to",), step.back_to))
    automatic = verbs.find(step.verb).automatic
    for keys, where in written:
        target = parse_target(where) if keys[0] == "on" else Target("step", where)
        place = subject.at(name, *keys)
        if target.kind == "end":
            if target.name not in ENDS:
                yield subject.fault(place, "unknown_target", name=where, choices=subject.flow.order)
        elif target.kind == "step":
            yield from jumps(subject, place, name, where)
            if automatic and subject.flow.order.get(where, 10**6) <= subject.flow.order[name]:
                yield subject.fault(place, "automatic_back")
        elif automatic and target.kind == "again":
            yield subject.fault(place, "automatic_back")


def jumps(subject: Subject, place: Keys, source: str | None, target: str) -> Iterator[Fault]:
    """A way from ``source`` (or from anywhere) to ``target`` exists and enters no branch."""
    flow = subject.flow
    if target not in flow.order:
        yield subject.fault(place, "unknown_target", name=target, choices=flow.order)
    elif flow.around(target) if source is None else not flow.may_jump(source, target):
        outermost = [b for b in flow.around(target) if source is None or b not in flow.around(source)]
        block = (outermost or list(flow.around(target)))[-1]
        yield subject.fault(place, "jump_into_block", name=target, block=block)
