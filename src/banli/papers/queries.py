"""Reading papers: what an audit asks, what a case shows, how often something was printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.db import connection

from banli.journal import statement
from banli.papers.models import Paper, PaperFile, Printing
from banli.people.models import Staff

PRINTINGS_SHOWN = 20

_GAPS = """
    WITH series AS (
        SELECT estate_id, kind, period, last FROM papers_numberseries
         WHERE %(estate)s::bigint IS NULL OR estate_id = %(estate)s
    ), missing AS (
        SELECT s.estate_id, s.kind, s.period, n AS ordinal, 'missing' AS fault
          FROM series s CROSS JOIN LATERAL generate_series(1, s.last) AS n
         WHERE NOT EXISTS (SELECT FROM papers_paper p WHERE p.estate_id = s.estate_id AND p.kind = s.kind
                              AND p.period = s.period AND p.ordinal = n)
           AND NOT EXISTS (SELECT FROM papers_blanksheet b WHERE s.kind = 'blank/' || b.kind AND s.period = ''
                              AND b.estate_id = s.estate_id AND b.kind = substr(s.kind, 7) AND b.ordinal = n)
    ), stray AS (
        SELECT p.estate_id, p.kind, p.period, p.ordinal, 'stray'
          FROM papers_paper p LEFT JOIN papers_numberseries s USING (estate_id, kind, period)
         WHERE (%(estate)s::bigint IS NULL OR p.estate_id = %(estate)s)
           AND (s.last IS NULL OR p.ordinal > s.last)
        UNION ALL
        SELECT b.estate_id, 'blank/' || b.kind, '', b.ordinal, 'stray'
          FROM papers_blanksheet b
          LEFT JOIN series s ON s.estate_id = b.estate_id AND s.kind = 'blank/' || b.kind AND s.period = ''
         WHERE (%(estate)s::bigint IS NULL OR b.estate_id = %(estate)s)
           AND (s.last IS NULL OR b.ordinal > s.last)
    )
    SELECT * FROM missing UNION ALL SELECT * FROM stray ORDER BY 1, 2, 3, 4
"""


_OF_CASE = """
    SELECT {paper}, {issuer}, {keeper} FROM papers_paper
      JOIN people_staff issuer ON issuer.id = papers_paper.issued_by_id
      LEFT JOIN people_staff keeper ON keeper.id = papers_paper.used_by_id
     WHERE papers_paper.case_id = %(case)s ORDER BY papers_paper.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class Gap:
    """A number that was given out and is nothing's (``missing``), or a paper or sheet of no series (``stray``)."""

    estate_id: int
    kind: str
    period: str
    ordinal: int
    fault: str


def gaps(estate_id: int | None = None) -> list[Gap]:
    """Every fault in the numbers of an estate, or of all; empty when they are gapless."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"estate": estate_id})
        return [Gap(*row) for row in cursor.fetchall()]


def papers_of_case(case_id: int, most: int | None = None) -> list[Paper]:
    """The papers of a case, newest first, with who issued and who used each. By hand: every case's page asks."""
    return [_with_staff(row) for row in statement.rows(_of_case(), {"case": case_id, "most": most})]


@cache
def _of_case() -> str:
    staff = {name: statement.columns(Staff, name) for name in ("issuer", "keeper")}
    return _OF_CASE.format(paper=statement.columns(Paper), **staff)


def _with_staff(row: Sequence[Any]) -> Paper:
    cells = iter(row)
    paper, issuer, keeper = (statement.loaded(model, cells) for model in (Paper, Staff, Staff))
    assert isinstance(paper, Paper) and isinstance(issuer, Staff)
    paper.issued_by, paper.used_by = issuer, cast(Staff | None, keeper)
    return paper


def printings(paper: Paper, before: int | None = None) -> tuple[list[Printing], int | None]:
    """The latest printings of a paper, and what to ask for next: those before this id."""
    mine = Printing.objects.filter(paper=paper).select_related("by").order_by("-id")
    if before is not None:
        mine = mine.filter(pk__lt=before)
    found = list(mine[: PRINTINGS_SHOWN + 1])
    more = len(found) > PRINTINGS_SHOWN
    return found[:PRINTINGS_SHOWN], found[PRINTINGS_SHOWN - 1].pk if more else None


def last_printing(paper: Paper, copy: str) -> Printing | None:
    """The latest printing of a copy."""
    return Printing.objects.filter(paper=paper, copy=copy).order_by("-number").first()


def newest_file(paper: Paper) -> PaperFile | None:
    """The file that was made last, of whatever copy."""
    return PaperFile.objects.filter(paper=paper).order_by("-id").first()
