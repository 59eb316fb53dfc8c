"""Fixed places that steps allot: what is told of them is asked, and what ends one has one to end."""

from collections.abc import Iterator

from banli.engine.check.clocks import field
from banli.engine.check.subject import Subject
from banli.engine.faults import Fault

TYPES = {"place": ("text",), "plate": ("text",), "look": ("text",), "since": ("date",), "until": ("date",)}


def places(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with ``allots`` and ``vacates``."""
    allotting = [name for name, step in subject.flow.steps.items() if step.allots]
    for name, step in subject.flow.steps.items():
        for key, asked in (step.allots.fields() if step.allots else {}).items():
            keys = subject.at(name, "allots", key)
            yield from field(subject, keys, f"form.{asked}", TYPES[key], name)
        if step.allots and step.allots.among:
            known, called = subject.pack.settings, step.allots.among
            setting, keys = known.get(called.removeprefix("setting.")), subject.at(name, "allots", "among")
            if setting is None:
                yield subject.fault(keys, "unknown_setting", name=called, choices=known)
            elif setting.type != "text":
                yield subject.fault(keys, "wrong_type", name=called, have=setting.type, want="text")
        if step.vacates:
            yield from field(subject, subject.at(name, "vacates"), step.vacates, ("date",), name)
            if not any(subject.flow.order[one] < subject.flow.order[name] for one in allotting):
                yield subject.fault(subject.at(name, "vacates"), "nothing_allotted", name=name)
