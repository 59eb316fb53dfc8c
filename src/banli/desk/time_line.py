"""What passed between the office and a home, or somebody, on one line of time (P14). In words: `contact_lines`.

Each part is read along an index of its own, newest first and no further than a page, whatever the history: cases
procedure by procedure, for some of them are calls or visits by themselves (``contact`` of a procedure).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from banli.cases import rules
from banli.cases.models import ProcedureVersion
from banli.estate.models import Person, Unit

from .paging import Spot

PAGE = 20
#: What the line can be narrowed to.
KINDS = ("case", "call", "visit", "reply", "paper", "message", "move")
#: The parts in which the line is kept; of the same moment the later one here comes first.
CAME, LEFT, CASE, CALL, PAPER, MESSAGE = range(1, 7)
_OF = {"reply": (CALL,), "paper": (PAPER,), "message": (MESSAGE,), "move": (CAME, LEFT)}
_BEGINNING = datetime(9000, 1, 1, tzinfo=UTC)
_LAST = 2**63 - 1

_DATED = """
    SELECT {day}::timestamp AT TIME ZONE %(zone)s AS at, {part} AS part, id FROM estate_occupancy
     WHERE {occupant} = %(of)s AND {day} IS NOT NULL AND ({day}, id) < (%(day)s, %(day_{part})s)
     ORDER BY {day} DESC, id DESC LIMIT %(most)s
"""
_SQL = {
    CAME: _DATED.replace("{day}", "since"),
    LEFT: _DATED.replace("{day}", "until"),
    CASE: """
        SELECT opened_at AS at, {part} AS part, found.id
          FROM unnest(%(procedures)s::varchar[]) AS asked(procedure) CROSS JOIN LATERAL (
            SELECT opened_at, id FROM cases_case
             WHERE {applicant} = %(of)s AND procedure = asked.procedure AND (opened_at, id) < (%(at)s, %(from_{part})s)
             ORDER BY opened_at DESC, id DESC LIMIT %(most)s) found
    """,
    **{
        part: f"""
        SELECT at, {{part}} AS part, id FROM cases_contact
         WHERE {{contact}} = %(of)s AND kind = '{kind}' AND (at, id) < (%(at)s, %(from_{{part}})s)
         ORDER BY at DESC, id DESC LIMIT %(most)s
    """
        for part, kind in ((CALL, "call"), (PAPER, "paper"))
    },
    MESSAGE: """
        SELECT queued_at AS at, {part} AS part, id FROM messages_delivery
         WHERE {contact} = %(of)s AND (queued_at, id) < (%(at)s, %(from_{part})s)
         ORDER BY queued_at DESC, id DESC LIMIT %(most)s
    """,
}
_COLUMNS = {
    Unit: {"occupant": "unit_id", "applicant": "unit_id", "contact": "unit_id"},
    Person: {"occupant": "person_id", "applicant": "applicant_id", "contact": "person_id"},
}


@dataclass(frozen=True)
class Found:
    """A page of the line: its places, and the one to go on after, if there is more."""

    spots: list[Spot]
    following: Spot | None


def found(
    of: Unit | Person, *, kinds: Iterable[str] = KINDS, after: Spot | None = None, page: int = PAGE
) -> Found:
    """The places of a page, the newest first. Three queries, whatever there was."""
    kinds = set(kinds)
    procedures = [name for name, kind in procedure_kinds().items() if kind in kinds]
    parts = {part for kind in kinds for part in _OF.get(kind, ())} | ({CASE} if procedures else set())
    if not parts:
        return Found([], None)
    asked = {"of": of.pk, "most": page + 1, "procedures": procedures, **_before(after)}
    with connection.cursor() as cursor:
        cursor.execute(statement(type(of), tuple(sorted(parts))), asked)
        spots = [Spot(*row) for row in cursor.fetchall()]
    return Found(spots[:page], spots[page - 1] if len(spots) > page else None)


@cache
def statement(of: type[Unit] | type[Person], parts: tuple[int, ...]) -> str:
    """The query for a home's line or a person's, of these parts."""
    told = " UNION ALL ".join(f"({_SQL[part].format(part=part, **_COLUMNS[of])})" for part in parts)
    return f"SELECT at, part, id FROM ({told}) line ORDER BY at DESC, part DESC, id DESC LIMIT %(most)s"


def procedure_kinds() -> Mapping[str, str]:
    """Every procedure there are cases of → what such a case is on the line. Two queries."""
    kinds = {name: book.procedure.contact or "case" for name, book in rules.every_current().items()}
    names = ProcedureVersion.objects.order_by().values_list("procedure", flat=True).distinct()
    return {name: kinds.get(name, "case") for name in names}


def _before(after: Spot | None) -> dict[str, Any]:
    """For every part: below which moment, or day, and which row of it one goes on. Nobody has come or left tomorrow."""
    at = after.at if after else _BEGINNING
    rows = {part: _LAST if after is None or part < after.part else 0 for part in _SQL}
    if after is not None:
        rows[after.part] = after.pk
    local, today = timezone.localtime(at), timezone.localdate()
    midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    day: date = min(local.date(), today)
    whole = not midnight or day < local.date()
    return {
        "at": at, "day": day, "zone": timezone.get_default_timezone_name(),
        **{f"from_{part}": row for part, row in rows.items()},
        **{f"day_{part}": _LAST if whole else row for part, row in rows.items()},
    }  # fmt: skip
