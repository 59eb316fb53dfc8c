"""Everything out, on the screen: ask for it, see how far it is, fetch it once."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post
from banli.people.views import whole_number

from .. import access
from . import actions
from .forms import TakeoutForm
from .models import WAITS, Takeout

PAGE = 20
#: At which field of the form a refusal stands.
FIELDS = {"passphrases_differ": "second", "passphrase_weak": "first", "passphrase_signs": "first"}


@sensitive_post_parameters("first", "second")
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def takeouts(request: HttpRequest) -> HttpResponse:
    """Every archive that was asked for, the newest first, and the form that asks for one."""
    desk = desk_for(request)
    acting = require_post(desk, *access.TAKEOUT_POSTS)
    form = TakeoutForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.ask(
                by=desk, first=told["first"], second=told["second"], reason=told["reason"], acting=acting,
                key=request.POST.get("key") or None,
            )  # fmt: skip
            return redirect("estate:takeout", made.pk)
        except Refusal as why:
            form.refuse(why, FIELDS.get(why.code))
    return _list(request, desk, form)


@login_required
@never_cache
@require_GET
def takeout(request: HttpRequest, pk: int) -> HttpResponse:
    """One archive: how far it is, until when it waits."""
    desk = desk_for(request)
    require_post(desk, *access.TAKEOUT_POSTS)
    return _one(request, desk, access.takeout_for(desk, pk))


@login_required
@never_cache
@require_POST
def content(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The archive itself, once."""
    desk = desk_for(request)
    acting = require_post(desk, *access.TAKEOUT_POSTS)
    found = access.takeout_for(desk, pk)
    try:
        held = actions.fetch(by=desk, takeout=found, acting=acting)
    except Refusal as why:
        return _one(request, desk, found, why)
    answer = StreamingHttpResponse(actions.pieces(held), content_type="application/zip")
    answer["Content-Disposition"] = (
        f'attachment; filename="{held.estate.code}-{held.asked_at:%Y%m%d}-{pk}.zip"'
    )
    answer["Content-Length"] = str(held.size)
    return answer


@login_required
@require_POST
def dropping(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up."""
    desk = desk_for(request)
    acting = require_post(desk, *access.TAKEOUT_POSTS)
    found = access.takeout_for(desk, pk)
    try:
        actions.drop(by=desk, takeout=found, acting=acting)
    except Refusal as why:
        return _one(request, desk, found, why)
    return redirect("estate:takeout", pk)


def _list(request: HttpRequest, desk: Desk, form: TakeoutForm) -> HttpResponse:
    before = request.GET.get("before")
    found = Takeout.objects.filter(estate=desk.estate).select_related("asked_by").defer("passphrase")
    if before:
        found = found.filter(pk__lt=whole_number(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    context = {
        "takeouts": rows[:PAGE],
        "next_page": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "form": form,
    }
    return render(request, "estate/takeout/takeouts.html", context, status=422 if form.errors else 200)


def _one(request: HttpRequest, desk: Desk, found: Takeout, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "takeout": found,
        "refusal": refusal,
        "mine": found.asked_by_id == desk.staff.pk,
        "until": found.changed_at + WAITS,
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    page = "estate/takeout/_state.html" if part else "estate/takeout/takeout.html"
    return render(request, page, context, status=409 if refusal else 200)
