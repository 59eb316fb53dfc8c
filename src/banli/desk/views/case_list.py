"""The estate's cases: one list, narrowed by procedure, status, days and words."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for
from banli.web import states

from .. import case_list as queries
from .. import paging
from ..filters import Narrowing


@login_required
@require_GET
@never_cache
def cases(request: HttpRequest) -> HttpResponse:
    """The cases this desk may see. 404 for a procedure it does not take part in."""
    desk, now = desk_for(request), timezone.now()
    seen = queries.procedures(desk)
    procedure = request.GET.get("procedure", "")
    if procedure and procedure not in seen:
        raise Http404
    asked = Narrowing(request.GET, statuses=queries.STATUSES)
    before = paging.row(request.GET.get("before", ""))
    lines: list[Any] = []
    following = None
    if asked.is_valid():
        lines, following = queries.page(desk, seen, asked, procedure, before, now)
    own = {"procedure": procedure}
    context = {
        "filter": asked,
        "lines": lines,
        "next": asked.query(**own, before=str(following)) if following else "",
        "statuses": _statuses(asked, own),
        "procedures": [(name, book.procedure.title, name == procedure) for name, book in seen.items()],
        "narrowed": bool(procedure) or (asked.is_valid() and asked.narrowed),
    }
    return render(request, "desk/cases.html", context, status=200 if asked.is_valid() else 422)


def _statuses(asked: Narrowing, own: dict[str, str]) -> list[dict[str, Any]]:
    chosen = asked.data.get("status", "")
    titles = {"": _("全部"), queries.LATE: _("超时")}
    return [
        {
            "title": titles.get(name) or str(states.named(name).label),
            "url": asked.query(**own, status=name) or "?",
            "current": name == chosen,
            "icon": "alarm" if name == queries.LATE else "",
        }
        for name in ("", *queries.STATUSES)
    ]
