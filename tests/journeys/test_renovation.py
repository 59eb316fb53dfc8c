"""A renovation from the counter to its refund: permitted, a worker's card made, extended, inspected, closed."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.cashier import queries as money
from banli.cashier.actions import open_shift
from banli.engine.hours import DAYS
from banli.papers.models import Paper
from tests.cases.test_renovation import card, in_days, returned
from tests.journeys.at_the_screen import begin, on_paper, submit, tick_all
from tests.journeys.conftest import Actor, Site
from tests.journeys.renovating import ask_for_time, fill_application, fill_particulars, step

pytestmark = pytest.mark.journey


def applied(clerk: Actor) -> int:
    page = clerk.page
    fill_application(clerk, in_days(0), in_days(120))
    clerk.shot("renovation-form")
    submit(clerk)
    expect(page.locator("#f-end_date-error")).to_contain_text("不能晚于")
    page.fill("[name=end_date]", in_days(60))
    submit(clerk)
    page.wait_for_url("**/cases/**")
    return Case.objects.get(procedure="renovation").pk


def at_the_gate(site: Site, card: Paper) -> None:
    """门岗老周 reads the card: outside the hours nobody comes in; in them, he looks at the face and lets it in."""
    estate, guard = site.office.estate, site("zhou", phone=True)

    def read(hours: str) -> None:
        estate.settings = {**estate.settings, "renovation_hours": hours}
        estate.save()
        guard.go("/gate/")
        guard.page.get_by_label("或输入编号、来访人姓名、车牌").fill(card.number)
        guard.page.get_by_role("button", name="查验", exact=True).click()
        guard.page.wait_for_url("**/gate/passes/**")

    weekday = timezone.localtime().weekday()
    read(f"{DAYS[(weekday + 2) % 7]} 08:00-12:00")  # neither today nor, at midnight, tomorrow
    expect(guard.page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(guard.page.get_by_text("只出不进")).to_be_visible()
    guard.shot("gate-card-off-hours")
    read("Mo-Su 00:00-23:59")
    expect(guard.page.get_by_role("heading", name="可进入")).to_be_visible()
    expect(guard.page.get_by_role("img", name="持证人照片")).to_be_visible()
    guard.shot("gate-card")
    guard.page.get_by_role("button", name="不符，不放进").click()
    dialog = guard.page.get_by_role("dialog")
    expect(dialog).to_contain_text("涂改、转借")
    dialog.get_by_label("为什么不放").fill("照片不是本人")
    dialog.get_by_role("button", name="不放进").click()
    expect(guard.page.get_by_text("门岗不放：照片不是本人")).to_be_visible()
    read("Mo-Su 00:00-23:59")
    guard.page.get_by_role("button", name="相符，放进").click()
    expect(guard.page.get_by_role("heading", name="已放进")).to_be_visible()
    guard.shot("gate-card-entered")
    guard.page.get_by_role("link", name="查下一张").click()
    expect(guard.page.get_by_text(f"工人甲 · {card.number}")).to_be_visible()
    guard.shot("gate")


def test_a_renovation_lives_from_the_counter_to_its_refund(site: Site):
    office = site.office
    shift = open_shift(by=office["sun"], acting=office["sun"].posts["finance"], float_fen=0)
    clerk, boss, till = site("xiaowang"), site("chen", phone=True), site("sun")
    engineer = site("zhao", phone=True)
    begin(clerk, "12-3-502", "业主张女士", "装修人员出入证")
    expect(clerk.page.get_by_text("没有有效的装修许可").first).to_be_visible()
    expect(clerk.page.get_by_role("link", name="去办装修申请与许可")).to_be_visible()
    record = applied(clerk)
    step(clerk, record, "documents", "passed", ticks=True)
    step(clerk, record, "notice", "signed", signs=True)
    step(engineer, record, "review", "agreed", signs=True)
    boss.go(f"/cases/{record}/")
    boss.page.fill("[name=deposit]", "2000")
    on_paper(boss, "approve")
    boss.act("approve", "approved")
    step(till, record, "pay", "paid", pays="cash")
    step(boss, record, "seal", "sealed")
    step(clerk, record, "permit", "issued")
    clerk.go(f"/papers/{Paper.objects.get(kind='renovation-permit').pk}/")
    clerk.shot("renovation-permit")
    clerk.go(f"/cases/{record}/")
    clerk.shot("renovation-case")

    begin(clerk, "12-3-502", "装修负责人甲", "装修人员出入证")
    clerk.page.locator("input[name^='workers'][name$='name']").first.fill("工人甲")
    clerk.page.locator("select[name^='workers'][name$='trade']").first.select_option("mason")
    clerk.page.locator("input[name^='workers'][name$='days']").first.fill("30")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    cards = Case.objects.get(procedure="worker-card").pk
    step(clerk, cards, "check", "passed", ticks=True)
    step(till, cards, "pay", "paid", pays="cash")
    clerk.go(f"/cases/{cards}/")
    expect(clerk.page.locator("[name=holder]")).to_have_value("工人甲")
    expect(clerk.page.locator("[name=valid_to]")).to_have_attribute("max", in_days(60))
    fill_particulars(clerk, cards, 0)
    clerk.act("particulars", "done")
    step(clerk, cards, "card", "issued")
    step(till, cards, "stamp", "sealed")
    step(clerk, cards, "hand_over", "handed_over", signs=True, ticks=True)
    clerk.go(f"/papers/{Paper.objects.get(kind='worker-card').pk}/")
    clerk.shot("renovation-worker-card")
    at_the_gate(site, Paper.objects.get(kind="worker-card"))

    ask_for_time(clerk, in_days(90), 1)
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    longer = Case.objects.get(procedure="renovation-extension").pk
    step(clerk, longer, "sign", "signed", signs=True)
    step(engineer, longer, "review", "agreed", signs=True)
    boss.go(f"/cases/{longer}/")
    boss.shot("renovation-extension-approve")
    boss.page.fill("[name=fee]", "0")
    on_paper(boss, "approve")
    boss.act("approve", "approved")
    step(clerk, record, "extend", "passed", ticks=True)
    step(clerk, record, "permit", "issued")
    step(clerk, cards, "renew", "reached")
    step(clerk, cards, "old_card", "given_back", ticks=True)
    step(till, cards, "renew_fee", "paid", pays="cash")
    card(office, cards, 0, in_days(90))
    clerk.go(f"/cases/{longer}/")
    clerk.shot("renovation-extension-exchange")
    step(clerk, longer, "exchange", "passed", ticks=True)
    step(clerk, longer, "form", "issued")
    clerk.go(f"/papers/{Paper.objects.get(kind='renovation-extension').pk}/")
    clerk.shot("renovation-extension-form")
    assert [one.state for one in Paper.objects.filter(kind="worker-card").order_by("pk")] == ["void", "valid"]
    clerk.go("/registers/worker-cards/")
    clerk.shot("worker-cards-register")

    step(clerk, record, "works", "reported")
    step(engineer, record, "inspect", "passed", ticks=True)
    clerk.go(f"/cases/{record}/")
    tick_all(clerk, "cards")
    clerk.act("cards", "passed")
    expect(clerk.page.locator("main")).to_contain_text("还有 1 件没有办结")
    step(clerk, cards, "in_use", "given_back")
    returned(office, cards, 0)
    step(clerk, record, "cards", "passed", ticks=True)
    step(till, record, "refund", "refunded", signs=True, ticks=True, pays="cash")
    assert set(Case.objects.values_list("status", flat=True)) == {"done"}
    assert money.held_in_all(office.estate.pk) == 0
    assert money.tally(shift) == {"cash": 1000, "transfer": 0, "qr": 0}, "two card fees and nothing else"
