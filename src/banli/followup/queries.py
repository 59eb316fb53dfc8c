"""Campaigns as they stand: what was wanted, and what has become of the calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from banli.cases.models import Case
from banli.engine.text import Text
from banli.journal.models import Entry
from banli.people.access import Desk

from . import access
from .actions import KIND, stream_of
from .recurring import going_on

#: So many campaigns are listed, the newest first.
LISTED = 50


@dataclass(frozen=True)
class Campaign:
    """A campaign and its calls. ``number``: its place among the estate's; ``opened`` of those ``drawn``.

    ``every`` so many months it begins again ``until`` a day; ``on``: it does, or adds who moves in.
    """

    number: int
    name: str
    occasion: Text | None
    at: datetime
    who: str
    size: int
    seed: int
    residents: int
    drawn: int
    opened: int
    waiting: int
    done: int
    every: int
    until: date | None
    on: bool

    @property
    def sampled(self) -> bool:
        return self.size > 0


def campaigns(desk: Desk) -> list[Campaign]:
    """The newest campaigns. No query count grows with rows."""
    entries = list(
        Entry.objects.filter(stream=stream_of(desk.estate.pk), kind=KIND)
        .select_related("actor")
        .order_by("-seq")[:LISTED]
    )
    books = access.offered()
    numbers: dict[tuple[str, str], dict[str, Any]] = {}
    for name in {entry.body["procedure"] for entry in entries} & books.keys():
        rule = books[name].procedure.campaign
        assert rule is not None  # it is offered
        field = KeyTextTransform(rule.name.removeprefix("form."), "form")
        found = (
            Case.objects.filter(estate=desk.estate, procedure=name)
            .annotate(campaign=field)
            .values("campaign")
            .annotate(
                opened=Count("pk"), waiting=Count("pk", Q(status="open")), done=Count("pk", Q(status="done"))
            )
            .order_by()
        )
        numbers |= {(name, row["campaign"]): dict(row) for row in found}
    on = {one.seq for one in going_on(desk.estate.pk, timezone.localdate())}
    return [
        _of(entry, books, numbers.get((entry.body["procedure"], entry.body["name"]), {}), entry.seq in on)
        for entry in entries
    ]


def _of(entry: Entry, books: Any, row: dict[str, Any], on: bool) -> Campaign:
    told, book = entry.body, books.get(entry.body["procedure"])
    occasion = None
    if book is not None and book.procedure.campaign is not None:
        options = book.procedure.form[book.procedure.campaign.occasion.removeprefix("form.")].options or {}
        occasion = options.get(told["occasion"])
    return Campaign(
        entry.seq, told["name"], occasion, entry.at, entry.actor.name if entry.actor else "", told["size"],
        told["seed"], told["residents"], told["drawn"], row.get("opened", 0), row.get("waiting", 0), row.get("done", 0),
        told.get("every", 0), date.fromisoformat(told["until"]) if told.get("until") else None, on,
    )  # fmt: skip
