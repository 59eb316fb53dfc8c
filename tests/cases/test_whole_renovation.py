"""P0, P2, P3, P4, P5 in one: a renovation's whole life through the office's own actions, its money to the fen."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from banli.cases.models import Case
from banli.cashier import queries as money
from banli.cashier.models import Posting
from banli.engine.refusals import Refusal
from banli.estate.models import Authority
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do
from tests.cases.test_additional_item import approved, item
from tests.cases.test_hot_work import AFTER, READY, issued, tomorrow
from tests.cases.test_renovation import (
    audited,
    card,
    carded,
    exchanged,
    extended,
    in_days,
    lead,
    open_steps,
    pay,
    permitted,
    returned,
    shift,
    ticked,
    valid,
)  # fmt: skip
from tests.desk.at_the_desk import at, text
from tests.office import Office

__all__ = ["shift"]


def test_the_whole_life_of_a_renovation_comes_out_to_the_fen(office: Office, shift: Any) -> None:
    record = permitted(office)
    cards = carded(office, 5)
    fire, extra = burnt(office), item(office, occasion="renovation")
    approved(office, extra)
    assert {Case.objects.get(pk=case).record_id for case in (cards, fire, extra)} == {record}
    assert {Case.objects.get(pk=case).status for case in (fire, extra)} == {"done"}
    assert money.held_in_all(office.estate.pk) == 200000 + 5 * 10000
    assert len(valid("worker-card")) == 5
    first_permit, old_cards = valid("renovation-permit"), valid("worker-card")

    longer = extended(office, in_days(90))
    assert Case.objects.get(pk=record).form["end_date"] == in_days(90)
    assert open_steps(record) == [("extend", None)]
    on_its_way = text(at(office, "xiaowang").get(f"/cases/{record}/"))
    assert "step-refused" not in on_its_way, "an extension is no refusal"
    assert open_steps(cards) == [("renew", row) for row in range(5)]
    assert new_permit_on_the_page(office, longer) == "没有。", "the old one is none"
    called = text(at(office, "xiaowang").get(f"/cases/{cards}/?task=renew.2"))
    assert called.count('<div class="dial">') == 1, "the telephone of this worker alone"
    do(office, "xiaowang", record, "extend", "passed", extra={"ticked": ["old"]})
    do(office, "xiaowang", record, "permit", "issued")
    assert [new_permit_on_the_page(office, longer)] == valid("renovation-permit")
    assert len(valid("renovation-permit")) == 1 and valid("renovation-permit") != first_permit
    assert lead(office).name == "装修负责人甲"
    assert Authority.objects.filter(valid_to=in_days(90)).count() == 1

    with pytest.raises(Refusal, match=r"^form_invalid") as why:
        exchanged(office, longer)
    assert {name: one.code for name, one in why.value.fields.items()} == {"exchanged": "bad_rows"}
    for row in (0, 1):  # two stay: old card back, new card, the deposit is not paid again
        do(office, "xiaowang", cards, "renew", "reached", branch=row)
        do(office, "xiaowang", cards, "old_card", "given_back", branch=row, extra={"ticked": ["old"]})
        pay(office, cards, "renew_fee", 500, row)
        card(office, cards, row, in_days(90))
    for row in (2, 3, 4):  # three have done their work
        do(office, "xiaowang", cards, "renew", "not_agreed", branch=row, note="活干完了")
        returned(office, cards, row)
    new_cards = set(valid("worker-card")) - set(old_cards)
    assert len(new_cards) == 2
    the_extension_lists_old_and_new(office, longer, first_permit, old_cards, sorted(new_cards))
    assert money.held_in_all(office.estate.pk) == 200000 + 2 * 10000

    do(office, "xiaowang", record, "works", "reported")
    do(office, "zhao", record, "inspect", "passed", extra=ticked("inspect"))
    with pytest.raises(Refusal, match=r"^cases_resting"):
        do(office, "xiaowang", record, "cards", "passed", extra=ticked("cards"))
    for row in (0, 1):
        do(office, "xiaowang", cards, "in_use", "given_back", branch=row)
        returned(office, cards, row)
    assert Case.objects.get(pk=cards).status == "done"
    do(office, "xiaowang", record, "cards", "passed", extra=ticked("cards"))
    do(office, "sun", record, "refund", "refunded", signature="paper",
       extra={"fen": 200000, "method": "cash", **ticked("refund")})  # fmt: skip
    assert Case.objects.get(pk=record).status == "done"

    assert money.held_in_all(office.estate.pk) == 0
    income = 5 * 500 + 30000 + 2 * 500
    assert money.tally(shift) == {"cash": 50000 + income, "transfer": 0, "qr": 0}
    told_of = [
        one.snapshot["receipt.lines"][0]["title"]
        for one in Paper.objects.filter(case_id=cards, kind="refund-slip").order_by("pk")
    ]
    assert told_of == [f"出入证押金　工人{name}" for name in "丙丁戊甲乙"], "each slip names the worker"
    first = text(at(office, "xiaowang").get(f"/cases/{cards}/"))
    assert all(f"{number} · 工人" in first for number in old_cards), "so does each paper on the page"
    rows = [row.cells for row in RegisterRow.objects.filter(book="worker-cards").order_by("branch")]
    taken = Posting.objects.filter(case=cards, kind="taken").order_by("id")
    numbers = [one.paper.number for one in taken]
    assert [row["receipt"] for row in rows] == 5 * [numbers[0]]
    assert [row["renewed"] for row in rows] == [*numbers[1:], None, None, None]
    assert [row["how"]["zh"] for row in rows] == 5 * ["完好"]
    assert [row["trade"]["zh"] for row in rows] == 5 * ["泥瓦工"]
    assert [row["phone"]["mask"] for row in rows] == 5 * ["138****1601"]
    assert audited() == []


def new_permit_on_the_page(office: Office, extension: int) -> str:
    """What the check of old and new says of the new permit."""
    page = text(at(office, "xiaowang").get(f"/cases/{extension}/"))
    return re.sub(r"<[^>]+>|\s", "", page.split("新装修许可证号</dt>")[1].split("</dd>")[0])


def burnt(office: Office) -> int:
    """Hot work that was permitted, done the next day, and checked an hour after."""
    case = issued(office)
    do(office, "laoma", case, "ready", "passed", extra=READY)
    after = datetime.fromisoformat(tomorrow(12)).replace(tzinfo=timezone.get_default_timezone())
    told = {"stopped_at": tomorrow(10), "found": "已浇水，无余火"}
    do(office, "laoma", case, "after_check", "passed", answers=told, extra=AFTER, now=after)
    return case


def the_extension_lists_old_and_new(
    office: Office, case: int, old_permit: list[str], old: list[str], new: list[str]
) -> None:
    """The form names the permit until then and the new one, each old card, its holder, and the card in its place."""
    exchanged(office, case)
    do(office, "xiaowang", case, "form", "issued")
    said = Paper.objects.get(kind="renovation-extension").snapshot
    assert [said["form.old_permit"]] == old_permit and [said["form.new_permit"]] == valid("renovation-permit")
    assert [row["number"] for row in said["form.exchanged"]] == old
    assert [row["holder"] for row in said["form.exchanged"]] == [f"工人{name}" for name in "甲乙丙丁戊"]
    assert [row["next"] for row in said["form.exchanged"]] == [*new, None, None, None]
    assert [row["became"] for row in said["form.exchanged"]] == 2 * ["作废，换新证"] + 3 * [
        "收回或报失，作废"
    ]
    row = RegisterRow.objects.get(book="renovation-extensions")
    assert row.cells["old_permit"] == old_permit[0] and new[1] in row.cells["cards"]["zh"]
    assert Case.objects.get(pk=case).status == "done"
