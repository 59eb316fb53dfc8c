"""Reminders of a clock: before, and after; to posts, to whoever it waits for, to their superior; each once."""

from datetime import date, datetime, timedelta

import pytest

from banli.engine import events as ev
from banli.engine import pausing
from banli.engine.decide import Facts
from banli.engine.faults import Faulty
from banli.engine.pack import PostDefinition
from banli.engine.procedure import Clock
from banli.engine.recount import recount
from banli.engine.rulebook import Rulebook
from banli.engine.standing import from_json, to_json
from banli.engine.uses import conflicts
from tests.engine.office import FACTS, HEAD, LAOLI, NOW, XIAOWANG, ZHENG, Run, pack_of, procedure_of, text

SMALL = (
    HEAD
    + """
form:
  what: {type: text, label: {zh: 事, en: What}}
steps:
  ask: {verb: fill, by: front_desk, asks: what}
  send: {verb: dispatch, by: front_desk, to: technician}
  come: {verb: arrive, by: send.assignee}
clocks:
  soon:
    title: {zh: 到场, en: Arrival}
    starts: ask.done
    stops: come.done
    pause: duty_supervisor
    within: setting.soon
    remind:
      - {before: 30m, tell: [holder, gate]}
      - {after: 1h, tell: superior}
      - {before: 3h, tell: director}
    late: {tell: front_desk}
"""
)


def begun() -> Run:
    procedure = procedure_of(SMALL)
    pack = pack_of(procedure)
    posts = {**pack.posts, "technician": PostDefinition(title=text("t"), superior="engineering_supervisor")}
    run = Run(Rulebook.of(procedure, pack.model_copy(update={"posts": posts})), facts=FACTS)
    return run.do(XIAOWANG, "ask", "done", answers={"what": "漏水"})


def sent() -> Run:
    return begun().do(XIAOWANG, "send", "dispatched", assignee=6)


def heard(run: Run) -> list[tuple[tuple[str, ...], int | None, str]]:
    return [(told.posts, told.person, told.code) for told in run.happened(ev.Told)]


def test_whoever_it_waits_for_hears_before_and_their_superior_after():
    run = sent()
    assert heard(run.pass_time(minutes=89)) == []
    assert heard(run.pass_time(minutes=1)) == [(("gate",), None, "clock_reminded"), ((), 6, "clock_reminded")]
    assert run.pass_time(minutes=1).last == [], "once"
    assert heard(run.pass_time(minutes=29)) == [(("front_desk",), None, "clock_late")]
    assert heard(run.pass_time(hours=1)) == [(("engineering_supervisor",), None, "clock_overdue")]
    assert run.state.clocks[0].reminders == () and run.pass_time(days=3).last == []


def test_where_nobody_was_sent_the_posts_of_the_step_hear_and_who_has_nobody_above_hears_it_themselves():
    run = begun()
    assert heard(run.pass_time(minutes=90)) == [(("gate", "front_desk"), None, "clock_reminded")]
    assert heard(run.pass_time(minutes=90))[-1] == (("front_desk",), None, "clock_overdue")


def test_one_that_would_come_before_the_beginning_is_not_given():
    clock = begun().state.clocks[0]
    assert [told[0] for told in clock.reminders] == ["0", "1"]


def test_nobody_hears_of_what_is_done():
    run = sent().do(ZHENG, "come", "arrived")
    assert run.pass_time(days=1).last == []


def test_after_a_long_sleep_all_that_was_due_is_given_in_one_go():
    run = sent().pass_time(days=1)
    assert [code for _posts, _person, code in heard(run)] == [
        "clock_late", "clock_reminded", "clock_reminded", "clock_overdue",
    ]  # fmt: skip


def test_a_pause_moves_what_is_still_to_be_given_and_nothing_comes_in_it():
    run = sent().pass_time(minutes=10)
    until = run.now.date() + timedelta(days=9)
    run._keep(
        pausing.pause(run.book, run.state, "soon", None, "等配件", LAOLI, run.facts, run.now, until=until)
    )
    assert run.pass_time(hours=9).last == []
    run._keep(pausing.resume(run.book, run.state, "soon", None, "到了", LAOLI, run.facts, run.now))
    due = NOW + timedelta(hours=11)
    assert run.state.clocks[0].reminders == (
        f"0 {(due - timedelta(minutes=30)).isoformat()}", f"1 {(due + timedelta(hours=1)).isoformat()}",
    )  # fmt: skip


def test_a_new_calendar_moves_them_with_the_clock():
    run = begun()
    run.facts = Facts(settings={"soon": "3 days"})
    run._keep(pausing_free(run))
    last = datetime.fromisoformat(run.state.clocks[0].due).astimezone(Facts().zone).date() - timedelta(days=1)
    events, after = recount(run.book, run.state, Facts(holidays={last}), run.now)
    assert [event.kind for event in events] == ["clock_moved"]
    for told, before in zip(after.clocks[0].reminders, run.state.clocks[0].reminders, strict=True):
        moved = datetime.fromisoformat(told[2:]) - datetime.fromisoformat(before[2:])
        assert moved == timedelta(days=1) and isinstance(last, date)


def pausing_free(run: Run):
    """The case begun anew, under the settings that are in force now."""
    anew = Run(run.book, facts=run.facts).do(XIAOWANG, "ask", "done", answers={"what": "漏水"})
    return anew.last, anew.state


def test_they_are_kept_with_the_clock():
    run = begun()
    told = to_json(run.state)
    assert from_json(run.state.status, told["form"], told["clocks"], told["standing"]) == run.state
    assert ev.from_json(run.happened(ev.ClockStarted)[0].to_json()) == run.happened(ev.ClockStarted)[0]


def test_a_time_too_short_to_be_reminded_in_is_refused_as_a_setting():
    assert conflicts(begun().book, {"soon": "20m", "strict": "no"}) and not conflicts(
        begun().book, {"soon": "4h", "strict": "no"}
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "{tell: gate}",
        "{before: 1h, after: 1h, tell: gate}",
        "{before: 2 days, tell: gate}",
        "{before: 1h, tell: []}",
    ],
)
def test_a_reminder_has_one_time_and_somebody_who_hears_it(wrong: str):
    with pytest.raises(Faulty):
        procedure_of(SMALL.replace("{after: 1h, tell: superior}", wrong))


def test_one_alone_needs_no_brackets():
    clock = Clock.model_validate({
        "title": {"zh": "快", "en": "Soon"}, "starts": "a.done", "stops": "b.done", "within": "1h",
        "remind": {"after": "1h", "tell": "gate"},
    })  # fmt: skip
    assert [one.tell for one in clock.remind] == [("gate",)]
