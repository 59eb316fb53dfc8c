"""What will go, what went, what is held back: each list a page at a time, in as many queries however long it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from banli.engine.privacy import Kept
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.web.templatetags.say import say

from .. import privacy
from ..models import Estate
from . import actions
from .matters import MATTERS
from .models import Expiry, Hold

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A row of the list. ``what``: its kinds of information with ground and retention; ``why_not``: what stands in
    the way; ``waits``: over, and nobody let it go yet."""

    row: Expiry
    name: Text | str
    what: list[Kept]
    why_not: Refusal | None
    over: bool

    @property
    def grounds(self) -> list[str]:
        """On what ground, and for how long, each said once."""
        return list(
            dict.fromkeys(f"{say(one.ground_title)} · {say(one.retention_title)}" for one in self.what)
        )

    @property
    def let_go(self) -> bool:
        """Confirmed, and the worker is about to."""
        return self.row.confirmation is not None


@dataclass(frozen=True)
class Waiting:
    """What is over today and may go: how many, and the newest row among them."""

    count: int
    upto: int


def to_come(estate: Estate, day: date, after: str = "") -> tuple[list[Line], str]:
    """What is over or soon will be, the earliest first, and the key of the next page. Four queries."""
    rows = _rows(estate).filter(erased_at__isnull=True).order_by("ends_on", "pk")
    place = _place(after)
    if place is not None:
        rows = rows.filter(Q(ends_on=place[0], pk__gt=place[1]) | Q(ends_on__gt=place[0]))
    page = list(rows[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    return _lines(page[:PAGE], day), f"{last.ends_on.isoformat()}.{last.pk}" if last else ""


def gone(estate: Estate, day: date, before: int | None = None) -> tuple[list[Line], str]:
    """What the calendar erased, the last first, and the key of the next page. Four queries."""
    rows = _rows(estate).filter(erased_at__isnull=False).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return _lines(page[:PAGE], day), str(page[PAGE - 1].pk) if len(page) > PAGE else ""


def waiting(estate: Estate, day: date) -> Waiting:
    """One query over an index of what is on the list."""
    found = actions.ready(estate, day).aggregate(count=Count("pk"), upto=Max("pk"))
    return Waiting(found["count"], found["upto"] or 0)


def holds(estate: Estate, before: int | None = None) -> tuple[list[Hold], str]:
    """Every hold there is or was, the last first."""
    rows = Hold.objects.filter(estate=estate).select_related(
        "person", "contract__unit__building", "authority__unit__building", "case__unit__building", "placed_by",
        "lifted_by",
    )  # fmt: skip
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    return page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else ""


def holds_on(what: Any) -> list[Hold]:
    """The holds on one person, contract, letter or case, the last first."""
    return list(what.holds.select_related("placed_by", "lifted_by").order_by("-pk")[:PAGE])


def _rows(estate: Estate) -> QuerySet[Expiry]:
    return Expiry.objects.filter(estate=estate).select_related(
        "person", "contract__unit__building", "vehicle__unit__building", "authority__unit__building",
        "case__unit__building",
    )  # fmt: skip


def _lines(rows: Iterable[Expiry], day: date) -> list[Line]:
    kept = privacy.kept()
    told = []
    for row in rows:
        name = MATTERS[row.about].named(getattr(row, row.about))
        why = row.hindrance and Refusal(row.hindrance["code"], **{"name": name, **row.hindrance["values"]})
        what = [
            kept[one] if row.case is None else kept[one].of(row.case.procedure)
            for one in row.goes
            if one in kept
        ]
        told.append(Line(row, name, what, why or None, row.ends_on < day))
    return told


def _place(after: str) -> tuple[date, int] | None:
    day, _, pk = after.partition(".")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None
