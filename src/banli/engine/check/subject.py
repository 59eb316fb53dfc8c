"""One procedure under examination, and where each part of it stands in its file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from banli.engine import verbs
from banli.engine.check.domains import Domain, domains_of
from banli.engine.faults import Fault
from banli.engine.flow import Flow
from banli.engine.load import Document, LoadedPack
from banli.engine.pack import Pack
from banli.engine.procedure import Each, Item, Procedure, Several, Step, Together
from banli.engine.rulebook import Rulebook

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Subject:
    """A procedure with its pack and its file. ``places``: the keys of each step and block."""

    pack: Pack
    procedure: Procedure
    document: Document
    book: Rulebook
    places: dict[str, Keys]

    @property
    def flow(self) -> Flow:
        return self.book.flow

    @cached_property
    def domains(self) -> dict[str, Domain]:
        """What conditions may ask about, and the values each name can have."""
        return domains_of(self.book)

    @cached_property
    def rewrites(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """For each step, each field that an earlier step asks too, with the steps between that sign for it."""
        flow = self.flow
        told: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, step in flow.steps.items():
            for asked in step.asks:
                first = min(flow.order[s] for s, one in flow.steps.items() if asked in one.asks)
                between = range(first + 1, flow.order[name])
                signers = tuple(
                    s for s, one in flow.steps.items() if flow.order[s] in between and _signs(one)
                )
                if signers:
                    told.setdefault(name, {})[asked] = signers
        return told

    def fault(
        self, keys: Iterable[str | int], code: str, path: Iterable[str] = (), **params: object
    ) -> Fault:
        """A fault at ``keys`` of the procedure's file."""
        return self.document.fault(keys, code, path, **params)

    def at(self, step: str, *keys: str | int) -> Keys:
        """The place of a step or block, or of something in it."""
        return (*self.places[step], *keys)


def subject_of(loaded: LoadedPack, name: str) -> tuple[Subject | None, list[Fault]]:
    """The subject, or why the procedure's steps do not make a graph."""
    procedure = loaded.pack.procedures[name]
    document = next(d for (kind, _), d in loaded.documents.items() if kind == "procedures" and _is(d, name))
    places: dict[str, Keys] = {}
    faults = list(_lay_out(procedure.steps, ("steps",), places, document))
    if faults:
        return None, faults
    book = Rulebook.of(procedure, loaded.pack)
    return Subject(loaded.pack, procedure, document, book, places), []


def _signs(step: Step) -> bool:
    verb = verbs.find(step.verb)
    return verb.signs or verb.approves or step.signed


def _is(document: Document, name: str) -> bool:
    return isinstance(document.data, dict) and document.data.get("procedure") == name


def _lay_out(
    items: dict[str, Item], keys: Keys, places: dict[str, Keys], document: Document
) -> Iterator[Fault]:
    for name, item in items.items():
        here = (*keys, name)
        if name in places:
            yield document.fault(here, "name_twice", name=name)
        places[name] = here
        if isinstance(item, Several):
            yield document.fault(here, "several_misplaced", name=name)
        elif isinstance(item, Each):
            yield from _lay_out(item.steps, (*here, "steps"), places, document)
        elif isinstance(item, Together):
            for child, part in item.together.items():
                if isinstance(part, Several):
                    yield from _lay_out(part.steps, (*here, "together", child, "steps"), places, document)
                else:
                    yield from _lay_out({child: part}, (*here, "together"), places, document)
        else:
            assert isinstance(item, Step)
