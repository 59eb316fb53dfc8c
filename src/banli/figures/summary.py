"""The summary report of follow-ups (回访总结报告, P18): on the screen, on paper, and archived as it was.

An archived report is an entry of the estate's journal: nobody changes it, and the day's seal covers it.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.journal.actions import append
from banli.journal.models import Entry
from banli.people.access import Acting, Desk, desk_for
from banli.web import clocks
from banli.web.context import estate_name
from banli.web.templatetags.say import say

from . import access, period, satisfaction, summary_paper
from .views import pdf, picked

#: So many archived reports are listed, the newest first.
LISTED = 24
KIND = "report"


@login_required
@require_GET
@never_cache
def summary(request: HttpRequest) -> HttpResponse:
    """Who was followed up in a period and what they judged."""
    desk = desk_for(request)
    access.require_figures(desk)
    today = timezone.localdate()
    chosen, wrong = period.asked_or_first(request.GET.dict(), today)
    told = satisfaction.report(desk.estate.pk, chosen)
    context: dict[str, Any] = {
        **_context(desk, told), "period": chosen, "usual": period.usual(today), "wrong": wrong,
        "kept": list(kept(desk)), "months": period.months(today),
    }  # fmt: skip
    return render(request, "figures/summary.html", context, status=422 if wrong else 200)


@login_required
@require_GET
@never_cache
def paper(request: HttpRequest) -> HttpResponse:
    """The report of a period as it stands now, as a PDF."""
    desk = desk_for(request)
    access.require_figures(desk)
    chosen = picked(request.GET.dict())
    told = satisfaction.report(desk.estate.pk, chosen)
    made = summary_paper.printed(desk, told, timezone.now())
    return pdf(made, f"banli-{desk.estate.code}-follow-ups-{chosen.slug}.pdf")


@login_required
@require_POST
def archive(request: HttpRequest) -> HttpResponse:
    """Keep the report of the period as it stands now."""
    desk = desk_for(request)
    acting = access.require_figures(desk)
    chosen = picked(request.POST.dict())
    entry = keep(by=desk, acting=acting, period=chosen)
    return redirect("figures:archived", entry.seq)


@login_required
@require_GET
@never_cache
def archived(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was kept. ``pk``: its place among the estate's."""
    desk = desk_for(request)
    access.require_figures(desk)
    entry = _entry(desk, pk)
    context = {**_context(desk, entry.body["report"]), "entry": entry}
    return render(request, "figures/archived.html", context)


@login_required
@require_GET
@never_cache
def archived_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a PDF, which says who kept it and when."""
    desk = desk_for(request)
    access.require_figures(desk)
    entry = _entry(desk, pk)
    by = {"who": entry.actor.name if entry.actor else "", "at": clocks.written(entry.at), "n": entry.seq}
    kept = _("第 %(n)s 份，%(who)s %(at)s 存档") % by
    made = summary_paper.printed(desk, entry.body["report"], timezone.now(), kept=kept)
    return pdf(made, f"banli-{desk.estate.code}-follow-ups-{pk}.pdf")


def _entry(desk: Desk, pk: int) -> Entry:
    """An archived report of this estate; otherwise 404."""
    entry = Entry.objects.filter(stream=_stream(desk), seq=pk).select_related("actor").first()
    if entry is None:
        raise Http404
    return entry


def keep(*, by: Desk, acting: Acting, period: period.Period) -> Entry:
    """Write the report of a period into the journal, as it stands at this moment."""
    told = satisfaction.report(by.estate.pk, period)
    return append(
        estate_id=by.estate.pk, stream=_stream(by), kind=KIND, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, body={"report": told, "period": period.slug},
    )  # fmt: skip


def kept(desk: Desk) -> list[Entry]:
    """The reports that were kept, the newest first."""
    return list(Entry.objects.filter(stream=_stream(desk)).select_related("actor").order_by("-seq")[:LISTED])


def _stream(desk: Desk) -> str:
    return f"reports/{desk.estate.pk}"


def _context(desk: Desk, told: dict[str, Any]) -> dict[str, Any]:
    days = told["first"] if told["first"] == told["last"] else f"{told['first']} – {told['last']}"
    title = _("%(estate)s 回访总结报告 %(days)s") % {"estate": estate_name(desk.estate), "days": days}
    return {"report": told, "title": title, "charts": _charts(told)}


def _charts(told: dict[str, Any]) -> dict[str, Any]:
    """What the charts draw: the tables' own numbers."""
    named = (
        ("satisfied", _("满意")),
        ("fair", _("较满意")),
        ("bad", _("不满意")),
        ("declined", _("不愿回访")),
    )

    def series(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {"name": title, "values": [_bad(one) if how == "bad" else one[how] for one in lines]}
            for how, title in named
        ]

    return {
        "judged": {"names": [say(one["title"]) for one in told["procedures"]], "series": series(told["procedures"])},
        "callers": {"names": [one["name"] for one in told["staff"]], "series": series(told["staff"])},
        "monthly": {"names": [one["month"] for one in told["months"]], "series": series(told["months"])},
    }  # fmt: skip


def _bad(line: dict[str, int]) -> int:
    return line["dissatisfied"] + line["complains"]
