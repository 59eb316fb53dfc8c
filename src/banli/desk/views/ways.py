"""How somebody is told beside the screen: where, by which channel of what, in which hours not; and trying it out."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.messages import configured, deliveries, reaching
from banli.people.access import Desk, desk_for

from .. import delivered
from ..refusing import status_of
from ..way_forms import WaysForm
from .answering import go_on


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def ways(request: HttpRequest) -> HttpResponse:
    """Everybody sets their own, and nobody anybody else's."""
    desk = desk_for(request)
    form = WaysForm(request.POST if request.method == "POST" else None, reach=reaching.reach_of(desk.staff))
    if request.method == "POST" and form.is_valid():
        try:
            reaching.choose(by=desk.staff, addresses=form.addresses, choice=form.choice, quiet=form.quiet)
            return go_on(request, reverse("desk:ways"))
        except Refusal as why:
            form.refuse(why)
    return _page(request, desk, form, 422 if request.method == "POST" else 200)


@login_required
@require_POST
def tests(request: HttpRequest) -> HttpResponse:
    """One to oneself, to see that it arrives. What became of it stands on the same page."""
    desk = desk_for(request)
    try:
        deliveries.test(by=desk, channel=request.POST.get("channel", "")[:10])
        return go_on(request, reverse("desk:ways"))
    except Refusal as why:
        form = WaysForm(reach=reaching.reach_of(desk.staff))
        return _page(request, desk, form, status_of(why), why)


def _page(
    request: HttpRequest, desk: Desk, form: WaysForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    on = configured.on(desk.estate, timezone.localdate())
    context = {
        "form": form, "refusal": refusal, "off": [title for name, title in form.channels if name not in on],
        "tests": [(name, title) for name, title in form.channels if name in on and form.reached(name)],
        "told": delivered.mine(desk),
    }  # fmt: skip
    return render(request, "desk/ways.html", context, status=status)
