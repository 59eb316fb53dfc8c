"""All cards of a case printed at once: for a printer of cards, or on sheets of A4 to be cut.

As with one paper, every printing is recorded first, card by card, and the file is handed out to whoever asked for it.
"""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.engine.refusals import Refusal
from banli.papers import access, actions, files, imposing
from banli.papers.models import Paper, Printing
from banli.papers.views import HANDED_OUT_FOR
from banli.people.access import Desk, desk_for

LAYOUTS = {"cards": imposing.one_a_page, "sheets": imposing.on_sheets}
#: One file has at most so many cards; a case with more is printed in several goes, the unprinted ones first.
MOST = 100


@login_required
@require_GET
def cards(request: HttpRequest, case: int) -> HttpResponse:
    """The cards of a case that hold, and how to print them."""
    return _page(request, access.cards_of(desk_for(request), case), case)


@login_required
@require_POST
def printings(request: HttpRequest, case: int) -> HttpResponse:
    """Record a printing of every card that holds, each copy; then their file. The same key twice is once."""
    desk = desk_for(request)
    found = access.cards_of(desk, case)
    layout, key = request.POST.get("layout", ""), request.POST.get("key", "")
    if layout not in LAYOUTS:
        raise Http404
    try:
        _record(desk, found[:MOST], key)
    except Refusal as why:
        return _page(request, access.cards_of(desk, case), case, why)
    return redirect("papers:card-file", case=case, layout=layout)


@transaction.atomic
def _record(desk: Desk, found: list[Paper], key: str) -> None:
    for paper in found:
        _, acting = access.paper_for(desk, paper.pk)
        for copy in paper.copies:
            # A key has at most 64 characters: a shorter one goes with each card.
            actions.record_printing(
                paper=paper, copy=copy, key=f"{key[:36]}-{paper.pk}" if key else "", by=desk.staff, acting=acting
            )  # fmt: skip


@login_required
@require_GET
@never_cache
def file(request: HttpRequest, case: int, layout: str) -> HttpResponse:
    """The cards whose printing this person has just recorded, in one file; without any, on to the page of the cards."""
    desk = desk_for(request)
    found = access.cards_of(desk, case)
    if layout not in LAYOUTS:
        raise Http404
    fresh = _fresh(desk, found)
    if not fresh:
        return redirect("papers:cards", case=case)
    made = [bytes(files.file_for(paper, copy, number).pdf) for paper, copy, number in fresh]
    response = HttpResponse(
        LAYOUTS[layout](made, files.office_of(desk.estate)), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="{case}-{layout}.pdf"'
    return response


def _fresh(desk: Desk, found: list[Paper]) -> list[tuple[Paper, str, int]]:
    """(card, copy, number of the printing) of each copy whose last printing was this person's, a moment ago."""
    last: dict[tuple[int, str], Printing] = {}
    for printing in Printing.objects.filter(paper__in=found).order_by("number"):
        last[printing.paper_id, printing.copy] = printing
    since = timezone.now() - HANDED_OUT_FOR
    mine = {at: one for at, one in last.items() if one.by_id == desk.staff.pk and one.at >= since}
    places = [(paper, copy) for paper in found for copy in paper.copies if (paper.pk, copy) in mine]
    return [(paper, copy, mine[paper.pk, copy].number) for paper, copy in places]


def _page(request: HttpRequest, found: list[Paper], case: int, why: Refusal | None = None) -> HttpResponse:
    context = {"cards": found, "case": case, "refusal": why, "most": MOST}
    return render(request, "papers/cards.html", context, status=409 if why else 200)
