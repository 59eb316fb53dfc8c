"""Shift logs beside their journal: who was on watch, what was written and closed, what was handed over to whom."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from banli.cases.audit.finding import Finding, Ticker, unwatched
from banli.cases.audit.folding import Handlers, Rows, folded, of_estate, of_no_estate
from banli.estate.models import Estate
from banli.journal.models import Entry

from .models import LogLine, LogSignature, Watch
from .watches import stream_of

_NOT_OFFERED: dict[str, Any] = {"offered_at": None, "offered_to_id": None, "counted": {}, "remark": ""}


class Told:
    """What an estate's journal makes of its watches and the lines of their logs."""

    def __init__(self) -> None:
        self.watches: Rows = {}
        self.lines: Rows = {}
        self.signatures: Rows = {}

    def watch_begun(self, entry: Entry) -> None:
        self._begin(entry, entry.body["watch"])

    def _begin(self, entry: Entry, pk: int) -> None:
        self.watches[pk] = {
            "estate_id": entry.estate_id, "post": entry.body["post"], "keeper_id": entry.actor_id,
            "began_at": _at(entry), "ended_at": None, **_NOT_OFFERED,
        }  # fmt: skip

    def watch_offered(self, entry: Entry) -> None:
        body = entry.body
        self.watches[body["watch"]].update(
            offered_at=_at(entry), offered_to_id=body["to"], counted=body["counted"], remark=body["remark"]
        )

    def watch_withdrawn(self, entry: Entry) -> None:
        self.watches[entry.body["watch"]].update(_NOT_OFFERED)

    def watch_taken(self, entry: Entry) -> None:
        self.watches[entry.body["watch"]]["ended_at"] = _at(entry)
        self._begin(entry, entry.body["next"])

    def log_line(self, entry: Entry) -> None:
        body = entry.body
        self.lines[body["line"]] = {
            "estate_id": entry.estate_id, "watch_id": body["watch"], "post": body["post"], "kind": body["kind"],
            "text": body["text"], "next_step": body["next_step"], "responsible_id": body["responsible"],
            "at": _at(entry), "by_id": entry.actor_id, "closed_at": None, "closed_by_id": None, "result": "",
        }  # fmt: skip

    def matter_closed(self, entry: Entry) -> None:
        self.lines[entry.body["line"]].update(
            closed_at=_at(entry), closed_by_id=entry.actor_id, result=entry.body["result"]
        )

    def log_signed(self, entry: Entry) -> None:
        body = entry.body
        self.signatures[body["row"]] = {
            "estate_id": entry.estate_id, "post": body["post"], "day": date.fromisoformat(body["day"]),
            "by_id": entry.actor_id, "at": _at(entry), "remark": body["remark"],
        }  # fmt: skip


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.body["at"])


def shift_logs(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every watch and every line of a log is what the journals of the estates make of them."""
    for estate in Estate.objects.order_by("pk"):
        told = Told()
        yield from folded(_handlers(told), tick, stream_of(estate.pk))
        yield from of_estate(estate, Watch, told.watches)
        yield from of_estate(estate, LogLine, told.lines)
        yield from of_estate(estate, LogSignature, told.signatures)
    yield from of_no_estate(Watch, LogLine, LogSignature)


def _handlers(told: Told) -> Handlers:
    return {
        "watch_begun": told.watch_begun, "watch_offered": told.watch_offered, "watch_taken": told.watch_taken,
        "watch_withdrawn": told.watch_withdrawn, "log_line": told.log_line, "matter_closed": told.matter_closed,
        "log_signed": told.log_signed,
    }  # fmt: skip
