"""A power cut: goods left on a slip written by hand, and the office enters it when the lights are on again."""

import io
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from banli.cases import audit
from banli.cases.models import Case
from banli.people.actions import appoint
from tests.journeys import at_the_screen, days
from tests.journeys.at_the_screen import begin, fill_goods, submit
from tests.journeys.conftest import Actor, Site
from tests.office import identity, today
from tests.papers.blank_sheets import printed

pytestmark = pytest.mark.journey


def clock(moment: datetime) -> str:
    """As somebody types it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def with_an_hour_left(moment: datetime) -> datetime:
    """Itself, or an hour earlier where its day ends within the next: a slip is good on one day only."""
    later = moment + timedelta(hours=1)
    same_day = timezone.localdate(later) == timezone.localdate(moment)
    return moment if same_day else moment - timedelta(hours=1)


def on_paper(actor: Actor, step: str, moment: datetime) -> None:
    """Turn the switch, by keyboard, and write the time."""
    form = actor.page.locator(f"form:has(input[value='{step}'])")
    form.get_by_label("补录：已在纸上办过").press("Space")
    form.locator("[name=act-happened]").fill(clock(moment))


def picture() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    return {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def account_for_a_sheet(clerk: Actor) -> None:
    """Print some sheets, and mark one of those printed before as spoiled, by keyboard."""
    page = clerk.page
    clerk.go("/blanks/")
    page.get_by_label("哪种表").first.select_option("repair-order")
    page.get_by_label("几张").fill("2")
    page.get_by_role("button", name="编号并打印").press("Enter")
    page.wait_for_url("**/blanks/batches/**")
    expect(page.locator("main")).to_contain_text("KB-WX-0001")
    clerk.shot("blanks-batch")
    clerk.go("/blanks/")
    page.get_by_role("link", name="KB-FX-0002").press("Enter")
    page.get_by_label("作废（写坏、印坏）").press("Space")
    page.get_by_label("原因").fill("墨水洒了")
    page.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("墨水洒了")
    clerk.shot("blanks-sheet")


def test_what_was_done_by_candlelight_is_entered_with_its_true_times(site: Site):
    office, dark = site.office, with_an_hour_left(timezone.now() - timedelta(hours=2))
    printed(office, 3, at=timezone.now() - timedelta(days=1))
    clerk = site("xiaowang")
    page = clerk.page
    account_for_a_sheet(clerk)
    begin(clerk, "12栋3单元502", "业主张女士", "物品放行条")
    expect(page.locator("[name=act-happened]")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("以内的可以补录，更早的由值班主任")
    fill_goods(clerk, identity())
    page.get_by_label("补录：已在纸上办过").press("Space")
    page.fill("[name=act-happened]", clock(timezone.now() + timedelta(days=1)))
    page.fill("[name=act-sheet]", "kb fx 2")
    page.fill("[name=act-form]", "文件夹 3")
    page.fill("[name=date]", timezone.localdate(dark).isoformat())
    submit(clerk)
    expect(page.locator("main")).to_contain_text("事发时间还没有到")
    clerk.shot("power-cut-refused")
    page.fill("[name=act-happened]", clock(dark))
    submit(clerk)
    expect(page.locator("main")).to_contain_text("空白表 KB-FX-0002 已在")  # spoiled
    page.fill("[name=act-sheet]", "KB-FX-0001")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    expect(page.locator("main")).to_contain_text("空白表 KB-FX-0001")
    case = Case.objects.get()
    assert clock(case.opened_at) == clock(dark)

    on_paper(clerk, "sign", dark + timedelta(minutes=5))
    page.locator("form:has(input[value='sign']) [name=act-signature-paper]").check()
    clerk.act("sign", "signed")
    expect(page.locator("main")).to_contain_text("等：值班主任签字")
    expect(page.get_by_role("link", name="补录同事在纸上办的")).to_have_count(0)  # he filed it

    appoint(estate=office.estate, staff=office.staff("zhao"), post="front_desk", since=today())
    second = site("zhao")
    second.go(f"/cases/{case.pk}/")
    second.page.get_by_role("link", name="补录同事在纸上办的").click()
    form = second.page.locator("form:has(input[value='confirm'])")
    form.locator("[name=act-happened]").fill(clock(dark + timedelta(minutes=20)))
    form.locator("[name=act-signature-paper]").check()
    second.act("confirm", "approved")
    expect(second.page.locator("main")).to_contain_text("须附上有其签名的纸件照片")
    second.shot("power-cut-for-a-colleague")
    form.locator("[name=act-paper]").set_input_files(picture())  # type: ignore[arg-type]
    second.act("confirm", "approved")
    history = second.page.locator(".event", has_text="值班主任签字").first
    expect(history).to_contain_text("老李")
    expect(history).to_contain_text("由赵工录入")
    expect(history.get_by_role("link", name="纸件照片")).to_be_visible()

    director = site("chen", phone=True)
    director.go(f"/cases/{case.pk}/")
    on_paper(director, "seal", dark + timedelta(minutes=25))
    director.act("seal", "sealed")
    clerk.go(f"/cases/{case.pk}/")
    on_paper(clerk, "issue", dark + timedelta(minutes=30))
    clerk.act("issue", "issued")
    clerk.shot("power-cut-history")
    page.get_by_role("link", name="补录同事在纸上办的").click()  # for the guard, who kept the signed stub
    form = page.locator("form:has(input[value='gate'])")
    form.locator("[name=act-happened]").fill(clock(dark + timedelta(minutes=40)))
    form.locator("[name=act-paper]").set_input_files(picture())  # type: ignore[arg-type]
    for row in form.locator("[name=act-tick]").all():
        row.check()
    clerk.shot("power-cut-gate")
    clerk.act("gate", "released")
    assert Case.objects.get().status == "done"
    clerk.go("/registers/goods-release/")
    expect(page.locator("main")).to_contain_text("补录")
    clerk.shot("power-cut-book")
    clerk.go("/blanks/")
    expect(page.locator("main")).to_contain_text(f"#{case.pk} 物品放行条")
    clerk.shot("blanks")

    told = site("laoli")
    told.go("/notices/")
    expect(told.page.locator("main")).to_contain_text("有人替您补录了：值班主任签字")
    assert [str(one) for check in audit.CHECKS.values() for one in check()] == []
    assert not site.complaints


def entered(actor: Actor, case: int, step: str, outcome: str, when: str) -> None:
    """Enter a step that was done on paper at its true time, signed and ticked there."""
    actor.go(f"/cases/{case}/")
    form = actor.page.locator(f"form:has(input[value='{step}'])")
    form.get_by_label("补录：已在纸上办过").press("Space")
    form.locator("[name=act-happened]").fill(when)
    if form.locator("[name='act-signature-paper']").count():
        at_the_screen.on_paper(actor, step)
    at_the_screen.tick_all(actor, step)
    actor.act(step, outcome)


def test_a_stairs_form_written_by_hand_is_entered_from_its_first_line_to_the_last_check(site: Site):
    """P12 on a blank sheet in the morning, entered in the afternoon: every act keeps the hour it had on paper."""
    with days.at(0, 7):
        printed(site.office, 1, "stairs-lift-form")
    with days.at(0, 16):
        clerk, page, morning = site("xiaowang"), site("xiaowang").page, f"{days.day(0)}T"
        begin(clerk, "12-3-502", "业主张女士", "使用楼梯")
        for name, value in (("material", "building"), ("material_route", "fire_stairs")):
            at_the_screen.choose(clerk, name, value)
        page.fill("[name='goods-0-name']", "红砖")
        page.fill("[name='goods-0-count']", "300")
        page.fill("[name=starts_at]", f"{morning}09:00")
        page.fill("[name=ends_at]", f"{morning}11:00")
        page.fill("[name=phone]", "13812345678")
        at_the_screen.pick(clerk, "protection", "bagged")
        page.get_by_label("补录：已在纸上办过").press("Space")
        page.fill("[name=act-happened]", f"{morning}08:00")
        page.fill("[name=act-sheet]", "kb lt 1")
        clerk.shot("power-cut-stairs-form")
        submit(clerk)
        page.wait_for_url("**/cases/**")
        case = Case.objects.get().pk
        entered(clerk, case, "sign", "signed", f"{morning}08:05")
        entered(site("zhao", phone=True), case, "review", "agreed", f"{morning}08:20")
        entered(site("yiqian", phone=True), case, "approve", "approved", f"{morning}08:30")
        entered(clerk, case, "issue_form", "issued", f"{morning}08:35")
        lobby = site("xiaoliu", phone=True)
        entered(lobby, case, "hand_form", "handed_over", f"{morning}08:50")
        lobby.go(f"/cases/{case}/")
        lobby.page.fill("[name=finished_at]", f"{morning}10:40")
        form = lobby.page.locator("form:has(input[value='check'])")
        form.get_by_label("补录：已在纸上办过").press("Space")
        form.locator("[name=act-happened]").fill(f"{morning}10:50")
        at_the_screen.tick_all(lobby, "check")
        lobby.shot("power-cut-stairs-check")
        lobby.act("check", "passed")
        assert Case.objects.get().status == "done"
        clerk.go(f"/cases/{case}/")
        for hour in ("08:00", "08:05", "08:20", "08:30", "08:35", "08:50", "10:50"):
            expect(page.locator("main")).to_contain_text(hour)
        expect(page.locator("main")).to_contain_text("空白表 KB-LT-0001")
        clerk.shot("power-cut-stairs-history")
        clerk.go("/registers/stairs-lift/")
        expect(page.locator("main")).to_contain_text("补录")
        assert [str(one) for check in audit.CHECKS.values() for one in check()] == []
