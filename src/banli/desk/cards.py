"""Cases as lines of a list: what it is, where it stands, whose turn it is, by when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from banli.cases import queries, rules
from banli.cases.models import Case, Task
from banli.engine.procedure import ROLES
from banli.engine.text import Text
from banli.journal import joined
from banli.journal.models import Entry
from banli.people.access import Desk

from . import due, matter

DONE_SHOWN = 5
#: So many of somebody's own entries of today are looked through for the cases they were about.
LOOKED_THROUGH = 60
_THESE = "SELECT unnest(%(ids)s::bigint[])"


@dataclass(frozen=True)
class Waiting:
    """An open step of a case, and whose turn it is: a person, or the holders of posts."""

    step: Text
    person: str
    posts: list[Text]


@dataclass(frozen=True)
class Card:
    """One case of a list."""

    case: Case
    title: Text
    role: Text | None
    clock: due.Due | None
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def matter(self) -> str:
        """Where it is and what is to be done."""
        return matter.where_and_what(self.case, rules.rulebook(self.case.version_id))


def cards(cases: Iterable[Case]) -> list[Card]:
    """The cases with where they stand. One query for all their open tasks, none where all are closed."""
    listed = list(cases)
    open_ids = [case.pk for case in listed if case.status == Case.Status.OPEN]
    tasks = queries.open_tasks(open_ids) if open_ids else {}
    return [_card(case, tasks.get(case.pk, [])) for case in listed]


def _card(case: Case, tasks: list[Task]) -> Card:
    book = rules.rulebook(case.version_id)
    waiting = [
        Waiting(
            book.step_title(task.step),
            task.person.name if task.person else "",
            [book.post_title(post) for post in task.posts],
        )
        for task in tasks
    ]
    clock = due.of_case(book, case.clocks, timezone.now()) if case.status == Case.Status.OPEN else None
    return Card(case, book.procedure.title, ROLES.get(case.applicant_role), clock, waiting)


def title_of(case: Case) -> Text:
    """What a case's procedure is called; the rulebook is kept, so this asks the database nothing new."""
    return rules.rulebook(case.version_id).procedure.title


@dataclass(frozen=True)
class Done:
    """A case somebody worked on, and when they last did."""

    card: Card
    at: datetime


def done_today(desk: Desk) -> list[Done]:
    """What whoever sits here worked on today, the latest first. Three queries."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Entry.objects.filter(
        estate=desk.estate, at__gte=midnight, actor=desk.staff, stream__startswith="case/"
    ).order_by("-at")
    times: dict[int, datetime] = {}
    for stream, at in mine.values_list("stream", "at")[:LOOKED_THROUGH]:
        times.setdefault(int(stream.removeprefix("case/")), at)
    latest = list(times)[:DONE_SHOWN]
    found = joined.every(
        Case, _THESE, {"ids": latest}, joined=("unit", "unit__building", "applicant"), order="id"
    )
    told = [Done(card, times[card.case.pk]) for card in cards(found)]
    return sorted(told, key=lambda one: one.at, reverse=True)
