"""The list of fixed places on the screen (P20)."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.estate.access import PLACE_POSTS, READ_POSTS
from banli.people.access import desk_for, require_post

from .. import places as queries
from ..filters import Narrowing

STATUSES = ("held", "over")


@login_required
@require_GET
@never_cache
def places(request: HttpRequest) -> HttpResponse:
    """Which vehicle has which place, until when. The gate sees no home and no name: it needs the plate."""
    desk = desk_for(request)
    require_post(desk, *PLACE_POSTS)
    asked = Narrowing(request.GET, statuses=STATUSES)
    ended, words, last = False, "", None
    lines: list[queries.Line] = []
    if asked.is_valid():
        ended, words = asked.standing == "over", asked.words.replace("\x00", "")
        lines, last = queries.page(
            desk.estate, ended=ended, words=words, after=_place(request.GET.get("after", ""))
        )
    context = {
        "filter": asked,
        "lines": lines,
        "next": asked.query(after=f"{last.until}.{last.pk}") if last else "",
        "stock": queries.stock(desk.estate),
        "whose": desk.holds(*READ_POSTS),
        "narrowed": bool(words),
        "statuses": [
            {"title": title, "url": asked.query(status=name) or "?", "current": ended == (name == "over")}
            for name, title in (("", _("占用")), ("over", _("已结束")))
        ],
    }
    return render(request, "desk/places.html", context, status=200 if asked.is_valid() else 422)


def _place(text: str) -> tuple[date, int] | None:
    """Where the list goes on: the day and the row of its last line; 404 for what names none."""
    if not text:
        return None
    day, _dot, row = text.partition(".")
    try:
        if not row.isascii() or not row.isdigit() or len(row) > 18:
            raise ValueError
        return date.fromisoformat(day), int(row)
    except ValueError:
        raise Http404 from None
