"""What of a case's events is a contact with somebody of its home: calls made or tried, papers handed out."""

import json
from collections.abc import Iterable
from typing import Any

from banli.engine import events as ev
from banli.engine.rulebook import Rulebook
from banli.journal.statement import Part

from .models import Case, Contact

#: Steps of these verbs are a call.
CALLS = frozenset({"call", "follow_up"})
_ADD = """
    INSERT INTO cases_contact (estate_id, unit_id, person_id, case_id, kind, step, branch, outcome, number, at, by_id)
    SELECT %(contact_estate)s, %(contact_unit)s, %(contact_person)s, moved.id,
           told.kind, told.step, told.branch, told.outcome, told.number, told.at, told.by
      FROM moved, jsonb_to_recordset(%(contact_rows)s::jsonb)
                  AS told(kind text, step text, branch int, outcome text, number text, at timestamptz, by bigint)
"""


def contact_of(book: Rulebook, event: ev.Event, *, issuer: int | None) -> dict[str, Any] | None:
    """What a contact's row says of an event; None where nobody was called and nothing handed out.

    ``issuer``: who hands out what is issued now. What a clock ends, nobody called; what a step sends away goes to
    another company.
    """
    if isinstance(event, (ev.Done, ev.Attempted)) and event.by is not None:
        if book.flow.steps[event.step].verb not in CALLS:
            return None
        told = {"kind": Contact.Kind.CALL.value, "outcome": event.outcome, "number": "", "by": event.by}
    elif isinstance(event, ev.PaperIssued) and book.flow.steps[event.step].sends is None:
        told = {"kind": Contact.Kind.PAPER.value, "outcome": "", "number": event.number, "by": issuer}
    else:
        return None
    return {**told, "step": event.step, "branch": event.branch}


def adding(case: Case, rows: Iterable[dict[str, Any]]) -> Part:
    """Write contacts in the case's own statement."""
    return Part("contacts", _ADD, {
        "contact_estate": case.estate_id, "contact_unit": case.unit_id, "contact_person": case.applicant_id,
        "contact_rows": json.dumps(list(rows)),
    })  # fmt: skip
