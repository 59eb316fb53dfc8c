"""What nobody can do: work that no technician does, tasks whose post nobody holds or whose person is gone (P8, P19)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from banli.cases import able as cases_able
from banli.cases import facts, rules, store
from banli.cases.models import Task
from banli.engine import able
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.ability.queries import Abilities, abilities
from banli.people.access import Desk
from banli.people.models import Deputyship, Holding
from banli.people.titles import post_title, post_titles

#: From one set of posts to the next along the inbox's index, instead of past every open task.
_POSTS = """
    WITH RECURSIVE step(posts) AS (
        (SELECT posts FROM cases_task WHERE estate_id = %(estate)s AND state = 'open' AND person_id IS NULL
          ORDER BY posts LIMIT 1)
         UNION ALL
        SELECT (SELECT posts FROM cases_task WHERE estate_id = %(estate)s AND state = 'open' AND person_id IS NULL
                   AND posts > step.posts ORDER BY posts LIMIT 1)
          FROM step WHERE step.posts IS NOT NULL
    ) SELECT posts FROM step WHERE posts IS NOT NULL
"""
#: So many tasks that wait for somebody to be sent are looked at, the soonest due first.
LOOKED_AT = 200


@dataclass(frozen=True)
class Trade:
    """A kind of work, and what of it nobody at the estate does."""

    title: Text
    values: list[Text]


@dataclass(frozen=True)
class Stranded:
    """An open task that nobody can do: nobody does the ``work``, or holds the ``post``, or the ``person`` left."""

    task: Task
    title: Text
    step: Text
    work: Text | None = None
    post: Text | None = None
    person: str = ""


def trades(desk: Desk, now: datetime) -> list[Trade]:
    """What nobody does of the work people are sent for, where there is anybody to send. Two queries and one a kind."""
    sent = cases_able.posts()
    held = facts.holders_of(desk.estate, sent, now)
    told = []
    for kind, (title, options) in cases_able.offered(sent).items():
        who = {pk for post in held.values() for pk in post}
        can = abilities(desk.estate.pk, kind, timezone.localdate(now))
        missing = [text for value, text in options.items() if who and not can.able(who, value)]
        if missing:
            told.append(Trade(title, missing))
    return told


def tasks(desk: Desk, now: datetime, limit: int) -> list[Stranded]:
    """Tasks that nobody can do, the soonest due first of each cause. The number of queries does not grow with rows."""
    return [*_of_nobody(desk, now, limit), *_undone(desk, now)][:limit]


def _of_nobody(desk: Desk, now: datetime, limit: int) -> Iterator[Stranded]:
    """Those of posts that nobody holds, nor stands in for; and those of one person who has no post here any more."""
    here = {post for post, people in facts.holders_of(desk.estate, post_titles(), now).items() if people}
    vacant = [posts for posts in _waited_for(desk) if posts and not here.intersection(posts)]
    lost = Q(person__isnull=True, posts__in=vacant) if vacant else Q(pk__in=[])
    if gone := _gone(desk, now):
        lost |= Q(person__in=gone)
    for task in _open(desk).filter(lost)[:limit] if vacant or gone else ():
        book = rules.rulebook(task.case.version_id)
        post = post_title(task.posts[0]) if task.person is None else None
        name = task.person.name if task.person is not None else ""
        yield Stranded(task, book.procedure.title, book.step_title(task.step), post=post, person=name)


def _waited_for(desk: Desk) -> list[list[str]]:
    """The posts that open tasks wait for, each set of them once."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, {"estate": desk.estate.pk})
        return [posts for (posts,) in cursor.fetchall()]


def _gone(desk: Desk, now: datetime) -> list[int]:
    """Who once had a post here, or stood in for one, and has none today."""
    held, lent = Holding.objects.filter(estate=desk.estate), Deputyship.objects.filter(estate=desk.estate)
    works = Holding.objects.on(timezone.localdate(now)).filter(estate=desk.estate, staff__is_active=True)
    stands_in = Deputyship.objects.at(now).filter(estate=desk.estate, deputy__is_active=True)
    ever = held.values_list("staff", flat=True).union(lent.values_list("deputy", flat=True))
    still = works.values_list("staff", flat=True).union(stands_in.values_list("deputy", flat=True))
    return sorted(set(ever) - set(still))


def _undone(desk: Desk, now: datetime) -> Iterator[Stranded]:
    """Those from which somebody has to be sent who does what nobody does. Where all is done, no task is read."""
    known = {
        (name, step): book
        for name, book in rules.every_current().items()
        for step in book.flow.steps
        if able.work(book, step) is not None
    }
    posts = {post for (_, step), book in known.items() for post in book.destinations(step)}
    held = facts.holders_of(desk.estate, posts, now)
    kinds: dict[str, Abilities] = {}
    lacking = [at for at, book in known.items() if _lacks(book, at[1], held, kinds, desk, now)]
    if not lacking:
        return
    steps = [Q(procedure=name, step=step) for name, step in lacking]
    for task in _open(desk).filter(reduce(or_, steps))[:LOOKED_AT]:
        found = _nobody_does(task, held, kinds)
        if found is not None:
            yield found


def _lacks(
    book: Rulebook, step: str, held: Mapping[str, Mapping[int, str]], kinds: dict[str, Abilities], desk: Desk,
    now: datetime,
) -> bool:  # fmt: skip
    """Whether something is asked for there that none of those who may be sent does. One query a kind of work."""
    found, who = able.work(book, step), _sent(book, step, held)
    if found is None or not who:
        return False
    kind, _title, options = found
    if kind not in kinds:
        kinds[kind] = abilities(desk.estate.pk, kind, timezone.localdate(now))
    return any(not kinds[kind].able(who, value) for value in options)


def _nobody_does(
    task: Task, held: Mapping[str, Mapping[int, str]], kinds: Mapping[str, Abilities]
) -> Stranded | None:
    book, state = rules.rulebook(task.case.version_id), store.state_of(task.case)
    asked = able.wanted(book, state, task.step, task.branch)
    who = _sent(book, task.step, held)
    if asked is None or not who:
        return None
    kind, value = asked
    if kind not in kinds or kinds[kind].able(who, value):
        return None
    work = able.named(book, state, task.step, task.branch)
    return Stranded(task, book.procedure.title, book.step_title(task.step), work=work)


def _sent(book: Rulebook, step: str, held: Mapping[str, Mapping[int, str]]) -> set[int]:
    """Who may be sent from a step."""
    return {pk for post in book.destinations(step) for pk in held.get(post, ())}


def _open(desk: Desk) -> QuerySet[Task]:
    return (
        Task.objects.filter(estate=desk.estate, state=Task.State.OPEN)
        .select_related("case__unit", "person")
        .order_by("order_at", "id")
    )
