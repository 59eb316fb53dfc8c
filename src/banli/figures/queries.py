"""The figures themselves, each by one statement over an index, however many rows there are.

Cases, tasks and clocks are counted from their rows and the journal; docs/operating.md says what each figure means.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from banli.engine.rulebook import Rulebook
from banli.routines import signing

from .period import Period


@dataclass(frozen=True)
class Volume:
    """A procedure's cases: opened in the period, ended in it and how, and open now."""

    procedure: str
    opened: int
    done: int
    rejected: int
    not_done: int
    withdrawn: int
    expired: int
    still_open: int

    @property
    def ended(self) -> int:
        return self.done + self.rejected + self.not_done + self.withdrawn + self.expired

    @property
    def unserved(self) -> int | None:
        """Of a hundred that ended, how many were refused, not carried out or withdrawn; None where none ended."""
        return percent(self.rejected + self.not_done + self.withdrawn, self.ended)


_VOLUME = """
    SELECT procedure,
           count(*) FILTER (WHERE opened_at >= %(start)s AND opened_at < %(end)s),
           count(*) FILTER (WHERE status = 'done' AND ended_at >= %(start)s AND ended_at < %(end)s),
           count(*) FILTER (WHERE status = 'rejected' AND ended_at >= %(start)s AND ended_at < %(end)s),
           count(*) FILTER (WHERE status = 'not_done' AND ended_at >= %(start)s AND ended_at < %(end)s),
           count(*) FILTER (WHERE status = 'withdrawn' AND ended_at >= %(start)s AND ended_at < %(end)s),
           count(*) FILTER (WHERE status = 'expired' AND ended_at >= %(start)s AND ended_at < %(end)s),
           count(*) FILTER (WHERE status = 'open')
      FROM cases_case
     WHERE estate_id = %(estate)s
       AND (status = 'open' OR (opened_at >= %(start)s AND opened_at < %(end)s)
            OR (ended_at >= %(start)s AND ended_at < %(end)s))
     GROUP BY procedure ORDER BY procedure
"""


def volumes(estate_id: int, period: Period) -> list[Volume]:
    """Cases per procedure."""
    return [Volume(*row) for row in rows(_VOLUME, estate_id, period)]


@dataclass(frozen=True)
class Turn:
    """A day, or a month (its first day): how many cases were opened and how many ended."""

    day: date
    opened: int
    ended: int


_COURSE = """
    WITH moves AS (
        SELECT opened_at AS at, 1 AS opened, 0 AS ended FROM cases_case
         WHERE estate_id = %(estate)s AND opened_at >= %(start)s AND opened_at < %(end)s
        UNION ALL
        SELECT ended_at, 0, 1 FROM cases_case
         WHERE estate_id = %(estate)s AND ended_at >= %(start)s AND ended_at < %(end)s
    ), counted AS (
        SELECT date_trunc(%(grain)s, at AT TIME ZONE %(zone)s)::date AS day, sum(opened) AS opened, sum(ended) AS ended
          FROM moves GROUP BY 1
    )
    SELECT told.day::date, coalesce(counted.opened, 0)::int, coalesce(counted.ended, 0)::int
      FROM generate_series(date_trunc(%(grain)s, %(first)s::timestamp), %(last)s::timestamp,
                           ('1 ' || %(grain)s)::interval) AS told(day)
      LEFT JOIN counted ON counted.day = told.day::date
     ORDER BY told.day
"""


def course(estate_id: int, period: Period) -> list[Turn]:
    """Cases opened and ended day by day, or month by month where the period is long; days without any are told too."""
    return [Turn(*row) for row in rows(_COURSE, estate_id, period)]


@dataclass(frozen=True)
class StepTime:
    """How long a step lay before it was done, in seconds: half took ``median`` at most, nine tenths ``p90``."""

    procedure: str
    step: str
    times: int
    median: float
    p90: float


_STEPS = """
    SELECT procedure, step, count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - opened_at)),
           percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - opened_at))
      FROM cases_task
     WHERE estate_id = %(estate)s AND state = 'done' AND ended_at >= %(start)s AND ended_at < %(end)s
       AND ended_at > opened_at
     GROUP BY procedure, step ORDER BY procedure, step
"""


def step_times(estate_id: int, period: Period) -> list[StepTime]:
    """Steps done in the period. One done in the same stroke in which it was reached has kept nobody waiting."""
    return [StepTime(*row) for row in rows(_STEPS, estate_id, period)]


@dataclass(frozen=True)
class OnTime:
    """A clock: stopped in time or late in the period, and still running although it was due within it."""

    procedure: str
    clock: str
    in_time: int
    late: int
    running_late: int

    @property
    def rate(self) -> int | None:
        """In time, of a hundred."""
        return percent(self.in_time, self.in_time + self.late + self.running_late)


_CLOCKS = """
    WITH told AS (
        SELECT ruled.procedure, event->>'clock' AS clock,
               CASE WHEN (event->>'late')::boolean THEN 'late' ELSE 'in_time' END AS ending
          FROM journal_entry entry
          CROSS JOIN jsonb_array_elements(entry.body->'events') AS event
          JOIN cases_case ruled
            ON ruled.id = CASE WHEN entry.stream LIKE 'case/%%' THEN substr(entry.stream, 6)::bigint END
         WHERE entry.estate_id = %(estate)s AND entry.at >= %(start)s AND entry.at < %(end)s
           AND event->>'event' = 'clock_stopped'
        UNION ALL
        SELECT kept.procedure, clock->>'clock', 'running_late'
          FROM cases_case kept CROSS JOIN jsonb_array_elements(kept.clocks) AS clock
         WHERE kept.estate_id = %(estate)s AND kept.status = 'open' AND kept.due_at < least(%(now)s, %(end)s)
           AND clock->>'state' NOT IN ('stopped', 'paused')
           AND (clock->>'due')::timestamptz >= %(start)s
           AND (clock->>'due')::timestamptz < least(%(now)s, %(end)s)
    )
    SELECT procedure, clock, count(*) FILTER (WHERE ending = 'in_time'), count(*) FILTER (WHERE ending = 'late'),
           count(*) FILTER (WHERE ending = 'running_late')
      FROM told GROUP BY procedure, clock ORDER BY procedure, clock
"""


def on_time(estate_id: int, period: Period, now: datetime) -> list[OnTime]:
    """Each clock's endings, from the journal: a clock that a returned case starts anew counts each time it ends."""
    return [OnTime(*row) for row in rows(_CLOCKS, estate_id, period, now=now)]


@dataclass(frozen=True)
class Unchecked:
    """An open case whose permit went out while the inspection after it is open past its time: nobody checked."""

    case: int
    procedure: str
    step: str
    unit: str
    number: str
    due_at: datetime


UNCHECKED_AT_ONCE = 50
#: So many of the cases that are late are looked through, those the longest late first.
LATE_LOOKED_THROUGH = 2000
_UNCHECKED = """
    SELECT task.case_id, task.procedure, task.step, coalesce(unit.key, ''), paper.number, task.due_at
      FROM (
          SELECT id, unit_id FROM cases_case
           WHERE estate_id = %(estate)s AND status = 'open' AND due_at < %(now)s ORDER BY due_at LIMIT %(most)s
      ) lying
      JOIN cases_task task ON task.case_id = lying.id AND task.state = 'open' AND task.due_at < %(now)s
      JOIN unnest(%(procedures)s::varchar[], %(steps)s::varchar[], %(kinds)s::varchar[]) AS after(procedure, step, kind)
        ON after.procedure = task.procedure AND after.step = task.step
      JOIN LATERAL (
          SELECT number FROM papers_paper
           WHERE case_id = lying.id AND kind = after.kind AND state <> 'void' AND issued_at <= task.due_at
           ORDER BY id DESC LIMIT 1
      ) paper ON true
      LEFT JOIN estate_unit unit ON unit.id = lying.unit_id
     ORDER BY task.due_at, task.id LIMIT %(limit)s
"""


def unchecked(
    estate_id: int, period: Period, now: datetime, books: Mapping[str, Rulebook]
) -> list[Unchecked]:
    """Permits that are out while the inspection after them is past its time, as it is now, whatever the period."""
    checks = after_checks(books)
    names = zip(*checks, strict=True) if checks else ((), (), ())
    asked = {key: list(told) for key, told in zip(("procedures", "steps", "kinds"), names, strict=True)}
    found = rows(
        _UNCHECKED, estate_id, period, now=now, most=LATE_LOOKED_THROUGH, limit=UNCHECKED_AT_ONCE + 1, **asked
    )
    return [Unchecked(*row) for row in found]


def after_checks(books: Mapping[str, Rulebook]) -> list[tuple[str, str, str]]:
    """(procedure, step, paper) for each inspection after a paper that is good until a day: of what it allowed."""
    told: list[tuple[str, str, str]] = []
    for name, book in books.items():
        steps, order = book.flow.steps, book.flow.order
        permits = [(one, step.paper) for one, step in steps.items() if step.paper and step.valid_until]
        for after, step in steps.items():
            if step.verb == "inspect":
                told += [(name, after, paper) for one, paper in permits if order[one] < order[after]]
    return told


def each_once(found: Iterable[Unchecked]) -> list[Unchecked]:
    """A step of several rows, one card each, is one thing to see to."""
    told: dict[tuple[int, str], Unchecked] = {}
    for one in found:
        told.setdefault((one.case, one.step), one)
    return list(told.values())


@dataclass(frozen=True)
class Shifts:
    """The cashiers' shifts that were opened in the period."""

    opened: int
    unclosed: int
    differing: int


_SHIFTS = """
    SELECT count(*), count(*) FILTER (WHERE closed_at IS NULL), count(*) FILTER (WHERE counted <> expected)
      FROM cashier_shift WHERE estate_id = %(estate)s AND opened_at >= %(start)s AND opened_at < %(end)s
"""


def shifts(estate_id: int, period: Period) -> Shifts:
    """A shift is signed when it is closed: unsigned are those nobody has closed."""
    return Shifts(*rows(_SHIFTS, estate_id, period)[0])


@dataclass(frozen=True)
class Logs:
    """The days of shift logs that are over: with somebody on watch, and without a supervisor's signature."""

    days: int
    unsigned: int


def logs(estate_id: int, period: Period, now: datetime) -> Logs:
    """A post's day counts once, whoever was on watch on it."""
    last = min(period.last, timezone.localdate(now) - timedelta(days=1))
    told = signing.days(estate_id, period.first, last) if period.first <= last else []
    return Logs(len(told), sum(not one.signed for one in told))


@dataclass(frozen=True)
class Deposits:
    """Deposits held now, in fen: by the ledger's account, and by what the cases say was paid and not given back."""

    ledger: int
    cases: int

    @property
    def agree(self) -> bool:
        return self.ledger == self.cases


_DEPOSITS = """
    SELECT (SELECT coalesce(-sum(entry.fen), 0) FROM cashier_ledgerentry entry
              JOIN cashier_posting posting ON posting.id = entry.posting_id
             WHERE posting.estate_id = %(estate)s AND entry.account = 'deposits')::bigint,
           (SELECT coalesce(sum(
                (SELECT coalesce(sum((one->>'fen')::bigint), 0) FROM jsonb_array_elements(standing->'paid') one
                  WHERE one->>'kind' = 'deposit')
              + (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(standing->'brought'))
              - (SELECT coalesce(sum((one->>'fen')::bigint), 0) FROM jsonb_array_elements(standing->'outs') one)
            ), 0) FROM cases_case
             WHERE estate_id = %(estate)s AND procedure = ANY(%(procedures)s)
               AND standing ?| ARRAY['paid', 'brought'])::bigint
"""


def deposits(estate_id: int, period: Period, procedures: Collection[str]) -> Deposits:
    """What is held at this moment, reckoned twice; by the cases of ``procedures``, those that ever took a deposit."""
    return Deposits(*rows(_DEPOSITS, estate_id, period, procedures=sorted(procedures))[0])


def percent(part: int, whole: int) -> int | None:
    """Of a hundred, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def rows(statement: str, estate_id: int, period: Period, **more: Any) -> list[tuple[Any, ...]]:
    """What a statement answers about an estate and a period; ``more``: what it asks beside them."""
    params: Mapping[str, Any] = {
        "estate": estate_id, "start": period.start, "end": period.end, "first": period.first, "last": period.last,
        "grain": period.grain, "zone": settings.TIME_ZONE, **more,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
