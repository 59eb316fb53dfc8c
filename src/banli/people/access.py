"""Who is asking, at which estate, with which posts: everything that is fetched for somebody takes a Desk.

Out of scope (another estate, or not there) is 404; in scope but the wrong post is 403.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest
from django.utils import timezone

from .models import Acting, Staff

if TYPE_CHECKING:
    from banli.estate.models import Estate

SESSION_ESTATE = "estate"


class Denied(PermissionDenied):
    """In scope, but not with one of the posts this needs. Answered with 403."""

    def __init__(self, *posts: str) -> None:
        super().__init__("needs one of: " + ", ".join(posts))
        self.posts = posts


@dataclass(frozen=True)
class Desk:
    """Somebody signed in, at one estate, with the posts they may act in there now (never none)."""

    staff: Staff
    estate: "Estate"
    posts: Mapping[str, Acting] = field(default_factory=dict)

    def holds(self, *posts: str) -> bool:
        return any(post in self.posts for post in posts)

    def acting_as(self, *posts: str) -> Acting | None:
        """In which of the posts they would act: one of their own before one they stand in for."""
        acting = [self.posts[post] for post in posts if post in self.posts]
        return min(acting, key=lambda each: each.deputy_for is not None, default=None)


def desk_for(request: HttpRequest) -> Desk:
    """The desk of this request: the estate chosen in the session, else the first one with a post.

    Raises 404 when the person has no post anywhere, as nothing is in their scope then. Reads the database once
    per request at most, not at all when the sign-in back end has brought the posts with the person.
    """
    known = getattr(request, "desk", None)
    if isinstance(known, Desk):
        return known
    desk = desk_of(cast(Staff, request.user), request.session.get(SESSION_ESTATE))
    request.desk = desk  # type: ignore[attr-defined]
    return desk


def desk_of(staff: Staff, estate_id: int | None = None, *, strict: bool = False) -> Desk:
    """The desk of a person at an estate. Not strict: an estate out of scope gives way to their first one."""
    if not staff.is_authenticated:
        raise Http404
    held = _posts_everywhere(staff)
    if estate_id not in held:
        if strict or not held:
            raise Http404
        estate_id = min(held)
    estate, posts = held[cast(int, estate_id)]
    return Desk(staff=staff, estate=estate, posts=posts)


def estates_of(staff: Staff) -> list["Estate"]:
    """The estates where this person has a post now, oldest first."""
    held = _posts_everywhere(staff)
    return [held[estate_id][0] for estate_id in sorted(held)]


def require_post(desk: Desk, *posts: str) -> Acting:
    """The post the desk acts in for this, out of those that may; raises Denied (403) without one."""
    acting = desk.acting_as(*posts)
    if acting is None:
        raise Denied(*posts)
    return acting


def posts_of(staff: Staff, estate_id: int, at: datetime) -> dict[str, Acting]:
    """The posts this person may act in at one estate at that moment (see `Staff.posts_at`)."""
    held = _read_posts(staff.pk, at)
    return held[estate_id][1] if estate_id in held else {}


def _posts_everywhere(staff: Staff) -> dict[int, tuple["Estate", dict[str, Acting]]]:
    held = staff.__dict__.get("posts_now")
    if held is None:
        held = staff.__dict__["posts_now"] = _read_posts(staff.pk, timezone.now())
    return cast("dict[int, tuple[Estate, dict[str, Acting]]]", held)


#: One row per post: the person's own, and those of principals they stand in for, who must hold them that day.
POSTS = """
SELECT to_jsonb(e), h.post, NULL::jsonb
  FROM people_holding h JOIN estate_estate e ON e.id = h.estate_id
 WHERE h.staff_id = %(staff)s AND h.since <= %(day)s AND (h.until IS NULL OR h.until >= %(day)s)
UNION ALL
SELECT to_jsonb(e), d.post, jsonb_build_object('id', p.id, 'username', p.username, 'name', p.name,
                                               'language', p.language, 'is_active', p.is_active)
  FROM people_deputyship d
  JOIN estate_estate e ON e.id = d.estate_id
  JOIN people_staff p ON p.id = d.principal_id
  JOIN people_holding h ON h.staff_id = d.principal_id AND h.estate_id = d.estate_id AND h.post = d.post
   AND h.since <= %(day)s AND (h.until IS NULL OR h.until >= %(day)s)
 WHERE d.deputy_id = %(staff)s AND d.starts_at <= %(now)s AND d.ends_at > %(now)s
"""


def _read_posts(staff_id: int, at: datetime) -> dict[int, tuple["Estate", dict[str, Acting]]]:
    with connection.cursor() as cursor:
        cursor.execute(POSTS, {"staff": staff_id, "day": timezone.localdate(at), "now": at})
        return arrange(cursor.fetchall())


def arrange(rows: list[tuple[Any, str, Any]]) -> dict[int, tuple["Estate", dict[str, Acting]]]:
    """Rows of POSTS as estate id → (estate, posts); a post of one's own wins over one as a deputy."""
    estate_model = apps.get_model("estate", "Estate")
    held: dict[int, tuple[Estate, dict[str, Acting]]] = {}
    for estate_row, post, principal in rows:
        fields = list(estate_row)
        estate_id = estate_row["id"]
        if estate_id not in held:
            held[estate_id] = (estate_model.from_db("default", fields, estate_row.values()), {})
        posts = held[estate_id][1]
        deputy_for = Staff.from_db("default", list(principal), principal.values()) if principal else None
        if post not in posts or deputy_for is None:
            posts[post] = Acting(post=post, deputy_for=deputy_for)
    return held
