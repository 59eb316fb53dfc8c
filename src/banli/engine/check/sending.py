"""What is sent away: to an address of the estate, only what is named, on a consent of whoever it is about (PIPL 23)."""

from collections.abc import Iterator

from banli.engine import verbs
from banli.engine.check.clocks import field
from banli.engine.check.subject import Subject
from banli.engine.faults import Fault
from banli.engine.procedure import Sends
from banli.engine.sources import PAPER, problem


def sending(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with the ``sends`` of a procedure's steps."""
    for name, step in subject.flow.steps.items():
        if step.sends is None:
            continue
        yield from _settings(subject, name, step.sends)
        yield from _consent(subject, name, step.sends)
        yield from field(subject, subject.at(name, "sends", "named"), step.sends.named, ("text",), name)
        yield from _paper(subject, name, step.sends)


def _settings(subject: Subject, name: str, rule: Sends) -> Iterator[Fault]:
    known = subject.pack.settings
    for key, type in (("to", "email"), ("whose", "text"), ("password", "secret")):
        keys, written = subject.at(name, "sends", key), getattr(rule, key)
        setting = known.get(written.removeprefix("setting."))
        if setting is None or not written.startswith("setting."):
            able = [f"setting.{one}" for one, told in known.items() if told.type == type]
            yield subject.fault(keys, "unknown_setting", name=written, choices=able)
        elif setting.type != type:
            yield subject.fault(keys, "wrong_type", name=written, have=setting.type, want=type)


def _consent(subject: Subject, name: str, rule: Sends) -> Iterator[Fault]:
    steps, keys = subject.flow.steps, subject.at(name, "sends", "consent")
    able = [one for one, step in steps.items() if verbs.find(step.verb).signs and step.outside()]
    if rule.consent not in steps:
        yield subject.fault(keys, "unknown_step", name=rule.consent, choices=able)
    elif rule.consent not in able:
        yield subject.fault(keys, "consent_unsigned", name=rule.consent, choices=able)


def _paper(subject: Subject, name: str, rule: Sends) -> Iterator[Fault]:
    paper = subject.pack.papers.get(rule.paper)
    if paper is None:
        keys = subject.at(name, "sends", "paper")
        yield subject.fault(keys, "unknown_paper", name=rule.paper, choices=subject.pack.papers)
        return
    if paper.seal is not None or paper.qr is not None:
        yield subject.fault(subject.at(name, "sends", "paper"), "sent_sealed", paper=rule.paper)
    for number, one in enumerate(rule.fields):
        keys = subject.at(name, "sends", "fields", number)
        why = problem(one, subject.procedure, PAPER)
        if why:
            yield subject.fault(keys, "unknown_source", name=one, why=why)
        elif one not in paper.prints:
            yield subject.fault(keys, "sent_unprinted", paper=rule.paper, name=one)
    for one in paper.prints:
        if not rule.lets(one):
            yield subject.fault(
                subject.at(name, "sends", "fields"), "sent_unnamed", paper=rule.paper, name=one
            )
