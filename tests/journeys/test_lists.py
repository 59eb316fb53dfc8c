"""The desk's lists in Chromium: an inbox that keeps itself, filters that answer while one types, the books on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.desk.work import do, goods, issued, repair, sent, signed
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def ask_again(page: Page) -> int:
    """What the inbox does every twenty seconds, now. The status it was answered with."""
    with page.expect_response(
        lambda r: "/inbox/" in r.url and r.request.headers.get("hx-target") == "waiting"
    ) as told:
        page.locator("#waiting").dispatch_event("banli:again")
    page.wait_for_timeout(100)
    return told.value.status


def test_the_inbox_shows_what_is_new_and_leaves_the_reader_alone(site: Site):
    office = site.office
    signed(office, "红木沙发")
    supervisor = site("laoli", phone=True)
    page = supervisor.page
    expect(page).to_have_url(re.compile("/inbox/$"))
    row = page.locator(".task")
    expect(row).to_have_count(1)
    row.focus()
    kept = row.get_attribute("id")
    page.locator("#waiting").evaluate("section => section.dataset.mine = 'yes'")

    assert ask_again(page) == 304
    expect(page.locator("#waiting[data-mine=yes]")).to_have_count(1)

    signed(office, "紫檀书桌")
    assert ask_again(page) == 200
    expect(page.locator(".task")).to_have_count(2)
    expect(page.locator(f"#{kept}")).to_be_focused()
    expect(page.locator(".toast-line")).to_contain_text("新到 1 件待办")
    expect(page.locator(".tab[aria-current] .count")).to_have_text("2")
    expect(page).to_have_title(re.compile(r"^\(2\) 待办"))
    expect(page.locator(".item-fresh")).to_contain_text("紫檀书桌")


def test_what_was_done_elsewhere_leaves_the_inbox_and_the_number(site: Site):
    office = site.office
    case = signed(office)
    page = site("laoli").page
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    assert ask_again(page) == 200
    expect(page.locator("#waiting")).to_contain_text("都办完了")
    expect(page.locator(".place[aria-current] .count")).to_have_count(0)
    expect(page).to_have_title(re.compile("^待办"))


def test_one_tap_leads_to_the_step_and_the_signature_back_to_the_inbox(site: Site):
    signed(site.office)
    supervisor = site("laoli", phone=True)
    page = supervisor.page
    page.locator(".task").first.click()
    page.wait_for_url("**/cases/*/?task=confirm&next=inbox")
    supervisor.draw("form:has(input[value='confirm'])")
    supervisor.act("confirm", "approved")
    page.wait_for_url("**/inbox/?done=*")
    expect(page.get_by_role("alert")).to_contain_text("值班主任签字")


def test_where_the_reason_is_missing_its_box_stays_open(site: Site):
    case = signed(site.office)
    supervisor = site("laoli")
    page = supervisor.page
    supervisor.go(f"/cases/{case}/")
    page.locator("details.because summary", has_text="退回补正").click()
    for _ in range(2):
        with supervisor.sending("/acts/"):
            page.locator("details.because button[value=returned]").click()
        expect(page.get_by_text("选“退回补正”时请写明原因。").first).to_be_visible()
        expect(page.locator("[name=act-note-returned]")).to_be_visible()


def test_a_list_answers_while_one_types_and_can_be_kept_by_its_address(site: Site):
    office = site.office
    goods(office, "红木沙发")
    repair(office, "卧室灯不亮")
    page = site("laoli").page
    page.goto(site.url + "/cases/")
    box = page.locator("#id_q")
    box.press_sequentially("没有这个人")
    expect(page.locator("#found")).to_contain_text("没有符合条件的办件")
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile("q="))
    box.fill("")
    expect(page.locator(".task")).to_have_count(2)
    page.locator("#id_procedure").select_option("home-repair")
    expect(page.locator(".task")).to_have_count(1)
    page.reload()
    expect(page.locator(".task")).to_contain_text("卧室灯不亮")
    expect(page.locator("#id_procedure")).to_have_value("home-repair")
    with page.expect_response(lambda r: "since=2026-05-02" in r.url):
        page.locator("#id_since").fill("2026-05-02")
    expect(page.locator(".task")).to_have_count(1)
    page.locator("#id_until").fill("2026-05-01")
    expect(page.locator("#id_until-error")).to_contain_text("止日不能早于起日")


def test_the_book_is_downloaded_and_laid_out_for_paper(site: Site):
    issued(site.office, "红木沙发")
    page = site("chen").page
    page.goto(site.url + "/registers/goods-release/?q=红木")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.startswith("物品放行登记本 翠湖花园")
    page.get_by_role("link", name="打印").click()
    expect(page.locator(".paper-table")).to_contain_text("红木沙发")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".paper-table caption")).to_be_visible()


def test_a_notice_is_read_with_one_tap(site: Site):
    sent(site.office, repair(site.office))
    page = site("zheng", phone=True).page
    page.goto(site.url + "/notices/")
    expect(page.locator(".notice-line")).to_contain_text("派给您了")
    page.get_by_role("button", name="知道了", exact=True).click()
    expect(page.locator("main")).to_contain_text("没有新通知")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_is_read_by_everybody_on_every_screen(site: Site, language: str):
    office = site.office
    case = issued(office, "红木沙发", "实木书桌")
    signed(office, "双门冰箱")
    sent(office, repair(office, "阳台推拉门卡住，推不动也关不上，夜里有风声，请尽快来看"))
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0, 1]})
    pages = {
        "laoli": ["/inbox/", "/cases/", "/registers/", "/registers/goods-release/", "/procedures/"],
        "zheng": ["/notices/", "/inbox/"],
        "sun": ["/inbox/", "/registers/", "/notices/"],
        "chen": ["/registers/goods-release/?view=print", "/procedures/goods-release/", "/cases/?q=nobody"],
    }
    for who, addresses in pages.items():
        actor = site(who, language=language)
        for address in addresses:
            assert actor.go(address).status == 200
            name = re.sub(r"[^a-z]+", "-", address.partition("?")[0]).strip("-")
            actor.shot(
                f"{name}-{language}"
                if who == "laoli" and language == "zh"
                else f"list-{who}-{name}-{language}"
            )
            wide = actor.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (who, address)


TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest("label, .skip, .visually-hidden, details:not([open]) > :not(summary)"))
  .filter((one) => getComputedStyle(one).display !== "inline")
  .map((one) => [one.getBoundingClientRect().height, (one.textContent || one.name).trim().slice(0, 30)])
  .filter(([height]) => height > 0 && height < 44)"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_all_that_is_pressed_fits_a_thumb_and_the_screen(site: Site, language: str):
    case = signed(site.office, "红木沙发")
    actor = site("xiaowang", phone=True, language=language)
    page = actor.page
    for path in ("/", "/inbox/", "/cases/", "/registers/goods-release/", f"/cases/{case}/", "/posts/"):
        actor.go(path)
        page.locator("summary.me").click()
        assert page.evaluate(TOO_SMALL) == [], path
    actor.go(f"/cases/{case}/")
    page.locator("main .masked summary").first.click()
    sheet = page.locator(".masked details[open] .menu-sheet").bounding_box()
    assert sheet is not None and sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= 360
