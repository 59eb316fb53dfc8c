"""The page of a paper, printing it, and its PDF.

A PDF is handed out for a recorded printing only, to whoever asked for it, for a short while: so the number of
printings on the sheets and in the journal is the number there really were. The page itself shows pictures marked as
a preview.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.engine.refusals import Refusal
from banli.papers import access, actions, files, queries, seal
from banli.papers.models import Paper
from banli.papers.standing import is_over, shown_end
from banli.people.access import desk_for

HANDED_OUT_FOR = timedelta(minutes=10)


@login_required
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: what it is worth now, each copy, who printed it."""
    found, _ = access.paper_for(desk_for(request), pk)
    return render(request, "papers/paper.html", _page(request, found))


@login_required
@require_POST
def printings(request: HttpRequest, pk: int) -> HttpResponse:
    """Print a copy: recorded first, then its PDF."""
    desk = desk_for(request)
    found, acting = access.paper_for(desk, pk)
    copy, key = request.POST.get("copy", ""), request.POST.get("key", "")
    try:
        actions.record_printing(paper=found, copy=copy, key=key, by=desk.staff, acting=acting)
        return redirect("papers:file", pk=found.pk, copy=copy)
    except Refusal as why:
        context = {**_page(request, found), "refusal": why}
        return render(request, "papers/paper.html", context, status=409)


@login_required
@require_GET
@never_cache
def file(request: HttpRequest, pk: int, copy: str) -> HttpResponse:
    """The PDF of the printing just recorded; without one, the paper's page, where printing is recorded."""
    desk = desk_for(request)
    found, _ = access.paper_for(desk, pk)
    if copy not in found.copies:
        raise Http404
    printing = queries.last_printing(found, copy)
    fresh = printing is not None and printing.at >= timezone.now() - HANDED_OUT_FOR
    holds = found.state == Paper.State.VALID and found.vault_salt
    if printing is None or printing.by_id != desk.staff.pk or not fresh or not holds:
        return redirect("papers:paper", pk=found.pk)
    made = files.file_for(found, copy, printing.number)
    response = HttpResponse(bytes(made.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-{copy}-{printing.number}.pdf"'
    return response


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int, copy: str, page: int) -> HttpResponse:
    """A page of a copy as a picture, from 1."""
    found, _ = access.paper_for(desk_for(request), pk)
    if copy not in found.copies:
        raise Http404
    pages = files.preview_of(found, copy)
    if not 1 <= page <= len(pages):
        raise Http404
    return HttpResponse(pages[page - 1], content_type="image/png")


def _page(request: HttpRequest, found: Paper) -> dict[str, Any]:
    definition = files.definition_of(found)
    before = request.GET.get("before", "")
    listed, after = queries.printings(found, int(before) if before.isdecimal() and len(before) < 19 else None)
    now = timezone.now()
    return {
        "paper": found,
        "erased": not found.vault_salt,
        "title": definition.title,
        "copies": [copy for copy in definition.copies if copy.id in found.copies],
        "state": Paper.State.EXPIRED
        if found.state == Paper.State.VALID and is_over(found, now)
        else found.state,
        "valid_until": shown_end(found.valid_until) if found.valid_until else "",
        "printings": [(one, definition.copy_of(one.copy)) for one in listed],
        "next": f"?before={after}" if after else "",
        "seal": _seal(found) if definition.seal else None,
    }


def _seal(found: Paper) -> seal.Verified | None:
    """What the seal on the newest file is worth; None as long as there is no file."""
    newest = queries.newest_file(found)
    return seal.verify(bytes(newest.pdf), files.office_of(found.estate)) if newest else None
