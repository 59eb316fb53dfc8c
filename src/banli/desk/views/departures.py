"""Moving out: the form with what ends and what is still held; afterwards the record of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from banli.engine.refusals import Refusal
from banli.estate import queries as estate
from banli.estate.access import FILE_POSTS, occupancy_for
from banli.estate.forms import MoveOutForm
from banli.estate.moving import move_out
from banli.people.access import desk_for, require_post
from banli.people.views import next_address

from ..departures import left_by


@login_required
@require_http_methods(["GET", "POST"])
def departure(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody moved out, or a lead's work is over. What they still hold stays on this page until it is given back."""
    desk = desk_for(request)
    acting = require_post(desk, *FILE_POSTS)
    occupancy = occupancy_for(desk, pk)
    back = next_address(request, reverse("desk:resident_file", args=[occupancy.unit_id]))
    over = occupancy.departure != "" or (
        occupancy.until is not None and occupancy.until < timezone.localdate()
    )
    people = estate.people_of(desk, occupancy.unit)
    leaving = [occupancy] if over else [one.occupancy for one in people]
    left = left_by(desk, occupancy.unit, leaving, (over and occupancy.until) or timezone.localdate())
    sent = request.POST if request.method == "POST" else None
    form = MoveOutForm(sent, leaving=occupancy, people=people, bound=left.contracts)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            first, *others = form.chosen
            move_out(
                by=desk, occupancy=first, together=others, until=told["until"], departure=told["departure"],
                note=told["note"], contracts=form.ended, acting=acting, key=request.POST.get("key") or None,
            )  # fmt: skip
            shown = reverse("desk:departure", args=[first.pk])
            return redirect(f"{shown}?{urlencode({'next': back})}")
        except Refusal as why:
            form.refuse(why, None if over else "until")
    context = {
        "occupancy": occupancy,
        "over": over,
        "form": form,
        "next": back,
        "left": left,
    }
    return render(request, "desk/departure.html", context, status=422 if form.errors else 200)
