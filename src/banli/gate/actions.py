"""What the guard does: let the goods go, or turn them back. Both are the case's own step, done once by its key.

A pass that was stopped changes no case; that it was shown is kept in the gate's own stream of the journal.
"""

from collections.abc import Collection
from datetime import datetime

from banli.cases import actions as cases
from banli.gate import queries
from banli.gate.access import require_gate
from banli.gate.queries import manifest
from banli.gate.verdict import Verdict
from banli.journal import actions as journal
from banli.operation import happenings
from banli.papers.models import Paper
from banli.people.access import Desk


def release(*, paper: Paper, ticked: Collection[int], key: str, by: Desk, at: datetime | None = None) -> None:
    """Everything was found as written: the slip is used up. Refuses with ``goods_unticked`` and all the case's own."""
    cases.act(
        by=by, case_id=paper.case_id, step=manifest(paper).step, branch=paper.branch, outcome="released", key=key,
        extra={"ticked": sorted(set(ticked))}, now=at,
    )  # fmt: skip


def turn_back(*, paper: Paper, reason: str, key: str, by: Desk, at: datetime | None = None) -> None:
    """The goods are not as written: the slip is void, the desk issues a new one (readings 1e)."""
    cases.act(
        by=by, case_id=paper.case_id, step=manifest(paper).step, branch=paper.branch, outcome="mismatch", key=key,
        note=reason.strip(), now=at,
    )  # fmt: skip


def check(*, code: str, by: Desk, at: datetime) -> tuple[Verdict, Paper | None]:
    """The verdict on what was scanned or typed, and the paper if it is one of ours. A stop is journalled."""
    acting = require_gate(by)
    verdict, paper = queries.looked_up(code, by.estate, at)
    happenings.verdict(verdict.kind)
    if not verdict.go:
        journal.append(
            estate_id=by.estate.pk, stream=queries.stream_of(by.estate), kind="stopped", by=by.staff, post=acting.post,
            deputy_for=acting.deputy_for, at=at,
            body={"verdict": verdict.kind, "paper": paper.pk if paper else None, "number": verdict.number},
        )  # fmt: skip
    return verdict, paper
