"""How an owner's consent is kept, and what somebody who acts through a link may do: that step, and nothing else."""

import pytest

from banli.engine import decide
from banli.engine.decide import Actor, Facts
from banli.engine.events import Done, from_json
from banli.engine.refusals import Refusal
from banli.engine.standing import to_json

from .office import HEAD, LAOLI, XIAOWANG, Run, book_of

OWNER, DRAWN = 77, "a" * 64
FACTS = Facts(owners=frozenset({OWNER}))
BY_LINK = Actor(None, outsider="unit.owner")
STEPS = """
form:
  what: {type: text, label: {zh: 事, en: What}}
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  agree: {verb: sign, by: unit.owner, at: front_desk%s}
  confirm: {verb: decide, by: duty_supervisor, back_to: fill}
"""


def run(ways: str = "", facts: Facts = FACTS) -> Run:
    book = book_of(HEAD + STEPS % (f", ways: [{ways}]" if ways else ""))
    return Run(book, "tenant", facts).do(XIAOWANG, "fill", "done", answers={"what": "x"})


def code_of(one: Run, who: Actor, step: str = "agree", outcome: str = "signed", **rest: object) -> str:
    with pytest.raises(Refusal) as why:
        one.do(who, step, outcome, **rest)
    return why.value.code


def agreed(one: Run) -> Done:
    told: Done = one.happened(Done)[-1]
    return told


def test_a_step_without_ways_keeps_a_signature_as_it_always_did() -> None:
    one = run().do(XIAOWANG, "agree", "signed", signature="paper")
    assert agreed(one).to_json().keys() == {"event", "step", "outcome", "by", "post", "note", "signature"}
    marks = to_json(one.state)["standing"]["marks"]
    assert all("way" not in mark and "person" not in mark for mark in marks)


def test_a_word_on_the_telephone_signs_only_where_the_step_says_so() -> None:
    assert code_of(run(), XIAOWANG, signature="call") == "sign_by_call"
    book = book_of(HEAD + (STEPS % ", by_call: true").replace("unit.owner", "applicant"))
    one = Run(book, "tenant", FACTS).do(XIAOWANG, "fill", "done", answers={"what": "x"})
    assert agreed(one.do(XIAOWANG, "agree", "signed", signature="call")).signature == "call"


def test_the_way_the_owner_and_the_evidence_are_kept_and_read_back() -> None:
    one = run("paper, call").do(
        XIAOWANG, "agree", "signed", signature="paper", owner=OWNER, reference=" 一号柜 ", scan=DRAWN
    )
    told = agreed(one)
    assert (told.way, told.person, told.reference, told.scan) == ("paper", OWNER, "一号柜", DRAWN)
    assert from_json(told.to_json()) == told
    assert one.state.mark("agree").way == "paper"  # type: ignore[union-attr]


def test_a_way_that_the_step_does_not_name_is_refused() -> None:
    one = run("in_person, link")
    assert code_of(one, XIAOWANG, signature="call") == "consent_way"
    assert code_of(one, XIAOWANG, signature="paper", reference="x") == "consent_way"
    assert one.do(XIAOWANG, "agree", "signed", signature=DRAWN).open == ["confirm"]


def test_a_call_needs_an_owner_and_as_many_answers_as_are_asked() -> None:
    one = run("call")
    assert code_of(one, XIAOWANG, signature="call", owner=OWNER) == "consent_questions"
    one = run("call", Facts(owners=frozenset({OWNER}), confirmed=("a", "b")))
    assert code_of(one, XIAOWANG, signature="call") == "consent_owner"
    assert code_of(one, XIAOWANG, signature="call", owner=1) == "consent_owner"
    assert agreed(one.do(XIAOWANG, "agree", "signed", signature="call", owner=OWNER)).asked == ("a", "b")


def test_the_same_question_twice_counts_once() -> None:
    one = run("call", Facts(owners=frozenset({OWNER}), confirmed=("a", "a")))
    assert code_of(one, XIAOWANG, signature="call", owner=OWNER) == "consent_questions"


def test_through_a_link_an_owner_ends_their_step_and_nobody_of_the_office_is_named() -> None:
    one = run("link").do(BY_LINK, "agree", "signed", signature=DRAWN, owner=OWNER)
    told = agreed(one)
    assert (told.by, told.post, told.way, told.person) == (None, "", "link", OWNER)
    assert one.open == ["confirm"]


def test_through_a_link_nothing_else_is_done() -> None:
    one = run("in_person, link")
    assert code_of(one, BY_LINK, signature=DRAWN) == "consent_owner"
    one.do(BY_LINK, "agree", "signed", signature=DRAWN, owner=OWNER)
    assert code_of(one, BY_LINK, "confirm", "approved", owner=OWNER) == "consent_way"
    assert code_of(run("in_person"), BY_LINK, signature=DRAWN, owner=OWNER) == "consent_way"
    assert code_of(run(), BY_LINK, signature=DRAWN, owner=OWNER) == "consent_way"
    for act in (
        lambda: decide.withdraw(one.book, one.state, "x", BY_LINK, FACTS, one.now),
        lambda: decide.override(one.book, one.state, "send_back", "fill", "x", BY_LINK, FACTS, one.now),
    ):
        with pytest.raises(Refusal, match="not_permitted"):
            act()


def test_what_is_returned_must_be_agreed_to_again() -> None:
    one = run("link").do(BY_LINK, "agree", "signed", signature=DRAWN, owner=OWNER)
    one.do(LAOLI, "confirm", "returned").do(XIAOWANG, "fill", "done", answers={"what": "y"})
    assert one.open == ["agree"]
    assert one.state.mark("agree") is None
