"""What will go, what went, and what is held back, on the screen."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post
from banli.people.views import whole_number

from .. import access
from . import actions, configured, queries
from .forms import HoldForm, LiftForm
from .matters import MATTERS

#: How each of HELD is looked up.
_FOUND: dict[str, Callable[[Desk, int], Any]] = {
    "person": access.person_for,
    "contract": access.contract_for,
    "authority": access.authority_for,
    "case": access.held_case_for,
}


@login_required
@never_cache
@require_GET
def expiries(request: HttpRequest) -> HttpResponse:
    """What is over, or soon will be: what, on what ground, until when, and what stands in the way."""
    desk = desk_for(request)
    require_post(desk, *access.ERASE_POSTS)
    return _list(request, desk)


@login_required
@never_cache
@require_GET
def gone(request: HttpRequest) -> HttpResponse:
    """What the calendar erased."""
    desk = desk_for(request)
    require_post(desk, *access.ERASE_POSTS)
    before = request.GET.get("before")
    lines, following = queries.gone(
        desk.estate, timezone.localdate(), whole_number(before) if before else None
    )
    context = {"lines": lines, "next_page": f"?before={following}" if following else ""}
    return render(request, "estate/keeping/gone.html", context)


@login_required
@require_POST
def confirmation(request: HttpRequest) -> HttpResponse:
    """Let today's list go."""
    desk = desk_for(request)
    acting = require_post(desk, *access.LET_GO_POSTS)
    try:
        actions.confirm(
            by=desk, upto=whole_number(request.POST.get("upto", "")), acting=acting,
            key=request.POST.get("key") or None,
        )  # fmt: skip
    except Refusal as why:
        return _list(request, desk, why)
    return redirect("estate:expiries")


@login_required
@never_cache
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Every hold there is or was."""
    desk = desk_for(request)
    require_post(desk, *access.ERASE_POSTS)
    before = request.GET.get("before")
    rows, following = queries.holds(desk.estate, whole_number(before) if before else None)
    context = {
        "holds": rows,
        "today": timezone.localdate(),
        "next_page": f"?before={following}" if following else "",
    }
    return render(request, "estate/keeping/holds.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def holds_on(request: HttpRequest, pk: int, about: str) -> HttpResponse:
    """The holds on one thing (``about``: which of HELD), and the form to place one."""
    desk = desk_for(request)
    acting = require_post(desk, *access.ERASE_POSTS)
    what = _FOUND[about](desk, pk)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            actions.place(
                by=desk, what=what, reason=told["reason"], until=told["until"], acting=acting,
                key=request.POST.get("key") or None,
            )  # fmt: skip
            return redirect("estate:holds")
        except Refusal as why:
            form.refuse(why, "until" if why.code == "hold_past" else None)
    context = {
        "what": what,
        "about": about,
        "name": MATTERS[about].named(what),
        "form": form,
        "holds": queries.holds_on(what),
        "today": timezone.localdate(),
    }
    return render(request, "estate/keeping/holding.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def lifting(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the time of something that was held back run again."""
    desk = desk_for(request)
    acting = require_post(desk, *access.LET_GO_POSTS)
    hold = access.hold_for(desk, pk)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.lift(by=desk, hold=hold, reason=form.cleaned_data["reason"], acting=acting)
            return redirect("estate:holds")
        except Refusal as why:
            form.refuse(why)
    context = {"hold": hold, "form": form, "today": timezone.localdate()}
    return render(request, "estate/keeping/lifting.html", context, status=422 if form.errors else 200)


def _list(request: HttpRequest, desk: Desk, refusal: Refusal | None = None) -> HttpResponse:
    today = timezone.localdate()
    lines, following = queries.to_come(desk.estate, today, request.GET.get("after", ""))
    context: dict[str, Any] = {
        "lines": lines,
        "next_page": f"?after={following}" if following else "",
        "waits": configured.waits(desk.estate, today),
        "ahead": configured.ahead(desk.estate, today),
        "waiting": queries.waiting(desk.estate, today),
        "may_confirm": desk.holds(*access.LET_GO_POSTS),
        "refusal": refusal,
    }
    return render(request, "estate/keeping/expiries.html", context, status=409 if refusal else 200)
