"""Which papers stand on a record, and what became of them: handed to the engine beside the record's form."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from banli.engine.listed import PAPERS, Listed
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.papers.models import Paper

from . import facts, rules, store
from .models import Case


def record_form(book: Rulebook, record: Case | None, step: str) -> dict[str, Any] | None:
    """What the record says, with the papers that ``step`` lists; None where it does not stand (any more)."""
    told, known = facts.record_form(book, record), book.flow.steps.get(step)
    asked = [book.procedure.form[name].listed for name in known.asks] if known is not None else []
    listed = [rule for rule in asked if rule is not None]
    if told is None or record is None or not listed:
        return told
    return {**told, PAPERS: papers_on(record, listed)}


def papers_on(record: Case, listed: Collection[Listed]) -> list[dict[str, Any]]:
    """The papers of these kinds, of the record and of what rests on it, oldest first. One query."""
    found = Paper.objects.filter(
        Q(case=record) | Q(case__record=record), kind__in={one.papers for one in listed}
    )
    papers = list(found.select_related("case").order_by("pk"))
    return [_row(one, _in_its_place(one, papers[at:]), listed) for at, one in enumerate(papers, start=1)]


def _in_its_place(paper: Paper, later: Sequence[Paper]) -> Paper | None:
    """The paper that was issued next for the same row of the same case."""
    same = (paper.case_id, paper.kind, paper.branch)
    return next((one for one in later if (one.case_id, one.kind, one.branch) == same), None)


def _row(paper: Paper, after: Paper | None, listed: Collection[Listed]) -> dict[str, Any]:
    state, book = store.state_of(paper.case), rules.rulebook(paper.case.version_id)
    names = {name for rule in listed if rule.papers == paper.kind for name in rule.names()}
    became = "renewed" if after else "back" if _is_back(paper, book, state) else None
    return {
        "paper": paper.kind, "paper.number": paper.number, "paper.next": after.number if after else None,
        "paper.became": became, "in_hand": paper.state != Paper.State.VOID and _is_handed(paper, book, state),
        **{f"form.{name}": state.answer(name, paper.branch) for name in names},
    }  # fmt: skip


def _is_handed(paper: Paper, book: Rulebook, state: State) -> bool:
    """Whether the step in which such a paper is in use has been reached, where there is one."""
    uses = {name for name, step in book.flow.steps.items() if step.holds == paper.kind}
    been = {(token.step, token.branch) for token in state.tokens}
    been |= {(mark.step, mark.branch) for mark in state.marks}
    return not uses or any((name, paper.branch) in been for name in uses)


def _is_back(paper: Paper, book: Rulebook, state: State) -> bool:
    """Whether it was taken back, or reported lost, at a step that makes it void; or its case is over."""
    voids = {name for name, step in book.flow.steps.items() if paper.kind in step.voids}
    done = any(mark.step in voids and mark.branch in (None, paper.branch) for mark in state.marks)
    return done or state.status != "open"
