"""Whoever had to hear of what a phone sent too late was told, as the gate's journal says."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from banli.cases.audit.finding import Finding, Ticker, compared, unwatched
from banli.cases.audit.folding import folded
from banli.estate.models import Estate
from banli.gate.queries import stream_of
from banli.journal.models import Entry
from banli.messages.models import CONFLICT, Notice


def conflicts(tick: Ticker = unwatched) -> Iterator[Finding]:
    """The notices of each estate's gate are what its journal makes of them."""
    for estate in Estate.objects.order_by("pk"):
        told: list[dict[str, Any]] = []

        def conflict(entry: Entry, told: list[dict[str, Any]] = told) -> None:
            about = {"code": CONFLICT, "about": str(entry.pk), "at": datetime.fromisoformat(entry.body["at"])}
            told += [
                {"estate_id": entry.estate_id, "post": post, "staff_id": None, "case_id": None, **about}
                for post in entry.body["posts"]
            ]

        yield from folded({CONFLICT: conflict}, tick, stream_of(estate))
        notices = list(Notice.objects.filter(estate=estate, code=CONFLICT).order_by("pk"))
        yield from compared(notices, told, table=Notice, about=f"estate {estate.pk}")
