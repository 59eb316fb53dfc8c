"""The estate's cases, newest first, with why one is late and with whom it lies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from banli.cases import access, queries, rules
from banli.cases.models import Case, Task
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate import letters
from banli.estate.models import Person
from banli.estate.searching import find_units
from banli.papers.finding import meant
from banli.papers.models import Paper
from banli.people.access import Desk
from banli.web import clocks

from . import due, matter
from .filters import Narrowing

PAGE = queries.PAGE
#: Open and past a due time: not a status of its own, but what one looks for most.
LATE = "late"
STATUSES = ("open", LATE, "done", "rejected", "not_done", "withdrawn", "expired")


@dataclass(frozen=True)
class Holder:
    """An open step, and with whom it lies: a post, or one person by name. ``times``: one of several cards is a row."""

    step: Text
    post: Text | None
    person: str
    times: int = 1


@dataclass(frozen=True)
class Line:
    case: Case
    procedure: Text
    matter: str
    due: due.Due | None
    holders: list[Holder]

    @property
    def tone(self) -> str:
        return self.due.tone if self.due else ""

    @property
    def taken_in(self) -> str:
        """Who took it in, and when."""
        return taken_in(self.case)

    @property
    def ended(self) -> str:
        """When it ended; empty while it is open."""
        ended_at = self.case.ended_at
        return _("%(at)s 结束") % {"at": clocks.told(ended_at, timezone.now())} if ended_at else ""


def taken_in(case: Case) -> str:
    """Who took a case in, and when, in one sentence."""
    at = clocks.told(case.opened_at, timezone.now())
    if case.opened_by is None:
        return _("%(at)s 受理") % {"at": at}
    return _("%(who)s %(at)s 受理") % {"who": case.opened_by.name, "at": at}


def procedures(desk: Desk) -> dict[str, Rulebook]:
    """The procedures in force whose cases this desk may see: those it takes part in."""
    return {
        name: book
        for name, book in rules.every_current().items()
        if desk.holds(*rules.participants(book), *access.SEES_ALL)
    }


def page(
    desk: Desk, seen: Mapping[str, Rulebook], asked: Narrowing, procedure: str, before: int | None, now: datetime
) -> tuple[list[Line], int | None]:  # fmt: skip
    """One page, and the id to go on from. The number of queries does not grow with the rows."""
    found = Case.objects.filter(estate=desk.estate)
    if procedure:
        found = found.filter(procedure=procedure)
    elif not desk.holds(*access.SEES_ALL):
        found = found.filter(_seen(desk, seen))
    found = _narrowed(desk, found, asked, now)
    if before is not None:
        found = found.filter(pk__lt=before)
    newest = Case.objects.filter(
        pk__in=found.order_by("-id").values("pk")[: PAGE + 1]
    )  # found before it is joined
    rows = list(newest.select_related("unit", "applicant", "opened_by").order_by("-id"))
    shown, more = rows[:PAGE], len(rows) > PAGE
    return lines(shown, now), shown[-1].pk if more else None


def _seen(desk: Desk, seen: Mapping[str, Rulebook]) -> Q:
    """Every case of the procedures it takes part in; of those that choose a department, what it was sent."""
    sent = [
        name
        for name, book in rules.every_current().items()
        if name not in seen and desk.holds(*rules.departments(book))
    ]
    whole = Q(procedure__in=list(seen))
    return whole | Q(procedure__in=sent, pk__in=queries.sent_to(desk).values("case")) if sent else whole


def lines(shown: Sequence[Case], now: datetime) -> list[Line]:
    """Cases as lines of a list, with whom each lies. One query."""
    tasks = queries.open_tasks(case.pk for case in shown)
    return [_line(case, tasks.get(case.pk, []), now) for case in shown]


def _narrowed(desk: Desk, found: QuerySet[Case], asked: Narrowing, now: datetime) -> QuerySet[Case]:
    if asked.standing == LATE:
        found = found.filter(status="open", due_at__lt=now)
    elif asked.standing:
        found = found.filter(status=asked.standing)
    if asked.start:
        found = found.filter(opened_at__gte=asked.start)
    if asked.end:
        found = found.filter(opened_at__lt=asked.end)
    return found.filter(_meant(desk, asked.words)) if asked.words else found


def _meant(desk: Desk, words: str) -> Q:
    """The cases a text may mean: by their number, their home however written, a paper's number, the applicant."""
    ways = Q(unit__in=[unit.pk for unit in find_units(desk, words).units])
    if numbered := meant(words, rules.current_papers()):
        ways |= Q(pk__in=Paper.objects.filter(reduce(or_, numbered), estate=desk.estate).values("case"))
    if words.isascii() and words.isdigit() and len(words) <= 18:
        ways |= Q(pk=int(words))
    if any(sign.isalpha() for sign in words):
        ways |= Q(
            applicant__in=Person.objects.filter(letters.saying("name", words), estate=desk.estate).values(
                "pk"
            )
        )
    return ways


def _line(case: Case, tasks: list[Task], now: datetime) -> Line:
    book = rules.rulebook(case.version_id)
    return Line(
        case=case,
        procedure=book.procedure.title,
        matter=matter.in_brief(case, book),
        due=due.of_case(book, case.clocks, now) if case.status == "open" else None,
        holders=_each_once([_holder(book, task) for task in tasks]),
    )


def _each_once(holders: list[Holder]) -> list[Holder]:
    """What lies with the same one several times, row by row, is said once."""
    return [replace(one, times=times) for one, times in Counter(holders).items()]


def _holder(book: Rulebook, task: Task) -> Holder:
    post = book.post_title(task.posts[0]) if task.posts else None
    return Holder(book.step_title(task.step), post, task.person.name if task.person else "")
