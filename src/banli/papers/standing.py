"""Whether a paper holds: valid, its day come, its time not over. The last moment counts (Civil Code 1259)."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.papers.models import Paper

#: The papers that may be used at this moment, whoever asks: SQL over papers_paper with a parameter ``holding_at``.
HOLDING_AT = (
    "state = 'valid' AND (valid_from IS NULL OR valid_from <= %(holding_at)s)"
    " AND (valid_until IS NULL OR valid_until >= %(holding_at)s)"
)


def is_over(paper: Paper, at: datetime) -> bool:
    """Whether its time has run out, marked as expired or not."""
    return paper.state == Paper.State.EXPIRED or (paper.valid_until is not None and paper.valid_until < at)


def why_not(paper: Paper | None, at: datetime) -> Refusal:
    """Why this paper cannot be used or printed now. ``used_by`` should be at hand."""
    if paper is None:
        return Refusal("paper_missing")
    if paper.state == Paper.State.USED and paper.used_at and paper.used_by:
        return Refusal("paper_used", at=shown(paper.used_at), who=paper.used_by.name)
    if paper.state == Paper.State.VOID:
        return Refusal("paper_void")
    if is_over(paper, at):
        return Refusal("paper_expired", at=shown_end(paper.valid_until or at))
    return Refusal("paper_not_yet", at=shown(paper.valid_from or at))


def shown(at: datetime) -> str:
    """A moment on the office's clock, as sentences say it."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def shown_end(at: datetime) -> str:
    """The end of a time: midnight belongs to the day before, as 24:00."""
    local = timezone.localtime(at)
    if local.time() == time.min:
        return f"{local.date() - timedelta(days=1)} 24:00"
    return shown(at)
