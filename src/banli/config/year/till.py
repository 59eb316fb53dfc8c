"""The cashier's days: a shift each workday, from a counted float to a counted close, now and then a difference."""

import random
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from banli.cases.holidays import rests
from banli.cashier import actions
from banli.cashier.models import Shift
from banli.cashier.queries import tally
from banli.engine.refusals import Refusal

from . import hours
from .town import Town

FLOAT = 50000  # fen
DIFFERENCES = 0.016  # of the shifts
#: fen over or short, and why
WHY = (
    (-500, "找零时多找了 5 元，已向业户核对，未能追回"),
    (1000, "多收 10 元，业户姓名已记，待退"),
    (-100, "零钱清点少 1 元，原因不明"),
    (200, "硬币盒里多出 2 元"),
)


def keep_shifts(town: Town, begin: date, end: date) -> None:
    """Open and close the cashier's shift on every workday from ``begin`` to ``end``."""
    day = begin
    while day <= end:
        if not rests(day):
            _one_day(town, day, random.Random(f"{town.seed} till {day}"))
        day += timedelta(days=1)


def _one_day(town: Town, day: date, chance: random.Random) -> None:
    desk = town.desk(town.posts["finance"])
    opened = hours.on(day, time(8, 50 + chance.randrange(10), chance.randrange(60)))
    closed = hours.on(day, time(17, 5 + chance.randrange(25), chance.randrange(60)))
    gap, why = chance.choice(WHY) if chance.random() < DIFFERENCES else (0, "")
    mine = Shift.objects.filter(estate=town.estate, cashier=desk.staff, opened_at=opened)

    def open_shift(at: datetime) -> None:
        town.cash = FLOAT
        if not (town.again and mine.exists()):
            with suppress(Refusal):  # somebody who looks at the demo meanwhile has one open
                actions.open_shift(by=desk, acting=desk.posts["finance"], float_fen=FLOAT, now=at)

    def close_shift(at: datetime) -> None:
        shift = mine.filter(closed_at=None).first()
        if shift is not None:
            counted = tally(shift)
            counted["cash"] = max(counted["cash"] + gap, 0)
            actions.close_shift(
                by=desk, acting=desk.posts["finance"], shift=shift, counted=counted, explanation=why, signed=bool(why),
                now=at,
            )  # fmt: skip

    town.at(opened, open_shift)
    town.at(closed, close_shift)
