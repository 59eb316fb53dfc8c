"""A paper's number is read back however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banli.engine.paper import Number
from banli.engine.paper_numbers import Reading, one_way, readings

YEARLY, MONTHLY, EVER = (
    Number(prefix="FX"),
    Number(prefix="LF", period="month"),
    Number(prefix="K", period="none"),
)


def read(text: str, number: Number = YEARLY) -> list[tuple[str | None, int]]:
    return [(one.period, one.ordinal) for one in readings(one_way(text), number)]


@given(
    year=st.integers(2000, 2099).map(str),
    ordinal=st.integers(1, 999999),
    way=st.sampled_from(
        ["FX-{y}-{n:06}", "fx{y}{n:06}", "ＦＸ {y} {n}", "FX—{y}／{n}", "No.FX.{y}.{n:06}", "№FX{y}-{n}"]
    ),
)
def test_every_way_of_writing_it_means_the_same(year: str, ordinal: int, way: str) -> None:
    assert read(way.format(y=year, n=ordinal))[0] == (year, ordinal)


@given(ordinal=st.integers(1, 999999), year=st.integers(2000, 2099).map(str))
def test_what_is_printed_is_read_back(ordinal: int, year: str) -> None:
    for number, period in ((YEARLY, year), (MONTHLY, f"{year}-05"), (EVER, "")):
        printed = number.write(period, ordinal)
        assert next(readings(one_way(printed), number)) == Reading(period, ordinal)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FX12", [(None, 12)]),
        ("fx-2O26-OOOOl2", [("2026", 12)]),
        ("FX202612", [("2026", 12), (None, 202612)]),
        ("FX", []),
        ("FX-", []),
        ("LF12", []),
        ("FX-2026-12-3", []),
        ("FXA12", []),
        ("2026-000012", []),
        ("FX" + "1" * 30, []),
        ("FX1\x00", []),
    ],
)
def test_what_a_text_may_mean(text: str, told: list[tuple[str | None, int]]) -> None:
    assert read(text) == told


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    for number in (YEARLY, MONTHLY, EVER):
        list(readings(one_way(text), number))
