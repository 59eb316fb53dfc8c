"""Who is asking, at which estate, with which posts: everything that is fetched for somebody takes a Desk.

Out of scope (another estate, or not there) is 404; in scope but with the wrong post is 403.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone

from banli.journal import statement

from .models import Acting, Staff

if TYPE_CHECKING:
    from banli.estate.models import Estate

    #: estate id → the estate and the posts held there
    Held = dict[int, tuple[Estate, dict[str, Acting]]]

M = TypeVar("M", bound=Model)

#: One row per post of people_staff s: their own, and those of principals they stand in for. A principal must
#: hold the post that day: nobody lends what they do not have.
POSTS = """
SELECT to_jsonb(e), h.post, NULL::jsonb
  FROM people_holding h JOIN estate_estate e ON e.id = h.estate_id
 WHERE h.staff_id = s.id AND h.since <= %(day)s AND (h.until IS NULL OR h.until >= %(day)s)
UNION ALL
SELECT to_jsonb(e), d.post, jsonb_build_object('id', p.id, 'username', p.username, 'name', p.name,
                                               'language', p.language, 'is_active', p.is_active)
  FROM people_deputyship d
  JOIN estate_estate e ON e.id = d.estate_id
  JOIN people_staff p ON p.id = d.principal_id
  JOIN people_holding h ON h.staff_id = d.principal_id AND h.estate_id = d.estate_id AND h.post = d.post
   AND h.since <= %(day)s AND (h.until IS NULL OR h.until >= %(day)s)
 WHERE d.deputy_id = s.id AND d.starts_at <= %(now)s AND d.ends_at > %(now)s
"""
_STAFF = f"""
SELECT {statement.columns(Staff, "s")},
       (SELECT jsonb_agg(jsonb_build_array(e, post, principal)) FROM ({POSTS}) AS held(e, post, principal))
  FROM people_staff s WHERE """
SESSION_ESTATE = "estate"
#: Who may say who stands in for whom: the director for everybody, a supervisor for themselves.
DIRECTOR = "director"
SUPERVISORS = ("duty_supervisor", "engineering_supervisor", "safety_supervisor")


class Denied(PermissionDenied):
    """In scope, but without one of the posts this needs. Answered with 403."""

    def __init__(self, *posts: str) -> None:
        super().__init__("needs one of: " + ", ".join(posts))
        self.posts = posts


@dataclass(frozen=True)
class Desk:
    """Somebody signed in, at one estate, with the posts they may act in there now."""

    staff: Staff
    estate: "Estate"
    posts: Mapping[str, Acting] = field(default_factory=dict)

    def holds(self, *posts: str) -> bool:
        return any(post in self.posts for post in posts)

    def acting_as(self, *posts: str) -> Acting | None:
        """In which of the posts they would act: one of their own before one they stand in for."""
        acting = [self.posts[post] for post in posts if post in self.posts]
        return min(acting, key=lambda each: each.deputy_for is not None, default=None)

    def holds_as_own(self, *posts: str) -> bool:
        """Whether one of the posts is theirs, not only lent to them: what is lent cannot be lent on."""
        return any(post in self.posts and self.posts[post].deputy_for is None for post in posts)


def desk_for(request: HttpRequest) -> Desk:
    """The desk of this request: at the estate chosen in the session, else the first one with a post.

    Raises 404 when the person has no post anywhere: nothing is in their scope then. Reads the database once
    per request at most, and not at all when StaffBackend has brought the posts with the person.
    """
    known = getattr(request, "desk", None)
    if isinstance(known, Desk):
        return known
    desk = desk_of(cast(Staff, request.user), request.session.get(SESSION_ESTATE))
    request.desk = desk  # type: ignore[attr-defined]
    return desk


def desk_of(staff: Staff, estate_id: int | None = None, *, strict: bool = False) -> Desk:
    """The desk of a person at an estate. Unless strict, one out of scope gives way to their first estate."""
    if not staff.is_authenticated:
        raise Http404
    held = _posts_everywhere(staff)
    if estate_id not in held:
        if strict or not held:
            raise Http404
        estate_id = min(held)
    estate, posts = held[estate_id]
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


def require_naming(desk: Desk, principal: Staff, post: str) -> Acting:
    """Whether the desk may say who stands in for `principal` in `post`; raises Denied (403)."""
    if desk.holds_as_own(DIRECTOR):
        return desk.posts[DIRECTOR]
    if principal.pk == desk.staff.pk and post in SUPERVISORS and desk.holds_as_own(post):
        return desk.posts[post]
    raise Denied(DIRECTOR)


def posts_of(staff: Staff, estate_id: int, at: datetime) -> dict[str, Acting]:
    """The posts this person may act in at one estate at that moment (see `Staff.posts_at`)."""
    found = staff_with_posts("s.id = %(id)s", {"id": staff.pk}, at)
    held = _posts_everywhere(found) if found is not None else {}
    return held[estate_id][1] if estate_id in held else {}


def staff_with_posts(condition: str, params: Mapping[str, Any], at: datetime | None = None) -> Staff | None:
    """The one person for whom `condition` (SQL over people_staff s, one of few) holds, with the posts they have now.

    One statement, because every request begins with it.
    """
    row = statement.row(_STAFF + condition, {**_moment(at or timezone.now()), **params})
    if not row:
        return None
    cells = iter(row)
    staff = statement.loaded(Staff, cells)
    assert staff is not None
    posts = next(cells)
    staff.__dict__["posts_now"] = _arranged(json.loads(posts) if isinstance(posts, str) else posts or [])
    return staff


class StaffBackend(AuthenticationBackend):
    """Signs in by user name and password; brings the posts with the person, in one statement per request."""

    def get_user(self, user_id: int) -> Staff | None:
        staff = staff_with_posts("s.id = %(id)s", {"id": user_id})
        return staff if staff is not None and self.user_can_authenticate(staff) else None


def _posts_everywhere(staff: Staff) -> "Held":
    # By attribute: `request.user` is a proxy, and its own __dict__ is not that of the person behind it.
    held = getattr(staff, "posts_now", None)
    if held is None:
        found = staff_with_posts("s.id = %(id)s", {"id": staff.pk})
        held = found.__dict__["posts_now"] if found is not None else {}
        setattr(staff, "posts_now", held)  # noqa: B010  # not a column: unknown to the type checker
    return cast("Held", held)


def _moment(at: datetime) -> dict[str, Any]:
    return {"now": at, "day": timezone.localdate(at)}


def _arranged(rows: Iterable[tuple[Any, str, Any]]) -> "Held":
    """Rows of POSTS by estate; a post of one's own wins over the same one as a deputy."""
    estate_model = apps.get_model("estate", "Estate")
    held: Held = {}
    for estate, post, principal in rows:
        if estate["id"] not in held:
            held[estate["id"]] = (_loaded(estate_model, estate), {})
        posts = held[estate["id"]][1]
        if principal is None or post not in posts:
            posts[post] = Acting(post=post, deputy_for=_loaded(Staff, principal) if principal else None)
    return held


def _loaded(model: type[M], row: Mapping[str, Any]) -> M:
    """A row that came as JSON; columns it lacks are read when they are asked for."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in row]
    return model.from_db("default", names, [row[name] for name in names])
