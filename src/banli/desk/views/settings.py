"""What the estate sets itself: settings, the calendar; and which papers and seals are in force."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.cases import calendar, holidays
from banli.cases import settings as cases
from banli.engine.refusals import Refusal
from banli.people.access import desk_for, require_post

from .. import access, calendar_sheet, own_settings, paper_forms
from ..refusing import status_of
from ..setting_forms import DaysForm, SettingForm, WhenAndWhy
from .answering import go_on

#: So many years back and ahead is the calendar shown.
YEARS = 2


@login_required
@require_GET
@never_cache
def settings(request: HttpRequest) -> HttpResponse:
    """Every setting with what holds today. Everybody with a post may read them."""
    desk = desk_for(request)
    words = request.GET.get("q", "")[:60]
    context = {
        "groups": own_settings.groups(desk.estate, timezone.localdate(), words),
        "words": words, "may_set": desk.holds(*access.SETS),
    }  # fmt: skip
    return render(request, "desk/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def setting(request: HttpRequest, name: str) -> HttpResponse:
    """One setting: where it is read, its history, and for the director the form. POST: a value, or the default."""
    desk, today = desk_for(request), timezone.localdate()
    found = own_settings.line_of(desk.estate, name, today)
    if found is None:
        raise Http404
    line, history = found
    may_set, form, refusal = desk.holds(*access.SETS), None, None
    if request.method == "POST":
        acting = require_post(desk, *access.SETS)
        restore = request.POST.get("restore") == "yes"
        form = WhenAndWhy(request.POST) if restore else SettingForm(request.POST, known=line.known)
        if form.is_valid():
            try:
                cases.change(
                    by=desk,
                    acting=acting,
                    name=name,
                    value=form.value,
                    valid_from=form.day,
                    reason=form.reason_told,
                )
                return go_on(request, reverse("desk:setting", args=[name]))
            except Refusal as why:
                refusal = why
        if restore:
            form = SettingForm(known=line.known, now=_now(desk.estate, line), initial=request.POST.dict())
    elif may_set:
        form = SettingForm(known=line.known, now=_now(desk.estate, line))
    page = {
        "line": line, "history": history, "form": form, "may_set": may_set, "refusal": refusal,
        "places": own_settings.places(line.known), "group": own_settings.group_of(line.known),
        "default": "" if line.known.secret else own_settings.default_of(line.known),
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        status = status_of(refusal) if refusal else 422
    return render(request, "desk/setting.html", page, status=status)


def _now(estate: Any, line: own_settings.Line) -> Any:
    return cases.value_on(estate, line.known, timezone.localdate())


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def days(request: HttpRequest) -> HttpResponse:
    """The calendar of a year. POST: the director counts days otherwise, after seeing which clocks that moves."""
    desk, today = desk_for(request), timezone.localdate()
    year = _year(request.GET.get("year", ""), today.year)
    may_set, refusal, moving = desk.holds(*access.SETS), None, None
    form = DaysForm(request.POST or None) if may_set or request.method == "POST" else None
    if request.method == "POST":
        acting = require_post(desk, *access.SETS)
        assert form is not None
        if form.is_valid():
            told = form.cleaned_data
            moving = calendar.would_move(desk.estate, form.days, told["kind"])
            if not moving[0] or request.POST.get("sure") == "yes":
                try:
                    calendar.change_days(
                        by=desk, acting=acting, days=form.days, kind=told["kind"], reason=told["reason"]
                    )
                    return go_on(request, f"{reverse('desk:calendar')}?year={form.days[0].year}")
                except Refusal as why:
                    refusal, moving = why, None
    asks = moving is not None
    page = {
        "year": year, "months": calendar_sheet.months(desk.estate, year), "stretches": calendar_sheet.stretches(year),
        "changes": calendar_sheet.changes(desk.estate, year), "form": form, "may_set": may_set, "refusal": refusal,
        "moving": moving[0] if moving else [], "more": moving[1] if moving else False, "asks": asks,
        "years": [
            {"url": f"?year={one}", "title": str(one), "current": one == year}
            for one in range(today.year - YEARS, today.year + YEARS + 1)
        ],
        "published": holidays.published(), "unpublished": year > holidays.published(),
        "weekdays": calendar_sheet.weekdays(), "today": today,
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        status = status_of(refusal) if refusal else 409 if asks else 422
    return render(request, "desk/calendar.html", page, status=status)


def _year(told: str, now: int) -> int:
    if not told:
        return now
    if not told.isdecimal() or not now - YEARS <= int(told[:6]) <= now + YEARS:
        raise Http404
    return int(told)


@login_required
@require_GET
@never_cache
def papers(request: HttpRequest) -> HttpResponse:
    """Which forms of papers and which seals are in force, each with an empty print of it."""
    desk = desk_for(request)
    forms = paper_forms.in_force()
    return render(request, "desk/paper_forms.html", {
        "forms": forms, "seal": paper_forms.seal_of(desk.estate), "seals": paper_forms.seals(forms, desk.estate),
        "may_print_blanks": desk.holds(*access.BLANKS), "may_set": desk.holds(*access.SETS),
    })  # fmt: skip
