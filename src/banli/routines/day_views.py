"""A day of a shift log: what was written, who was on watch, and the supervisor's signature; the days that have none."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post

from . import access, signing, watches
from .models import LogLine, LogSignature
from .watch_views import answered


@login_required
@require_GET
@never_cache
def days(request: HttpRequest) -> HttpResponse:
    """The days of the last month that nobody has signed, oldest first."""
    desk = desk_for(request)
    require_post(desk, *access.SUPERVISES)
    titles = access.log_keepers()
    found = [
        (one, titles.get(one.post, one.post), access.may_sign(desk, one.post))
        for one in signing.owed(desk.estate.pk, timezone.localdate())
    ]
    return render(request, "routines/days.html", {"days": found})


@login_required
@require_GET
@never_cache
def day(request: HttpRequest, post: str, day: str) -> HttpResponse:
    """One day of a post's log."""
    desk = desk_for(request)
    access.reads_log(desk, post)
    return _page(request, desk, post, _day(day))


@login_required
@require_POST
def signature(request: HttpRequest, post: str, day: str) -> HttpResponse:
    """The supervisor has read it."""
    desk = desk_for(request)
    access.reads_log(desk, post)
    acting, on, remark = access.signing(desk, post), _day(day), request.POST.get("remark", "")[:2000]
    try:
        signing.sign(by=desk, acting=acting, post=post, day=on, remark=remark)
    except Refusal as why:
        return _page(request, desk, post, on, why, remark)
    return redirect("routines:log_day", post=post, day=day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _page(
    request: HttpRequest, desk: Desk, post: str, on: date, refusal: Refusal | None = None, remark: str = ""
) -> HttpResponse:
    since, until = signing.span_of(on)
    lines = LogLine.objects.filter(watch__estate=desk.estate, post=post, at__gte=since, at__lt=until)
    keepers = list(signing.watches_of(desk.estate.pk, post, on).select_related("keeper", "offered_to"))
    signed = LogSignature.objects.select_related("by").filter(estate=desk.estate, post=post, day=on).first()
    over, today = on < timezone.localdate(), timezone.localdate()
    context: dict[str, Any] = {
        "post": post, "title": access.log_keepers()[post], "day": on, "keepers": keepers, "signed": signed,
        "lines": lines.select_related("by", "responsible", "closed_by").order_by("pk"), "refusal": refusal,
        "may_sign": bool(keepers) and signed is None and over and access.may_sign(desk, post)
        and desk.staff.pk not in {one.keeper_id for one in keepers},
        "remark": remark, "longest": watches.LONGEST["remark"], "supervises": access.supervises(desk),
        "earlier": on - timedelta(days=1), "later": on + timedelta(days=1) if on < today else None,
        "waits": bool(keepers) and signed is None and over,
    }  # fmt: skip
    return render(request, "routines/day.html", context, status=answered(refusal))
