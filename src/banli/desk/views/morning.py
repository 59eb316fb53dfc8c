"""The manager's morning screen."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for

from .. import morning as queries
from ..abilities import may_set


@login_required
@require_GET
@never_cache
def morning(request: HttpRequest) -> HttpResponse:
    """What was not done, as it stands now."""
    desk, now = desk_for(request), timezone.now()
    queries.require_part(desk)
    told = queries.morning(desk, now)
    context = {
        "morning": told,
        "now": now,
        "shown": queries.SHOWN,
        "may_set_abilities": may_set(desk),
    }
    return render(request, "desk/morning.html", context)
