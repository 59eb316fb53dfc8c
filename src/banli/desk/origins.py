"""What a case came from, for whoever takes it up: what was said there stands beside its first form (P15, P17)."""

from dataclasses import dataclass

from banli.cases import access, facts, rules, store
from banli.cases.models import Case
from banli.cases.record import Record
from banli.engine.state import State
from banli.engine.text import Text
from banli.people.access import Denied, Desk

from .answers import Answer, answers


@dataclass(frozen=True)
class Origin:
    case_id: int
    title: Text
    answers: list[Answer]


def origin_of(desk: Desk, case: Case, state: State) -> Origin | None:
    """The case that began this one, while nothing is done here and where the desk may see that one. One query."""
    if case.parent_id is None or state.marks:
        return None
    parent = store.shown(case.parent_id, desk.estate.pk)
    book, told = rules.rulebook(parent.version_id), store.state_of(parent)
    try:
        access.require_part(desk, parent)
    except Denied:
        return None
    said = answers(Record(parent, book, told, {}, facts.ZONE))
    return Origin(parent.pk, book.procedure.title, [one for one in said if not one.picture])
