"""Homes and the people of a home: what one needs to open a case. Private fields are masked."""

from django.http import HttpRequest
from ninja import Query, Router

from banli.estate import access, queries, searching
from banli.estate.models import Unit
from banli.people.access import require_post

from .. import answers as a
from .. import pages, telling
from ..access import desk_at
from ..forms import UnitsAsked

router = Router(tags=["units"])


@router.get("/estates/{slug:estate}/units", response=a.UnitsFound)
def units(request: HttpRequest, estate: str, asked: Query[UnitsAsked]) -> a.UnitsFound:
    """The homes a text names, however it is written, and the nearest where there is none; without one, all."""
    desk = desk_at(request, estate)
    require_post(desk, *access.READ_POSTS)
    if asked.q.strip():
        found = searching.find_units(desk, asked.q, limit=asked.limit)
        return a.UnitsFound(
            items=[telling.unit(one) for one in found.units],
            nearest=[telling.unit(one) for one in found.nearest],
        )
    after = pages.row_place(asked.after)
    every = Unit.objects.filter(estate=desk.estate).select_related("building").order_by("pk")
    rows = list((every.filter(pk__gt=after) if after else every)[: asked.limit + 1])
    shown, following = pages.cut(request, rows, asked.limit, lambda one: str(one.pk))
    return a.UnitsFound(items=[telling.unit(one) for one in shown], next=following)


@router.get("/estates/{slug:estate}/units/{row:unit}", response=a.UnitPeople)
def unit(request: HttpRequest, estate: str, unit: int) -> a.UnitPeople:
    """A home and who belongs to it today."""
    desk = desk_at(request, estate)
    require_post(desk, *access.READ_POSTS)
    found = access.unit_for(desk, unit)
    sheet = queries.unit_sheet(desk, found)
    return a.UnitPeople(
        unit=telling.unit(found),
        people=[
            a.Resident(
                id=one.person.pk,
                name=one.person.name,
                role=one.role,
                role_title=one.role_label,
                phone=one.phone,
                id_number=one.id_number,
                id_kind=one.person.id_kind,
            )
            for one in sheet.people
        ],
    )
