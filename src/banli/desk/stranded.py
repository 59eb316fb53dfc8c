"""What nobody can do: work that no technician does, tasks whose post nobody holds or whose person is gone (P8, P19)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
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
    vacant = sorted(set(post_titles()) - here)
    works = Holding.objects.on(timezone.localdate(now)).filter(
        estate=desk.estate, staff=OuterRef("person"), staff__is_active=True
    )
    lent = Deputyship.objects.at(now).filter(
        estate=desk.estate, deputy=OuterRef("person"), deputy__is_active=True
    )
    waits = Q(person__isnull=True, posts__contained_by=vacant) & ~Q(posts=[])
    gone = Q(person__isnull=False) & ~Exists(works) & ~Exists(lent)
    for task in _open(desk).filter(waits | gone)[:limit]:
        book = rules.rulebook(task.case.version_id)
        post = post_title(task.posts[0]) if task.person is None else None
        name = task.person.name if task.person is not None else ""
        yield Stranded(task, book.procedure.title, book.step_title(task.step), post=post, person=name)


def _undone(desk: Desk, now: datetime) -> Iterator[Stranded]:
    """Those from which somebody has to be sent who does what nobody does."""
    known = {
        (name, step): book
        for name, book in rules.every_current().items()
        for step in book.flow.steps
        if able.work(book, step) is not None
    }
    posts = {post for (_, step), book in known.items() for post in book.destinations(step)}
    held = facts.holders_of(desk.estate, posts, now)
    kinds: dict[str, Abilities] = {}
    waiting = _open(desk).filter(
        procedure__in={name for name, _ in known}, step__in={step for _, step in known}
    )
    for task in waiting[:LOOKED_AT]:
        if (task.procedure, task.step) in known:
            found = _nobody_does(task, held, kinds, now)
            if found is not None:
                yield found


def _nobody_does(
    task: Task, held: Mapping[str, Mapping[int, str]], kinds: dict[str, Abilities], now: datetime
) -> Stranded | None:
    book, state = rules.rulebook(task.case.version_id), store.state_of(task.case)
    asked = able.wanted(book, state, task.step, task.branch)
    who = _sent(book, task.step, held)
    if asked is None or not who:
        return None
    kind, value = asked
    if kind not in kinds:
        kinds[kind] = abilities(task.estate_id, kind, timezone.localdate(now))
    if kinds[kind].able(who, value):
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
