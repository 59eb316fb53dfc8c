"""What has not left the office yet: messages that wait, or that the other side would not take."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for, require_post

from .. import outgoing as queries
from .. import paging


@login_required
@require_GET
@never_cache
def outgoing(request: HttpRequest) -> HttpResponse:
    """Newest first. Sending one again is an act of its case."""
    desk = desk_for(request)
    require_post(desk, *queries.SEES)
    mails, following = queries.page(desk, paging.row(request.GET.get("before", "")))
    context = {"mails": mails, "next": f"?before={following}" if following else ""}
    return render(request, "desk/outgoing.html", context)
