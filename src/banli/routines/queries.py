"""Rounds as lists: a desk's own, all of them, and what a supervisor has still to see to. One query each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from banli.cases.holidays import rest_days
from banli.engine.rota import Due, rounds
from banli.engine.routine import Routine
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.estate.own import in_force
from banli.journal import statement
from banli.people.access import Desk
from banli.people.titles import post_title

from . import packs
from .access import supervises
from .actions import ZONE
from .models import Round, RoutineVersion

PAGE = 30
WHICH = ("open", "unsettled", "missed", "wrong", "done")


@dataclass(frozen=True)
class Line:
    """A round in a list."""

    round: Round
    title: Text
    post: Text


def line(row: Round) -> Line:
    """A round with what its routine and its post are called."""
    try:
        title = packs.of_version(row.version_id).routine.title
    except ValueError:
        title = Text(zh=row.routine, en=row.routine)
    return Line(row, title, post_title(row.post))


_OPEN = """
    SELECT count(*) FROM routines_round
     WHERE state = 'open' AND until > %(now)s AND estate_id = %(estate)s AND post = ANY(%(posts)s::varchar[])
"""


def listed(desk: Desk, which: str, before: tuple[datetime, int] | None = None) -> QuerySet[Round]:
    """Rounds of one kind, newest first; only those of the desk's own posts for whoever supervises none."""
    found = Round.objects.filter(estate=desk.estate).select_related("done_by", "settled_by")
    if not supervises(desk):
        found = found.filter(post__in=list(desk.posts))
    if which == "wrong":
        found = found.filter(wrong=True)
    elif which == "unsettled":
        found = found.filter(Q(state=Round.State.MISSED) | Q(wrong=True), settled_at__isnull=True)
    else:
        found = found.filter(state=which)
    if before is not None:
        at, pk = before
        found = found.filter(Q(due_at__lt=at) | Q(due_at=at, pk__lt=pk))
    return found.order_by("-due_at", "-pk")


def waiting(desk: Desk) -> QuerySet[Round]:
    """The rounds that wait for one of the desk's own posts, the most urgent first."""
    mine = Round.objects.filter(estate=desk.estate, state=Round.State.OPEN, post__in=list(desk.posts))
    return mine.order_by("until", "pk")


def open_count(desk: Desk) -> int:
    """How many there are: the badge beside the navigation."""
    asked = {"estate": desk.estate.pk, "posts": list(desk.posts), "now": timezone.now()}
    return int(statement.row(_OPEN, asked)[0])


def ahead(desk: Desk, now: datetime) -> list[tuple[Due, Routine]]:
    """What else falls due today for the desk's posts, by the calendar as it is now."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rest, told = rest_days(desk.estate), []
    for routine, default in _current():
        if routine.post in desk.posts and applies(desk.estate, routine, default, now):
            fallen = rounds(routine, now, midnight - timedelta(microseconds=1), ZONE, rest)
            told += [(one, routine) for one in fallen]
    return sorted(told, key=lambda pair: pair[0])


def applies(estate: Estate, routine: Routine, default: str, now: datetime) -> bool:
    """Whether the estate has what the routine is about."""
    return (
        routine.only is None or in_force(estate, timezone.localdate(now)).get(routine.only, default) == "yes"
    )


def current() -> list[Routine]:
    """The routines that are in force, in the order of their names; one that cannot be read is left out."""
    return [routine for routine, _default in _current()]


def _current() -> list[tuple[Routine, str]]:
    told: list[tuple[Routine, str]] = []
    versions = RoutineVersion.objects.filter(current=True, problem="").order_by("routine")
    for pk in versions.values_list("pk", flat=True):
        try:
            one = packs.of_version(pk)
        except ValueError:
            continue
        told.append((one.routine, one.default))
    return told


def problems() -> list[tuple[str, str]]:
    """The routines that stand aside, each with why."""
    aside = RoutineVersion.objects.filter(current=True).exclude(problem="").order_by("routine")
    return list(aside.values_list("routine", "problem"))
