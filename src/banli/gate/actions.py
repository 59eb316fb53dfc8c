"""What the guard does: let the goods go, or turn them back. Both are the case's own step, done once by its key."""

from collections.abc import Collection
from datetime import datetime

from banli.cases import actions as cases
from banli.gate.queries import manifest
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
