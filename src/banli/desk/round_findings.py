"""The finding on a round that a case was begun from, as the case's page leads back to it."""

from dataclasses import dataclass

from banli.cases.models import Case
from banli.engine.text import Text
from banli.routines import packs
from banli.routines.models import Round
from banli.routines.starting import began


@dataclass(frozen=True)
class Finding:
    """``title``: what the routine is called; ``line``: the line of its checklist that was not in order."""

    round: Round
    title: Text
    line: Text


def finding_of(case: Case) -> Finding | None:
    """What a case came from; None for one that somebody brought. Whoever sees the case sees the round."""
    begun = began(case)
    if begun is None:
        return None
    routine = packs.of_version(begun.round.version_id).routine
    return Finding(begun.round, routine.title, routine.checks[begun.line].label)
