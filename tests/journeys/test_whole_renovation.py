"""P0, P2-P5 in one, on screens alone: three days of a renovation, and at the end the till is right to the fen."""

import time
from typing import Any

import pytest
from django.db.models import Sum
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.cashier.models import LedgerEntry, Posting, Shift
from banli.papers.models import Paper, Printing
from tests.cases.test_renovation import audited
from tests.desk.at_the_desk import picture
from tests.journeys.at_the_screen import begin, choose, pick, submit, tick_all
from tests.journeys.conftest import Actor, Site
from tests.journeys.days import at, day
from tests.journeys.renovating import LEAD, ask_for_time, fill_application, fill_particulars, step
from tests.office import identity

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1200)]  # some hundred and thirty pages are sent
WORKERS = ("工人甲", "工人乙", "工人丙", "工人丁", "工人戊")
#: The office's own days of it: application and works; the extension; inspection and refund.
BEGUN, LONGER, OVER = 0, 50, 85


def opened(clerk: Actor, procedure: str) -> int:
    """The form has become a case."""
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    return Case.objects.filter(procedure=procedure).latest("pk").pk


def printed(actor: Actor, kind: str, *copies: str) -> Paper:
    """Print these copies of the newest paper of a kind, each from its button."""
    paper = Paper.objects.filter(kind=kind).latest("pk")
    actor.go(f"/papers/{paper.pk}/")
    for copy in copies:
        with actor.page.context.expect_page() as sheet:
            actor.page.get_by_role("button", name=f"打印 {copy}", exact=True).click()
        sheet.value.close()
    until = time.monotonic() + 20
    while Printing.objects.filter(paper=paper).count() < len(copies) and time.monotonic() < until:
        time.sleep(0.1)
    assert Printing.objects.filter(paper=paper).count() == len(copies), "printings recorded"
    return paper


def drawn(actor: Actor, case: int, name: str, outcome: str) -> None:
    """Sign a step on the phone's glass."""
    actor.go(f"/cases/{case}/?task={name}")
    actor.draw(f"form:has(input[value='{name}'])")
    actor.act(name, outcome)


def begin_the_day(site: Site, float_yuan: str) -> None:
    """Everybody signs in anew; 孙会计 counts the float."""
    site.leave()
    sun = site("sun")
    sun.go("/cashier/")
    sun.page.fill("[name=float]", float_yuan)
    with sun.sending("/shifts/"):
        sun.page.locator("form[action$='/shifts/'] button").last.click()
    expect(sun.page.get_by_text("我的班次")).to_be_visible()


def close_the_day(site: Site, *, cash: str, qr: str = "0", net: str, held: str) -> None:
    """What was counted is what should be there: the shift closes without a word; the day's report says the same."""
    sun, shift = site("sun"), Shift.objects.latest("pk")
    sun.go(f"/cashier/shifts/{shift.pk}/")
    for method, counted in (("cash", cash), ("transfer", "0"), ("qr", qr)):
        sun.page.fill(f"[name={method}]", counted)
    with sun.sending("/closure/"):
        sun.page.locator("form[action*='/closure/'] button").last.click()
    shift.refresh_from_db()
    assert shift.closed_at is not None and shift.explanation == ""
    assert shift.counted == shift.expected
    sun.go("/cashier/day/")
    expect(fact(sun, "净收")).to_have_text(f"{net} 元")
    sun.go("/cashier/")
    expect(sun.page.locator("main")).to_contain_text(f"代管押金合计 {held} 元")


def fact(actor: Actor, label: str) -> Any:
    """What stands beside a label."""
    return actor.page.locator(f"dt:text-is('{label}') + dd")


def the_owner_applies(site: Site) -> int:
    clerk = site("xiaowang")
    fill_application(clerk, day(BEGUN), day(60))
    record = opened(clerk, "renovation")
    step(clerk, record, "documents", "passed", ticks=True)
    step(clerk, record, "notice", "signed", signs=True)
    return record


def the_permit_is_given_and_posted(site: Site, record: int) -> None:
    clerk, boss = site("xiaowang"), site("chen", phone=True)
    drawn(site("zhao", phone=True), record, "review", "agreed")
    boss.go(f"/cases/{record}/")
    boss.page.fill("[name=deposit]", "2000")
    boss.draw("form:has(input[value='approve'])")
    boss.act("approve", "approved")
    step(site("sun"), record, "pay", "paid", pays="cash")
    step(boss, record, "seal", "sealed")
    step(clerk, record, "permit", "issued")
    printed(clerk, "renovation-permit", "正本", "张贴", "存根")


def five_workers_get_their_cards_on_one_receipt(site: Site) -> int:
    clerk, till, page = site("xiaowang"), site("sun"), site("xiaowang").page
    begin(clerk, "12-3-502", LEAD, "装修人员出入证")
    for row, worker in enumerate(WORKERS):
        if row:
            page.locator("[data-add-row]").click()
        page.fill(f"[name='workers-{row}-name']", worker)
        page.select_option(f"[name='workers-{row}-trade']", "mason")
        page.fill(f"[name='workers-{row}-days']", "30")
    cards = opened(clerk, "worker-card")
    step(clerk, cards, "check", "passed", ticks=True)
    till.go(f"/cases/{cards}/")
    expect(till.page.locator(".money-lines tfoot")).to_contain_text("525.00")
    step(till, cards, "pay", "paid", pays="cash")
    receipt = printed(till, "receipt", "白联", "粉红联", "黄联")
    for row in range(len(WORKERS)):
        a_card_is_made(site, cards, row)
    assert Paper.objects.filter(case_id=cards, kind="receipt").get() == receipt, "one for all of them"
    till.go(f"/cashier/receipts/{Posting.objects.get(paper=receipt).pk}/")
    expect(till.page.get_by_text("已办")).to_be_visible()
    return cards


def a_card_is_made(site: Site, cards: int, row: int) -> None:
    clerk = site("xiaowang")
    fill_particulars(clerk, cards, row)
    expect(clerk.page.locator("[name=holder]")).to_have_value(WORKERS[row])
    clerk.act("particulars", "done")
    step(clerk, cards, "card", "issued", row=row)
    step(site("sun"), cards, "stamp", "sealed", row=row)
    step(clerk, cards, "hand_over", "handed_over", row=row, signs=True, ticks=True)


def hot_work_is_permitted_posted_and_sealed(site: Site) -> int:
    clerk = site("xiaowang")
    fill_hot_work(clerk)
    case = opened(clerk, "hot-work")
    step(clerk, case, "sign", "signed", signs=True)
    drawn(site("laoma", phone=True), case, "safety", "agreed")
    drawn(site("zhao", phone=True), case, "engineering", "agreed")
    drawn(site("chen", phone=True), case, "approve", "approved")
    step(site("chen"), case, "seal", "sealed")
    step(clerk, case, "issue_form", "issued")
    step(clerk, case, "issue", "issued")
    printed(clerk, "hot-work-permit", "正本", "存根", "公告")
    return case


def fill_hot_work(clerk: Actor) -> None:
    page = clerk.page
    begin(clerk, "12-3-502", "业主张女士", "动火许可证")
    choose(clerk, "place", "balcony")
    for name, told in (
        ("spot", "北阳台护栏"),
        ("work", "焊接阳台护栏"),
        ("starts_at", f"{day(BEGUN)}T14:00"),
        ("ends_at", f"{day(BEGUN)}T15:30"),
        ("welder", "王师傅"),
        ("welder_id", identity()),
        ("certificate", "T" + identity()),
        ("certificate_until", day(300)),
        ("watcher", "李师傅"),
        ("watcher_phone", "13812345678"),
        ("extinguishers", "2"),
    ):
        page.fill(f"[name={name}]", told)
    for name, colour in (("certificate_copy", "navy"), ("identity_copy", "green")):
        file = {"name": f"{name}.png", "mimeType": "image/png", "buffer": picture(colour, (640, 400))}
        page.set_input_files(f"[name={name}]", file)  # type: ignore[arg-type]
    pick(clerk, "measures", "bucket")
    pick(clerk, "cleared", "yes")


def safety_looks_before_and_after_the_fire(site: Site, case: int) -> None:
    safety = site("laoma", phone=True)
    with at(BEGUN, 13):
        step(safety, case, "ready", "passed", ticks=True)
    with at(BEGUN, 16):
        safety.go(f"/cases/{case}/")
        tick_all(safety, "after_check")
        safety.page.fill("[name=stopped_at]", f"{day(BEGUN)}T15:20")
        safety.page.fill("[name=found]", "已浇水，无余火")
        safety.act("after_check", "passed")
    assert Case.objects.get(pk=case).status == "done"


def a_door_is_added(site: Site) -> int:
    clerk, page = site("xiaowang"), site("xiaowang").page
    begin(clerk, "12-3-502", LEAD, "增加项目")
    choose(clerk, "occasion", "renovation")
    choose(clerk, "kind", "door")
    for name, told in (
        ("work", "换防盗门"),
        ("position", "入户门"),
        ("material", "统一式样，深棕"),
        ("builder", "宏达"),
        ("phone", "13812345678"),
        ("starts_on", day(2)),
        ("ends_on", day(4)),
    ):
        page.fill(f"[name={name}]", told)
    for name in ("prohibited", "load_bearing", "facade", "gas", "heating", "waterproof"):
        pick(clerk, name, "no")
    case = opened(clerk, "additional-item")
    step(clerk, case, "sign", "signed", signs=True)
    drawn(site("zhao", phone=True), case, "review", "agreed")
    drawn(site("chen", phone=True), case, "approve", "approved")
    step(clerk, case, "issue", "issued")
    return case


def the_time_is_extended(site: Site, record: int) -> int:
    """P3: approved for 300 yuan; the old permit is back, a new one issued."""
    clerk, boss = site("xiaowang"), site("chen", phone=True)
    ask_for_time(clerk, day(90), 2)
    longer = opened(clerk, "renovation-extension")
    step(clerk, longer, "sign", "signed", signs=True)
    drawn(site("zhao", phone=True), longer, "review", "agreed")
    boss.go(f"/cases/{longer}/")
    boss.page.fill("[name=fee]", "300")
    boss.draw("form:has(input[value='approve'])")
    boss.act("approve", "approved")
    step(clerk, longer, "told", "reached")
    step(site("sun"), longer, "pay", "paid", pays="qr", reference="WX20260001")
    step(clerk, record, "extend", "passed", ticks=True)
    step(clerk, record, "permit", "issued")
    printed(clerk, "renovation-permit", "正本", "张贴", "存根")
    return longer


def two_cards_are_made_anew(site: Site, cards: int) -> None:
    """P3.6: the old card is back and void, the deposit carried over, the card fee charged anew."""
    clerk, till = site("xiaowang"), site("sun")
    for row in (0, 1):
        step(clerk, cards, "renew", "reached", row=row)
        step(clerk, cards, "old_card", "given_back", row=row, ticks=True)
        till.go(f"/cases/{cards}/?task=renew_fee.{row}")
        expect(till.page.locator(".money-lines tfoot")).to_contain_text("5.00")
        step(till, cards, "renew_fee", "paid", row=row, pays="cash")
        a_card_is_made(site, cards, row)


def three_workers_go_home(site: Site, cards: int) -> None:
    for row in (2, 3, 4):
        clerk = site("xiaowang")
        clerk.go(f"/cases/{cards}/?task=renew.{row}")
        because(clerk, "renew", "not_agreed", "活干完了")
        a_card_comes_back(site, cards, row)


def because(actor: Actor, name: str, outcome: str, why: str) -> None:
    """An outcome that wants its reason."""
    sheet = actor.page.locator(f"details:has([name='act-note-{outcome}'])")
    sheet.locator("summary").click()
    sheet.locator(f"[name='act-note-{outcome}']").fill(why)
    actor.act(name, outcome)


def a_card_comes_back(site: Site, cards: int, row: int) -> None:
    step(site("xiaowang"), cards, "back", "done", row=row)
    step(site("sun"), cards, "refund", "refunded", row=row, signs=True, ticks=True, pays="cash")


def old_and_new_stand_on_the_extensions_form(site: Site, longer: int) -> None:
    clerk = site("xiaowang")
    clerk.go(f"/cases/{longer}/")
    for row in (0, 1):
        cards = Paper.objects.filter(kind="worker-card", branch=row).order_by("pk")
        assert [one.state for one in cards] == ["void", "valid"]
        for one in cards:
            expect(clerk.page.locator("main")).to_contain_text(one.number)
    step(clerk, longer, "exchange", "passed", ticks=True)
    step(clerk, longer, "form", "issued")
    printed(clerk, "renovation-extension", "正本", "存根")
    assert Case.objects.get(pk=longer).status == "done"


def it_is_reported_and_inspected(site: Site, record: int) -> None:
    step(site("xiaowang"), record, "works", "reported")
    engineer = site("zhao", phone=True)
    engineer.go(f"/cases/{record}/")
    tick_all(engineer, "inspect")
    engineer.page.fill("[name=found]", "与批准的图纸一致")
    engineer.act("inspect", "passed")


def the_last_cards_come_back(site: Site, record: int, cards: int) -> None:
    """Nothing is closed while a card is out."""
    clerk = site("xiaowang")
    step(clerk, record, "cards", "passed", ticks=True)
    expect(clerk.page.locator("main")).to_contain_text("还有 1 件没有办结")
    for row in (0, 1):
        step(clerk, cards, "in_use", "given_back", row=row)
        a_card_comes_back(site, cards, row)
    assert Case.objects.get(pk=cards).status == "done"
    assert not Paper.objects.filter(kind="worker-card", state="valid").exists()
    step(clerk, record, "cards", "passed", ticks=True)


def the_deposit_goes_back_on_a_slip(site: Site, record: int) -> None:
    till = site("sun")
    till.go("/cashier/")
    till.page.locator(f"a[href*='/cases/{record}/']").first.click()
    till.page.wait_for_url("**/cases/**")
    expect(till.page.locator(".money-lines tfoot").last).to_contain_text("2000.00")
    step(till, record, "refund", "refunded", signs=True, ticks=True, pays="cash")
    slip = printed(till, "refund-slip", "白联", "粉红联", "黄联")
    assert slip.case_id == record
    assert Case.objects.get(pk=record).status == "done"


def nothing_is_held_and_nothing_is_missing(site: Site) -> None:
    """The screens and the ledger under them tell the same: 335 yuan were earned, and no deposit is left."""
    sun = site("sun")
    sun.go("/cashier/deposits/")
    expect(sun.page.locator("#held-in-all")).to_have_text("0.00")
    expect(sun.page.get_by_text("没有代管的押金")).to_be_visible()
    sun.go("/cashier/receipts/?q=12-3-502")
    expect(sun.page.locator("#rows [data-row]")).to_have_count(len(MONEY))
    assert [(one.kind, one.fen) for one in Posting.objects.order_by("pk")] == MONEY
    sums = LedgerEntry.objects.values_list("account").annotate(Sum("fen")).order_by("account")
    left = {account: fen for account, fen in sums if fen}
    assert left == {"cash": 3500, "qr": 30000, "income": -33500}
    assert set(Case.objects.values_list("status", flat=True)) == {"done"}
    assert audited() == []


#: Deposit; five cards; extension; two new cards; three, then two cards back; the deposit back.
MONEY = [
    ("taken", 200000), ("taken", 52500), ("taken", 30000), ("taken", 500), ("taken", 500),
    *[("refunded", -10000)] * 3, *[("refunded", -10000)] * 2, ("refunded", -200000),
]  # fmt: skip


def test_the_whole_life_of_a_renovation_comes_out_to_the_fen_on_the_screens(site: Site) -> None:
    with at(BEGUN, 8):
        begin_the_day(site, "500")
        record = the_owner_applies(site)
        the_permit_is_given_and_posted(site, record)
        cards = five_workers_get_their_cards_on_one_receipt(site)
        fire = hot_work_is_permitted_posted_and_sealed(site)
        a_door_is_added(site)
    safety_looks_before_and_after_the_fire(site, fire)
    with at(BEGUN, 17):
        close_the_day(site, cash="3025", net="2,525.00", held="2,500.00")
    with at(LONGER, 9):
        begin_the_day(site, "500")
        longer = the_time_is_extended(site, record)
        two_cards_are_made_anew(site, cards)
        three_workers_go_home(site, cards)
        old_and_new_stand_on_the_extensions_form(site, longer)
        close_the_day(site, cash="210", qr="300", net="10.00", held="2,200.00")
    with at(OVER, 9):
        begin_the_day(site, "3000")
        it_is_reported_and_inspected(site, record)
        the_last_cards_come_back(site, record, cards)
        the_deposit_goes_back_on_a_slip(site, record)
        close_the_day(site, cash="800", net="−2,200.00", held="0.00")
        nothing_is_held_and_nothing_is_missing(site)
