"""Reading papers: what an audit asks, what a case shows, how often something was printed."""

from dataclasses import dataclass

from django.db import connection

from banli.journal import joined
from banli.papers.models import Paper, PaperFile, Printing

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
_OF_CASE = "SELECT id FROM papers_paper WHERE case_id = %(case)s ORDER BY id DESC LIMIT %(most)s"


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
    """The papers of a case, newest first, with who issued and who used each."""
    asked = {"case": case_id, "most": most}
    return joined.every(Paper, _OF_CASE, asked, joined=("issued_by", "used_by"), order="id DESC")


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
