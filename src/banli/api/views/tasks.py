"""What waits: for the caller's posts, or for the caller by name."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from banli.desk import inbox
from banli.people.access import require_post

from .. import answers as a
from .. import pages, telling
from ..access import desk_at
from ..forms import TasksAsked

router = Router(tags=["tasks"])


@router.get("/estates/{slug:estate}/tasks", response=a.Page[a.Task])
def tasks(request: HttpRequest, estate: str, asked: Query[TasksAsked]) -> a.Page[a.Task]:
    """The caller's inbox, what is due soonest first. 403 for a post the caller does not hold."""
    desk = desk_at(request, estate)
    if asked.post and asked.post != inbox.IN_PERSON:
        require_post(desk, asked.post)
    wanted = inbox.Asked(asked.procedure, asked.post, pages.moment_place(asked.after), asked.limit)
    found = inbox.page(desk, wanted, timezone.now())
    return a.Page(
        items=[telling.task(desk, line.waiting) for line in found.lines],
        next=pages.following(request, found.next) if found.next else None,
    )
