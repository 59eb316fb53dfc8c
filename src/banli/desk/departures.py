"""Somebody moves out: what ends with it, what they still hold of the office, what is still going on for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from banli.cases.models import Case
from banli.cashier.access import SEES as SEES_MONEY
from banli.estate.belongings import HeldPlace
from banli.estate.models import Occupancy, Unit
from banli.estate.moving import Bound, Hanging, bound, hanging
from banli.people.access import Desk

from .cards import Card, cards
from .resident_file import Deposit, deposits
from .unit_sheet import OPEN_SHOWN, ValidPaper, valid_papers


@dataclass(frozen=True)
class Left:
    """What a departure leaves: ``ends`` with it; what does not end by itself, each with the case that ends it.

    ``contracts`` go on unless they are ended; ``places`` are paid for beyond the last day; ``papers`` are to be given
    back; ``deposits`` are None for whoever does not see the money; ``open_cases`` go on, with a warning.
    """

    ends: Hanging
    contracts: Bound
    places: list[HeldPlace]
    papers: list[ValidPaper]
    deposits: list[Deposit] | None
    open_cases: list[Card]


def left_by(desk: Desk, unit: Unit, leaving: Sequence[Occupancy], until: date) -> Left:
    """What hangs on these roles at the home. Thirteen queries at most."""
    people = {one.person_id for one in leaving}
    going_on = Case.objects.filter(unit=unit, status=Case.Status.OPEN, applicant__in=people)
    places = HeldPlace.objects.filter(vehicle__unit=unit, vehicle__person__in=people, until__gt=until)
    return Left(
        hanging(unit, leaving, until),
        bound(unit, leaving, until),
        list(places.select_related("vehicle").order_by("until", "pk")),
        valid_papers(unit, timezone.now(), people),
        deposits(unit, people) if desk.holds(*SEES_MONEY) else None,
        cards(going_on.select_related("applicant").order_by("-id")[:OPEN_SHOWN]),
    )
