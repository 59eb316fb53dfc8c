"""Somebody moves out: what ends with it, what they still hold of the office, what is still going on for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from banli.cases.models import Case
from banli.estate.models import Occupancy, Unit
from banli.estate.moving import Hanging, hanging

from .cards import Card, cards
from .unit_sheet import OPEN_SHOWN, ValidPaper, valid_papers


@dataclass(frozen=True)
class Left:
    """What a departure leaves: ``ends`` with it; papers to be given back; cases that go on, with a warning."""

    ends: Hanging
    papers: list[ValidPaper]
    open_cases: list[Card]


def left_by(unit: Unit, leaving: Sequence[Occupancy], until: date) -> Left:
    """What hangs on these roles at the home. Six queries."""
    people = {one.person_id for one in leaving}
    going_on = Case.objects.filter(unit=unit, status=Case.Status.OPEN, applicant__in=people)
    return Left(
        hanging(unit, leaving, until),
        valid_papers(unit, timezone.now(), people),
        cards(going_on.select_related("applicant").order_by("-id")[:OPEN_SHOWN]),
    )
