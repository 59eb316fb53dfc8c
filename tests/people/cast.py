"""The cast of the house, made small and fast: two estates, their staff, and how they sign in."""

from dataclasses import dataclass, field
from datetime import date

from django.test import Client

from banli.estate.models import Estate
from banli.people.access import Desk, desk_of
from banli.people.models import Holding, Staff

SINCE = date(2024, 1, 1)
CUIHU = {
    "xiaowang": ("小王", "front_desk"),
    "laoli": ("老李", "duty_supervisor"),
    "chen": ("陈主任", "director"),
    "zhao": ("赵工", "engineering_supervisor"),
    "zhou": ("老周", "gate"),
}
SONGFENG = {"he": ("何主任", "director"), "xiaoqin": ("小秦", "front_desk")}


@dataclass
class Office:
    """Two estates that must not see each other; `staff` by user name."""

    cuihu: Estate
    songfeng: Estate
    staff: dict[str, Staff] = field(default_factory=dict)

    def desk(self, username: str) -> Desk:
        """The desk somebody would have if they signed in now."""
        return desk_of(Staff.objects.get(username=username))

    def signed_in(self, username: str) -> Client:
        client = Client()
        client.force_login(self.staff[username])
        return client


def open_office() -> Office:
    office = Office(
        cuihu=Estate.objects.create(code="cuihu", name="翠湖花园", name_en="Emerald Lake Gardens", grade=2),
        songfeng=Estate.objects.create(code="songfeng", name="松风里", name_en="Pine Breeze Court"),
    )
    for estate, cast in ((office.cuihu, CUIHU), (office.songfeng, SONGFENG)):
        for username, (name, post) in cast.items():
            staff = Staff.objects.create(username=username, name=name, password="!")
            Holding.objects.create(staff=staff, estate=estate, post=post, since=SINCE)
            office.staff[username] = staff
    return office
