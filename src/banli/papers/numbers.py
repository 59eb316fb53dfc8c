"""Numbers without a gap: one series per estate, kind and period.

Inside a transaction a number is taken: the series' row stays locked until the caller commits; if the caller rolls
back, the number was never given. What is written in one statement only looks at the number that comes next, and
writes nothing where somebody else got it meanwhile. Either way papers of one kind at one estate are issued one after
the other, which is what "no gap" costs.
"""

from dataclasses import dataclass

from banli.journal import statement
from banli.journal.statement import Part

_TAKE = """
    INSERT INTO papers_numberseries AS series (estate_id, kind, period, last)
    VALUES (%(estate)s, %(kind)s, %(period)s, 1)
    ON CONFLICT (estate_id, kind, period) DO UPDATE SET last = series.last + 1
    RETURNING last, nextval(pg_get_serial_sequence('papers_paper', 'id'))
"""
_LOOK = """
    SELECT 1 + coalesce((SELECT last FROM papers_numberseries
                          WHERE estate_id = %(estate)s AND kind = %(kind)s AND period = %(period)s), 0),
           nextval(pg_get_serial_sequence('papers_paper', 'id'))
"""
_SERIES = "estate_id = %(series_estate)s AND kind = %(series_kind)s AND period = %(series_period)s"
_STILL_NEXT = f"""
    SELECT FROM papers_numberseries WHERE {_SERIES} AND last = %(series_ordinal)s - 1 FOR NO KEY UPDATE
"""
_GIVEN = f"UPDATE papers_numberseries SET last = %(series_ordinal)s FROM moved WHERE {_SERIES}"
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
    """``ordinal`` is the place in the series, ``paper_id`` the id kept for the paper that gets the number.

    One that was only looked at is given by the statement that writes the paper: by ``parts``, provided that nobody got
    it before (``provided``).
    """

    ordinal: int
    paper_id: int
    provided: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()


def take(*, estate_id: int, kind: str, period: str) -> Number:
    """The next number of the series. One statement; call it inside a transaction."""
    return Number(*statement.row(_TAKE, {"estate": estate_id, "kind": kind, "period": period}))


def look(*, estate_id: int, kind: str, period: str) -> Number:
    """The number that comes next, for one statement that is yet to be written, outside of a transaction.

    The first of a series is nobody's to have like this, as there is no row yet to be the only one at: it is taken.
    """
    ordinal, paper_id = statement.row(_LOOK, {"estate": estate_id, "kind": kind, "period": period})
    series = {
        "series_estate": estate_id, "series_kind": kind, "series_period": period, "series_ordinal": ordinal,
    }  # fmt: skip
    provided, given = Part("still_next", _STILL_NEXT, series), Part("series", _GIVEN, series)
    return Number(ordinal, paper_id, (provided,), (given,))


def take_blanks(*, estate_id: int, kind: str, many: int) -> range:
    """The next serials of a kind's empty sheets. One statement; call it inside a transaction."""
    (last,) = statement.row(_TAKE_SEVERAL, {"estate": estate_id, "kind": f"{BLANKS}{kind}", "many": many})
    return range(last - many + 1, last + 1)
