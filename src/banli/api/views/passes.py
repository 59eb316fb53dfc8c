"""What a pass is worth at the gate: the guard's own evaluator."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from banli.gate import queries
from banli.gate.access import require_gate
from banli.gate.standing import holder
from banli.operation import happenings

from .. import answers as a
from ..access import desk_at
from ..forms import PassAsked

router = Router(tags=["passes"])


@router.get("/estates/{slug:estate}/passes/verdict", response=a.Verdict)
def verdict(request: HttpRequest, estate: str, asked: Query[PassAsked]) -> a.Verdict:
    """The verdict on a scanned code or a typed number, for whoever keeps the gate. Asking changes nothing:
    the goods are released by doing the case's gate step, with the rows that were ticked off. A worker's card or a
    permit has no such step: it is good while it is in use.
    """
    desk = desk_at(request, estate)
    require_gate(desk)
    told, paper = queries.looked_up(asked.code, desk.estate, timezone.now())
    happenings.verdict(told.kind)
    slip = queries.manifest(paper) if paper and holder(paper) is None else None
    return a.Verdict(
        go=told.go,
        kind=told.kind,
        word=told.word,
        sentence=told.sentence,
        number=told.number or None,
        used_at=told.used_at,
        used_by=told.used_by or None,
        valid_until=paper.valid_until if paper else None,
        case=paper.case_id if paper else None,
        step=slip.step if slip else None,
        branch=paper.branch if paper else None,
        goods=_goods(slip.items) if slip and told.go else [],
    )


def _goods(items: list[queries.Item]) -> list[a.Item]:
    return [a.Item(row=one.place, name=one.name, count=one.count, remark=one.remark) for one in items]
