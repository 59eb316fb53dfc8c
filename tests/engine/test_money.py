"""Money in a case: several lines, agreed amounts, what is held and given back, what a receipt is used for."""

from typing import Any

import pytest

from banli.engine import decide
from banli.engine import events as ev
from banli.engine.decide import Facts
from banli.engine.money import Tariff, held, units
from banli.engine.pack import Price
from banli.engine.paper import Copy, Number, PaperDefinition
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.standing import from_json, to_json

from .office import CHEN, FACTS, HEAD, LAOLI, NOW, SUN, XIAOWANG, Run, pack_of, procedure_of, text

PRICES = {
    "bond": Price(title=text("押金"), fen=10000, kind="deposit"),
    "card": Price(title=text("工本费"), fen=500),
    "tap": Price(title=text("修龙头"), from_=1000, to=2000),
    "unclog": Price(title=text("疏通"), from_=3000, to=5000, cap=15000),
    "wiring": Price(title=text("查线"), fen=2500, per=60, rounding="half"),
}
CARDS = """
form:
  men: {type: table, label: {zh: 人, en: People}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
  damage:
    type: table
    label: {zh: 扣款, en: Deducted}
    required: false
    columns: {why: {type: text, label: {zh: 因, en: Why}}, much: {type: money, label: {zh: 元, en: Yuan}}}
steps:
  fill: {verb: fill, by: front_desk, asks: men}
  pay: {verb: pay, by: finance, fees: [{price: bond, times: form.men}, {price: card, times: form.men}]}
  cards:
    each: form.men
    steps:
      look: {verb: work, by: finance, asks: damage}
      agree: {verb: decide, by: director, when: {form.damage: {given: "yes"}}, outcomes: [approved]}
      back:
        verb: refund
        by: finance
        of: pay
        deductions: form.damage
        second: agree
        checklist: {receipt: {zh: 原收据, en: Original receipt}, card: {zh: 卡已收回, en: Card is back}}
override: {by: director, to: [fill, pay]}
"""
TWO = {"men": [{"name": "甲"}, {"name": "乙"}]}
ALL = ["receipt", "card"]


def book(rest: str) -> Rulebook:
    procedure = procedure_of(HEAD + rest)
    pack = pack_of(procedure).model_copy(update={"prices": PRICES})
    return Rulebook.of(procedure, pack)


def paid(facts: Facts = FACTS) -> Run:
    """Two people's deposits and cards are paid."""
    run = Run(book(CARDS), facts=facts).do(XIAOWANG, "fill", "done", answers=TWO)
    charge = run.state.charge("pay", None)
    assert charge is not None
    return run.do(SUN, "pay", "paid", fen=charge.due, method="cash")


def refused(code: str, run: Run, *act: Any, **rest: Any) -> Refusal:
    with pytest.raises(Refusal) as why:
        run.do(*act, **rest)
    assert why.value.code == code
    return why.value


def test_a_charge_of_several_lines_is_taken_in_full_and_only_in_full() -> None:
    run = Run(book(CARDS)).do(XIAOWANG, "fill", "done", answers=TWO)
    assert [(one.price, one.count, one.fen) for one in run.state.charges[0].lines] == [
        ("bond", 2, 20000),
        ("card", 2, 1000),
    ]
    for wrong in (20900, 21100, 0, -21000, None, True, "21000"):
        refused("amount_differs", run, SUN, "pay", "paid", fen=wrong, method="cash")
    refused("form_invalid", run, SUN, "pay", "paid", fen=21000, method="barter")
    for method in ("transfer", "qr"):
        why = refused("form_invalid", run, SUN, "pay", "paid", fen=21000, method=method, reference=" ")
        assert why.fields["reference"].code == "reference_required"
    run.do(SUN, "pay", "paid", fen=21000, method="qr", reference="4200001")
    (paid,) = run.happened(ev.Paid)
    assert (paid.fen, paid.method, paid.reference) == (21000, "qr", "4200001")
    assert held(run.state) == 20000
    told = to_json(run.state)
    assert from_json(run.state.status, told["form"], told["clocks"], told["standing"]) == run.state


def test_each_row_gets_its_own_deposit_back_once() -> None:
    run = paid().do(SUN, "look", "finished", 0)
    refused("checklist_open", run, SUN, "back", "refunded", 0, fen=10000, method="cash", ticked=["card"])
    refused(
        "signature_required",
        run,
        SUN,
        "back",
        "refunded",
        0,
        fen=10000,
        method="cash",
        ticked=ALL,
        signature="",
    )
    refused("amount_differs", run, SUN, "back", "refunded", 0, fen=20000, method="cash", ticked=ALL)
    refused("form_invalid", run, SUN, "back", "refunded", 0, fen=10000, method="transfer", ticked=ALL)
    run.do(SUN, "back", "refunded", 0, fen=10000, method="cash", ticked=ALL)
    assert held(run.state) == 10000
    run.do(SUN, "look", "finished", 1).do(SUN, "back", "refunded", 1, fen=10000, method="cash", ticked=ALL)
    assert (held(run.state), run.state.status) == (0, "done")
    assert run.state.refunds == (("back", 0, 10000), ("back", 1, 10000))


def test_a_deduction_is_itemised_signed_by_another_and_never_more_than_the_deposit() -> None:
    broken = {"damage": [{"why": "卡折断", "much": "30"}]}
    run = paid().do(SUN, "look", "finished", 0, answers=broken)
    assert "back@0" not in run.open, "somebody else agrees first"
    run.do(CHEN, "agree", "approved", 0)
    refused("amount_differs", run, SUN, "back", "refunded", 0, fen=10000, method="cash", ticked=ALL)
    run.do(SUN, "back", "refunded", 0, fen=7000, method="cash", ticked=ALL)
    (told,) = run.happened(ev.Refunded)
    assert (told.fen, told.kept, held(run.state)) == (7000, 3000, 10000)

    greedy = {"damage": [{"why": "卡折断", "much": "100.01"}]}
    why = refused("form_invalid", paid(), SUN, "look", "finished", 0, answers=greedy)
    assert why.fields["damage"].code == "deduction_too_large"


def test_whoever_found_the_damage_does_not_agree_to_it_alone() -> None:
    both = decide.Actor(8, {"finance": None, "director": None})
    run = paid().do(both, "look", "finished", 0, answers={"damage": [{"why": "卡折断", "much": "30"}]})
    run.do(both, "agree", "approved", 0)
    refused("deduction_unsigned", run, SUN, "back", "refunded", 0, fen=7000, method="cash", ticked=ALL)


def test_after_a_return_only_the_difference_is_paid_or_given_back() -> None:
    run = paid().override(CHEN, "send_back", "fill")
    three = {"men": [*TWO["men"], {"name": "丙"}]}
    run.do(XIAOWANG, "fill", "done", answers=three)
    charge = run.state.charge("pay", None)
    assert charge is not None and charge.due == 10500
    run.do(SUN, "pay", "paid", fen=10500, method="cash")
    assert held(run.state) == 30000
    run.override(CHEN, "send_back", "fill").do(XIAOWANG, "fill", "done", answers={"men": [{"name": "甲"}]})
    refused("amount_differs", run, SUN, "pay", "paid", fen=21000, method="cash")
    run.do(SUN, "pay", "paid", fen=-21000, method="cash")
    assert held(run.state) == 10000


def test_what_was_given_back_is_charged_anew_after_a_return() -> None:
    run = paid().do(SUN, "look", "finished", 0)
    run.do(SUN, "back", "refunded", 0, fen=10000, method="cash", ticked=ALL)
    run.override(CHEN, "send_back", "pay")
    run.do(SUN, "pay", "paid", fen=10000, method="cash")
    assert held(run.state) == 20000
    run.do(SUN, "look", "finished", 0).do(SUN, "back", "refunded", 0, fen=10000, method="cash", ticked=ALL)
    assert held(run.state) == 10000


AGREED = """
form:
  kind: {type: choice, label: {zh: 类, en: Kind}, options: {tap: {zh: 龙头, en: Tap}, wire: {zh: 线, en: Wire}}}
  much: {type: money, label: {zh: 元, en: Yuan}, when: {form.kind: tap}}
  minutes: {type: integer, label: {zh: 分, en: Minutes}, when: {form.kind: wire}}
steps:
  fill: {verb: fill, by: front_desk, asks: [kind, much, minutes]}
  pay:
    verb: pay
    by: finance
    fees:
      - {price: tap, amount: form.much, when: {form.kind: tap}}
      - {price: wiring, times: form.minutes, when: {form.kind: wire}}
"""


def test_an_agreed_amount_lies_in_the_range_the_estate_has_today() -> None:
    run = Run(book(AGREED))
    for much, code in (("9.99", "too_small"), ("20.01", "too_large")):
        why = refused("form_invalid", run, XIAOWANG, "fill", "done", answers={"kind": "tap", "much": much})
        assert why.fields["much"].code == code
    here = Run(book(AGREED), facts=Facts(prices={"tap": Tariff(None, 3000, 4000, version=7)}))
    refused("form_invalid", here, XIAOWANG, "fill", "done", answers={"kind": "tap", "much": "15"})
    here.do(XIAOWANG, "fill", "done", answers={"kind": "tap", "much": "35"})
    (line,) = here.state.charges[0].lines
    assert (line.fen, line.version) == (3500, 7)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(1, 1), (29, 1), (60, 1), (89, 1), (90, 2), (120, 2), (149, 2), (150, 3)]
)
def test_from_half_an_hour_on_it_counts_as_one_and_the_first_always(minutes: int, hours: int) -> None:
    run = Run(book(AGREED)).do(XIAOWANG, "fill", "done", answers={"kind": "wire", "minutes": minutes})
    assert run.state.charges[0].due == 2500 * hours
    assert units(PRICES["wiring"], 0) == 0


def test_a_cap_limits_what_a_line_comes_to() -> None:
    form = """
form:
  much: {type: money, label: {zh: 元, en: Yuan}}
  times: {type: integer, label: {zh: 次, en: Times}}
steps:
  fill: {verb: fill, by: front_desk, asks: [much, times]}
  pay: {verb: pay, by: finance, fees: {price: unclog, times: form.times, amount: form.much}}
"""
    run = Run(book(form)).do(XIAOWANG, "fill", "done", answers={"much": "50", "times": 2})
    assert run.state.charges[0].due == 10000
    run = Run(book(form)).do(XIAOWANG, "fill", "done", answers={"much": "50", "times": 4})
    assert run.state.charges[0].due == 15000


CARRIED = """
form: {what: {type: text, label: {zh: 事, en: What}}}
steps:
  fill: {verb: fill, by: front_desk, asks: what}
  pay: {verb: pay, by: finance, fees: [{price: bond}, {price: card}]}
  renew: {verb: start, starts: small, carries: pay}
"""


def test_a_deposit_goes_with_the_case_that_is_started_and_is_not_paid_twice() -> None:
    run = Run(book(CARRIED)).do(XIAOWANG, "fill", "done", answers={"what": "证"})
    run.do(SUN, "pay", "paid", fen=10500, method="cash")
    assert (run.state.status, held(run.state)) == ("done", 0)
    (started,) = run.happened(ev.CaseStarted)
    assert started.carried == {"bond": 10000}
    new = Run(book(CARRIED), facts=Facts(brought=started.carried))
    assert held(new.state) == 10000
    new.do(XIAOWANG, "fill", "done", answers={"what": "证"})
    assert [(one.price, one.brought) for one in new.state.charges[0].lines] == [("bond", 10000), ("card", 0)]
    refused("amount_differs", new, SUN, "pay", "paid", fen=10500, method="cash")
    new.do(SUN, "pay", "paid", fen=500, method="cash")
    assert new.happened(ev.CaseStarted)[0].carried == {"bond": 10000}


def test_the_estates_price_holds_and_the_case_keeps_which_version() -> None:
    run = paid(Facts(prices={"bond": Tariff(5000, version=3)}))
    (bond, card) = run.state.charges[0].lines
    assert (bond.fen, bond.version, card.version) == (10000, 3, 0)
    assert held(run.state) == 10000


def test_nobody_but_the_named_post_takes_money() -> None:
    run = Run(book(CARDS)).do(XIAOWANG, "fill", "done", answers=TWO)
    refused("wrong_post", run, LAOLI, "pay", "paid", fen=21000, method="cash")
    assert run.now == NOW


PASSES = """
form:
  men: {type: table, label: {zh: 人, en: People}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
steps:
  fill: {verb: fill, by: front_desk, asks: men}
  pay: {verb: pay, by: finance, fees: [{price: card, times: form.men}]}
  cards:
    each: form.men
    steps:
      card: {verb: issue, by: front_desk, paper: pass, spends: pay}
      hand: {verb: check, by: front_desk, checklist: {card: {zh: 卡, en: Card}}, back_to: card}
      more: {verb: issue, by: front_desk, paper: pass, spends: pay}
override: {by: director, to: [pay]}
"""


def passes() -> Run:
    procedure = procedure_of(HEAD + PASSES)
    paper = PaperDefinition(
        paper="pass", title=text("出入证"), size="a5", number=Number(prefix="CR"), printed_by=("front_desk",),
        copies=(Copy(id="card", title=text("卡")),), prints=("case.unit",),
    )  # fmt: skip
    pack = pack_of(procedure).model_copy(update={"prices": PRICES, "papers": {"pass": paper}})
    run = Run(Rulebook.of(procedure, pack)).do(XIAOWANG, "fill", "done", answers=TWO)
    return run.do(SUN, "pay", "paid", fen=1000, method="cash")


def test_a_receipts_line_is_used_once_and_the_second_time_it_says_when() -> None:
    run = passes().do(XIAOWANG, "card", "issued", 0)
    assert [(one.of, one.unit) for one in run.state.spent] == [("pay", 0)]
    run.do(XIAOWANG, "hand", "passed", 0, ticked=["card"])
    why = refused("receipt_spent", run, XIAOWANG, "more", "issued", 0)
    assert "2026-05-01 09:00" in why.say("zh")
    run.do(XIAOWANG, "card", "issued", 1)
    assert len(run.state.spent) == 2, "one receipt serves several people, each once"


def test_a_card_that_became_void_gives_its_line_back_to_the_one_in_its_place() -> None:
    run = passes().do(XIAOWANG, "card", "issued", 0).do(XIAOWANG, "card", "issued", 1)
    run.do(XIAOWANG, "hand", "returned", 0)
    assert [(one.unit) for one in run.state.spent] == [1]
    run.do(XIAOWANG, "card", "issued", 0)
    assert sorted(one.unit for one in run.state.spent if one.unit is not None) == [0, 1]
    run.override(CHEN, "send_back", "pay").do(SUN, "pay", "paid", fen=0, method="cash")
    assert run.state.spent == ()


PRICED = """
form:
  works:
    type: table
    label: {zh: 工, en: Work}
    columns:
      item: {type: price, label: {zh: 项, en: Item}, lines: [card, tap, unclog, wiring]}
      count: {type: integer, label: {zh: 数, en: Count}, min: 1}
      price: {type: money, label: {zh: 价, en: Price}, required: false}
      sum: {type: money, label: {zh: 计, en: Sum}, reckoned: true}
  parts:
    type: table
    label: {zh: 料, en: Parts}
    required: false
    columns: {n: {type: integer, label: {zh: 数, en: Count}}, each: {type: money, label: {zh: 价, en: Price}}}
  total: {type: money, label: {zh: 合计, en: In all}, sums: [form.works, form.parts]}
steps:
  fill: {verb: fill, by: front_desk, asks: [works, parts, total]}
  tell: {verb: sign, by: applicant, at: front_desk, tells: total, back_to: fill}
"""


def test_what_is_named_of_the_price_list_is_reckoned_with_its_price_range_rounding_and_cap() -> None:
    works: list[dict[str, Any]] = [
        {"item": "card", "count": 2}, {"item": "unclog", "count": 4, "price": "50"}, {"item": "wiring", "count": 89},
    ]  # fmt: skip
    told = {"works": works, "parts": [{"n": 2, "each": "1.50"}]}
    run = Run(book(PRICED)).do(XIAOWANG, "fill", "done", answers=told)
    rows = [(row["price"], row["sum"]) for row in run.state.form["works"]]
    assert rows == [(500, 1000), (5000, 15000), (2500, 2500)], "an hour and less than a half is one"
    assert run.state.form["total"] == 18500 + 300
    own = Facts(**{**vars(FACTS), "prices": {"card": Tariff(700)}})
    assert (
        Run(book(PRICED), facts=own).do(XIAOWANG, "fill", "done", answers=told).state.form["total"] == 19200
    )
    for row, code in (
        ({"item": "card", "count": 1, "price": "4"}, "not_the_lists"), ({"item": "tap", "count": 1}, "not_in_range"),
        ({"item": "tap", "count": 1, "price": "20.01"}, "not_in_range"), ({"item": "x", "count": 1}, "not_an_option"),
        ({"item": "card", "count": 1, "sum": "1"}, "unexpected_field"),
    ):  # fmt: skip
        why = refused("form_invalid", Run(book(PRICED)), XIAOWANG, "fill", "done", answers={"works": [row]})
        found = why.fields["works"]
        assert (found.params["why"].code if found.code == "bad_row" else found.code) == code
