"""A case's clocks, explained; pausing one, and letting it go on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.cases import rules, store
from banli.cases.access import case_for
from banli.cases.models import Case
from banli.cases.pausing import pause_clock, resume_clock
from banli.cases.said import names_of
from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for

from ..due import anchor
from ..refusing import status_of
from ..why import whys
from .answering import go_on
from .cases import branch_of


@login_required
@require_GET
@never_cache
def clocks(request: HttpRequest, pk: int) -> HttpResponse:
    """Why each clock of a case is due when it is."""
    desk = desk_for(request)
    return _page(request, desk, case_for(desk, pk))


@login_required
@require_POST
def pauses(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a clock, or let it go on."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    name, branch = (
        request.POST.get("clock", "")[:60].replace("\x00", ""),
        branch_of(request.POST.get("branch", "")),
    )
    place = anchor(name, branch)
    typed = Typed(place, request.POST.get(f"reason-{place}", ""), request.POST.get(f"until-{place}", "")[:10])
    wanted: dict[str, Any] = {
        "by": desk, "case_id": found.pk, "clock": name, "branch": branch, "reason": typed.reason,
        "key": request.POST.get("key", ""),
    }  # fmt: skip
    try:
        if request.POST.get("what") == "resume":
            told = resume_clock(**wanted)
        else:
            told = pause_clock(**wanted, until=_day(typed.until))
    except Refusal as why:
        return _page(request, desk, case_for(desk, pk), why, typed)
    # The entry in the address makes it another one: a browser that is there already would only scroll.
    return go_on(request, f"{reverse('desk:clocks', args=[found.pk])}?done={told.seq}#{place}")


@dataclass(frozen=True)
class Typed:
    """What was typed into the form of one clock that was refused."""

    at: str
    reason: str
    until: str


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest, desk: Desk, found: Case, refusal: Refusal | None = None, typed: Typed | None = None
) -> HttpResponse:
    context = {
        "case": found,
        "procedure": rules.rulebook(found.version_id).procedure.title,
        "whys": whys(desk, found, names_of(found, store.state_of(found))),
        "refusal": refusal,
        "typed": typed,
        "today": timezone.localdate(),
    }
    return render(request, "desk/clocks.html", context, status=status_of(refusal) if refusal else 200)
