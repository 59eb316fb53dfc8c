"""A case that rests on another: refused without it, limited by it, and moved on by what else rests on it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from banli.engine import decide
from banli.engine import events as ev
from banli.engine.answers import Moment
from banli.engine.decide import Facts
from banli.engine.limits import bound_of, parse_limit
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.standing import from_json, to_json
from banli.engine.state import State

from .office import NOW, XIAOWANG, pack_of, procedure_of

RECORD = """
procedure: record
title: {zh: 记录, en: Record}
opened_by: front_desk
applicant: {roles: [owner]}
form:
  until: {type: date, label: {zh: 到, en: Until}}
steps:
  fill: {verb: fill, by: front_desk, asks: until}
  open: {verb: in_use, by: front_desk, on: {renewed: fill}}
"""
CARD = """
procedure: card
title: {zh: 卡, en: Card}
opened_by: front_desk
applicant: {roles: [owner]}
rests_on: {procedure: record, title: {zh: 许可, en: permit}, after: fill, last_day: until}
form:
  day: {type: date, label: {zh: 日, en: Day}, latest: record.until}
steps:
  fill: {verb: fill, by: front_desk, asks: day}
  used: {verb: in_use, by: front_desk, on: {renewed: fill, lost: end.rejected}}
"""
LONGER = """
procedure: longer
title: {zh: 延期, en: Longer}
opened_by: front_desk
applicant: {roles: [owner]}
rests_on: {procedure: record, title: {zh: 许可, en: permit}, after: fill, last_day: until, over: allowed}
form:
  until: {type: date, label: {zh: 到, en: Until}, earliest: record.until}
steps:
  fill: {verb: fill, by: front_desk, asks: until}
  told: {verb: amend, amends: {until: form.until}, moves: {card.used: renewed}}
"""
PACK = pack_of(*map(procedure_of, (RECORD, CARD, LONGER)))
STANDS = {"until": "2026-06-30"}


def book(name: str) -> Rulebook:
    return Rulebook.of(PACK.procedures[name], PACK)


def opened(name: str, record: dict[str, Any] | None, **answers: Any) -> tuple[list[ev.Event], State]:
    first = decide.Act("fill", "done", answers=answers)
    return decide.open_case(book(name), "owner", first, XIAOWANG, Facts(record=record), NOW)


def refusal(name: str, record: dict[str, Any] | None, **answers: Any) -> Refusal:
    with pytest.raises(Refusal) as why:
        opened(name, record, **answers)
    return why.value


def test_without_the_record_it_is_refused() -> None:
    assert refusal("card", None, day="2026-05-02").code == "record_missing"
    allowed = procedure_of(CARD.replace("last_day: until", "last_day: until, missing: allowed"))
    rules = Rulebook.of(allowed, PACK)
    decide.open_case(
        rules, "owner", decide.Act("fill", "done", answers={"day": "2030-01-01"}), XIAOWANG, Facts(), NOW
    )


def test_after_the_records_last_day_it_is_refused_unless_that_is_allowed() -> None:
    over = {"until": "2026-04-30"}
    assert refusal("card", over, day="2026-05-02").code == "record_over"
    assert opened("longer", over, until="2026-07-31")[1].status == "done"
    last = {"until": "2026-05-01"}
    assert opened("card", last, day="2026-05-01")[1].status == "open", "the last day counts"


def test_no_date_outlives_the_record() -> None:
    why = refusal("card", STANDS, day="2026-07-01")
    assert {name: one.code for name, one in why.fields.items()} == {"day": "too_late"}
    assert opened("card", STANDS, day="2026-06-30")[1].status == "open"


def test_a_change_says_what_it_tells_the_record_and_whom_it_moves() -> None:
    events, _ = opened("longer", STANDS, until="2026-08-31")
    (change,) = [event for event in events if isinstance(event, ev.RecordChanged)]
    assert (change.values, change.moves) == ({"until": "2026-08-31"}, {"card.used": "renewed"})
    assert ev.from_json(change.to_json()) == change


def test_what_waits_is_moved_on_and_the_answers_are_the_new_ones() -> None:
    _, card = opened("card", STANDS, day="2026-06-30")
    assert [token.step for token in card.tokens] == ["used"]
    events, moved = decide.amended(book("card"), card, {}, 7, {"used": "renewed"}, Facts(), NOW)
    assert [token.step for token in moved.tokens] == ["fill"]
    assert any(isinstance(event, ev.Amended) and event.case == 7 for event in events)
    _, record = opened("record", None, until="2026-06-30")
    _, amended = decide.amended(book("record"), record, {"until": "2026-08-31"}, 7, {}, Facts(), NOW)
    assert amended.form["until"] == "2026-08-31"
    assert [token.step for token in amended.tokens] == ["open"], "nobody said that it moves"
    told = to_json(amended)
    assert from_json(amended.status, told["form"], told["clocks"], told["standing"]) == amended


def test_nobody_chooses_what_only_another_case_gives() -> None:
    _, card = opened("card", STANDS, day="2026-06-30")
    with pytest.raises(Refusal) as why:
        decide.act(book("card"), card, decide.Act("used", "renewed"), XIAOWANG, Facts(record=STANDS), NOW)
    assert why.value.code == "unknown_outcome"


WALL = {"form.begins": "2026-05-31", "form.at": "2026-05-04T22:30", "record.until": "2026-06-30"}


@pytest.mark.parametrize(
    ("written", "kind", "bound"),
    [
        ("today", "date", "2026-05-01"),
        ("now", "datetime", "2026-05-01T09:00"),
        ("today", "datetime", "2026-05-01T00:00"),
        ("2d", "datetime", "2026-05-03T23:59"),
        ("-3d", "date", "2026-04-28"),
        ("form.begins + 3 months", "date", "2026-08-31"),
        ("form.begins+1 month", "date", "2026-06-30"),
        ("form.at + 8h", "datetime", "2026-05-05T06:30"),
        ("form.begins", "datetime", "2026-05-31T23:59"),
        ("record.until", "date", "2026-06-30"),
        ("record.nothing + 3d", "date", None),
    ],
)
def test_limits(written: str, kind: str, bound: str | None) -> None:
    assert bound_of(written, kind, Moment(now=NOW), WALL) == bound


@pytest.mark.parametrize(
    "written",
    [
        "tomorrow",
        "form.begins + same day",
        "form.begins - 3d",
        "form.begins + soon",
        "step.x",
        "now + 3 years",
    ],
)
def test_what_is_no_limit_is_refused_with_advice(written: str) -> None:
    with pytest.raises(ValueError, match="/"):
        parse_limit(written)


def test_the_record_is_looked_at_again_when_the_case_is_filed_anew() -> None:
    _, card = opened("card", STANDS, day="2026-06-30")
    late = datetime.fromisoformat("2026-07-01T09:00+08:00")
    events, _ = decide.act(
        book("card"), card, decide.Act("used", "given_back"), XIAOWANG, Facts(record=STANDS), late
    )
    assert events, "a card is given back whenever it is"
    again = replace(card, tokens=(replace(card.tokens[0], step="fill"),))
    with pytest.raises(Refusal) as why:
        wanted = decide.Act("fill", "done", answers={"day": "2026-06-30"})
        decide.act(book("card"), again, wanted, XIAOWANG, Facts(record=STANDS), late)
    assert why.value.code == "record_over"
