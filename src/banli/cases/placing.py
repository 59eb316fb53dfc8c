"""Fixed places that a case gives (``allots``): what others hold, and what the estate's file is told of it."""

from dataclasses import replace
from datetime import date

from banli.engine import events as ev
from banli.engine.places import Held, Places
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate import parking

from .models import Case

#: Of two cases that take the same place, or enter the same vehicle, at once, the second decides again.
GIVEN_ONCE = parking.ONCE


def held_by_others(estate: int, home: int | None, case: int | None) -> Places:
    """What others hold of a place or a vehicle; asked of the database only by a step that allots."""

    def asked(place: str, plate: str, since: date) -> list[Held]:
        return parking.held(estate, home, place, plate, since, leave=case)

    return asked


def give(event: ev.Allotted, case: Case, book: Rulebook, state: State) -> ev.Allotted:
    """The place is the vehicle's; the event learns which vehicle of the file that is."""
    rule = book.flow.steps[event.step].allots
    assert rule is not None and case.unit is not None
    look = state.answer(rule.look.removeprefix("form."), event.branch) if rule.look else ""
    made = parking.hold(
        unit=case.unit, person=case.applicant, case=case.pk, step=event.step, branch=event.branch, place=event.place,
        plate=event.plate, look=str(look or ""), since=date.fromisoformat(event.since),
        until=date.fromisoformat(event.until),
    )  # fmt: skip
    return replace(event, vehicle=made.vehicle_id, entered=made.entered)


def take_back(event: ev.Vacated, case: Case) -> None:
    """What a step had allotted ends, or never was."""
    until = date.fromisoformat(event.until) if event.until else None
    parking.let_go(case=case.pk, step=event.step, branch=event.branch, until=until)
