"""Writing in the books: a row is kept up to date from its case, in the case's own statement."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banli.journal.chain import canonical
from banli.journal.statement import Part

_ROWS = """
    INSERT INTO registers_registerrow (
        estate_id, book, case_id, branch, status, entered_at, back_entered_at, cells, found
    )
    SELECT %(rows_estate)s, line.book, moved.id, line.branch, %(rows_status)s, %(rows_at)s, %(rows_back)s, line.cells,
           line.found
      FROM moved, jsonb_to_recordset(%(rows_lines)s::jsonb) AS line(book text, branch int, cells jsonb, found text)
    ON CONFLICT (book, case_id, branch) DO UPDATE
       SET status = excluded.status, cells = excluded.cells, found = excluded.found,
           back_entered_at = coalesce(excluded.back_entered_at, registers_registerrow.back_entered_at)
"""


@dataclass(frozen=True)
class Line:
    """What a book says of a case (of one branch of it). ``found`` is the plain text it is found by."""

    book: str
    branch: int | None
    cells: Mapping[str, Any]
    found: str

    @property
    def digest(self) -> str:
        """SHA-256 of what the line says: the journal keeps it, and so a row that was changed is found out."""
        return digest_of(self.cells, self.found)


def digest_of(cells: Mapping[str, Any], found: str) -> str:
    """SHA-256, hexadecimal, of a row's cells and of the words it is found by."""
    return hashlib.sha256(said(cells, found)).hexdigest()


def said(cells: Mapping[str, Any], found: str) -> bytes:
    """What a row's hash covers."""
    return canonical([cells, found])


def entering(
    *,
    estate_id: int,
    status: str,
    lines: Iterable[Line],
    at: datetime,
    back_entered_at: datetime | None = None,
) -> Part:
    """Enter the rows, or bring those that are there up to date; they keep the time they were first entered.

    ``back_entered_at``: when what was done on paper at ``at`` was entered.
    """
    told = json.dumps([vars(line) for line in lines], ensure_ascii=False)
    return Part("rows", _ROWS, {
        "rows_estate": estate_id, "rows_status": status, "rows_at": at, "rows_back": back_entered_at,
        "rows_lines": told,
    })  # fmt: skip
