"""How well the work was done: at the first pass or sent back, taken up again after its end; and what should be nil.

Each by one statement, however many rows there are; docs/operating.md says what each figure means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from banli.engine.rulebook import Rulebook

from .period import Period
from .queries import percent, rows

#: A case that is opened again so soon after its end was not well ended (domain/kpis E).
SOON_AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class Passed:
    """A procedure's cases that were carried through in the period: ``straight``, never sent back for correction.

    ``again``: how often one was opened again in the period, soon after its end.
    """

    procedure: str
    done: int
    straight: int
    again: int

    @property
    def rate(self) -> int | None:
        """Never sent back, of a hundred carried through."""
        return percent(self.straight, self.done)


_PASSED = """
    WITH through AS (
        SELECT kept.procedure, count(*) AS done, count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM cases_task task WHERE task.case_id = kept.id AND task.outcome = 'returned'
               )) AS straight
          FROM cases_case kept
         WHERE kept.estate_id = %(estate)s AND kept.status = 'done'
           AND kept.ended_at >= %(start)s AND kept.ended_at < %(end)s
         GROUP BY kept.procedure
    ), again AS (
        SELECT ruled.procedure, count(*) AS times
          FROM journal_entry entry
          JOIN cases_case ruled
            ON ruled.id = CASE WHEN entry.stream LIKE 'case/%%' THEN substr(entry.stream, 6)::bigint END
          JOIN LATERAL (
              SELECT max(before.at) AS at FROM journal_entry before
               WHERE before.stream = entry.stream AND before.seq < entry.seq
                 AND before.body->'events' @> '[{"event": "ended"}]'
          ) ended ON ended.at > entry.at - %(soon)s
         WHERE entry.estate_id = %(estate)s AND entry.at >= %(start)s AND entry.at < %(end)s
           AND entry.kind = 'override' AND entry.body->'events' @> '[{"event": "reopened"}]'
         GROUP BY ruled.procedure
    )
    SELECT procedure, coalesce(done, 0), coalesce(straight, 0), coalesce(times, 0)
      FROM through FULL JOIN again USING (procedure) ORDER BY procedure
"""


def passed(estate_id: int, period: Period) -> list[Passed]:
    """Each procedure of which anything was carried through, or opened again."""
    return [Passed(*row) for row in rows(_PASSED, estate_id, period, soon=SOON_AGAIN)]


@dataclass(frozen=True)
class Watched:
    """What somebody has to see to. The first three are of the period, the others as it is now.

    ``unmasked``: private fields that were looked at, by ``by`` people; not the face on a card, which the gate looks at
    each time somebody comes in. ``unused``: slips whose day went by unused.
    ``out``: cards and permits past their time that are neither given back nor finished.
    ``paused``: clocks that stand still for a reason; ``carried``: matters open in the shift logs.
    ``overdue``: people's data, contracts and vehicles that are over and not erased.
    """

    unmasked: int
    by: int
    unused: int
    out: int
    paused: int
    carried: int
    overdue: int


_WATCHED = """
    SELECT looked.times, looked.people,
           (SELECT count(*) FROM cases_case kept JOIN papers_paper paper ON paper.case_id = kept.id
             WHERE kept.estate_id = %(estate)s AND kept.status = 'expired' AND paper.state = 'expired'
               AND kept.ended_at >= %(start)s AND kept.ended_at < %(end)s),
           (SELECT count(*) FROM cases_case kept
              JOIN cases_task task ON task.case_id = kept.id AND task.state = 'open' AND task.due_at < %(now)s
             WHERE kept.estate_id = %(estate)s AND kept.status = 'open' AND kept.due_at < %(now)s
               AND (task.procedure, task.step) IN (SELECT * FROM unnest(%(procedures)s::text[], %(steps)s::text[]))),
           (SELECT count(*) FROM cases_case kept CROSS JOIN jsonb_array_elements(kept.clocks) AS clock
             WHERE kept.estate_id = %(estate)s AND kept.status = 'open' AND kept.clocks @> '[{"state": "paused"}]'
               AND clock->>'state' = 'paused'),
           (SELECT count(*) FROM routines_logline line
             WHERE line.estate_id = %(estate)s AND line.closed_at IS NULL AND line.kind IN ('matter', 'emergency')),
           (SELECT count(*) FROM estate_expiry kept
             WHERE kept.estate_id = %(estate)s AND kept.erased_at IS NULL AND kept.ends_on < %(today)s
               AND kept.hindrance = '{}')
      FROM (SELECT count(*) AS times, count(DISTINCT entry.actor_id) AS people FROM journal_entry entry
             WHERE entry.estate_id = %(estate)s AND entry.at >= %(start)s AND entry.at < %(end)s
               AND entry.kind = 'unmask' AND NOT entry.body ? 'paper') looked
"""


def watched(estate_id: int, period: Period, now: datetime, books: Mapping[str, Rulebook]) -> Watched:
    """``books``: the rules by which is told which steps wait for something to be given back."""
    out = [
        (procedure, name)
        for procedure, book in books.items()
        for name, step in book.flow.steps.items()
        if step.verb == "in_use"
    ]
    asked: dict[str, Any] = {
        "now": now, "today": timezone.localdate(now),
        "procedures": [procedure for procedure, _step in out], "steps": [step for _procedure, step in out],
    }  # fmt: skip
    return Watched(*rows(_WATCHED, estate_id, period, **asked)[0])
