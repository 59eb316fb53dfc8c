"""Fixed places: how long a period is, which places a list names, what is reckoned and typed by nobody (P20)."""

from datetime import date

import pytest
from pydantic import ValidationError

from banli.engine.answers import Moment, accept_all
from banli.engine.clocks import last_day
from banli.engine.fields import Field
from banli.engine.places import MOST_IN_A_RANGE, listed, one_way
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from tests.engine.office import NOW

LABEL = Text(zh="日", en="day")


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ("2026-05-01", 3, "2026-07-31"),
        ("2026-05-06", 1, "2026-06-05"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2028-01-30", 1, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-15", 12, "2027-12-14"),
        ("2026-02-28", 1, "2026-03-27"),
    ],
)
def test_the_last_day_that_is_paid_for(begins: str, months: int, ends: str) -> None:
    assert last_day(date.fromisoformat(begins), months).isoformat() == ends


def test_periods_that_follow_each_other_lose_no_day() -> None:
    day = date(2026, 1, 31)
    for _ in range(24):
        day = last_day(day, 1).fromordinal(last_day(day, 1).toordinal() + 1)
    assert day == date(2028, 2, 1), "from the first renewal on it is the first of a month"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", []),
        ("A001~A003, B-9", ["A001", "A002", "A003", "B-9"]),
        ("a 1－3；b-01～02", ["A1-3", "B-01", "B-02"]),
        ("A001至A003、A002", ["A001", "A002", "A003"]),
        ("B1-023", ["B1-023"]),
        ("B1-01~B1-03", ["B1-01", "B1-02", "B1-03"]),
        ("地面3\n地面4", ["地面3", "地面4"]),
        ("A9~A1", ["A9~A1"]),
        (f"A1~A{MOST_IN_A_RANGE + 1}", [f"A1~A{MOST_IN_A_RANGE + 1}"]),
        ("A1~B3", ["A1~B3"]),
    ],
)
def test_the_places_an_estate_lists(text: str, places: list[str]) -> None:
    assert listed(text) == places


def test_a_place_is_written_one_way() -> None:
    assert one_way(" ａ０１２ ") == one_way("A012") == "A012"


def asked(**reckoned: object) -> dict[str, Field]:
    return {
        "begins": Field(type="date", label=LABEL, required=False),
        "months": Field(type="integer", label=LABEL, required=False),
        "until": Field.model_validate({"type": "date", "label": LABEL, "reckoned": reckoned}),
    }


def test_a_reckoned_date_follows_the_answers() -> None:
    fields, moment = asked(of="form.begins", months="form.months"), Moment(now=NOW)
    told = accept_all(fields, {"begins": "2026-05-06", "months": "2"}, {}, moment)
    assert told["until"] == "2026-07-05"
    assert accept_all(fields, {"months": "2"}, {}, moment)["until"] is None
    assert (
        accept_all(asked(of="form.begins", days=-7), {"begins": "2026-05-06"}, {}, moment)["until"]
        == "2026-04-29"
    )


def test_a_reckoned_date_is_not_typed() -> None:
    with pytest.raises(Refusal) as why:
        accept_all(asked(of="form.begins", days=1), {"until": "2026-05-06"}, {}, Moment(now=NOW))
    assert why.value.fields["until"].code == "unexpected_field"


@pytest.mark.parametrize(
    "told",
    [
        {"type": "text", "label": LABEL, "reckoned": {"of": "form.begins", "days": 1}},
        {"type": "date", "label": LABEL, "known": "case.today", "reckoned": {"of": "form.begins", "days": 1}},
        {"type": "date", "label": LABEL, "reckoned": {"of": "form.begins"}},
        {"type": "date", "label": LABEL, "reckoned": {"of": "form.begins", "days": 1, "months": 1}},
    ],
)
def test_what_is_reckoned_is_a_plain_date(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Field.model_validate(told)
