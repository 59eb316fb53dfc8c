"""Empty sheets: each was printed by an entry, and is spoiled or lost as one says. Of what became a case, its own do."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model

from banli.estate.models import Estate
from banli.journal.models import Entry
from banli.papers.models import BlankBatch, BlankSheet

from .finding import Finding, Ticker, unwatched
from .folding import Handlers, Rows, folded, of_estate, of_no_estate

_UNUSED: dict[str, Any] = {
    "state": "unused",
    "case_id": None,
    "ended_at": None,
    "ended_by_id": None,
    "reason": "",
}


def blanks(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every batch and every sheet is as the estate's journal says; a sheet that is a case's is looked at with it."""
    for estate in Estate.objects.order_by("pk"):
        told: dict[type[Model], Rows] = {BlankBatch: {}, BlankSheet: {}}
        readers: Handlers = {
            "blanks": lambda entry, told=told: _printed(entry, told),  # type: ignore[misc]
            "blank": lambda entry, told=told: _marked(entry, told[BlankSheet]),  # type: ignore[misc]
        }
        yield from folded(readers, tick, f"blanks/{estate.pk}")
        used = BlankSheet.objects.filter(estate=estate, case__isnull=False).values_list("pk", flat=True)
        for pk in used:
            _left_to_the_case(told[BlankSheet].get(pk, {}))
        for table, expected in told.items():
            yield from of_estate(estate, table, expected)
    yield from of_no_estate(BlankBatch, BlankSheet)


def _printed(entry: Entry, told: dict[type[Model], Rows]) -> None:
    body = entry.body
    first, kind = body["first"], body["paper"]
    told[BlankBatch][body["batch"]] = {
        "estate_id": entry.estate_id, "kind": kind, "first": first, "many": body["many"], "key": body["key"],
        "printed_at": datetime.fromisoformat(body["at"]), "printed_by_id": entry.actor_id,
    }  # fmt: skip
    for place, (pk, serial) in enumerate(body["sheets"]):
        told[BlankSheet][pk] = {
            "estate_id": entry.estate_id, "batch_id": body["batch"], "kind": kind, "ordinal": first + place,
            "serial": serial, **_UNUSED,
        }  # fmt: skip


def _marked(entry: Entry, sheets: Rows) -> None:
    body = entry.body
    ended = {
        "reason": body["reason"],
        "ended_at": datetime.fromisoformat(body["at"]),
        "ended_by_id": entry.actor_id,
    }
    found = body["state"] == "unused"
    sheets[body["sheet"]].update(_UNUSED if found else {"state": body["state"], **ended})


def _left_to_the_case(expected: dict[str, Any]) -> None:
    """Of a sheet that was entered, the case's own journal says when, and by whom."""
    for name in _UNUSED:
        expected.pop(name, None)
