"""What was done on paper while the machine was off: its true time decides, and every way of abusing it is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from banli.engine import decide
from banli.engine import events as ev
from banli.engine.decide import Act, Actor, OnPaper
from banli.engine.folding import fold
from banli.engine.refusals import Refusal
from banli.engine.standing import from_json, to_json
from banli.engine.state import State

from .office import CHEN, FACTS, HEAD, LAOLI, NOW, XIAOWANG, ZHAO, Run, book_of

XIAOLI, SCAN = Actor(8, {"front_desk": None}), "b" * 64
STEPS = """
override: {by: duty_supervisor, to: [fill]}
form:
  what: {type: text, label: {zh: 事, en: What}}
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  confirm: {verb: decide, by: duty_supervisor, back_to: fill}
clocks:
  answer:
    title: {zh: 答复, en: Answer}
    starts: fill.done
    stops: confirm.done
    due: {within: 30m}
    late: {tell: duty_supervisor}
"""
PARALLEL = """
form:
  what: {type: text, label: {zh: 事, en: What}}
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  reviews:
    together:
      one: {verb: review, by: duty_supervisor, back_to: fill}
      other: {verb: review, by: engineering_supervisor, back_to: fill}
  confirm: {verb: decide, by: director, back_to: fill}
clocks:
  answer: {title: {zh: 答复, en: Answer}, starts: confirm.opened, stops: confirm.done, due: {within: 30m}}
"""


def on_paper(minutes: int, **more: Any) -> OnPaper:
    """Done so many minutes after the office opened at nine."""
    return OnPaper((NOW + timedelta(minutes=minutes)).isoformat(), **more)


class Later(Run):
    """A case whose acts are entered afterwards."""

    def enter(
        self, who: Actor, step: str, outcome: str, paper: OnPaper, did: Actor | None = None, **answers: str
    ) -> "Later":
        wanted = Act(step, outcome, None, answers, "because", "paper", {}, paper)
        facts = replace(self.facts, did=did)
        self._keep(decide.act(self.book, self.state, wanted, who, facts, self.now))
        return self

    def code(self, *told: Any, **more: Any) -> str:
        with pytest.raises(Refusal) as why:
            self.enter(*told, **more)
        return why.value.code


def filed() -> Later:
    """Opened and filled in at nine, as it happened; then the power was cut."""
    one = Later(book_of(HEAD + STEPS))
    one.do(XIAOWANG, "fill", "done", answers={"what": "x"})
    return one


def test_what_was_done_in_time_on_paper_was_in_time_though_the_clock_ran_out_meanwhile() -> None:
    one = filed()
    one.pass_time(minutes=45)
    assert one.state.clocks[0].state == "late"
    one.enter(LAOLI, "confirm", "approved", on_paper(10))
    stopped = one.happened(ev.ClockStopped)[0]
    assert (stopped.late, one.state.clocks[0].was_late) == (False, False)
    assert one.state.clocks[0].stopped == (NOW + timedelta(minutes=10)).isoformat(timespec="microseconds")


def test_what_was_done_too_late_on_paper_is_late() -> None:
    one = filed()
    one.now += timedelta(minutes=60)
    one.enter(LAOLI, "confirm", "approved", on_paper(31))
    assert one.happened(ev.ClockStopped)[0].late is True


def test_a_clock_that_starts_on_paper_counts_from_the_true_time() -> None:
    one = Later(book_of(HEAD + STEPS))
    one.now += timedelta(minutes=50)
    one.enter(XIAOWANG, "fill", "done", on_paper(5), what="x")
    assert one.state.clocks[0].due == (NOW + timedelta(minutes=35)).isoformat()
    assert one.state.token("confirm", None).since == (NOW + timedelta(minutes=5)).isoformat(  # type: ignore[union-attr]
        timespec="microseconds"
    )
    one.pass_time(minutes=0)
    assert one.state.clocks[0].state == "late", "nobody has answered yet, and its time is over"


def test_the_journal_alone_makes_the_same_state() -> None:
    one = filed()
    one.now += timedelta(minutes=60)
    before = one.state
    one.enter(XIAOLI, "confirm", "approved", on_paper(10, by=LAOLI.id, scan=SCAN, reference="纸单 7"), LAOLI)
    told = [ev.from_json(event.to_json()) for event in one.last]
    again = fold(ev.timed(told, one.now.isoformat(timespec="microseconds")), before)
    assert to_json(again) == to_json(one.state)
    kept = to_json(again)
    assert from_json("done", kept["form"], kept["clocks"], kept["standing"]).marks == one.state.marks
    back = ev.back_entry(told)
    assert back is not None
    assert (back.by, back.post, back.reference, back.scan) == (LAOLI.id, "front_desk", "纸单 7", SCAN)


def test_a_state_in_which_nothing_was_entered_afterwards_says_nothing_of_it() -> None:
    marks = to_json(filed().state)["standing"]["marks"]
    assert all("entered_by" not in mark for mark in marks)


def test_a_time_that_has_not_come_is_refused() -> None:
    assert filed().code(LAOLI, "confirm", "approved", on_paper(1)) == "back_entry_future"


@pytest.mark.parametrize("at", ["", "yesterday", "0001-01-01T00:00", "2026-13-01T00:00"])
def test_what_is_no_time_is_refused(at: str) -> None:
    with pytest.raises(Refusal) as why:
        filed().enter(LAOLI, "confirm", "approved", OnPaper(at))
    assert why.value.fields["happened"].code == "not_datetime"


def test_a_step_was_not_done_before_it_came_to_be_done() -> None:
    one = filed()
    one.now += timedelta(minutes=60)
    assert one.code(LAOLI, "confirm", "approved", on_paper(-1)) == "back_entry_order"


def test_paper_says_the_minute_and_within_it_the_order_is_the_journals() -> None:
    one = Later(book_of(HEAD + STEPS))
    one.now += timedelta(minutes=2, seconds=40)
    one.do(XIAOWANG, "fill", "done", answers={"what": "x"})
    one.now += timedelta(minutes=60)
    one.enter(LAOLI, "confirm", "approved", on_paper(2))
    mark = one.state.mark("confirm")
    assert mark is not None
    assert mark.at == (NOW + timedelta(minutes=2, seconds=40)).isoformat(timespec="microseconds")


def test_after_the_limit_a_supervisor_enters_it_and_says_why() -> None:
    one = Later(book_of(HEAD + STEPS))
    one.now += timedelta(hours=72, minutes=1)
    late = {"what": "x"}
    assert one.code(XIAOWANG, "fill", "done", on_paper(0), **late) == "back_entry_limit"
    for_her = {"by": XIAOWANG.id, "scan": SCAN}
    assert one.code(LAOLI, "fill", "done", on_paper(0, **for_her), XIAOWANG, **late) == "back_entry_reason"
    one.enter(LAOLI, "fill", "done", on_paper(0, **for_her, reason="停电三天"), XIAOWANG, **late)
    back = ev.back_entry(one.last)
    assert back is not None
    assert (back.post, back.reason) == ("duty_supervisor", "停电三天")


def test_within_the_limit_no_reason_is_asked() -> None:
    one = Later(book_of(HEAD + STEPS))
    one.now += timedelta(hours=72)
    assert one.enter(XIAOWANG, "fill", "done", on_paper(0), what="x").open == ["confirm"]


def test_for_a_colleague_it_takes_their_signed_paper_a_post_that_may_and_a_colleague_who_held_theirs() -> (
    None
):
    one = filed()
    one.now += timedelta(minutes=60)
    step = ("confirm", "approved")
    assert one.code(XIAOLI, *step, on_paper(10, by=LAOLI.id), LAOLI) == "back_entry_scan"
    assert one.code(ZHAO, *step, on_paper(10, by=LAOLI.id, scan=SCAN), LAOLI) == "back_entry_post"
    assert one.code(XIAOLI, *step, on_paper(10, by=99, scan=SCAN), None) == "back_entry_person"
    assert one.code(XIAOLI, *step, on_paper(10, by=CHEN.id, scan=SCAN), CHEN) == "wrong_post"
    one.enter(XIAOLI, *step, on_paper(10, by=LAOLI.id, scan=SCAN), LAOLI)
    mark = one.state.mark("confirm")
    assert mark is not None
    assert (mark.by, mark.post, mark.entered_by) == (LAOLI.id, "duty_supervisor", XIAOLI.id)
    assert [(told.person, told.code) for told in one.happened(ev.Told)] == [(LAOLI.id, "back_entered")]


def test_whoever_filed_a_case_does_not_enter_its_approval_either() -> None:
    one = filed()
    one.now += timedelta(minutes=60)
    paper = on_paper(10, by=LAOLI.id, scan=SCAN)
    assert one.code(XIAOWANG, "confirm", "approved", paper, LAOLI) == "four_eyes_filer"


def test_whoever_entered_what_was_filed_does_not_approve_it() -> None:
    one = Later(book_of(HEAD + STEPS))
    one.now += timedelta(minutes=60)
    one.enter(LAOLI, "fill", "done", on_paper(5, by=XIAOWANG.id, scan=SCAN), XIAOWANG, what="x")
    assert one.state.filers == (XIAOWANG.id, LAOLI.id)
    assert one.code(LAOLI, "confirm", "approved", on_paper(10)) == "four_eyes_filer"


def test_what_is_set_apart_is_not_entered_by_one_hand() -> None:
    apart = STEPS + "apart:\n  - {steps: [fill, confirm]}\n"
    one = Later(book_of(HEAD + apart.replace("by: duty_supervisor, back_to", "by: front_desk, back_to")))
    one.do(XIAOWANG, "fill", "done", answers={"what": "x"})
    one.now += timedelta(minutes=60)
    paper = on_paper(10, by=XIAOLI.id, scan=SCAN)
    assert one.code(XIAOWANG, "confirm", "approved", paper, XIAOLI) in ("four_eyes", "four_eyes_filer")


def test_branches_are_entered_in_any_order_and_what_follows_them_begins_with_the_last() -> None:
    one = Later(book_of(HEAD + PARALLEL))
    one.do(XIAOWANG, "fill", "done", answers={"what": "x"})
    one.now += timedelta(minutes=60)
    one.enter(LAOLI, "one", "agreed", on_paper(20))
    one.enter(ZHAO, "other", "agreed", on_paper(10))
    other, confirm = one.state.mark("other"), one.state.token("confirm", None)
    assert other is not None
    assert confirm is not None
    assert datetime.fromisoformat(other.at) == NOW + timedelta(minutes=10)
    assert datetime.fromisoformat(confirm.since) == NOW + timedelta(minutes=20)
    assert datetime.fromisoformat(one.state.clocks[0].due) == NOW + timedelta(minutes=50)
    assert one.code(CHEN, "confirm", "approved", on_paper(15)) == "back_entry_order"


def test_a_case_is_opened_as_of_the_time_on_its_paper() -> None:
    book, paper = book_of(HEAD + STEPS), on_paper(5, reference="空白表 12")
    first = Act("fill", "done", None, {"what": "x"}, "", "", {}, paper)
    events, state = decide.open_case(book, "owner", first, XIAOWANG, FACTS, NOW + timedelta(minutes=60))
    assert [event.kind for event in events[:2]] == ["back_entered", "opened"]
    assert state.clocks[0].due == (NOW + timedelta(minutes=35)).isoformat()
    assert isinstance(state, State)


def test_nobody_opens_a_case_for_a_colleague_who_may_not_open_it() -> None:
    book, paper = book_of(HEAD + STEPS), on_paper(5, by=LAOLI.id, scan=SCAN)
    first = Act("fill", "done", None, {"what": "x"}, "", "", {}, paper)
    with pytest.raises(Refusal, match=r"^opens_post:"):
        decide.open_case(
            book, "owner", first, XIAOWANG, replace(FACTS, did=LAOLI), NOW + timedelta(minutes=60)
        )
