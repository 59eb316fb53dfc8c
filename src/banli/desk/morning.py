"""What a manager looks at first in the morning: what was not done, each line leading to its thing.

Rounds that were missed or found something, cases past their time, permits nobody checked, shifts nobody signed for,
follow-ups that nobody can make, tasks and work that nobody can do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from banli.cases import queries
from banli.cases.access import SEES_ALL
from banli.cases.models import Task
from banli.cashier.access import SEES as SEES_THE_TILL
from banli.cashier.models import Shift
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.figures.period import month
from banli.figures.queries import Unchecked, each_once, unchecked
from banli.people.access import Desk, require_post
from banli.people.models import Acting
from banli.people.titles import post_title
from banli.routines.access import SUPERVISES
from banli.routines.models import Watch
from banli.routines.queries import Line as RoundLine
from banli.routines.queries import line, listed
from banli.routines.signing import Day, owed

from . import case_list, follow_ups, stranded

#: So many of each are named; of more it is said that there are.
SHOWN = 20
#: The longest shift seen runs from 17:30 to 8:30; after this long, or this long after it was offered, nobody signed.
LONGEST_WATCH, LONGEST_OFFER = timedelta(hours=16), timedelta(hours=1)


@dataclass(frozen=True)
class Permit:
    """A paper that is out while the check after it is overdue."""

    found: Unchecked
    procedure: Text
    step: Text


@dataclass(frozen=True)
class Morning:
    """Everything the page says; each list holds one more than is shown where there are more."""

    rounds: list[RoundLine]
    cases: list[case_list.Line]
    permits: list[Permit]
    watches: list[tuple[Watch, Text]]
    shifts: list[Shift]
    logs: list[tuple[Day, Text]]
    calls: list[tuple[Task, Text, Text]]
    trades: list[stranded.Trade]
    stranded: list[stranded.Stranded]

    @property
    def clear(self) -> bool:
        told = (self.rounds, self.cases, self.permits, self.watches, self.shifts, self.logs, self.calls)
        return not any((*told, self.trades, self.stranded))


def require_part(desk: Desk) -> Acting:
    """Supervisors and the director; raises Denied (403) for others."""
    return require_post(desk, *SUPERVISES)


def morning(desk: Desk, now: datetime) -> Morning:
    """What was not done, as it stands at a moment. The number of queries does not grow with the rows."""
    seen = case_list.procedures(desk)
    late = queries.cases(desk, late=now, limit=SHOWN + 1) if desk.holds(*SEES_ALL) else []
    permits = each_once(unchecked(desk.estate.pk, month(now.year, now.month), now, seen))
    return Morning(
        rounds=[line(row) for row in listed(desk, "unsettled")[: SHOWN + 1]],
        cases=case_list.lines(list(late), now),
        permits=[_permit(seen[one.procedure], one) for one in permits[: SHOWN + 1]],
        watches=[(row, post_title(row.post)) for row in _unsigned(desk, now)],
        shifts=_left_open(desk, now) if desk.holds(*SEES_THE_TILL) else [],
        logs=[(one, post_title(one.post)) for one in owed(desk.estate.pk, timezone.localdate(now))][
            : SHOWN + 1
        ],
        calls=follow_ups.unshared(desk, now, SHOWN + 1) if desk.holds(*follow_ups.SEES_ALL) else [],
        trades=stranded.trades(desk, now),
        stranded=stranded.tasks(desk, now, SHOWN + 1) if desk.holds(*SEES_ALL) else [],
    )


def _permit(book: Rulebook, one: Unchecked) -> Permit:
    return Permit(one, book.procedure.title, book.step_title(one.step))


def _unsigned(desk: Desk, now: datetime) -> list[Watch]:
    """Watches that nobody has signed for in all this time."""
    old = Q(began_at__lt=now - LONGEST_WATCH) | Q(offered_at__lt=now - LONGEST_OFFER)
    found = Watch.objects.filter(old, estate=desk.estate, ended_at=None).select_related(
        "keeper", "offered_to"
    )
    return list(found.order_by("began_at")[: SHOWN + 1])


def _left_open(desk: Desk, now: datetime) -> list[Shift]:
    """Shifts at the till of days before that nobody closed."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = Shift.objects.filter(estate=desk.estate, closed_at=None, opened_at__lt=midnight)
    return list(found.select_related("cashier").order_by("opened_at")[: SHOWN + 1])
