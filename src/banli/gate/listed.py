"""Which passes a gate's phone carries, each with a mark of all rows that its entry is made of: whoever has seen the
same mark before knows that nothing has changed since.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from banli.estate.models import Estate

#: No more passes are carried than these: those in force first, and of those the newest.
MOST = 2000
#: How long a pass stays on the list after its end: whoever comes too late is told why.
ENDED = timedelta(days=2)
GONE = timedelta(days=7)
#: Those in force or just over, void or used: each way by an index of its own, which an OR of them all would not use.
_CARRIED = " UNION ALL ".join(
    f"(SELECT id FROM papers_paper WHERE estate_id = %(estate)s AND token IS NOT NULL AND {stands}"
    "  ORDER BY id DESC LIMIT %(most)s)"
    for stands in (
        "state = 'valid' AND valid_until > %(ended)s",
        "state = 'valid' AND valid_until IS NULL",
        "state = 'expired' AND valid_until > %(ended)s",
        "state = 'void' AND voided_at > %(gone)s",
        "state = 'used' AND used_at > %(gone)s",
    )
)
#: PostgreSQL gives every version of a row a transaction and a place of its own: any change, by whomever, makes another.
_MARK = ", ".join(f"{row}.xmin, {row}.ctid" for row in ("paper", "c", "record", "estate", "used_by"))
_LISTED = f"""
    SELECT paper.id AS paper, ROW({_MARK})::text AS mark,
           paper.state <> 'valid' AND EXISTS (
               SELECT FROM papers_paper newer
                WHERE newer.case_id = paper.case_id AND newer.id > paper.id AND newer.kind = paper.kind
                  AND newer.branch IS NOT DISTINCT FROM paper.branch) AS replaced,
           coalesce((SELECT number FROM papers_paper permit
                      WHERE permit.case_id = c.record_id AND permit.state = 'valid' AND permit.token IS NOT NULL
                      ORDER BY permit.id DESC LIMIT 1), '') AS permit
      FROM ({_CARRIED}) AS carried
      JOIN papers_paper paper USING (id)
      JOIN cases_case c ON c.id = paper.case_id
      JOIN estate_estate estate ON estate.id = paper.estate_id
      LEFT JOIN cases_case record ON record.id = c.record_id
      LEFT JOIN people_staff used_by ON used_by.id = paper.used_by_id
     ORDER BY paper.state = 'valid' DESC, paper.id DESC LIMIT %(most)s
"""


class Listed(NamedTuple):
    """A pass on the list. ``mark``: see above. ``replaced``: it stands no more, and a newer one has come in its place.

    ``permit``: the number of the newest permit that stands, of the record that its case rests on.
    """

    paper: int
    mark: str
    replaced: bool
    permit: str


def listed(estate: Estate, now: datetime) -> list[Listed]:
    """The passes that are carried, those in force first, then the newest. One query.

    It is planned each time: a plan for any moment, which a prepared statement would keep, reads past every paper.
    """
    asked: dict[str, Any] = {"estate": estate.pk, "ended": now - ENDED, "gone": now - GONE, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, asked)
        return [Listed(*row) for row in cursor.fetchall()]
