"""The procedures: what their forms ask, who does which step, how each can end."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from banli.cases import access, rules
from banli.cases.models import ProcedureVersion
from banli.people.access import Desk

from .. import answers as a
from .. import telling
from ..access import desk_at
from ..forms import VersionAsked

router = Router(tags=["procedures"])


@router.get("/estates/{slug:estate}/procedures", response=a.Page[a.Procedure])
def procedures(request: HttpRequest, estate: str) -> a.Page[a.Procedure]:
    """Every procedure that new cases may begin with."""
    desk = desk_at(request, estate)
    current = ProcedureVersion.objects.filter(current=True).defer("compiled").order_by("pack", "procedure")
    return a.Page(items=[_told(desk, version) for version in current])


@router.get("/estates/{slug:estate}/procedures/{slug:procedure}", response=a.Procedure)
def procedure(request: HttpRequest, estate: str, procedure: str, asked: Query[VersionAsked]) -> a.Procedure:
    """One procedure: the version new cases begin with, or the one a case says it is bound to."""
    desk = desk_at(request, estate)
    known = ProcedureVersion.objects.filter(procedure=procedure[:50]).defer("compiled")
    version = known.filter(**({"digest": asked.version} if asked.version else {"current": True})).first()
    if version is None:
        raise Http404
    return _told(desk, version)


def _told(desk: Desk, version: ProcedureVersion) -> a.Procedure:
    book = rules.rulebook(version.pk)
    may_open = version.current and access.may_open(desk, book)
    return telling.procedure(book, version.digest, may_open=may_open)
