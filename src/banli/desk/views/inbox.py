"""The inbox: what waits for whoever is signed in. The page asks again by itself and is told only what changed."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import Desk, desk_for
from banli.people.titles import post_title
from banli.web.templatetags.say import say

from .. import inbox as queries


@login_required
@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits, soonest due first. A page that refreshes itself gets 304 as long as it would look the same.

    ``?done=<case>.<entry>``: what whoever comes back has just done.
    """
    desk, asked, now = desk_for(request), queries.Asked.of(request.GET), timezone.now()
    page, pile = queries.page(desk, asked, now), queries.pile(desk, now)
    version = queries.version(desk, page, pile)
    refreshing = request.headers.get("HX-Target") == "waiting"
    if refreshing and request.headers.get("If-None-Match") == version:
        return HttpResponse(status=304, headers={"ETag": version})
    context = {
        "page": page,
        "pile": pile,
        "version": version,
        "procedures": _procedures(asked, pile),
        "posts": _posts(desk, asked, pile),
        "here": _address(asked.procedure, asked.post),
        "next": _address(asked.procedure, asked.post, after=page.next) if page.next else "",
        "narrowed": bool(asked.procedure or asked.post),
        "done": None if refreshing else queries.just_done(desk, request.GET.get("done", "")),
    }
    template = "desk/inbox_list.html" if refreshing else "desk/inbox.html"
    response = render(request, template, context)
    response["ETag"] = version
    return response


def _procedures(asked: queries.Asked, pile: queries.Pile) -> list[dict[str, Any]]:
    """Which procedure: offered where there is more than one to choose from."""
    titles = queries.procedures()
    names = [name for name in titles if pile.by_procedure[name] or name == asked.procedure]
    choices = [(name, say(titles[name]), pile.by_procedure[name]) for name in names]
    return _pills(
        _("全部流程"), choices, asked.procedure, pile.total, lambda name: _address(name, asked.post)
    )


def _posts(desk: Desk, asked: queries.Asked, pile: queries.Pile) -> list[dict[str, Any]]:
    """As what: one's own posts, those one stands in for, and what was given to oneself by name."""
    choices = []
    for post, acting in desk.posts.items():
        title = say(post_title(post))
        if acting.deputy_for is not None:
            title = _("%(post)s（代 %(name)s）") % {"post": title, "name": acting.deputy_for.name}
        choices.append((post, title, pile.by_post[post]))
    if pile.by_post[queries.IN_PERSON] or asked.post == queries.IN_PERSON:
        choices.append((queries.IN_PERSON, _("派给我的"), pile.by_post[queries.IN_PERSON]))
    return _pills(
        _("全部岗位"), choices, asked.post, pile.total, lambda post: _address(asked.procedure, post)
    )


def _pills(
    everything: str, choices: Iterable[tuple[str, str, int]], chosen: str, total: int, address: Any
) -> list[dict[str, Any]]:
    told = [
        {"title": title, "count": count, "url": address(name), "current": name == chosen}
        for name, title, count in choices
    ]
    if len(told) < 2 and not chosen:
        return []
    return [{"title": everything, "count": total, "url": address(""), "current": not chosen}, *told]


def _address(procedure: str, post: str, **more: str) -> str:
    told = {"procedure": procedure, "post": post, **more}
    query = urlencode({name: value for name, value in told.items() if value})
    return reverse("desk:inbox") + (f"?{query}" if query else "")
