"""Numbers without a gap: one series per estate, kind and period.

A number is taken inside a transaction: the series' row stays locked until the caller commits; if the caller rolls back,
the number was never given. So papers of one kind at one estate are issued one after the other, which is what "no gap"
costs.
"""

from dataclasses import dataclass

from banli.journal import statement

_TAKE = """
    INSERT INTO papers_numberseries AS series (estate_id, kind, period, last)
    VALUES (%(estate)s, %(kind)s, %(period)s, 1)
    ON CONFLICT (estate_id, kind, period) DO UPDATE SET last = series.last + 1
    RETURNING last, nextval(pg_get_serial_sequence('papers_paper', 'id'))
"""
_TAKE_SEVERAL = """
    INSERT INTO papers_numberseries AS series (estate_id, kind, period, last)
    VALUES (%(estate)s, %(kind)s, '', %(many)s)
    ON CONFLICT (estate_id, kind, period) DO UPDATE SET last = series.last + %(many)s
    RETURNING last
"""
#: The series of the empty sheets of a kind of paper stands beside the paper's own.
BLANKS = "blank/"


@dataclass(frozen=True)
class Number:
    """``ordinal`` is the place in the series, ``paper_id`` the id kept for the paper that gets the number."""

    ordinal: int
    paper_id: int


def take(*, estate_id: int, kind: str, period: str) -> Number:
    """The next number of the series. One statement; call it inside a transaction."""
    return Number(*statement.row(_TAKE, {"estate": estate_id, "kind": kind, "period": period}))


def take_blanks(*, estate_id: int, kind: str, many: int) -> range:
    """The next serials of a kind's empty sheets. One statement; call it inside a transaction."""
    (last,) = statement.row(_TAKE_SEVERAL, {"estate": estate_id, "kind": f"{BLANKS}{kind}", "many": many})
    return range(last - many + 1, last + 1)
