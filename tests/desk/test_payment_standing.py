"""Whoever takes a communication sees how the home's payments stand by its file: filled in, never a refusal (P13)."""

from datetime import date

import pytest

from banli.estate.belongings import PaymentStanding
from tests.cases.complaints import communicate, do
from tests.desk.at_the_desk import at, text
from tests.office import Office


def standing(office: Office, day: date, owed: int) -> None:
    PaymentStanding.objects.create(estate=office.estate, unit=office.unit, as_of=day, owed=owed)


def page_of(office: Office, case: int) -> str:
    return text(at(office, "xiaowang").get(f"/cases/{case}/"))


@pytest.mark.parametrize(
    ("told", "chosen", "said"),
    [
        ((), "unknown", "业户资料里没有缴费情况"),
        ((0,), "paid", "业户资料：截至 2026-03-31 没有欠费"),
        ((0, 32050), "owing", "业户资料：截至 2026-04-30 欠费 320.50 元"),
    ],
)
def test_it_is_filled_in_from_the_file(office: Office, told: tuple[int, ...], chosen: str, said: str) -> None:
    for owed, day in zip(told, (date(2026, 3, 31), date(2026, 4, 30)), strict=False):
        standing(office, day, owed)
    page = page_of(office, communicate(office))
    assert f'name="standing" value="{chosen}" checked' in " ".join(page.split())
    assert said in page and "只作了解，不影响受理" in page


def test_owing_refuses_nothing(office: Office) -> None:
    standing(office, date(2026, 4, 30), 32050)
    case = communicate(office)
    ticks = {"ticked": ["speaker", "standing"]}
    do(office, "xiaowang", case, "speaker", "passed", answers={"standing": "owing"}, extra=ticks)
    assert "由哪个部门处理" in text(at(office, "laoli").get(f"/cases/{case}/"))
