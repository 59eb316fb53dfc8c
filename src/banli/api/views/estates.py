"""Estates of the caller, the posts there, and who holds them."""

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router

from banli.cases import facts
from banli.people.access import desk_of, estates_of
from banli.people.titles import post_title, post_titles

from .. import answers as a
from ..access import caller, desk_at
from ..telling import named

router = Router(tags=["estates"])


@router.get("/estates", response=a.Page[a.Estate])
def estates(request: HttpRequest) -> a.Page[a.Estate]:
    """The estates where the key's owner holds a post now, with those posts."""
    desks = [desk_of(caller(request), estate.pk, strict=True) for estate in estates_of(caller(request))]
    return a.Page(
        items=[
            a.Estate(
                code=desk.estate.code,
                name=desk.estate.name,
                name_en=desk.estate.name_en,
                city=desk.estate.city,
                posts=[
                    a.Post(
                        post=post,
                        title=post_title(post),
                        deputy_for=acting.deputy_for.name if acting.deputy_for else None,
                    )
                    for post, acting in sorted(desk.posts.items())
                ],
            )
            for desk in desks
        ]
    )


@router.get("/estates/{slug:estate}/posts", response=a.Page[a.Named])
def posts(request: HttpRequest, estate: str) -> a.Page[a.Named]:
    """The posts there can be."""
    desk_at(request, estate)
    return a.Page(items=[named(post, title) for post, title in post_titles().items()])


@router.get("/estates/{slug:estate}/posts/{slug:post}/staff", response=a.Page[a.Person])
def staff(request: HttpRequest, estate: str, post: str) -> a.Page[a.Person]:
    """Who may act in a post now, deputies among them: those who can be sent where a step dispatches to it."""
    desk = desk_at(request, estate)
    if post not in post_titles():
        raise Http404
    held = facts.holders(desk.estate, post, timezone.now())
    return a.Page(items=[a.Person(id=pk, name=name) for pk, name in sorted(held.items())])
