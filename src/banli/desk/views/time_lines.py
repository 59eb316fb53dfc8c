"""The line of time on the screen: of a home in its resident file, of somebody on a page of their own."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from banli.estate.access import FILE_POSTS, READ_POSTS, UNMASK_POSTS, person_for
from banli.estate.models import Person, Unit
from banli.estate.queries import homes_of
from banli.people.access import desk_for, require_post

from .. import contact_lines, paging, time_line


@login_required
@require_GET
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Every case and contact with somebody, wherever they lived. It goes on with ``after``."""
    desk = desk_for(request)
    require_post(desk, *READ_POSTS)
    person = person_for(desk, pk)
    page = line_of(request, person)
    if page["more"]:
        return render(request, "desk/_time_line.html", page)
    page |= {
        "person": person,
        "homes": homes_of(person),
        "may_file": desk.holds(*FILE_POSTS),
        "may_unmask": desk.holds(*UNMASK_POSTS),
    }
    return render(request, "desk/person_line.html", page)


def line_of(request: HttpRequest, of: Unit | Person) -> dict[str, Any]:
    """What the template of the line needs; ``more``: only the page that follows is asked for. 404 for no such kind."""
    kind, after = request.GET.get("kind", ""), paging.spot(request.GET.get("after", ""))
    if kind and kind not in time_line.KINDS:
        raise Http404
    page = contact_lines.page(of, kinds=(kind,) if kind else time_line.KINDS, after=after)
    following = {"kind": kind, "after": str(page.following or "")}
    return {
        "line": page.lines,
        "kinds": _kinds(kind),
        "kind": kind,
        "homes_told": isinstance(of, Person),
        "next_line": f"?{urlencode({k: v for k, v in following.items() if v})}" if page.following else "",
        "more": after is not None and "HX-Request" in request.headers,
    }


def _kinds(chosen: str) -> list[dict[str, Any]]:
    told = [{"title": _("全部"), "url": "?#line", "current": not chosen}]
    for name, (title, icon) in contact_lines.KINDS.items():
        told.append({"title": title, "url": f"?kind={name}#line", "current": name == chosen, "icon": icon})
    return told
