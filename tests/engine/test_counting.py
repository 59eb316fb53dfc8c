"""Counting, held against somebody who counts by walking: minute for minute, day for day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banli.engine.clocks import Duration, Pause, Step, add_months, count, due, end_of_day, parse_duration
from banli.engine.hours import DAYS, Hours, parse_hours
from banli.engine.procedure import Due

from .office import HEAD, XIAOWANG, Run, book_of

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = date(2026, 1, 1)
HOLIDAYS = st.sets(st.integers(0, 420), max_size=150).map(lambda days: {FIRST + DAY * n for n in days})
MOMENTS = st.integers(0, 60 * 24 * 300).map(lambda n: datetime(2026, 1, 1, tzinfo=ZONE) + MINUTE * n)
TIMES = st.integers(1, 3000).map(lambda n: Duration(n, "m")) | st.integers(1, 48).map(
    lambda n: Duration(n, "h")
)
PERIODS = (
    st.integers(1, 90).map(lambda n: Duration(n, "d"))
    | st.integers(1, 3).map(lambda n: Duration(n, "month"))
    | st.just(Duration(0, "same day"))
)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    """Hours of the week: some days, once or twice a day."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        first = draw(st.integers(0, 6))
        last = draw(st.integers(first, 6))
        ends = sorted(draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=4, unique=True)))
        spans = [ends[n : n + 2] for n in range(0, len(ends) - 1, 2)]
        said = ",".join("-".join(f"{m // 60:02}:{m % 60:02}" for m in span) for span in spans)
        parts.append(f"{DAYS[first]}-{DAYS[last]} {said}")
    return parse_hours("; ".join(parts))


def is_open(hours: Hours | None, at: datetime, holidays: set[date]) -> bool:
    """Whether the minute that begins at ``at`` counts, by reading the hours themselves."""
    if hours is None:
        return True
    day = 6 if at.weekday() < 5 and at.date() in holidays else at.weekday()
    minute = at.hour * 60 + at.minute
    return any(
        begin <= minute < end
        for part in hours.parts if part.first <= day <= part.last
        for begin, end in part.spans
    )  # fmt: skip


def walked_minutes(
    start: datetime, minutes: int, hours: Hours | None, holidays: set[date], pauses: list[Pause]
) -> datetime:  # fmt: skip
    """Minute by minute: the moment after the last that counts."""
    at = start
    while True:
        paused = any(begin <= at < end for begin, end in pauses)
        if not paused and is_open(hours, at, holidays):
            minutes -= 1
            if not minutes:
                return at + MINUTE
        at += MINUTE


def walked_days(start: datetime, within: Duration, holidays: set[date], pauses: list[Pause]) -> datetime:
    """Midnight by midnight: one that passes in a pause is as if it had not passed."""
    gone = 0
    if within.unit == "same day":
        wanted = 1
    else:
        end = add_months(start.date(), within.number) if within.unit == "month" else None
        wanted = 1 + ((end - start.date()).days if end else within.number)
    midnight = datetime.combine(start.date() + DAY, time(), ZONE)
    while True:
        if not any(begin < midnight <= end for begin, end in pauses):
            gone += 1
            ending = (midnight - DAY).date()
            if gone >= wanted and (within.unit == "same day" or ending not in holidays):
                return midnight
        midnight += DAY


def with_pauses(draw: st.DrawFn, start: datetime, length_of: object) -> list[Pause]:
    """Up to three pauses, each begun while the clock still ran by all that had been before it."""
    pauses: list[Pause] = []
    for _ in range(draw(st.integers(0, 3))):
        earliest = pauses[-1][1] if pauses else start
        latest = length_of(pauses)  # type: ignore[operator]
        room = int((latest - earliest) / MINUTE)
        if room < 1:
            break
        begin = earliest + MINUTE * draw(st.integers(0, room - 1))
        pauses.append((begin, begin + MINUTE * draw(st.integers(0, 60 * 24 * 6))))
    return pauses


def sound(steps: list[Step], start: datetime, within: Duration) -> None:
    """What is told adds up: no gap, and as much counted as was given."""
    assert steps[0].begin == start
    assert all(one.end == then.begin for one, then in pairwise(steps))
    counted = sum((one.counted for one in steps), timedelta())
    if within.unit in ("m", "h"):
        assert counted == timedelta(minutes=within.number * (60 if within.unit == "h" else 1))
        assert steps[-1].kind == "run"
    else:
        assert steps[-1].kind == "day" and sum(one.kind == "out" for one in steps) == (
            within.unit != "same day"
        )
        days = within.number or 1
        if within.unit == "month":
            first = start.astimezone(ZONE).date()
            days = (add_months(first, within.number) - first).days
        assert counted == DAY * days


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_minutes_and_hours_are_counted_as_somebody_with_a_watch_counts_them(data: st.DataObject) -> None:
    start, within, holidays = data.draw(MOMENTS), data.draw(TIMES), data.draw(HOLIDAYS)
    hours = data.draw(st.none() | weeks())

    def until(pauses: list[Pause]) -> datetime:
        return due(start, within, ZONE, holidays, hours, pauses)

    pauses = with_pauses(data.draw, start, until)
    steps = count(start, within, ZONE, holidays, hours, pauses)
    minutes = within.number * (60 if within.unit == "h" else 1)
    if hours is None or minutes <= 600:  # walking a year of minutes teaches nothing more
        assert steps[-1].end == walked_minutes(start, minutes, hours, holidays, pauses)
    sound(steps, start, within)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_days_and_months_are_counted_as_midnights_pass(data: st.DataObject) -> None:
    start, within, holidays = data.draw(MOMENTS), data.draw(PERIODS), data.draw(HOLIDAYS)

    def until(pauses: list[Pause]) -> datetime:
        return due(start, within, ZONE, holidays, pauses=pauses)

    pauses = with_pauses(data.draw, start, until)
    steps = count(start, within, ZONE, holidays, pauses=pauses)
    assert steps[-1].end == walked_days(start, within, holidays, pauses)
    assert all(steps[-1].end > end for _begin, end in pauses)
    sound(steps, start, within)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, TIMES | PERIODS, st.integers(0, 60 * 24 * 10))
def test_a_pause_never_takes_time_away_and_never_gives_more_than_it_lasted(
    start: datetime, within: Duration, minutes: int
) -> None:
    pause = (start, start + MINUTE * minutes)
    without, with_it = due(start, within, ZONE), due(start, within, ZONE, pauses=[pause])
    assert without <= with_it <= without + MINUTE * minutes + DAY


@pytest.mark.parametrize(
    ("start", "within", "ends"),
    [
        ("2026-01-31T10:00", "1 month", "2026-02-28"), ("2028-01-31T10:00", "1 month", "2028-02-29"),
        ("2026-11-30T23:59", "3 months", "2027-02-28"), ("2026-02-28T00:00", "1 month", "2026-03-28"),
        ("2026-09-28T09:00", "3 days", "2026-10-09"), ("2026-09-29T09:00", "same day", "2026-09-29"),
    ],
)  # fmt: skip
def test_the_civil_codes_counting(start: str, within: str, ends: str) -> None:
    golden_week = {date(2026, 10, day) for day in range(1, 9)}
    began = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    ended = due(began, parse_duration(within), ZONE, golden_week)
    assert ended == end_of_day(date.fromisoformat(ends), ZONE)


def test_what_is_begun_after_hours_runs_from_the_next_morning() -> None:
    week = parse_hours("Mo-Fr 09:00-12:00,14:00-18:00")
    friday = datetime(2026, 11, 27, 17, 30, tzinfo=ZONE)
    steps = count(friday, Duration(2, "h"), ZONE, (), week)
    assert [(one.kind, one.end.astimezone(ZONE).strftime("%d %H:%M")) for one in steps] == [
        ("run", "27 18:00"), ("shut", "30 09:00"), ("run", "30 10:30"),
    ]  # fmt: skip
    make_up = due(friday, Duration(2, "h"), ZONE, {date(2026, 11, 30)}, week)
    assert make_up == datetime(2026, 12, 1, 10, 30, tzinfo=ZONE)


def test_hours_that_are_never_open_are_found_and_not_waited_for() -> None:
    class EveryDay:
        def __contains__(self, day: object) -> bool:
            return True

    with pytest.raises(ValueError, match="never open"):
        due(
            datetime(2026, 1, 1, tzinfo=UTC),
            Duration(1, "m"),
            ZONE,
            EveryDay(),
            parse_hours("Mo-Fr 09:00-10:00"),
        )


def test_hours_that_overlap_are_one() -> None:
    week = parse_hours("Mo-Fr 08:00-12:00; Mo 11:00-13:00; Mo 15:00-16:00")
    assert week.spans_on(date(2026, 11, 23), ()) == [(480, 780), (900, 960)]


def test_a_deadline_counts_from_a_day_or_before_a_moment() -> None:
    """P2: a card is back within days of its end; P8: five minutes before the time that was booked."""
    form = (
        "form: {day: {type: date, label: {zh: 日, en: Day}}, at: {type: datetime, label: {zh: 时, en: At}}}\n"
    )
    steps = (
        "steps: {fill: {verb: fill, by: front_desk, asks: [day, at]}, work: {verb: work, by: front_desk}}\n"
    )
    for due_at, moment in (
        ("{end_of: form.day, within: 7 days}", "2026-05-18T00:00"),
        ("{end_of: form.day, within: 90m}", "2026-05-11T01:30"),
        ("{end_of: form.day, within: same day}", "2026-05-11T00:00"),
        ("{at: form.at, before: 5m}", "2026-05-10T14:55"),
        ("{at: form.at, within: 1h}", "2026-05-10T16:00"),
    ):
        told = f"title: {{zh: 快, en: Soon}}, starts: fill.done, stops: work.done, due: {due_at}"
        clock = f"clocks: {{soon: {{{told}}}}}\n"
        run = Run(book_of(HEAD + form + steps + clock))
        run.do(XIAOWANG, "fill", "done", answers={"day": "2026-05-10", "at": "2026-05-10T15:00"})
        (running,) = run.state.clocks
        assert datetime.fromisoformat(running.due) == datetime.fromisoformat(moment).replace(tzinfo=ZONE), (
            due_at
        )
    for wrong in (
        {"end_of": "form.day", "before": "5m"},
        {"before": "5m"},
        {"at": "form.at", "before": "soon"},
    ):
        with pytest.raises(ValueError, match="/"):
            Due.model_validate(wrong)
