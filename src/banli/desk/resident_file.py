"""The resident file of a home on one screen (P14): its people and all that is theirs, as it is and as it was.

Every case and contact there ever was goes on page by page (`contact_lines`); the parts here are shown whole, up to more
than a home ever has.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from banli.cashier.access import SEES as SEES_MONEY
from banli.cashier.models import LedgerEntry
from banli.engine.text import Text
from banli.estate.history import History, history_of
from banli.estate.models import Unit
from banli.people.access import Desk

from . import price_list
from .unit_sheet import ValidPaper, valid_papers


@dataclass(frozen=True)
class Deposit:
    case: int
    title: Text
    fen: int


@dataclass(frozen=True)
class ResidentFile:
    """The file. ``deposits`` is None for whoever does not see the money."""

    unit: Unit
    history: History
    papers: list[ValidPaper]
    deposits: list[Deposit] | None


def resident_file(desk: Desk, unit: Unit) -> ResidentFile:
    """Everything but the line of time. Ten queries at most, whatever the home has seen."""
    money = desk.holds(*SEES_MONEY)
    return ResidentFile(
        unit,
        history_of(desk, unit),
        valid_papers(unit, timezone.now()),
        deposits(unit) if money else None,
    )


def deposits(unit: Unit, people: Collection[int] | None = None) -> list[Deposit]:
    """What is held for the home, by case and line, from the ledger alone; ``people``: on what these applied for."""
    lines = {name: line.title for (_pack, name), line in price_list.lines().items()}
    posted = LedgerEntry.objects.filter(account=LedgerEntry.Account.DEPOSITS, case__unit=unit)
    if people is not None:
        posted = posted.filter(case__applicant__in=people)
    held = (
        posted.values("case_id", "price")
        .annotate(told=Sum("fen"))
        .exclude(told=0)
        .order_by("case_id", "price")
    )
    return [
        Deposit(
            one["case_id"], lines.get(one["price"], Text(zh=one["price"], en=one["price"])), -int(one["told"])
        )
        for one in held
    ]
