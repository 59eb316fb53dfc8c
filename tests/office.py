"""The office of the tests: one estate with its cast, and a second estate that must never see it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from banli.cases import packs
from banli.engine.identity import check_digit
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Building, Estate, Person, Unit
from banli.people.access import Desk, desk_of
from banli.people.actions import appoint
from banli.people.models import Staff
from tests.property_pack import property_pack

ZONE = ZoneInfo("Asia/Shanghai")
CAST = {
    "xiaowang": ("小王", "front_desk"),
    "laoli": ("老李", "duty_supervisor"),
    "chen": ("陈主任", "director"),
    "zhao": ("赵工", "engineering_supervisor"),
    "sun": ("孙会计", "finance"),
    "zhou": ("门岗老周", "gate"),
    "zheng": ("维修工老郑", "technician"),
    "wu": ("保洁班长老吴", "cleaning_leader"),
    "xiaoliu": ("大堂助理小刘", "lobby_assistant"),
    "yiqian": ("当值管理员小钱", "duty_administrator"),
    "laoma": ("安全主管老马", "safety_supervisor"),
}

#: Residents are called at any time of the day, as the tests run at any.
AT_ANY_TIME = {"follow_up_hours": "Mo-Su 00:00-23:59"}


def identity(first_17: str = "11010119900307123") -> str:
    """An identity number with its right check digit."""
    return first_17 + check_digit(first_17)


@dataclass
class Office:
    """The estate, its unit 12-3-502 and the people in it, with a desk for each member of the cast."""

    estate: Estate
    unit: Unit
    owner: Person
    tenant: Person
    elsewhere: Estate
    desks: dict[str, Desk] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Desk:
        return self.desks[who]

    def staff(self, who: str) -> Staff:
        return self.desks[who].staff


def today() -> date:
    return datetime.now(ZONE).date()


def _estate(code: str, name: str) -> tuple[Estate, Unit]:
    estate = Estate.objects.create(code=code, name=name, city="杭州", grade=2)
    building = Building.objects.create(estate=estate, code="12", name="12栋")
    unit = Unit.objects.create(
        estate=estate, building=building, entrance="3", room="502", floor=5, key="12-3-502"
    )
    return estate, unit


def build() -> Office:
    """Write the office into the database."""
    estate, unit = _estate("cuihu", "翠湖花园")
    Estate.objects.filter(pk=estate.pk).update(settings=AT_ANY_TIME)
    estate.settings = dict(AT_ANY_TIME)
    elsewhere, _ = _estate("songfeng", "松风里")
    desks = {username: _desk(estate, username, name, post) for username, (name, post) in CAST.items()}
    desks["he"] = _desk(elsewhere, "he", "何主任", "director")
    desks["xiaoqin"] = _desk(elsewhere, "xiaoqin", "小秦", "front_desk")
    people = {
        role: add_person(
            by=desks["xiaowang"], unit=unit, particulars=Particulars(name), role=role, since=date(2020, 1, 1)
        ).person
        for name, role in (("业主张女士", "owner"), ("租户刘先生", "tenant"))
    }
    return Office(estate, unit, people["owner"], people["tenant"], elsewhere, desks)


def _desk(estate: Estate, username: str, name: str, post: str) -> Desk:
    staff = Staff(username=username, name=name)
    staff.set_unusable_password()
    staff.save()
    appoint(estate=estate, staff=staff, post=post, since=date(2020, 1, 1))
    return desk_of(staff, estate.pk)


def load_packs() -> None:
    """Make the pack's procedures current, as a start of the house does. `bin/banli check` and tests/engine tell that
    they are sound.
    """
    packs.keep(property_pack())


@pytest.fixture
def office(db: None) -> Office:
    """The office with its pack loaded."""
    load_packs()
    return build()


@pytest.fixture
def second(office: Office) -> Staff:
    """小陈, who holds the front desk too."""
    office.desks["xiaochen"] = _desk(office.estate, "xiaochen", "小陈", "front_desk")
    return office.staff("xiaochen")
