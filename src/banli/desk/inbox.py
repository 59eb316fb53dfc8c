"""The inbox: what waits for whoever asks, soonest due first, with what they must know before they open it."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from banli.cases import access, queries, rules, store
from banli.cases.models import Case, Task
from banli.cases.waiting import SHOWN, soonest
from banli.engine.refusals import Refusal
from banli.engine.state import Token
from banli.engine.text import Text
from banli.people.access import Denied, Desk

from . import due, icons, matter, paging
from .case_list import taken_in
from .telling import Told, tell

PAGE = queries.PAGE
#: A page that refreshes itself asks for as many rows as it shows, up to this.
LONGEST_PAGE = 300
#: Instead of a post: what waits for this one person, by name.
IN_PERSON = "me"
_DONE = re.compile(r"([0-9]{1,18})\.([0-9]{1,8})")
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,50}")


@dataclass(frozen=True)
class Asked:
    """Which part of the inbox an address asks for."""

    procedure: str = ""
    post: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = PAGE

    @classmethod
    def of(cls, told: QueryDict) -> "Asked":
        """404 for what no page of this house would ask."""
        shown = told.get("shown", "")
        if shown and not (shown.isascii() and shown.isdigit()):
            raise Http404
        return cls(
            procedure=_slug(told.get("procedure", "")),
            post=_slug(told.get("post", "")),
            after=paging.place(told.get("after", "")),
            limit=min(max(int(shown[:9] or 0), PAGE), LONGEST_PAGE),
        )


@dataclass(frozen=True)
class Line:
    """One task as the inbox shows it. ``refused``: why this desk may not do it itself (four eyes)."""

    waiting: queries.Waiting
    icon: str
    matter: str
    due: due.Due | None
    post: Text | None
    deputy_for: str
    refused: Refusal | None

    @property
    def task(self) -> Task:
        return self.waiting.task

    @property
    def tone(self) -> str:
        return self.due.tone if self.due else ""

    @property
    def taken_in(self) -> str:
        return taken_in(self.task.case)


@dataclass(frozen=True)
class Pile:
    """How many tasks wait, and how: ``by`` a procedure, a post or in person."""

    total: int
    late: int
    by_procedure: Counter[str]
    by_post: Counter[str]


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    next: str


@dataclass(frozen=True)
class Done:
    """What whoever is back at the inbox has just done, and where."""

    case: Case
    title: Text
    told: Told


def just_done(desk: Desk, told: str) -> Done | None:
    """What an address says of it: ``<case>.<entry>``; None unless this person did that and still sees the case.

    Handing a case on may take it out of one's sight; the inbox is shown all the same.
    """
    found = _DONE.fullmatch(told)
    if found is None:
        return None
    try:
        case = access.case_for(desk, int(found[1]))
    except (Http404, Denied):
        return None
    book = rules.rulebook(case.version_id)
    for happened in queries.history(case, before=int(found[2]) + 1, limit=1):
        if happened.entry.actor_id == desk.staff.pk:
            return Done(case, book.procedure.title, tell(book, happened, case.form))
    return None


def mine(desk: Desk) -> QuerySet[Task]:
    """The open tasks that wait for this desk: in person, or for a post it acts in."""
    own = Q(person=desk.staff) | Q(person__isnull=True, posts__overlap=list(desk.posts))
    return Task.objects.filter(own, estate=desk.estate, state="open")


def page(desk: Desk, asked: Asked, now: datetime) -> Page:
    """One page of it, in one query."""
    most = asked.limit + 1
    found = (
        list(_of_a_post(desk, asked)[:most])
        if asked.post
        else soonest(desk, most, after=asked.after, procedure=asked.procedure)
    )
    shown, more = found[: asked.limit], len(found) > asked.limit
    following = paging.written(shown[-1].order_at, shown[-1].pk) if more else ""
    return Page([_line(desk, queries.waiting(task), now) for task in shown], following)


def _of_a_post(desk: Desk, asked: Asked) -> QuerySet[Task]:
    tasks = mine(desk).select_related(*SHOWN).order_by("order_at", "id")
    if asked.procedure:
        tasks = tasks.filter(procedure=asked.procedure)
    if asked.post == IN_PERSON:
        tasks = tasks.filter(person=desk.staff)
    else:
        tasks = tasks.filter(person__isnull=True, posts__contains=[asked.post])
    if asked.after is not None:
        moment, pk = asked.after
        later = Q(order_at__gt=moment) | Q(order_at=moment, id__gt=pk)
        tasks = tasks.filter(later, order_at__gte=moment)  # the second is what an index can begin at
    return tasks


def pile(desk: Desk, now: datetime) -> Pile:
    """Everything that waits, counted in one query."""
    groups = (
        mine(desk)
        .values("procedure", "posts", "person")
        .annotate(number=Count("id"), late=Count("id", filter=Q(due_at__lt=now)))
        .order_by()
    )
    total = late = 0
    by_procedure: Counter[str] = Counter()
    by_post: Counter[str] = Counter()
    for group in groups:
        total += group["number"]
        late += group["late"]
        by_procedure[group["procedure"]] += group["number"]
        if group["person"] is not None:
            by_post[IN_PERSON] += group["number"]
        else:
            for post in set(group["posts"]) & set(desk.posts):
                by_post[post] += group["number"]
    return Pile(total, late, by_procedure, by_post)


def version(desk: Desk, page: Page, pile: Pile) -> str:
    """An ETag of what the page shows: it changes when the page would look different, clocks aside."""
    told = [
        (line.task.pk, line.task.case.seq, line.tone, line.due and line.due.due, line.refused is None)
        for line in page.lines
    ]
    seen = repr((
        desk.staff.pk, desk.estate.pk, get_language(), timezone.localdate(), told, page.next, pile.total, pile.late,
        sorted(pile.by_procedure.items()), sorted(pile.by_post.items()),
    ))  # fmt: skip
    return f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'


def procedures() -> dict[str, Text]:
    """The titles of the procedures in force, to choose from."""
    return {name: book.procedure.title for name, book in rules.every_current().items()}


def _line(desk: Desk, waiting: queries.Waiting, now: datetime) -> Line:
    task, book = waiting.task, waiting.book
    acting = desk.acting_as(*task.posts)
    token = Token(task.step, task.branch, task.person_id)
    return Line(
        waiting=waiting,
        icon=icons.of(book.flow.steps[task.step].verb),
        matter=matter.of_task(task, book),
        due=due.of_task(book, task.case.clocks, task.step, task.branch, now),
        post=book.post_title(acting.post) if acting else None,
        deputy_for=acting.deputy_for.name if acting and acting.deputy_for else "",
        refused=access.why_not(desk, book, store.state_of(task.case), token),
    )


def _slug(text: str) -> str:
    if text and _SLUG.fullmatch(text) is None:
        raise Http404
    return text
