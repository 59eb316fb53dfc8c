"""Excel in, on the screen: the template, sending a workbook in, how far it is, taking it in, undoing it."""

import tempfile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post
from banli.people.views import whole_number

from ..access import INTAKE_POSTS
from . import actions, template
from .kinds import KINDS
from .models import Intake
from .workbook import MAX_BYTES

PAGE = 20


@login_required
@require_http_methods(["GET", "POST"])
def intakes(request: HttpRequest) -> HttpResponse:
    """The workbooks of the estate, the newest first, and the box to send one in."""
    desk = desk_for(request)
    acting = require_post(desk, *INTAKE_POSTS)
    if request.method != "POST":
        return _list(request, desk)
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise Refusal("file_missing")
        if (sent.size or 0) > MAX_BYTES:
            raise Refusal("workbook_too_large", mb=MAX_BYTES // (1024 * 1024), rows=0)
        intake = actions.send_in(
            by=desk, name=sent.name or "", content=sent.read(), acting=acting, key=request.POST.get("key") or None
        )  # fmt: skip
    except Refusal as why:
        return _list(request, desk, why)
    return redirect("estate:intake", intake.pk)


def _list(request: HttpRequest, desk: Desk, refusal: Refusal | None = None) -> HttpResponse:
    before = request.GET.get("before")
    found = Intake.objects.filter(estate=desk.estate).select_related("created_by").defer("sealed", "faults")
    if before:
        found = found.filter(pk__lt=whole_number(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    context = {
        "intakes": rows[:PAGE],
        "next": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "wrong": refusal.say(get_language() or "zh") if refusal else "",
        "kinds": [kind.title for kind in KINDS],
    }
    return render(request, "estate/intake/intakes.html", context, status=422 if refusal else 200)


@login_required
@require_GET
def blank(request: HttpRequest) -> HttpResponseBase:
    """The template, in the language of whoever asks."""
    desk = desk_for(request)
    require_post(desk, *INTAKE_POSTS)
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  # the answer sends it and closes it
    template.write(file, desk.estate, get_language() or "zh")
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_("小区资料模板") + ".xlsx")


@login_required
@never_cache
@require_GET
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """One workbook: how far it is, what is wrong row by row, what it would do or did."""
    desk = desk_for(request)
    require_post(desk, *INTAKE_POSTS)
    return _shown(request, _of(desk, pk))


@login_required
@require_POST
def turn(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take it in, undo it, or drop it."""
    desk = desk_for(request)
    acting = require_post(desk, *INTAKE_POSTS)
    found = _of(desk, pk)
    do = {"confirmation": actions.confirm, "undoing": actions.undo, "dropping": actions.drop}.get(what)
    if do is None:
        raise Http404
    try:
        do(by=desk, intake=found, acting=acting)
    except Refusal as why:
        return _shown(request, _of(desk, pk), why)
    return redirect("estate:intake", pk)


def _of(desk: Desk, pk: int) -> Intake:
    found = (
        Intake.objects.filter(estate=desk.estate, pk=pk).select_related("created_by").defer("sealed").first()
    )
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, found: Intake, refusal: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "intake": found,
        "counts": _counts(found.taken or found.tally),
        "is_taken": bool(found.taken),
        "faults": [_fault(one) for one in found.faults],
        "notes": [_said(one) for one in found.notes],
        "refusal": refusal,
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    page = "estate/intake/_state.html" if part else "estate/intake/intake.html"
    return render(request, page, context, status=409 if refusal else 200)


def _counts(tally: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    return [{"title": kind.title, **tally[kind.key]} for kind in KINDS if kind.key in tally]


def _fault(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "why": _said(one), "title": _said(one["title"]) if one["title"] else ""}


def _said(text: dict[str, str]) -> str:
    return text["en" if (get_language() or "").startswith("en") else "zh"]
