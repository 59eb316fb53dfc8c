"""What waits for somebody: found post by post along an index, so that nothing is read that waits for others.

A task waits for one person, or for whoever acts in one of its posts. Few different lists of posts stand on an estate's
open tasks; the index leads from one to the next, and each is read soonest due first only as far as it is shown.
"""

from datetime import datetime
from typing import Any

from banli.journal import joined, statement
from banli.people.access import Desk

from .models import Task

#: What a list shows of a task's case.
SHOWN = ("case", "case__unit", "case__unit__building", "case__applicant", "case__opened_by")
COUNTED = 100  # so many are counted for the badge that is on every page; of more it says that there are more

_OPEN = "FROM cases_task WHERE estate_id = %(estate)s AND state = 'open' AND person_id IS NULL"
_POSTS = f"""
    WITH RECURSIVE step(posts) AS (
        (SELECT posts {_OPEN} ORDER BY posts LIMIT 1)
         UNION ALL
        SELECT (SELECT posts {_OPEN} AND posts > step.posts ORDER BY posts LIMIT 1)
          FROM step WHERE step.posts IS NOT NULL
    ), mine AS (SELECT posts FROM step WHERE posts && %(posts)s::varchar[])
"""
# Numbers stand in the text: for any number PostgreSQL would plan to read all of them.
_COUNT = f"""{_POSTS}
    SELECT count(*) FROM (
        (SELECT 1 FROM mine CROSS JOIN LATERAL (SELECT 1 {_OPEN} AND posts = mine.posts LIMIT {COUNTED}) lain
          LIMIT {COUNTED})
         UNION ALL
        (SELECT 1 FROM cases_task
          WHERE person_id = %(staff)s AND state = 'open' AND estate_id = %(estate)s LIMIT {COUNTED})
         LIMIT {COUNTED}
    ) counted
"""
_SOONEST = f"""{_POSTS}
    SELECT id FROM (
        SELECT soonest.* FROM mine CROSS JOIN LATERAL (
            SELECT id, order_at {_OPEN} AND posts = mine.posts {{narrowed}}
             ORDER BY order_at, id LIMIT {{most}}
        ) soonest
         UNION ALL
        (SELECT id, order_at FROM cases_task
          WHERE person_id = %(staff)s AND state = 'open' AND estate_id = %(estate)s {{narrowed}}
          ORDER BY order_at, id LIMIT {{most}})
    ) every ORDER BY order_at, id LIMIT {{most}}
"""


def count(desk: Desk) -> int:
    """How many tasks wait for this desk, up to COUNTED: on every page, so by hand."""
    return int(statement.row(_COUNT, _asked(desk))[0])


def soonest(
    desk: Desk, most: int, *, after: tuple[datetime, int] | None = None, procedure: str = ""
) -> list[Task]:
    """What waits for this desk, soonest due first, with what a list shows of it. ``after``: (order_at, id)."""
    asked: dict[str, Any] = _asked(desk)
    narrowed = ""
    if procedure:
        narrowed, asked["procedure"] = "AND procedure = %(procedure)s", procedure
    if after is not None:
        narrowed += " AND (order_at, id) > (%(after)s, %(after_id)s)"
        asked["after"], asked["after_id"] = after
    ids = _SOONEST.format(narrowed=narrowed, most=int(most))
    return joined.every(Task, ids, asked, joined=SHOWN, order="order_at, id")


def _asked(desk: Desk) -> dict[str, Any]:
    return {"estate": desk.estate.pk, "staff": desk.staff.pk, "posts": list(desk.posts)}
