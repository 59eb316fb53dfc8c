"""The checker: is what a pack's files say sound? Every way every procedure can go is walked before it runs.

The order: names exist and fit, then the walk, then the author's own scenarios; each only where the one before
found nothing, since its findings would be echoes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from banli.engine.check import (
    campaigns,
    clocks,
    conditions,
    forms,
    money,
    papers,
    places,
    privacy,
    records,
    repeats,
    routines,
    rules,
    sending,
    shelves,
    slots,
    steps,
)
from banli.engine.check.soundness import Figures, soundness
from banli.engine.check.subject import Subject, subject_of
from banli.engine.faults import Fault
from banli.engine.load import LoadedPack
from banli.engine.procedure import Procedure
from banli.engine.scenarios import Played, play

__all__ = ["Report", "check", "examine"]


@dataclass
class Report:
    """What was found in one pack: faults, how much was walked, which scenarios were played."""

    faults: list[Fault] = field(default_factory=list)
    walked: dict[str, Figures] = field(default_factory=dict)
    played: dict[str, Played] = field(default_factory=dict)


def check(loaded: LoadedPack, others: Iterable[LoadedPack] = ()) -> list[Fault]:
    """Every fault of a pack. ``others``: packs whose procedures it may start."""
    return examine(loaded, others).faults


def examine(loaded: LoadedPack, others: Iterable[LoadedPack] = ()) -> Report:
    """The whole examination of a pack."""
    report = Report()
    every = {name: one for pack in (*others, loaded) for name, one in pack.pack.procedures.items()}
    report.faults += [
        *papers.papers(loaded),
        *papers.books(loaded),
        *papers.receipts(loaded),
        *papers.superiors(loaded),
        *shelves.shelves(loaded),
    ]
    report.faults += [*routines.routines(loaded, every), *privacy.privacy(loaded)]
    for name in loaded.pack.procedures:
        faults = _procedure(report, loaded, name, every)
        report.faults += faults
    report.faults = sorted(set(report.faults))
    return report


def _procedure(report: Report, loaded: LoadedPack, name: str, every: dict[str, Procedure]) -> list[Fault]:
    subject, faults = subject_of(loaded, name)
    if subject is None:
        return faults
    faults = list(steps.known_verbs(subject)) or list(fitting(subject, loaded, every))
    if faults:
        return faults
    faults, report.walked[name] = soundness(subject)
    if not faults:
        report.played[name] = play(loaded, name)
        faults = report.played[name].faults
    return faults


def fitting(subject: Subject, loaded: LoadedPack, every: dict[str, Procedure]) -> Iterator[Fault]:
    """Whether the names of one procedure exist and fit together."""
    parts: tuple[Callable[[Subject], Iterator[Fault]], ...] = (
        steps.steps,
        forms.forms,
        conditions.conditions,
        clocks.clocks,
        rules.rules,
        sending.sending,
        places.places,
        campaigns.campaigns,
    )
    for part in parts:
        yield from part(subject)
    yield from papers.uses(subject, every)
    yield from records.records(subject, every)
    yield from clocks.begun(subject, every, loaded.pack.routines.values())
    yield from repeats.repeats(subject, every)
    yield from money.money(subject, every)
    yield from slots.slots(subject, every)
    yield from papers.issued(subject, loaded)
