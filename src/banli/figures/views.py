"""The manager's figures: the page, the same on paper, as Excel, and the event log."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.journal.actions import append
from banli.people.access import Acting, Desk, desk_for
from banli.web.context import estate_name
from banli.web.spreadsheet import write

from . import access, log, monthly, period, satisfaction
from . import traces as xes
from .report import charts, report, sheets


@login_required
@require_GET
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """Everything at a glance."""
    desk = desk_for(request)
    access.require_figures(desk)
    today = timezone.localdate()
    chosen, wrong = period.asked_or_first(request.GET.dict(), today)
    told = report(desk.estate.pk, chosen, timezone.now(), money=access.sees_money(desk))
    context: dict[str, Any] = {
        "report": told, "period": chosen, "usual": period.usual(today), "wrong": wrong, "charts": charts(told),
        "months": period.months(today), "title": _title(desk, chosen),
    }  # fmt: skip
    return render(request, "figures/figures.html", context, status=422 if wrong else 200)


@login_required
@require_GET
@never_cache
def paper(request: HttpRequest) -> HttpResponse:
    """The report of a month, or of another period, as a PDF."""
    desk = desk_for(request)
    access.require_figures(desk)
    chosen, now = picked(request.GET.dict()), timezone.now()
    told = report(desk.estate.pk, chosen, now, money=access.sees_money(desk))
    judged = satisfaction.report(desk.estate.pk, chosen)["procedures"]
    name = f"banli-{desk.estate.code}-{chosen.slug}.pdf"
    return pdf(monthly.printed(desk, told, judged, now), name)


def pdf(made: bytes, name: str) -> HttpResponse:
    """A paper of this room, to be looked at and printed."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@login_required
@require_GET
@never_cache
def spreadsheet(request: HttpRequest) -> HttpResponseBase:
    """The tables as .xlsx, a sheet each."""
    desk = desk_for(request)
    access.require_figures(desk)
    chosen = picked(request.GET.dict())
    told = report(desk.estate.pk, chosen, timezone.now(), money=False)
    title = _title(desk, chosen)
    return FileResponse(write(*sheets(told, title)).file, as_attachment=True, filename=f"{title}.xlsx")


@login_required
@require_GET
@never_cache
def events(request: HttpRequest) -> HttpResponseBase:
    """The event log as OCEL 2.0; that it was taken stands in the estate's journal."""
    desk = desk_for(request)
    acting = access.require_figures(desk)
    chosen = picked(request.GET.dict())
    _journal(desk, acting, chosen)
    name = f"banli-{desk.estate.code}-{chosen.slug}.ocel.json"
    return FileResponse(
        log.write(desk.estate.pk, chosen), as_attachment=True, filename=name, content_type="application/json"
    )


@login_required
@require_GET
@never_cache
def traces(request: HttpRequest) -> HttpResponseBase:
    """The same log as XES; that it was taken stands in the estate's journal."""
    desk = desk_for(request)
    acting = access.require_figures(desk)
    chosen = picked(request.GET.dict())
    _journal(desk, acting, chosen)
    name = f"banli-{desk.estate.code}-{chosen.slug}.xes"
    return FileResponse(
        xes.write(desk.estate.pk, chosen), as_attachment=True, filename=name, content_type="application/xml"
    )


def _journal(desk: Desk, acting: Acting, chosen: period.Period) -> None:
    append(
        estate_id=desk.estate.pk, stream=f"estate/{desk.estate.pk}", kind="export", by=desk.staff, post=acting.post,
        deputy_for=acting.deputy_for, body={"export": "events", "period": chosen.slug},
    )  # fmt: skip


def _title(desk: Desk, chosen: period.Period) -> str:
    days = chosen.name or f"{chosen.first} – {chosen.last}"
    return _("%(estate)s 统计 %(days)s") % {"estate": estate_name(desk.estate), "days": days}


def picked(told: Mapping[str, str]) -> period.Period:
    """The period that was asked for; 404 where there is none such."""
    try:
        return period.asked(told, timezone.localdate())
    except period.BadPeriod:
        raise Http404 from None
