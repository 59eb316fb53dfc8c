"""The resident file of a unit: its people, their corrections, letters of authority, looks at private fields."""

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

from . import access, actions, queries, scans
from .authority import actions as authority_actions
from .forms import AuthorityForm, CorrectionForm, ReasonForm, ResidentForm, new_authority
from .models import Unit

FIELD_LABELS = {
    "phone": {"zh": "电话", "en": "telephone"},
    "id_number": {"zh": "证件号码", "en": "paper's number"},
}
SCAN_LABEL = {"zh": "委托书照片", "en": "photograph of the letter"}


@login_required
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to a unit today, and who may act for whom."""
    desk = desk_for(request)
    require_post(desk, *access.READ_POSTS)
    unit = access.unit_for(desk, pk)
    return render(request, "estate/people.html", people_context(desk, unit))


@login_required
@require_http_methods(["GET", "POST"])
def resident_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down an owner, a tenant, somebody of the family, a renovation lead."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    unit = access.unit_for(desk, pk)
    form = ResidentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.add_person(
                by=desk,
                unit=unit,
                particulars=form.particulars,
                role=told["role"],
                since=told["since"],
                until=told["until"],
                arrival=told["arrival"],
                note=told["note"],
                acting=acting,
                key=request.POST.get("key") or None,
            )
            return redirect(_next(request, unit))
        except Refusal as why:
            form.refuse(why)
    context = {"unit": unit, "form": form, "next": _next(request, unit)}
    return render(request, "estate/resident_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is written about a person."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    who = access.person_for(desk, pk)
    homes = queries.homes_of(who)
    home = homes[0].unit if homes else None
    form = CorrectionForm(request.POST if request.method == "POST" else None, person=who)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_person(by=desk, person=who, particulars=form.particulars, acting=acting)
            return redirect(_next(request, home))
        except Refusal as why:
            form.refuse(why)
    context = {"person": who, "homes": homes, "form": form, "next": _next(request, home)}
    return render(request, "estate/person.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
def unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one private field, for a reason that is journalled with the look. The answer is kept nowhere."""
    desk = desk_for(request)
    acting = require_post(desk, *access.UNMASK_POSTS)
    who = access.person_for(desk, pk)
    field, form = request.POST.get("field", ""), ReasonForm(request.POST)
    context: dict[str, Any] = {"person": who, "field": field, "label": FIELD_LABELS.get(field, "")}
    try:
        if not form.is_valid():
            raise Refusal("reason_required")
        context["clear"] = actions.unmask(
            by=desk, person=who, field=field, reason=form.cleaned_data["reason"], acting=acting
        )
        status = 200
    except Refusal as why:
        context["refusal"], status = why, 422
        if field in actions.PRIVATE_FIELDS:
            context["masked"] = queries.masked(who, field)
    part = "estate/_unmasked.html" if request.headers.get("HX-Request") else "estate/unmasked.html"
    return render(request, part, context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def authorities(request: HttpRequest, pk: int) -> HttpResponse:
    """Every letter of authority of a unit, and the form to enter one."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    unit = access.unit_for(desk, pk)
    sheet = queries.unit_sheet(desk, unit)
    form = (
        AuthorityForm(request.POST, request.FILES, sheet=sheet)
        if request.method == "POST"
        else new_authority(sheet, desk)
    )
    if request.method == "POST" and form is not None and form.is_valid():
        told = form.cleaned_data
        try:
            authority_actions.grant_authority(
                by=desk,
                unit=unit,
                principal=form.people[told["principal"]],
                delegate=form.people[told["delegate"]],
                scopes=told["scopes"],
                valid_from=told["valid_from"],
                valid_to=told["valid_to"],
                once=told["once"] == "yes",
                evidence_kind=told["evidence_kind"],
                evidence_note=told["evidence_note"],
                scan=told["scan"],
                acting=acting,
                key=request.POST.get("key") or None,
            )
            return redirect(_next(request, unit))
        except Refusal as why:
            form.refuse(why)
    return _authorities(request, desk, unit, form)


@login_required
@never_cache
@require_POST
def scan_unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the photograph of a letter, for a reason that is journalled with the look."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    authority = access.authority_for(desk, pk)
    context: dict[str, Any] = {"authority": authority, "label": SCAN_LABEL, "masked": "***"}
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        context["picture"] = scans.look(by=desk, authority=authority, reason=reason, acting=acting)
        status = 200
    except Refusal as why:
        context["refusal"], status = why, 422
    part = "estate/_unmasked.html" if request.headers.get("HX-Request") else "estate/scan_unmasked.html"
    return render(request, part, context, status=status)


@login_required
@require_POST
def authority_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    authority = access.authority_for(desk, pk)
    try:
        reason = request.POST.get("reason", "").replace("\x00", "")
        authority_actions.revoke_authority(by=desk, authority=authority, reason=reason, acting=acting)
    except Refusal as why:
        return _authorities(request, desk, authority.unit, None, why)
    return redirect(_next(request, authority.unit))


def people_context(desk: Desk, unit: Unit) -> dict[str, Any]:
    """What estate/_people.html needs; for any screen that shows a unit's people. Two queries."""
    return {
        "unit": unit,
        "sheet": queries.unit_sheet(desk, unit),
        "may_file": desk.holds(*access.FILE_POSTS),
        "may_unmask": desk.holds(*access.UNMASK_POSTS),
        "labels": FIELD_LABELS,
    }


def _authorities(
    request: HttpRequest, desk: Desk, unit: Unit, form: AuthorityForm | None, refusal: Refusal | None = None
) -> HttpResponse:
    before = request.GET.get("before")
    lines, following = queries.authorities(desk, unit, before=whole_number(before) if before else None)
    context = {
        "unit": unit,
        "form": form,
        "lines": lines,
        "may_hold": desk.holds(*access.ERASE_POSTS),
        "refusal": refusal,
        "next_page": f"?before={following}" if following else "",
        "next": _next(request, unit),
    }
    status = 409 if refusal else 422 if form is not None and form.errors else 200
    return render(request, "estate/authorities.html", context, status=status)


def _next(request: HttpRequest, unit: Unit | None) -> str:
    """Where to go afterwards: the screen one came from, else the unit's people."""
    return next_address(request, reverse("estate:people", args=[unit.pk]) if unit is not None else "")
