"""Hours of the week as a pack writes them, and what an estate limits."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from banli.engine.answers import Moment, accept, accept_all
from banli.engine.conditions import Condition
from banli.engine.fields import Field, Within, settled
from banli.engine.hours import parse_hours
from banli.engine.pack import check_setting
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from tests.engine.office import NOW

WEEK = "Mo-Fr 08:00-12:00,14:30-18:00; Sa 09:00-12:00"
LABEL = Text(zh="题", en="Q")


@pytest.mark.parametrize(
    ("at", "held"),
    [
        ("2026-05-06T08:00", True), ("2026-05-06T07:59", False), ("2026-05-06T12:00", True),
        ("2026-05-06T12:01", False), ("2026-05-06T14:30", True), ("2026-05-06T18:00", True),
        ("2026-05-09T09:00", True), ("2026-05-09T12:01", False), ("2026-05-10T10:00", False),
    ],
)  # fmt: skip
def test_the_limits_belong_to_the_hours_and_what_is_not_named_is_closed(at: str, held: bool) -> None:
    assert parse_hours(WEEK).hold(datetime.fromisoformat(at)) is held


def test_they_are_said_in_both_languages() -> None:
    text = parse_hours(WEEK).text
    assert text.zh == "周一至周五 08:00–12:00、14:30–18:00；周六 09:00–12:00"
    assert text.en == "Mon–Fri 08:00–12:00, 14:30–18:00; Sat 09:00–12:00"
    assert parse_hours("Mo-Su 08:00-20:00").text.zh == "每天 08:00–20:00"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "08:00-12:00",
        "Mo",
        "Fr-Mo 08:00-12:00",
        "Mo 12:00-08:00",
        "Mo 8-12",
        "Mo 08:00-24:01",
        "Mo 24:00-24:00",
        "Mo 08:00-09:00;",
    ],
)
def test_what_are_no_hours_is_refused_with_advice(wrong: str) -> None:
    with pytest.raises(ValueError, match="write such as"):
        check_setting("hours", wrong)


def test_a_statutory_holiday_counts_as_a_sunday_and_a_weekend_worked_keeps_its_hours() -> None:
    field = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK),))
    holiday = Moment(now=NOW, rest_days={date(2026, 5, 1), date(2026, 5, 9)})
    with pytest.raises(Refusal, match="outside_hours"):
        accept(field, "2026-05-01 09:00", holiday)
    assert accept(field, "2026-05-01 09:00", Moment(now=NOW)) == "2026-05-01T09:00"
    assert accept(field, "2026-05-09 09:00", holiday) == "2026-05-09T09:00"


def test_hours_hold_where_their_condition_does() -> None:
    kind = Field(type="choice", label=LABEL, options={"a": LABEL, "b": LABEL})
    at = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK, when=Condition({"form.kind": "a"})),))
    asked, late = {"kind": kind, "at": at}, "2026-05-06 20:00"
    assert accept_all(asked, {"kind": "b", "at": late}, {}, Moment(now=NOW))["at"] == "2026-05-06T20:00"
    with pytest.raises(Refusal) as why:
        accept_all(asked, {"kind": "a", "at": late}, {}, Moment(now=NOW))
    assert why.value.fields["at"].code == "outside_hours"


@pytest.mark.parametrize(
    ("asked", "next_zh", "next_en"),
    [
        ("2026-05-06 03:00", "之后最早：5月6日 08:00。", " The next time after it: 6 May 08:00."),
        ("2026-05-06 13:00", "之后最早：5月6日 14:30。", " The next time after it: 6 May 14:30."),
        ("2026-05-06 22:00", "之后最早：5月7日 08:00。", " The next time after it: 7 May 08:00."),
    ],
)
def test_what_lies_outside_the_hours_is_told_the_next_time(asked: str, next_zh: str, next_en: str) -> None:
    field = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK),))
    with pytest.raises(Refusal) as why:
        accept(field, asked, Moment(now=NOW))
    assert why.value.say("zh").endswith(f"（法定节假日同周日）。{next_zh}")
    assert why.value.say("en").endswith(f"(holidays as Sundays).{next_en}")


def test_an_end_is_told_no_next_time_which_would_not_suit_its_beginning() -> None:
    field = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK, since="form.since"),))
    with pytest.raises(Refusal) as why:
        accept(field, "2026-05-06T13:00", Moment(now=NOW), {"form.since": "2026-05-06T11:00"})
    assert why.value.say("en").endswith("(holidays as Sundays).")


def test_a_limit_is_the_cases_own_setting_or_else_the_default() -> None:
    load = Field(type="integer", label=LABEL, at_most="setting.load")
    assert settled(load, {"setting.load": 300}, lambda name: 400).max == 300
    assert settled(load, {}, lambda name: {"load": 400}[name]).max == 400
    with pytest.raises(Refusal, match="too_large"):
        accept(settled(load, {}, lambda name: 400), 401, Moment(now=NOW))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "text", "at_most": "setting.a"}, {"type": "integer", "max": 3, "at_most": "setting.a"},
        {"type": "integer", "at_most": "a"}, {"type": "date", "hours": [{"within": WEEK}]},
        {"type": "datetime", "hours": [{"within": "always"}]},
    ],
)  # fmt: skip
def test_limits_stand_only_where_they_fit(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Field(label=LABEL, **wrong)


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        ("2026-05-06T08:00", "2026-05-06T12:00", True),
        ("2026-05-06T14:30", "2026-05-06T18:00", True),
        ("2026-05-06T11:00", "2026-05-06T15:00", False),  # through the midday rest
        ("2026-05-06T17:00", "2026-05-06T18:01", False),
        ("2026-05-06T17:00", "2026-05-07T09:00", False),
        ("2026-05-06T11:00", "2026-05-06T10:00", True),  # backwards is refused by other limits
    ],
)
def test_hours_hold_from_a_beginning_to_an_end_without_a_break(since: str, until: str, held: bool) -> None:
    field = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK, since="form.since"),))

    def answered() -> str:
        return str(accept(field, until, Moment(now=NOW), {"form.since": since}))

    if held:
        assert answered() == until
    else:
        with pytest.raises(Refusal, match=r"^outside_hours"):
            answered()


def test_an_end_without_a_beginning_is_judged_by_itself() -> None:
    field = Field(type="datetime", label=LABEL, hours=(Within(within=WEEK, since="form.since"),))
    assert accept(field, "2026-05-06T15:00", Moment(now=NOW), {}) == "2026-05-06T15:00"
