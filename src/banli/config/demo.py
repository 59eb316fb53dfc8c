"""The demo estate: 翠湖花园 to play in, 松风里 beside it that must not be seen from there.

The short demo is a morning: only the cast has names, the other homes stand empty. The whole one is a year (see
banli.config.year), with people in many homes. Nobody's real data: the identity numbers are of an area that does not
exist, the telephones are exchanges' own numbers. The password is made at first start and kept in
the data folder alone.
"""

import os
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from banli.cases.purging import purge_all
from banli.config import demo_cases
from banli.config.failures import say
from banli.config.prepare import year_made, year_wanted
from banli.config.year import words
from banli.config.year.load import DAYS
from banli.config.year.load import load as load_year
from banli.config.year.town import Town
from banli.engine.identity import check_digit
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Building, Estate, Occupancy, Unit
from banli.estate.own import SettingVersion
from banli.estate.rooms import key_of
from banli.estate.setting import set_version
from banli.journal.models import Entry
from banli.people.access import desk_of
from banli.people.actions import appoint, create_staff
from banli.people.models import Holding, Staff
from banli.people.titles import post_title

OPENED = date(2019, 6, 1)
SETTINGS = {
    # Whoever plays in the demo at night finds nobody asleep: its residents may be called around the clock.
    "follow_up_hours": ("Mo-Su 00:00-23:59", "演示小区，随时可以打"),
    "phone": ("0571-88005500", "演示小区的电话"),
    "parking_places": ("A001~A120, B1-001~B1-900", "地面一百二十个，地下一层九百个"),
}
#: Whom broadband data goes to. Set once the demo's past is entered, in which it was taken there by hand.
COMPANY = {
    "network_company": words.NETWORK[0],
    "network_company_contact": words.NETWORK[1],
    "network_company_mail": "intake@broadband.example.com",
}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another

#: estate code → (user name, name, post)
CAST = {
    "cuihu": [
        ("xiaowang", "小王", "front_desk"),
        ("laoli", "老李", "duty_supervisor"),
        ("chen", "陈主任", "director"),
        ("zhao", "赵工", "engineering_supervisor"),
        ("sun", "孙会计", "finance"),
        ("zhou", "门岗老周", "gate"),
        ("zheng", "维修工老郑", "technician"),
        ("wu", "保洁班长老吴", "cleaning_leader"),
        ("xiaoliu", "大堂助理小刘", "lobby_assistant"),
        ("yiqian", "当值管理员小钱", "duty_administrator"),
        ("laoma", "安全主管老马", "safety_supervisor"),
        # Those who relieve them at the desk and at the gate.
        ("xiaofang", "小方", "front_desk"),
        ("ajian", "门岗阿健", "gate"),
    ],
    "songfeng": [("he", "何主任", "director"), ("xiaoqin", "小秦", "front_desk")],
}
#: unit key, name, role, since, telephone, birthday, order number (even: a woman)
RESIDENTS = [
    ("12-3-502", "张女士", Occupancy.Role.OWNER, date(2019, 6, 18), "13800571500", date(1985, 3, 12), "002"),
    ("12-3-502", "刘先生", Occupancy.Role.TENANT, date(2025, 9, 1), "13800210500", date(1992, 11, 5), "001"),
    ("12-3-501", "邻居", Occupancy.Role.OWNER, date(2020, 2, 3), "13800755500", date(1978, 7, 21), "003"),
]


def load() -> list[tuple[str, str, str]]:
    """Make what is missing of the short demo; twice is harmless. The sign-ins as `sign_ins` gives them."""
    with transaction.atomic():
        cuihu, password = _place(None)
        demo_cases.load(cuihu)
        _network_company(cuihu, None)
    _write_sign_ins(password)
    return sign_ins()


def place_a_year_ago(now: datetime | None = None) -> Estate | None:
    """The demo without any case, as if it had been set up a year before ``now``. Twice is harmless.

    None where there is a short demo already: it has no past, and cannot be given one.
    """
    if _end(now) > timezone.localtime(now):
        return None
    with transaction.atomic():
        cuihu, password = _place(_end(now) - timedelta(days=DAYS))
    _write_sign_ins(password)
    return cuihu


def load_with_a_year(*, now: datetime | None = None, scale: float = 1.0) -> Town | None:
    """Make what is missing of the demo with the year up to ``now``, or to when it was begun, if it was cut short.

    ``scale``: how busy the year is, for tests. None where `place_a_year_ago` says so.
    """
    cuihu = place_a_year_ago(now)
    if cuihu is None:
        return None
    until = _end(now)
    posts = {post: username for username, _, post in reversed(CAST["cuihu"])}
    reliefs = {post: username for username, _, post in CAST["cuihu"] if username != posts[post]}
    lately = [(at, partial(_do, act)) for at, act in demo_cases.plan(cuihu, until)]
    begin = until - timedelta(days=DAYS)
    town = load_year(cuihu, posts, begin, until, reliefs=reliefs, scale=scale, lately=lately)
    _network_company(cuihu, until)
    purge_all(until)  # what the nights of that year would have erased
    return town


def _do(act: Callable[[], object], at: datetime) -> None:
    act()


def _end(now: datetime | None) -> datetime:
    """The end of the year: ``now``, or a year after the first entry of one that was begun."""
    first = Entry.objects.filter(estate__code="cuihu").order_by("pk").first()
    return timezone.localtime(first.at + timedelta(days=DAYS) if first else now)


def _place(at: datetime | None) -> tuple[Estate, str]:
    """The two estates with their homes, cast and residents, as if written down at ``at``; and the password."""
    cuihu = _estate("cuihu", "翠湖花园", "Emerald Lake Gardens", city="杭州", grade=2)
    songfeng = _estate("songfeng", "松风里", "Pine Breeze Court", city="杭州", grade=1)
    for code in ("1", "2", "3", "8", "12"):
        _building(cuihu, code, entrances=("1", "2", "3"), floors=17, homes=("01", "02"))
    _building(cuihu, "15", entrances=("",), floors=25, homes=("01", "02", "03", "04"))
    for code in ("1", "2"):
        _building(songfeng, code, entrances=("1", "2"), floors=6, homes=("01", "02"))
    password = _password()
    for estate in (cuihu, songfeng):
        _staff(estate, password, at)
    _own_settings(cuihu, at)
    _residents(cuihu, at)
    return cuihu, password


def main(argv: list[str]) -> int:
    """`banli demo`: make the demo's year, or the rest of it. `banli serve` runs it once, beside the house."""
    if not year_wanted():
        say("没有要载入的演示", "There is no demo to be made")
        return 0
    os.nice(5)  # whoever looks at the house meanwhile comes first
    load_with_a_year()
    year_made()
    say("演示小区的一年已载入", "The demo's year is complete")
    return 0


def sign_ins() -> list[tuple[str, str, str]]:
    """(user name, password, who they are) of the cast; empty when the file is not there any more."""
    path = _file()
    if not path.exists():
        return []
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.count("\t") == 2]
    return [(username, password, who) for username, password, who in lines]


def _file() -> Path:
    return Path(settings.DATA) / "demo-sign-ins.txt"


def _password() -> str:
    """The password of the first start; a new one where its file was removed."""
    known = sign_ins()
    return (
        known[0][1]
        if known
        else "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    )


def _write_sign_ins(password: str) -> None:
    if _file().exists():
        return
    lines = []
    for code, cast in CAST.items():
        estate = Estate.objects.get(code=code)
        for username, name, post in cast:
            title = post_title(post)
            who = f"{name}，{estate.name}{title.zh} ({title.en}, {estate.name_en})"
            lines.append(f"{username}\t{password}\t{who}")
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _estate(code: str, name: str, name_en: str, *, city: str, grade: int) -> Estate:
    told = {"name": name, "name_en": name_en, "city": city, "grade": grade}
    return Estate.objects.get_or_create(code=code, defaults=told)[0]


def _building(
    estate: Estate, code: str, *, entrances: tuple[str, ...], floors: int, homes: tuple[str, ...]
) -> None:
    """A building with its homes; the first of a floor is the larger one."""
    building, made = Building.objects.get_or_create(estate=estate, code=code, defaults={"name": f"{code}栋"})
    if not made:
        return
    Unit.objects.bulk_create(
        Unit(
            estate=estate,
            building=building,
            entrance=entrance,
            room=f"{floor}{home}",
            floor=floor,
            area=Decimal("112.30") if home == homes[0] else Decimal("89.50"),
            key=key_of(code, entrance, f"{floor}{home}"),
        )
        for entrance in entrances
        for floor in range(1, floors + 1)
        for home in homes
    )


def _staff(estate: Estate, password: str, at: datetime | None) -> None:
    renewed = not _file().exists()
    for username, name, post in CAST[estate.code]:
        staff = Staff.objects.filter(username=username).first()
        if staff is None:
            staff = create_staff(username=username, name=name, password=password)
        elif renewed:
            staff.set_password(password)
            staff.save(update_fields=["password"])
        if not Holding.objects.filter(staff=staff, estate=estate, post=post).exists():
            appoint(estate=estate, staff=staff, post=post, since=OPENED, at=at)


def _own_settings(estate: Estate, at: datetime | None) -> None:
    """What the demo estate says of itself, the first time it is loaded."""
    desk = desk_of(Staff.objects.get(username="chen"), estate.pk, strict=True)
    before = (at or timezone.now()) - timedelta(days=7)  # so that what is entered of the days before fits too
    for name, (value, reason) in SETTINGS.items():
        if not SettingVersion.objects.filter(estate=estate, name=name).exists():
            set_version(
                by=desk, acting=desk.posts["director"], name=name, value=value,
                valid_from=timezone.localdate(before), reason=reason, now=before,
            )  # fmt: skip
    estate.settings = desk.estate.settings


def _network_company(estate: Estate, at: datetime | None) -> None:
    """The network company and where it takes data, at an address that nobody has; nobody knows the password either."""
    desk = desk_of(Staff.objects.get(username="chen"), estate.pk, strict=True)
    now = at or timezone.now()
    told = {**COMPANY, "network_company_password": secrets.token_urlsafe(12)}
    for name, value in told.items():
        if not SettingVersion.objects.filter(estate=estate, name=name).exists():
            secret = value if name not in COMPANY else ""
            set_version(
                by=desk, acting=desk.posts["director"], name=name, value=None if secret else value, secret=secret,
                valid_from=timezone.localdate(now), reason="演示用，不会真的发出去", now=now,
            )  # fmt: skip


def _residents(estate: Estate, at: datetime | None) -> None:
    desk = desk_of(Staff.objects.get(username="xiaowang"), estate.pk, strict=True)
    for key, name, role, since, phone, born, order in RESIDENTS:
        unit = Unit.objects.get(estate=estate, key=key)
        if Occupancy.objects.filter(unit=unit, person__name=name).exists():
            continue
        first = f"330199{born:%Y%m%d}{order}"
        particulars = Particulars(name, phone, "cn_id", first + check_digit(first))
        add_person(
            by=desk,
            unit=unit,
            particulars=particulars,
            role=role,
            since=since,
            acting=desk.posts["front_desk"],
            at=at,
        )
