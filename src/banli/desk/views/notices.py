"""Notices: what one should hear of, until somebody it lies with has read it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.messages import actions
from banli.people.access import desk_for
from banli.people.views import whole_number

from .. import notices as queries
from .. import paging


@login_required
@require_GET
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """What nobody has read yet, newest first."""
    desk = desk_for(request)
    told, following = queries.page(desk, paging.row(request.GET.get("before", "")), timezone.now())
    context = {"told": told, "next": f"?before={following}" if following else ""}
    return render(request, "desk/notices.html", context)


@login_required
@require_POST
def readings(request: HttpRequest) -> HttpResponse:
    """Take the named notices from the pile. Those of others stay where they are; twice is harmless."""
    desk = desk_for(request)
    actions.mark_read(desk=desk, notice_ids=[whole_number(one) for one in request.POST.getlist("notice")])
    return redirect("desk:notices")
