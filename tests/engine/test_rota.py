"""Which rounds fall due: examples of the office, and any calendar beside a plainer way of counting."""

import calendar
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from banli.engine.findings import judged
from banli.engine.refusals import Refusal
from banli.engine.rota import Due, rounds, said
from banli.engine.routine import Calendar, Routine
from banli.engine.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
NAME = {"zh": "查", "en": "Look"}


def routine(when: dict[str, Any], **more: Any) -> Routine:
    return Routine.model_validate(
        {
            "routine": "look", "title": NAME, "purpose": NAME, "source": "P19", "post": "gate", "when": when,
            "within": "2h", "checks": {"door": {"label": NAME}}, "missed": "director", "wrong": "director", **more,
        }
    )  # fmt: skip


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def on(when: dict[str, Any], since: str, until: str, rest: set[date] = frozenset()) -> list[str]:  # type: ignore[assignment]
    told = rounds(routine(when), moment(since), moment(until), ZONE, rest)
    return [f"{one.at:%m-%d %H:%M}" for one in told]


def test_a_patrol_falls_due_twice_a_day_and_the_end_of_a_period_belongs_to_it() -> None:
    twice = {"every": "day", "at": ["22:00", "10:00"]}
    assert on(twice, "2026-05-06T10:00", "2026-05-07T10:00") == ["05-06 22:00", "05-07 10:00"]


def test_what_falls_on_a_rest_day_is_kept_left_out_or_moved() -> None:
    labour_day = {date(2026, 5, day) for day in range(1, 6)}
    monthly = {"every": "month", "day": 1, "at": "09:00"}
    whole = ("2026-05-01T00:00", "2026-06-02T00:00", labour_day)
    assert on(monthly, *whole) == ["05-01 09:00", "06-01 09:00"]
    assert on({**monthly, "rest_day": "skip"}, *whole) == ["06-01 09:00"]
    assert on({**monthly, "rest_day": "next"}, *whole) == ["05-06 09:00", "06-01 09:00"]


def test_two_days_that_move_to_the_same_one_are_one_round() -> None:
    weekend = {date(2026, 5, 9), date(2026, 5, 10)}
    both = {"every": "week", "on": ["Sa", "Su", "Mo"], "at": "09:00", "rest_day": "next"}
    assert on(both, "2026-05-08T00:00", "2026-05-12T00:00", weekend) == ["05-11 09:00"]


def test_a_month_without_a_31st_takes_its_last_day() -> None:
    late = {"every": "month", "day": 31, "at": "09:00"}
    assert on(late, "2026-01-31T09:00", "2026-03-31T09:00") == ["02-28 09:00", "03-31 09:00"]
    assert on({**late, "day": "last"}, "2026-01-31T09:00", "2026-03-31T09:00") == [
        "02-28 09:00",
        "03-31 09:00",
    ]


def test_how_long_there_is_counts_as_every_deadline_does() -> None:
    month = routine({"every": "month", "day": 30, "at": "09:00"}, within="1 day")
    (one,) = rounds(month, moment("2026-04-01"), moment("2026-04-30T09:00"), ZONE, {date(2026, 5, 1)})
    assert one == Due(moment("2026-04-30T09:00"), moment("2026-05-03T00:00"))


@pytest.mark.parametrize(
    "when",
    [
        {"every": "week", "at": "09:00"},
        {"every": "day", "on": "Mo", "at": "09:00"},
        {"every": "year", "day": 3, "at": "09:00"},
        {"every": "month", "day": 32, "at": "09:00"},
        {"every": "workday", "at": "09:00", "rest_day": "next"},
        {"every": "day", "at": ["09:00", "09:00"]},
        {"every": "day", "at": "24:00"},
        {"every": "day", "at": []},
    ],
)
def test_a_calendar_that_says_nothing_definite_is_refused(when: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        routine(when)


def test_a_calendar_is_said_in_words() -> None:
    told = said(
        Calendar.model_validate(
            {"every": "year", "months": [5, 11], "day": 10, "at": "09:00", "rest_day": "next"}
        )
    )
    assert told == Text(
        zh="每年 5、11 月 10 日 09:00（遇休息日顺延到下一个工作日）",
        en="Every year in May, Nov, day 10 at 09:00 (moved to the next working day)",
    )
    assert (
        said(Calendar.model_validate({"every": "month", "day": "last", "at": "09:00"})).zh
        == "每月最后一天 09:00"
    )


TIMES = st.lists(st.sampled_from(["00:00", "06:30", "12:00", "23:59"]), min_size=1, max_size=3, unique=True)
REST = st.sampled_from(["keep", "skip", "next"])
DAYS = st.one_of(st.integers(1, 31), st.just("last"))
CALENDARS = st.one_of(
    st.fixed_dictionaries({"every": st.sampled_from(["day", "workday"]), "at": TIMES}),
    st.fixed_dictionaries({
        "every": st.just("week"), "at": TIMES, "rest_day": REST,
        "on": st.lists(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]), min_size=1, unique=True),
    }),
    st.fixed_dictionaries({"every": st.just("month"), "at": TIMES, "day": DAYS, "rest_day": REST}),
    st.fixed_dictionaries({
        "every": st.just("year"), "at": TIMES, "day": DAYS, "rest_day": REST,
        "months": st.lists(st.integers(1, 12), min_size=1, unique=True),
    }),
)  # fmt: skip
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1), timezones=st.just(ZONE))


def plainly(when: dict[str, Any], rest: set[date], first: date, last: date) -> set[date]:
    """The same days, named one by one from the calendars on the wall, each then moved by hand."""
    named = set()
    for year in range(first.year - 1, last.year + 2):
        for month in range(1, 13):
            weeks = calendar.monthcalendar(year, month)
            end = max(weeks[-1])
            if when["every"] in ("month", "year") and month in when.get("months", range(1, 13)):
                wanted = end if when["day"] == "last" else min(when["day"], end)
                named.add(date(year, month, wanted))
            for week in weeks:
                for weekday, day in zip(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"], week, strict=True):
                    if day and (when["every"] == "day" or weekday in when.get("on", ())):
                        named.add(date(year, month, day))
                    if day and when["every"] == "workday" and date(year, month, day) not in rest:
                        named.add(date(year, month, day))
    how = when.get("rest_day", "keep")
    if how == "skip":
        named -= rest
    if how == "next":
        while named & rest:
            named = (named - rest) | {day + timedelta(days=1) for day in named & rest}
    return {day for day in named if first <= day <= last}


@given(
    when=CALENDARS,
    since=STARTS,
    days=st.integers(0, 70),
    cut=st.floats(0, 1),
    resting=st.sets(st.integers(-20, 70)),
)
def test_any_calendar_gives_what_a_plainer_count_gives(
    when: dict[str, Any], since: datetime, days: int, cut: float, resting: set[int]
) -> None:
    until = since + timedelta(days=days)
    rest = {since.date() + timedelta(days=day) for day in resting}
    told = rounds(routine(when), since, until, ZONE, rest)
    wanted = {
        datetime.combine(day, datetime.strptime(at, "%H:%M").time(), ZONE)
        for day in plainly(when, rest, since.date(), until.date())
        for at in when["at"]
    }
    assert [one.at for one in told] == sorted(at for at in wanted if since < at <= until)
    assert all(one.at < one.until for one in told)
    middle = since + (until - since) * cut
    parts = [
        *rounds(routine(when), since, middle, ZONE, rest),
        *rounds(routine(when), middle, until, ZONE, rest),
    ]
    assert parts == told, "a period in two parts has the same rounds"


PUMP = routine(
    {"every": "day", "at": "09:00"},
    checks={
        "pressure": {"label": NAME, "reading": {"unit": NAME, "min": 0.3, "max": 0.8}},
        "door": {"label": NAME},
    },
    photo="wrong",
)


READ = [("0.3", False), ("0.8", False), ("0.299", True), ("0.81", True), ("-1", True)]


@pytest.mark.parametrize(("reading", "wrong"), READ)
def test_a_reading_beyond_its_limits_is_wrong_and_the_limits_are_within(reading: str, wrong: bool) -> None:
    found = judged(PUMP, {"pressure": reading, "door": "ok"}, note="压力", photos=1)
    assert found == {
        "pressure": {"said": reading, "wrong": wrong},
        "door": {"said": "ok", "wrong": False},
    }


@pytest.mark.parametrize(
    ("said_", "note", "photos", "code"),
    [
        ({"pressure": "0.4"}, "", 0, "check_unanswered"),
        ({"door": "ok"}, "", 0, "check_reading"),
        ({"pressure": "0.4", "door": "yes"}, "", 0, "check_unanswered"),
        ({"pressure": "很高", "door": "ok"}, "", 0, "check_reading"),
        ({"pressure": "1e3", "door": "ok"}, "", 0, "check_reading"),
        ({"pressure": "0.4", "door": "wrong"}, " ", 1, "wrong_without_note"),
        ({"pressure": "0.9", "door": "ok"}, "高了", 0, "round_without_photo"),
    ],
)
def test_a_round_is_refused_where_something_is_left_out(
    said_: dict[str, str], note: str, photos: int, code: str
) -> None:
    with pytest.raises(Refusal) as why:
        judged(PUMP, said_, note=note, photos=photos)
    assert why.value.code == "form_invalid"
    assert code in {one.code for one in why.value.fields.values()}
