"""What a decision does to the steps around it: returns, branches, safeguards, clocks."""

import pytest

from banli.engine import events as ev
from banli.engine.decide import Actor, Facts
from banli.engine.refusals import Refusal
from banli.engine.standing import from_json, to_json

from .office import CHEN, HEAD, LAOLI, XIAOWANG, ZHAO, ZHENG, Run, book_of

FORM = "form: {what: {type: text, label: {zh: 事, en: What}}}\n"
WHAT = {"what": "洗衣机"}
REVIEWS = (
    HEAD
    + FORM
    + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  reviews:
    together:
      engineering: {steps: {look: {verb: check, by: engineering_supervisor, checklist: {a: {zh: 看, en: Look}}},
                            agree: {verb: review, by: engineering_supervisor, back_to: look}}}
      duty: {verb: review, by: duty_supervisor}
  decide: {verb: decide, by: director}
never: [decide before duty, decide before agree]
"""
)


def test_a_return_inside_one_branch_leaves_what_stands_in_the_other() -> None:
    book = book_of(REVIEWS)
    run = Run(book).do(XIAOWANG, "fill", "done", answers=WHAT).do(LAOLI, "duty", "agreed")
    run.do(ZHAO, "look", "passed", ticked=["a"]).do(ZHAO, "agree", "returned")
    assert run.open == ["look"]
    run.do(ZHAO, "look", "passed", ticked=["a"]).do(ZHAO, "agree", "agreed").do(CHEN, "decide", "approved")
    assert run.state.status == "done"


def test_a_step_comes_before_what_follows_it_but_not_before_another_branch() -> None:
    book = book_of(REVIEWS)
    steps = list(book.flow.steps)
    before = {one: [other for other in steps if book.flow.precedes(one, other)] for one in steps}
    assert before == {
        "fill": ["fill", "look", "agree", "duty", "decide"],
        "look": ["look", "agree", "decide"],
        "agree": ["agree", "decide"],
        "duty": ["duty", "decide"],
        "decide": ["decide"],
    }


def test_a_clock_waits_for_the_steps_before_the_one_that_stops_it_in_its_own_row() -> None:
    run = Run(book_of(EACH)).do(XIAOWANG, "fill", "done", answers=TWO)
    waits = run.book.holds_up
    first, second = (c for c in run.state.clocks if c.on)
    assert waits("card", 0, first) and not waits("card", 0, second)
    run.do(XIAOWANG, "card", "reached", 0).do(XIAOWANG, "photo", "reached", 0)
    assert waits("close", None, first) and waits("close", None, second)


def test_a_refused_signature_does_not_stand_for_a_safeguard() -> None:
    book = book_of(
        HEAD
        + FORM
        + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  consent: {verb: sign, by: unit.owner, at: front_desk, on: {refused: issue}}
  issue: {verb: call, by: front_desk}
never: [issue before consent]
"""
    )
    run = Run(book).do(XIAOWANG, "fill", "done", answers=WHAT).do(XIAOWANG, "consent", "refused")
    with pytest.raises(Refusal, match="safeguard"):
        run.do(XIAOWANG, "issue", "reached")


EACH = (
    HEAD
    + """
form:
  workers: {type: table, label: {zh: 工人, en: Workers}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
steps:
  fill: {verb: fill, by: front_desk, asks: workers}
  cards: {each: form.workers, steps: {card: {verb: call, by: front_desk}, photo: {verb: call, by: front_desk}}}
  close: {verb: call, by: front_desk}
never: [close before card, photo before card]
clocks:
  writing: {title: {zh: 写证, en: Writing}, starts: card.opened, stops: close.done, within: 2h}
"""
)
TWO = {"workers": [{"name": "甲"}, {"name": "乙"}]}


def test_what_must_stand_before_the_end_must_stand_in_every_row() -> None:
    run = Run(book_of(EACH)).do(XIAOWANG, "fill", "done", answers=TWO)
    assert run.open == ["card@0", "card@1"]
    for row in (1, 0):
        run.do(XIAOWANG, "card", "reached", row).do(XIAOWANG, "photo", "reached", row)
    assert run.open == ["close"]
    run.do(XIAOWANG, "close", "reached")
    assert run.state.status == "done"


def test_a_step_after_the_rows_stops_the_clock_of_each_row() -> None:
    run = Run(book_of(EACH)).do(XIAOWANG, "fill", "done", answers=TWO)
    for row in (0, 1):
        run.do(XIAOWANG, "card", "reached", row).do(XIAOWANG, "photo", "reached", row)
    assert [c.branch for c in run.state.clocks if c.on] == [0, 1]
    run.do(XIAOWANG, "close", "reached")
    stopped = [e.branch for e in run.happened(ev.ClockStopped)]
    assert stopped == [0, 1], "before the end stops whatever still runs"


def test_a_clock_that_was_stopped_by_another_one_running_out_is_not_late() -> None:
    book = book_of(
        HEAD
        + FORM
        + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  hold: {verb: wait}
  call: {verb: call, by: front_desk}
clocks:
  rest: {title: {zh: 等, en: Rest}, starts: hold.opened, stops: hold.done, within: 1h,
         late: {step: hold, outcome: over}}
  holding: {title: {zh: 守, en: Hold}, starts: hold.opened, stops: hold.done, within: 1h,
            late: {tell: director}}
"""
    )
    run = Run(book).do(XIAOWANG, "fill", "done", answers=WHAT).pass_time(hours=1)
    assert [e.clock for e in run.happened(ev.ClockLate)] == ["rest"]
    assert run.open == ["call"] and not run.happened(ev.Told)


def test_a_case_is_sent_back_only_to_where_it_has_been() -> None:
    book = book_of(
        HEAD
        + FORM
        + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  review: {verb: review, by: duty_supervisor}
  decide: {verb: decide, by: director}
override: {by: director, to: [fill, decide]}
"""
    )
    run = Run(book).do(XIAOWANG, "fill", "done", answers=WHAT)
    with pytest.raises(Refusal, match="override_target"):
        run.override(CHEN, "send_back", "decide")
    run.override(CHEN, "send_back", "fill")
    assert run.open == ["fill"]
    with pytest.raises(Refusal, match="not_permitted"):
        run.override(CHEN, "jump_about", "fill")


def test_a_case_keeps_to_the_settings_it_was_opened_under() -> None:
    book = book_of(
        HEAD
        + FORM
        + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  undertake: {verb: sign, by: applicant, at: front_desk, when: {setting.strict: "yes"}}
  call: {verb: call, by: front_desk}
"""
    )
    run = Run(book, facts=Facts(settings={"strict": "yes"}))
    run.facts = Facts(settings={"strict": "no"})
    assert from_json("open", **to_json(run.state)) == run.state
    run.do(XIAOWANG, "fill", "done", answers=WHAT)
    assert run.open == ["undertake"]
    assert Run(book).do(XIAOWANG, "fill", "done", answers=WHAT).open == ["call"], "the pack's default"


DISPATCH = (
    HEAD
    + FORM
    + """
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  send: {verb: dispatch, by: front_desk, to: technician}
  arrive: {verb: arrive, by: send.assignee}
"""
)


def test_somebody_sent_who_has_left_the_post_can_no_longer_act() -> None:
    run = Run(book_of(DISPATCH)).do(XIAOWANG, "fill", "done", answers=WHAT)
    run.do(XIAOWANG, "send", "dispatched", assignee=6)
    with pytest.raises(Refusal, match="wrong_post"):
        run.do(Actor(6, {}), "arrive", "arrived")
    assert run.do(ZHENG, "arrive", "arrived").state.status == "done"


@pytest.mark.parametrize("person", [None, "6", [6], {"id": 6}, 10**30, 99])
def test_only_a_holder_of_the_post_can_be_sent(person: object) -> None:
    run = Run(book_of(DISPATCH)).do(XIAOWANG, "fill", "done", answers=WHAT)
    with pytest.raises(Refusal, match="assignee_unknown"):
        run.do(XIAOWANG, "send", "dispatched", assignee=person)


@pytest.mark.parametrize("ticked", [None, "a", {"a": 1}, [["a"]], 7])
def test_a_list_is_ticked_off_by_a_list_only(ticked: object) -> None:
    book = book_of(
        HEAD
        + FORM
        + "steps: {look: {verb: check, by: front_desk, checklist: {a: {zh: 看, en: Look}}, asks: what}}"
    )
    with pytest.raises(Refusal, match="checklist_open"):
        Run(book).do(XIAOWANG, "look", "passed", answers=WHAT, ticked=ticked)


@pytest.mark.parametrize("signature", ["", "yes", "a" * 63, "A" * 64, "\x00" * 64])
def test_a_signature_is_a_drawing_or_said_to_be_on_paper(signature: str) -> None:
    book = book_of(HEAD + FORM + "steps: {sign: {verb: sign, by: applicant, at: front_desk, asks: what}}")
    with pytest.raises(Refusal, match="signature_required"):
        Run(book).do(XIAOWANG, "sign", "signed", answers=WHAT, signature=signature)
    assert Run(book).do(XIAOWANG, "sign", "signed", answers=WHAT, signature="a" * 64).state.status == "done"


def test_a_remark_that_cannot_be_printed_is_marked() -> None:
    book = book_of(HEAD + FORM + "steps: {call: {verb: call, by: front_desk, asks: what}}")
    with pytest.raises(Refusal) as told:
        Run(book).do(XIAOWANG, "call", "no_answer", note="\x00")
    assert told.value.fields["note"].code == "bad_characters"
