"""What the office's old workbook says of the homes: their vehicles, and how their payments stand.

It is taken in as an office does it, from Excel, at the end of the year: tried, confirmed, imported (P14).
"""

import random
from contextlib import suppress
from datetime import date, timedelta

from banli.engine.refusals import Refusal
from banli.estate.intake import actions, work
from banli.estate.intake.models import Intake
from banli.web.spreadsheet import Sheet, write

from .homes import Home
from .parking import LOOKS
from .town import Town

WITH_A_VEHICLE, WITH_TWO = 0.5, 0.1  # of the homes
BEHIND, FAR_BEHIND = 0.1, 0.03
MONTHLY = (18600, 24800, 31200)  # fen that a home's management costs a month
BEHIND_NOTES = ("已电话提醒，下月一起缴", "业主在外地，回来缴", "对公共电费有疑问，已解释")
COLUMNS = {
    "车辆": ("房号", "车牌号", "颜色与品牌", "起"),
    "缴费": ("房号", "截至", "已缴至", "欠费(元)", "说明"),
}


def take_in(town: Town, homes: list[Home], end: date) -> None:
    """Once; where it was cut short, what is missing of it."""
    chance = random.Random(f"{town.seed} belongings")
    told = {"车辆": _vehicles(homes, end, chance), "缴费": _standings(homes, end, chance)}
    sheets = [Sheet(name, name, COLUMNS[name], rows) for name, rows in told.items()]
    desk = town.desk(town.posts["director"])
    acting = desk.posts["director"]
    with suppress(
        Refusal
    ):  # somebody who looks at the demo meanwhile takes a workbook in, or has taken this one
        intake = actions.send_in(
            by=desk, name="车辆与缴费.xlsx", content=write(*sheets).file.read(), acting=acting,
            key=town.key("belongings"),
        )  # fmt: skip
        work.go_on(intake.pk)
        intake.refresh_from_db()
        if intake.state == Intake.State.CHECKED:
            actions.confirm(by=desk, intake=intake, acting=acting)
        work.go_on(intake.pk)


def _vehicles(homes: list[Home], end: date, chance: random.Random) -> list[list[str]]:
    rows = []
    for number, home in enumerate(homes):
        share = chance.random()
        for more in range((share < WITH_A_VEHICLE) + (share < WITH_TWO)):
            since = end - timedelta(days=chance.randrange(30, 1200))
            plate = f"浙{chance.choice('ABF')}{20000 + number * 61 + more * 29}"
            rows.append([home.unit.key, plate, chance.choice(LOOKS), since.isoformat()])
    return rows


def _standings(homes: list[Home], end: date, chance: random.Random) -> list[list[str]]:
    """As of the last day of the month before: most have paid until then, some owe a month or two, a few more."""
    as_of = end.replace(day=1) - timedelta(days=1)
    rows = []
    for home in homes:
        share, monthly = chance.random(), chance.choice(MONTHLY)
        months = (
            chance.randrange(4, 9) if share < FAR_BEHIND else chance.choice((1, 2)) if share < BEHIND else 0
        )
        paid = as_of
        for _ in range(months):
            paid = paid.replace(day=1) - timedelta(days=1)
        owed = months * monthly
        note = chance.choice(BEHIND_NOTES) if months else ""
        rows.append(
            [home.unit.key, as_of.isoformat(), paid.isoformat(), f"{owed // 100}.{owed % 100:02}", note]
        )
    return rows
