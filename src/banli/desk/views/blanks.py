"""Empty forms with serials: the list, printing a batch, what became of a sheet."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.papers import blanks as actions
from banli.papers.models import BlankBatch, BlankSheet
from banli.papers.views import HANDED_OUT_FOR
from banli.people.access import Desk, desk_for, require_post

from .. import access, blank_forms, paging
from .. import blank_list as queries
from ..refusing import status_of
from .answering import go_on

#: So many sheets go on paper at once; for more, one form or one state at a time.
LONGEST_PRINT = 2000


@login_required
@require_GET
@never_cache
def blanks(request: HttpRequest) -> HttpResponse:
    """Every sheet with what became of it; with ``view=print`` the whole of what was asked for, for paper."""
    desk = desk_for(request)
    require_post(desk, *access.BLANKS)
    return _list(request, desk, queries.BatchForm(known=_printable(desk)))


@login_required
@require_POST
def batches(request: HttpRequest) -> HttpResponse:
    """Print a batch: the serials are given, then its files can be had for a short while."""
    desk = desk_for(request)
    require_post(desk, *access.BLANKS)
    known = _printable(desk)
    form = queries.BatchForm(request.POST, known=known)
    if not form.is_valid():
        return _list(request, desk, form, 422)
    definition = known[form.cleaned_data["paper"]].definition
    try:
        made = actions.print_batch(
            by=desk, acting=require_post(desk, *definition.printed_by), definition=definition,
            many=form.cleaned_data["many"], key=request.POST.get("key", ""),
        )  # fmt: skip
    except Refusal as why:
        form.refuse(why)
        return _list(request, desk, form, status_of(why))
    return go_on(request, reverse("desk:blank_batch", args=[made.pk]))


@login_required
@require_GET
@never_cache
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch: its serials, and for whoever printed it, for a short while, a file for each copy."""
    desk = desk_for(request)
    require_post(desk, *access.BLANKS)
    found = access.batch_for(desk, pk)
    form = blank_forms.forms().get(found.kind)
    sheets = list(found.sheets.order_by("ordinal"))
    context = {
        "batch": found, "title": form.definition.title if form else found.kind, "sheets": sheets,
        "copies": form.definition.copies if form and _fresh(desk, found) else [],
        "minutes": HANDED_OUT_FOR.seconds // 60,
    }  # fmt: skip
    return render(request, "desk/blank_batch.html", context)


@login_required
@require_GET
@never_cache
def file(request: HttpRequest, pk: int, copy: str) -> HttpResponse:
    """One copy of every sheet of a batch as a PDF; 404 for anybody but whoever has just printed it."""
    desk = desk_for(request)
    require_post(desk, *access.BLANKS)
    found = access.batch_for(desk, pk)
    form = blank_forms.forms().get(found.kind)
    if form is None or not _fresh(desk, found):
        raise Http404
    response = HttpResponse(blank_forms.numbered(desk, form, found, copy), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.kind}-{copy}-{found.first}.pdf"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet. POST: it is spoiled or lost, or was found again, and why."""
    desk = desk_for(request)
    acting = require_post(desk, *access.BLANKS)
    found = access.sheet_for(desk, pk)
    form = queries.MarkForm(request.POST if request.method == "POST" else None, sheet=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.mark(
                    by=desk, acting=acting, sheet_id=found.pk, state=form.cleaned_data["state"],
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
                return go_on(request, reverse("desk:blank_sheet", args=[found.pk]))
            except Refusal as why:
                form.refuse(why)
                status = status_of(why)
    line = queries.lines([found], queries.titles(blank_forms.forms()))[0]
    return render(
        request, "desk/blank_sheet.html", {"line": line, "sheet": found, "form": form}, status=status
    )


def _printable(desk: Desk) -> dict[str, blank_forms.Form]:
    """The forms that this desk may print."""
    return {name: one for name, one in blank_forms.forms().items() if desk.holds(*one.definition.printed_by)}


def _fresh(desk: Desk, found: BlankBatch) -> bool:
    """A serial is printed once: the files are handed out to whoever asked for them, for a short while."""
    return found.printed_by_id == desk.staff.pk and found.printed_at >= timezone.now() - HANDED_OUT_FOR


def _list(request: HttpRequest, desk: Desk, form: queries.BatchForm, status: int = 200) -> HttpResponse:
    asked, titles = queries.BlankNarrowing(request.GET), queries.titles(blank_forms.forms())
    printing = request.GET.get("view") == "print"
    most = LONGEST_PRINT if printing else queries.PAGE
    before = None if printing else paging.row(request.GET.get("before", ""))
    rows: list[BlankSheet] = []
    if asked.is_valid():
        rows = list(queries.sheets(desk.estate, asked, before)[: most + 1])
    elif status == 200:
        status = 422
    shown, more = rows[:most], len(rows) > most
    context: dict[str, Any] = {
        "filter": asked, "lines": queries.lines(shown, titles), "form": form,
        "narrowed": asked.is_valid() and asked.narrowed,
        "next": asked.query(before=str(shown[-1].pk)) if more else "", "print_query": asked.query(view="print"),
        "statuses": _statuses(asked), "titles": titles.items(), "chosen": asked.data.get("form", ""),
        "cut": most if more else 0, "back": asked.query() or "?", "now": timezone.now(),
    }  # fmt: skip
    page = "desk/blanks_print.html" if printing and asked.is_valid() else "desk/blanks.html"
    return render(request, page, context, status=status)


def _statuses(asked: queries.BlankNarrowing) -> list[dict[str, Any]]:
    chosen = asked.data.get("status", "")
    return [
        {"title": title, "url": asked.query(status=name) or "?", "current": name == chosen}
        for name, title in (("", _("全部")), *BlankSheet.State.choices)
    ]
