"""Lists about staff: who holds which post, who stands in for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from banli.engine.text import Text

from .access import DIRECTOR, SUPERVISORS, Desk
from .models import Deputyship, Holding, Staff
from .titles import post_title

PAGE = 50


@dataclass(frozen=True)
class HeldPost:
    """A line of the list of posts: who holds it, and who stands in for them now."""

    holding: Holding
    title: Text
    deputyship: Deputyship | None


@dataclass(frozen=True)
class NamedDeputy:
    """A line of the list of deputies. `state`: ahead, running or over."""

    deputyship: Deputyship
    title: Text
    state: str
    may_end: bool


def holders(
    desk: Desk, *, after: tuple[str, int] | None = None, posts: Collection[str] | None = None
) -> tuple[list[HeldPost], tuple[str, int] | None]:
    """Posts held today at the desk's estate (these alone), by post, and the key of the next page. Two queries."""
    now = timezone.now()
    held = Holding.objects.on(timezone.localdate(now)).filter(estate=desk.estate, staff__is_active=True)
    if posts is not None:
        held = held.filter(post__in=posts)
    if after is not None:
        held = held.filter(post__gt=after[0]) | held.filter(post=after[0], pk__gt=after[1])
    rows = list(held.select_related("staff").order_by("post", "pk")[: PAGE + 1])
    page, more = rows[:PAGE], len(rows) > PAGE
    lent = {
        (each.principal_id, each.post): each
        for each in Deputyship.objects.at(now).filter(estate=desk.estate).select_related("deputy")
    }
    lines = [HeldPost(row, post_title(row.post), lent.get((row.staff_id, row.post))) for row in page]
    return lines, (page[-1].post, page[-1].pk) if more else None


def deputyships(desk: Desk, *, before: int | None = None) -> tuple[list[NamedDeputy], int | None]:
    """Deputyships of the desk's estate, the newest first, and the key of the next page. One query."""
    named = Deputyship.objects.filter(estate=desk.estate).select_related("principal", "deputy")
    if before is not None:
        named = named.filter(pk__lt=before)
    rows = list(named.order_by("-pk")[: PAGE + 1])
    now = timezone.now()
    lines = [
        NamedDeputy(row, post_title(row.post), _state(row, now), _may_end(desk, row)) for row in rows[:PAGE]
    ]
    return lines, rows[PAGE - 1].pk if len(rows) > PAGE else None


def lendable(desk: Desk) -> list[Holding]:
    """The holdings the desk may name a deputy for: the director any, a supervisor their own. One query."""
    held = Holding.objects.on(timezone.localdate()).filter(estate=desk.estate, staff__is_active=True)
    if not desk.holds_as_own(DIRECTOR):
        own = [post for post in SUPERVISORS if desk.holds_as_own(post)]
        held = held.filter(staff=desk.staff, post__in=own)
    return list(held.select_related("staff").order_by("post", "pk"))


def colleagues(desk: Desk) -> list[Staff]:
    """Everybody with a post of their own at the desk's estate today. One query."""
    today = Holding.objects.on(timezone.localdate()).filter(estate=desk.estate)
    return list(Staff.objects.filter(is_active=True, pk__in=today.values("staff")).order_by("name", "pk"))


def holding_at(estate_id: int, post: str, at: datetime | None = None) -> list[Staff]:
    """Whoever can act in a post at that moment, deputies included: who hears of its tasks. Two queries."""
    moment = at or timezone.now()
    held = Holding.objects.on(timezone.localdate(moment)).filter(estate_id=estate_id, post=post)
    owners = list(Staff.objects.filter(is_active=True, pk__in=held.values("staff")).order_by("pk"))
    lent = Deputyship.objects.at(moment).filter(
        estate_id=estate_id, post=post, principal__in=held.values("staff")
    )
    deputies = Staff.objects.filter(is_active=True, pk__in=lent.values("deputy")).order_by("pk")
    return owners + [each for each in deputies if each not in owners]


def _state(deputyship: Deputyship, now: datetime) -> str:
    if deputyship.ends_at <= now:
        return "over"
    return "running" if deputyship.starts_at <= now else "ahead"


def _may_end(desk: Desk, deputyship: Deputyship) -> bool:
    if deputyship.ends_at <= timezone.now():
        return False
    return desk.holds_as_own(DIRECTOR) or deputyship.principal_id == desk.staff.pk
