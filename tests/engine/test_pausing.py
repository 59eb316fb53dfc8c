"""Clocks that count in hours, are paused and explained: through the engine's own door."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banli.engine import events as ev
from banli.engine import pausing
from banli.engine.decide import Facts, tick
from banli.engine.faults import Faulty
from banli.engine.hours import parse_hours
from banli.engine.reckoning import Explanation, explain
from banli.engine.recount import recount
from banli.engine.refusals import Refusal
from banli.engine.standing import from_json, running, to_json
from banli.engine.state import Running
from tests.engine.office import CHEN, HEAD, LAOLI, NOW, XIAOWANG, Run, book_of, procedure_of

SMALL = (
    HEAD
    + """
form:
  at: {type: datetime, label: {zh: 时间, en: Time}, required: false}
steps:
  ask: {verb: fill, by: front_desk, asks: at}
  answer: {verb: call, by: front_desk}
clocks:
  soon: {title: {zh: 答复, en: Answer}, starts: ask.done, stops: answer.done, pause: duty_supervisor, warn: 5m, KIND}
"""
)
TWO_HOURS = "within: setting.soon"
IN_HOURS = 'within: 2h, during: "Mo-Fr 09:00-12:00,14:00-18:00"'


def begun(
    kind: str = TWO_HOURS, at: datetime = NOW, answers: dict[str, Any] | None = None, **facts: Any
) -> Run:
    run = Run(book_of(SMALL.replace("KIND", kind)), facts=Facts(**facts))
    run.now = at
    return run.do(XIAOWANG, "ask", "done", answers=answers or {})


def clock(run: Run) -> Running:
    return run.state.clocks[0]


def due(run: Run) -> datetime:
    return datetime.fromisoformat(clock(run).due)


def turn(run: Run, act: Any = pausing.pause, who: Any = LAOLI, reason: str = "等配件") -> Run:
    more = {"until": run.now.date() + timedelta(days=99)} if act is pausing.pause else {}
    run._keep(act(run.book, run.state, "soon", None, reason, who, run.facts, run.now, **more))
    return run


def pause(run: Run, *, after: timedelta, lasting: timedelta) -> Run:
    run.now += after
    turn(run)
    run.now += lasting
    return turn(run, pausing.resume)


def explained(run: Run) -> Explanation:
    return explain(run.book.procedure.clocks["soon"], clock(run), run.state, run.facts, run.now)


def test_a_pause_gives_back_the_time_it_lasted():
    run = begun()
    pause(run, after=timedelta(minutes=30), lasting=timedelta(hours=5))
    assert due(run) == NOW + timedelta(hours=7)
    assert clock(run).warn == (NOW + timedelta(hours=6, minutes=55)).isoformat()
    told = explained(run)
    assert [step.kind for step in told.steps] == ["run", "paused", "run"]
    assert told.paused == timedelta(hours=5) and told.agrees


def test_while_it_is_paused_nobody_is_warned_and_nothing_is_late():
    run = begun()
    run.pass_time(minutes=30)
    turn(run)
    assert [event.kind for event in run.last] == ["reasoned", "clock_paused"]
    run.pass_time(days=3)
    assert run.last == [] and clock(run).state == "paused"
    assert clock(run).red_at == clock(run).until, "the step waits for the day on which it was to go on"
    run.do(XIAOWANG, "answer", "reached")
    assert [event.late for event in run.happened(ev.ClockStopped)] == [False]


def test_what_is_over_and_what_stands_already_cannot_be_paused():
    run = begun()
    run.now += timedelta(hours=2)
    with pytest.raises(Refusal, match="clock_over"):
        turn(run)
    run = turn(begun())
    with pytest.raises(Refusal, match="clock_paused"):
        turn(run)
    with pytest.raises(Refusal, match="clock_not_paused"):
        turn(begun(), pausing.resume)
    run = begun().do(XIAOWANG, "answer", "reached")
    with pytest.raises(Refusal, match="case_closed"):
        turn(run)


def test_only_the_posts_that_the_rule_names_pause_and_only_for_a_reason():
    for who in (XIAOWANG, CHEN):
        with pytest.raises(Refusal, match="pause_post"):
            turn(begun(), who=who)
    with pytest.raises(Refusal, match="reason_required"):
        turn(begun(), reason="  ")
    run = begun()
    with pytest.raises(Refusal, match="not_permitted"):
        pausing.pause(
            run.book, run.state, "other", None, "因", LAOLI, run.facts, run.now, until=run.now.date()
        )
    with pytest.raises(Refusal, match="clock_not_running"):
        pausing.pause(run.book, run.state, "soon", 3, "因", LAOLI, run.facts, run.now, until=run.now.date())


def test_a_moment_that_an_answer_named_moves_by_the_pause():
    run = begun("at: form.at", answers={"at": "2026-05-02T10:00"})
    before = due(run)
    pause(run, after=timedelta(hours=1), lasting=timedelta(hours=3))
    assert due(run) == before + timedelta(hours=3) and explained(run).steps == ()
    run = begun("end_of: form.at", answers={"at": "2026-05-02T10:00"})
    before = due(run)
    pause(run, after=timedelta(hours=1), lasting=timedelta(hours=3))
    assert due(run) == before
    pause(run, after=timedelta(hours=1), lasting=timedelta(days=2))
    assert due(run) == before + timedelta(days=2)


def test_a_clock_in_hours_of_the_week_moves_with_the_calendar_but_never_back():
    friday = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)  # half past five at the office
    run = begun(IN_HOURS, friday)
    assert due(run) == datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
    monday_off = Facts(holidays={date(2026, 11, 30)})
    events, after = recount(run.book, run.state, monday_off, friday)
    assert [event.kind for event in events] == ["clock_moved"]
    assert after.clocks[0].due == datetime(2026, 12, 1, 2, 30, tzinfo=UTC).isoformat()
    assert recount(run.book, after, Facts(), friday)[0] == []
    turn(run)
    assert recount(run.book, run.state, monday_off, friday)[0] == []


def test_what_was_set_when_it_began_still_counts_after_a_pause():
    run = begun(settings={"soon": "3h"})
    assert clock(run).within == "3h"
    run.facts = Facts(settings={"soon": "1h"})
    pause(run, after=timedelta(minutes=10), lasting=timedelta(minutes=10))
    assert due(run) == NOW + timedelta(hours=3, minutes=10)


def test_a_clock_is_the_same_when_it_was_kept_and_an_old_one_keeps_its_row():
    run = begun()
    pause(run, after=timedelta(minutes=10), lasting=timedelta(minutes=10))
    turn(run)
    told = to_json(run.state)
    assert from_json(run.state.status, told["form"], told["clocks"], told["standing"]) == run.state
    old = {
        "clock": "soon", "branch": None, "started": NOW.isoformat(), "due": NOW.isoformat(), "warn": "",
        "state": "running", "stopped": "", "was_late": False,
    }  # fmt: skip
    state = from_json("open", {}, [old], told["standing"])
    assert running(old) == state.clocks[0] and to_json(state)["clocks"] == [old]


def test_what_is_not_known_any_more_is_not_explained_by_guessing():
    run = begun()
    rule, facts = run.book.procedure.clocks["soon"], Facts()
    old = Running("soon", None, NOW.isoformat(), (NOW + timedelta(hours=2)).isoformat())
    assert explain(rule, old, run.state, facts, NOW).steps == ()
    assert explain(rule, old, run.state, facts, NOW, {"soon": "2h"}).agrees


def test_a_due_time_that_a_later_calendar_would_count_otherwise_says_so():
    run = begun("within: 3 days")
    assert explained(run).agrees
    run.facts = Facts(holidays={due(run).astimezone(Facts().zone).date() - timedelta(days=1)})
    told = explained(run)
    assert not told.agrees and told.counted == due(run) + timedelta(days=1) and told.due == due(run)


KINDS = st.sampled_from([
    "within: 90m", "within: 5h", TWO_HOURS, "within: same day", "within: 3 days", "within: 2 months", IN_HOURS,
    'within: 30h, during: "Mo-Su 08:00-20:00"', "due: {at: form.at, within: 4h}",
    'due: {at: form.at, within: 6h}, during: "Mo-Fr 08:30-17:30"',
])  # fmt: skip
PAUSES = st.lists(st.tuples(st.floats(0.01, 0.95), st.integers(0, 60 * 24 * 12)), max_size=3)


@settings(max_examples=200, deadline=None)
@given(KINDS, st.integers(0, 60 * 24 * 200), st.sets(st.integers(0, 300), max_size=80), PAUSES)
def test_what_is_explained_adds_up_to_the_due_time(
    kind: str, minutes: int, rests: set[int], pauses: list[tuple[float, int]]
):  # fmt: skip
    holidays = {NOW.date() + timedelta(days=n) for n in rests}
    began = NOW + timedelta(minutes=minutes)
    answered = (began + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")  # the office's own clock
    run = begun(kind, began, {"at": answered}, holidays=holidays)
    for share, length in pauses:
        left = (due(run) - run.now) * share
        pause(run, after=left, lasting=timedelta(minutes=length))
    told = explained(run)
    assert told.agrees and told.steps[-1].end == due(run)
    assert told.steps[0].begin == began and told.reckoned is not None
    assert all(a.end == b.begin for a, b in pairwise(told.steps))
    counted = sum((step.counted for step in told.steps), timedelta())
    number, unit = told.reckoned.within
    if unit in ("m", "h"):
        assert counted == timedelta(minutes=number * (60 if unit == "h" else 1))
        assert told.paused == sum((s.end - s.begin for s in told.steps if s.kind == "paused"), timedelta())
    else:
        assert counted.days == sum(step.kind == "day" for step in told.steps)
    run.now = due(run)
    assert [event.kind for event in tick(run.book, run.state, run.facts, run.now)[0]] == ["clock_late"]


@pytest.mark.parametrize("wrong", ['at: form.at, during: "Mo 09:00-10:00"', "within: 2h, during: always"])
def test_hours_are_hours_and_stand_beside_a_time(wrong: str):
    with pytest.raises(Faulty):
        procedure_of(SMALL.replace("KIND", wrong))


def test_a_day_has_twenty_four_hours():
    assert parse_hours("Mo-Su 00:00-24:00").spans_on(NOW.date(), ()) == [(0, 1440)]
    assert parse_hours("Mo-Su 00:00-24:00").text.zh == "每天 00:00–24:00"
