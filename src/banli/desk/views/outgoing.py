"""What has not left the office yet: messages that wait, or that the other side would not take."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.messages import deliveries as queue
from banli.people.access import desk_for, require_post

from .. import delivered, paging
from .. import outgoing as queries


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


@login_required
@require_GET
@never_cache
def deliveries(request: HttpRequest) -> HttpResponse:
    """Notices that went beside the screen: what waits or was given up, or, if asked for, everything."""
    desk = desk_for(request)
    require_post(desk, *queries.SEES)
    every = request.GET.get("all") == "yes"
    told, following = delivered.page(desk, paging.row(request.GET.get("before", "")), every=every)
    more = f"?{'all=yes&' if every else ''}before={following}" if following else ""
    return render(request, "desk/deliveries.html", {"told": told, "next": more, "every": every})


@login_required
@require_POST
def attempts(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one that was given up once more. Twice is harmless."""
    desk = desk_for(request)
    require_post(desk, *queries.SEES)
    queue.again(delivery=get_object_or_404(queue.of_estate(desk.estate), pk=pk))
    return redirect("desk:deliveries")
