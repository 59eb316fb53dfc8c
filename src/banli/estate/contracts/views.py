"""The contracts of a home on the screen: all of them with the form, and one with its pages."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post
from banli.people.views import next_address, whole_number

from .. import access
from ..filing import filing
from ..models import Occupancy, Unit
from . import actions, queries
from .forms import ContractForm, EndForm, PagesForm
from .models import Contract


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def contracts(request: HttpRequest, pk: int) -> HttpResponse:
    """Every contract a home ever had, and the form to enter one; ``follows``: what an earlier one becomes."""
    at = filing(request, pk, access.contract_for)
    desk, unit, follows = at.desk, at.unit, at.follows
    lives = Occupancy.objects.filter(unit=unit).select_related("person").order_by("-since", "pk")[:200]
    if request.method != "POST":
        return _list(request, desk, unit, ContractForm(lives=lives, follows=follows), follows)
    form = ContractForm(request.POST, request.FILES, lives=lives, follows=follows)
    if form.is_valid():
        try:
            made = actions.enter(
                by=desk, unit=unit, terms=form.terms, pages=form.cleaned_data["pages"], follows=follows,
                acting=at.acting, key=request.POST.get("key") or None,
            )  # fmt: skip
            return redirect("estate:contract", made.pk)
        except Refusal as why:
            form.refuse(why)
    return _list(request, desk, unit, form, follows)


@login_required
@never_cache
@require_GET
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: what it says, what it follows and became, how many pages there are."""
    desk = desk_for(request)
    require_post(desk, *access.FILE_POSTS)
    return _one(request, desk, access.contract_for(desk, pk))


@login_required
@require_POST
def pages(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep further pages."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    held = access.contract_for(desk, pk)
    form = PagesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_pages(
                by=desk, contract=held, pages=form.cleaned_data["pages"], acting=acting,
                key=request.POST.get("key") or None,
            )  # fmt: skip
            return redirect("estate:contract", pk)
        except Refusal as why:
            form.refuse(why)
    return _one(request, desk, held, pages=form)


@login_required
@require_POST
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """It ends sooner than was agreed."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    held = access.contract_for(desk, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            told = form.cleaned_data
            actions.end(
                by=desk, contract=held, last_day=told["last_day"], reason=told["reason"], acting=acting
            )
            return redirect("estate:contract", pk)
        except Refusal as why:
            form.refuse(why)
    return _one(request, desk, held, ending=form)


@login_required
@never_cache
@require_POST
def unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pages, for a reason that is journalled with the look. The answer is kept nowhere."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    held = access.contract_for(desk, pk)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        shown = actions.look(by=desk, contract=held, reason=reason, acting=acting)
    except Refusal as why:
        return _one(request, desk, held, refusal=why)
    context = {"line": queries.line_of(held), "shown": shown}
    return render(request, "estate/contracts/pages.html", context)


def _list(
    request: HttpRequest, desk: Desk, unit: Unit, form: ContractForm, follows: Contract | None
) -> HttpResponse:
    before = request.GET.get("before")
    lines, following = queries.lines_of(unit, before=whole_number(before) if before else None)
    context = {
        "unit": unit,
        "form": form,
        "follows": queries.line_of(follows) if follows else None,
        "lines": lines,
        "next_page": f"?before={following}" if following else "",
        "next": next_address(request, reverse("desk:resident_file", args=[unit.pk])),
    }
    return render(request, "estate/contracts/contracts.html", context, status=422 if form.errors else 200)


def _one(
    request: HttpRequest, desk: Desk, held: Contract, *, pages: PagesForm | None = None, ending: EndForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "line": queries.line_of(held),
        "pages_form": pages or PagesForm(),
        "ending": ending or EndForm(),
        "end_refused": ending is not None,
        "refusal": refusal,
        "may_hold": desk.holds(*access.ERASE_POSTS),
    }
    refused = refusal is not None or pages is not None or ending is not None
    return render(request, "estate/contracts/contract.html", context, status=422 if refused else 200)
