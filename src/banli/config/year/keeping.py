"""What the office keeps beside its cases: contracts with scans, declared pets, blank sheets, a picture of its seal.

Contracts and pets (P14) are entered in the first months, the sheets printed before the power cut in which two are used.
"""

import io
import random
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from banli.engine import back_entry
from banli.engine.refusals import Refusal
from banli.estate.contracts.actions import Terms, enter
from banli.estate.pets.actions import Told, declare_pet
from banli.papers import blanks, seal_pictures
from banli.papers.models import SealPicture

from . import hours, pictures

if TYPE_CHECKING:
    from .homes import Home
    from .town import Do, Town

CONTRACTS, PETS = 24, 14
#: Of these a stack of empty sheets lies at the desk; the last two of each are spoiled and lost.
STACKS, SHEETS = ("goods-release", "home-repair"), 8
#: kind, breed, colour
ANIMALS = (
    ("dog", "柯基", "黄白"), ("cat", "", "橘色"), ("dog", "泰迪", "棕色"), ("bird", "虎皮鹦鹉", "绿色"),
    ("cat", "英短", "蓝灰"),
)  # fmt: skip


def keep(town: "Town", homes: "list[Home]", begin: date, end: date, dark_day: date) -> None:
    """Everything above. ``dark_day``: the day of the power cut."""
    chance = random.Random(f"{town.seed} keeping")
    let = [home for home in homes if home.tenant is not None][:CONTRACTS]
    for number, home in enumerate(let):
        _then(town, _some_day(begin, chance), _contract(town, home, number, begin, end))
    for number, home in enumerate(homes[:: max(len(homes) // PETS, 1)][:PETS]):
        _then(town, _some_day(begin, chance), _pet(town, home, number))
    _then(town, hours.workday(dark_day, -8), _sheets(town))
    _then(town, hours.workday(dark_day, 2), _spoiled(town))
    for when, content, why in (
        (hours.workday(dark_day, -3), _seal(), "旧章扫描件，试用一天"),
        (hours.workday(dark_day, -2), None, "扫描件印出来不够清楚，改回系统画的"),
    ):
        _then(town, when, _picture(town, content, why))


def _some_day(begin: date, chance: random.Random) -> date:
    return hours.workday(begin, 1 + chance.randrange(40))


def _then(town: "Town", day: date, do: "Do") -> None:
    town.at(hours.on(day, time(10, 12)), do)


def _contract(town: "Town", home: "Home", number: int, begin: date, end: date) -> "Do":
    """A tenancy of a year; the first few end soon after the demo's year, and are pointed out."""
    since = (
        begin - timedelta(days=11 * (number % 13)) if number > 3 else end - timedelta(days=350 - 9 * number)
    )
    owner, tenant = home.owner, home.tenant

    def do(at: datetime) -> None:
        if tenant is None:
            return
        desk = town.desk(town.posts["front_desk"])
        terms = Terms(
            kind="tenancy", since=since, until=since + timedelta(days=365), parties=(owner.person, tenant.person),
            number=f"租-{since:%Y}-{number + 101}",
        )  # fmt: skip
        enter(
            by=desk, unit=home.unit, terms=terms, pages=[pictures.page(number), pictures.page(number + 1)],
            acting=desk.posts["front_desk"], key=town.key(f"contract-{number}"), at=at,
        )  # fmt: skip

    return do


def _pet(town: "Town", home: "Home", number: int) -> "Do":
    """Whoever lives there says of their own will what they keep; every other one says no more than the kind."""
    kind, breed, colour = ANIMALS[number % len(ANIMALS)]

    def do(at: datetime) -> None:
        desk, keeper = town.desk(town.posts["front_desk"]), home.tenant or home.owner
        told = Told(kind, hours.day_of(at), *((breed, colour) if number % 2 == 0 else ()))
        with suppress(Refusal):  # who has just moved out keeps nothing here; who took it back has none
            declare_pet(
                by=desk, unit=home.unit, person=keeper.person, told=told, consented=True,
                acting=desk.posts["front_desk"], key=town.key(f"pet-{number}"), at=at,
            )  # fmt: skip

    return do


def _sheets(town: "Town") -> "Do":
    def do(at: datetime) -> None:
        desk = town.desk(town.posts["front_desk"])
        for procedure in STACKS:
            for kind, definition in back_entry.sheets(town.books[procedure]).items():
                batch = blanks.print_batch(
                    by=desk, acting=desk.posts["front_desk"], definition=definition, many=SHEETS,
                    key=town.key(f"blanks-{kind}"), at=at,
                )  # fmt: skip
                made = list(batch.sheets.order_by("ordinal").values_list("pk", "serial"))
                town.sheets[kind] = [serial for _, serial in made[:-2]]
                town.given_up += [pk for pk, _ in made[-2:]]

    return do


def _spoiled(town: "Town") -> "Do":
    """After the power cut the stack is counted: one sheet was written wrongly, one is not there."""

    def do(at: datetime) -> None:
        desk = town.desk(town.posts["front_desk"])
        for number, sheet in enumerate(town.given_up):
            state, reason = (("spoiled", "房号写错，重写了一张"), ("lost", "停电那天借到门岗，没找回来"))[
                number % 2
            ]
            blanks.mark(
                by=desk, acting=desk.posts["front_desk"], sheet_id=sheet, state=state, reason=reason, at=at
            )

    return do


def _picture(town: "Town", content: bytes | None, why: str) -> "Do":
    def do(at: datetime) -> None:
        desk = town.desk(town.posts["director"])
        if SealPicture.objects.filter(estate=town.estate, set_at=at).exists():
            return
        with suppress(Refusal):  # somebody who looks at the demo meanwhile has changed it
            seal_pictures.change(
                by=desk, acting=desk.posts["director"], post="director", content=content, reason=why, now=at
            )

    return do


def _seal() -> bytes:
    """A ring with a bar across it, in red on nothing."""
    image = Image.new("RGBA", (420, 420))
    pen = ImageDraw.Draw(image)
    pen.ellipse((10, 10, 409, 409), outline="#c8202a", width=14)
    pen.ellipse((150, 150, 269, 269), outline="#c8202a", width=10)
    pen.rectangle((90, 300, 329, 318), fill="#c8202a")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
