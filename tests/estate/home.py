"""Homes and people of the test office."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from banli.engine.identity import check_digit
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Building, Estate, Occupancy, Person, Unit
from tests.people.cast import Office

PHONE = "13800571500"


def id_number(order: int = 2, born: str = "19850312") -> str:
    """A sound number of an area that does not exist."""
    first = f"330199{born}{order:03d}"
    return first + check_digit(first)


def build(estate: Estate, code: str, rooms: dict[str, list[str]], aliases: list[str] | None = None) -> None:
    """A building with rooms per entrance."""
    building = Building.objects.create(estate=estate, code=code, name=f"{code}栋", aliases=aliases or [])
    for entrance, numbers in rooms.items():
        for room in numbers:
            Unit.objects.create(estate=estate, building=building, entrance=entrance, room=room)


@dataclass
class Home:
    office: Office
    unit: Unit
    owner: Person
    tenant: Person

    def move_in(self, name: str, role: str = "family", **other: Any) -> Occupancy:
        particulars = Particulars(name, other.pop("phone", ""), *other.pop("paper", ("", "")))
        asked: dict[str, Any] = {"unit": self.unit, "since": date(2020, 1, 1)} | other
        return add_person(by=self.office.desk("xiaowang"), particulars=particulars, role=role, **asked)


def make(office: Office) -> Home:
    """12-3-502 with 张女士 and 刘先生, 12-3-501 beside it, 15栋 without entrances, and another estate's 12-3-502."""
    build(office.cuihu, "12", {"1": ["101", "502"], "3": ["501", "502", "503", "1502"]})
    build(office.cuihu, "15", {"": ["101", "2203"]}, aliases=["会所"])
    build(office.songfeng, "12", {"3": ["502"]})
    unit = Unit.objects.get(estate=office.cuihu, key="12-3-502")
    home = Home(office, unit, owner=Person(), tenant=Person())
    home.owner = home.move_in("张女士", "owner", phone=PHONE, paper=("cn_id", id_number())).person
    home.tenant = home.move_in("刘先生", "tenant", phone="13800210500", since=timezone.localdate()).person
    return home
