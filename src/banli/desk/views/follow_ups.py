"""The calls that are owed, with whom each was shared out to."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.followup.access import may_campaign
from banli.people.access import desk_for

from .. import follow_ups as queries


@login_required
@require_GET
@never_cache
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Every follow-up the estate owes; ``?whose=mine``: those shared out to whoever looks."""
    desk = desk_for(request)
    queries.require_part(desk)
    calls = queries.calls(desk, timezone.now())
    mine, chosen = calls.of(desk.staff.pk), request.GET.get("whose") == "mine"
    whose = [
        {"title": _("全部"), "url": "?", "count": len(calls.owed), "current": not chosen},
        {"title": _("分给我的"), "url": "?whose=mine", "count": len(mine), "current": chosen},
    ]
    owed = mine if chosen else calls.owed
    context = {"calls": calls, "owed": owed, "whose": whose, "may_campaign": may_campaign(desk)}
    return render(request, "desk/follow_ups.html", context)
