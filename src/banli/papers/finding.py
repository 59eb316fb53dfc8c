"""A paper by its number, however that is written: with or without its dashes and noughts, in any width and case."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from banli.engine.paper import PaperDefinition
from banli.engine.paper_numbers import one_way, readings
from banli.papers.models import Paper

Definitions = Mapping[str, PaperDefinition]


def meant(text: str, kinds: Definitions) -> list[Q]:
    """The conditions for the papers a text may mean, the surest first: as printed, with its period, without it."""
    written = one_way(text)
    if not any(sign.isdigit() for sign in written):
        return []
    told = [(kind, one) for kind, each in kinds.items() for one in readings(written, each.number)]
    whole = [
        Q(kind=kind, period=one.period, ordinal=one.ordinal) for kind, one in told if one.period is not None
    ]
    short = [Q(kind=kind, ordinal=one.ordinal) for kind, one in told if one.period is None]
    return [each for each in (Q(number=written), _any(whole), _any(short)) if each is not None]


def names_whole(text: str, paper: Paper, kinds: Definitions) -> bool:
    """Whether a text says this paper's whole number, its period included."""
    written = one_way(text)
    told = readings(written, kinds[paper.kind].number) if paper.kind in kinds else ()
    return written == paper.number or any(
        (one.period, one.ordinal) == (paper.period, paper.ordinal) for one in told
    )


def _any(conditions: Iterable[Q]) -> Q | None:
    told: Q | None = None
    for one in conditions:
        told = one if told is None else told | one
    return told
