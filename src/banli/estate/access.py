"""Rows of the estate one works at. A row of another estate does not exist (404)."""

from typing import Any

from django.http import Http404

from banli.journal import joined, statement
from banli.people.access import Desk

from .contracts.models import Contract
from .contracts.queries import whole
from .keeping.models import Hold
from .models import Authority, Occupancy, Person, Unit
from .pets.models import Pet
from .takeout.models import Takeout

#: Who may write in the resident file and enter authorities.
FILE_POSTS = ("front_desk", "duty_supervisor", "director")
#: Who may take in a workbook, and undo it: it writes in many files at once.
INTAKE_POSTS = ("duty_supervisor", "director")
#: Who may see a private field for a reason: those who call residents, check identity, or refund.
UNMASK_POSTS = (*FILE_POSTS, "engineering_supervisor", "finance")
#: Who may erase what is known of somebody.
ERASE_POSTS = ("duty_supervisor", "director")
#: Who may let what is over go, and lift what holds it back.
LET_GO_POSTS = ("director",)
#: Who may take everything out.
TAKEOUT_POSTS = ("director",)
#: Who may see who lives where, masked. The gate needs the slip, not the file.
READ_POSTS = (*UNMASK_POSTS, "safety_supervisor", "duty_administrator", "lobby_assistant", "technician")
#: Who may see which vehicle has a fixed place; the gate without the home.
PLACE_POSTS = (*READ_POSTS, "gate")

_HOME = "t0.id = %(unit)s AND t0.estate_id = %(estate)s"


def unit_for(desk: Desk, pk: int) -> Unit:
    """A home with its building. By hand: a case of a home begins with it."""
    asked = {"unit": pk, "estate": desk.estate.pk}
    small = abs(pk) < statement.NO_ID
    found = joined.where(Unit, _HOME, asked, joined=("building",), order="id") if small else []
    if not found:
        raise Http404
    return found[0]


def person_for(desk: Desk, pk: int) -> Person:
    person = Person.objects.filter(pk=pk, estate=desk.estate).first()
    if person is None:
        raise Http404
    return person


def occupancy_for(desk: Desk, pk: int) -> Occupancy:
    found = Occupancy.objects.select_related("unit", "person").filter(pk=pk, estate=desk.estate).first()
    if found is None:
        raise Http404
    return found


def authority_for(desk: Desk, pk: int) -> Authority:
    found = Authority.objects.select_related("estate", "unit", "principal", "delegate").filter(
        pk=pk, estate=desk.estate
    )
    authority = found.first()
    if authority is None:
        raise Http404
    return authority


def contract_for(desk: Desk, pk: int, unit: Unit | None = None) -> Contract:
    """A contract of the estate; of ``unit`` where one is named."""
    found = whole(Contract.objects.filter(pk=pk, estate=desk.estate)).select_related(
        "estate", "follows", "entered_by", "unit__building", "followed_by"
    )
    contract = (found.filter(unit=unit) if unit is not None else found).first()
    if contract is None:
        raise Http404
    return contract


def hold_for(desk: Desk, pk: int) -> Hold:
    """A hold of the estate, with what it is about."""
    found = Hold.objects.filter(pk=pk, estate=desk.estate)
    hold = found.select_related(
        "person", "contract__unit__building", "authority__unit__building", "case__unit__building", "placed_by",
        "lifted_by",
    ).first()  # fmt: skip
    if hold is None:
        raise Http404
    return hold


def held_case_for(desk: Desk, pk: int) -> Any:
    """A case of the estate, to hold back what it keeps. The room of cases lies above this one, and names itself."""
    cases = Hold._meta.get_field("case").related_model._default_manager.select_related("unit__building")
    case = cases.filter(pk=pk, estate=desk.estate).first()
    if case is None:
        raise Http404
    return case


def takeout_for(desk: Desk, pk: int) -> Takeout:
    """An archive of the estate that was asked for."""
    found = Takeout.objects.filter(pk=pk, estate=desk.estate).select_related("asked_by", "estate")
    takeout = found.defer("passphrase").first()
    if takeout is None:
        raise Http404
    return takeout


def pet_for(desk: Desk, pk: int, unit: Unit | None = None) -> Pet:
    """A declared pet of the estate; of ``unit`` where one is named."""
    found = Pet.objects.filter(pk=pk, estate=desk.estate).select_related("estate", "unit__building", "person")
    pet = (found.filter(unit=unit) if unit is not None else found).first()
    if pet is None:
        raise Http404
    return pet
