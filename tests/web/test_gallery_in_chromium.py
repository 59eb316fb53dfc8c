"""What the components look like and do in a real browser, under the strict content security policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

SIZES = [(360, 780), (1440, 900)]
PAGES = ["gallery/", "form/", "more/", "?nobody=1", "nowhere/"]
#: axe's rules for WCAG 2.2 A and AA, and its best practices.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_component_is_accessible_on_a_phone_and_at_a_desk(
    page: Page, address: str, path: str, language: str
) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}/{path}")
        found = Axe().run(page, options=RULES)
        told = [
            (violation["id"], [node["html"][:160] for node in violation["nodes"]])
            for violation in found.response["violations"]
        ]
        assert told == [], (path, width, language)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{address}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_language_of_the_page_is_told(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    page.goto(f"{address}/gallery/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="To do", exact=False).first).to_be_visible()


def test_the_navigation_shows_where_one_is_and_only_what_the_posts_see(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    places = page.get_by_role("navigation", name="主导航")
    expect(places.locator("[aria-current=page]")).to_have_text(re.compile("待办"))
    expect(places.get_by_role("link", name="登记本")).to_be_visible()
    expect(places.get_by_role("link", name="门岗")).to_have_count(0)


def test_a_phone_has_its_navigation_at_the_thumb(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{address}/gallery/")
    tabs = page.get_by_role("navigation", name="底部导航")
    expect(tabs.get_by_role("link")).to_have_count(4)
    tabs.get_by_text("更多").click()
    expect(tabs.get_by_role("link", name="流程")).to_be_visible()
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()


def test_the_menu_names_the_person_their_posts_and_whom_they_stand_in_for(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    page.locator("summary.me").click()
    menu = page.locator(".menu[open]")
    expect(menu).to_contain_text("前台")
    expect(menu).to_contain_text("主任 代 陈主任")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def test_signing_out_is_a_post(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    page.locator("summary.me").click()
    with page.expect_request("**/sign-out/") as sent:
        page.get_by_role("button", name="退出登录").click()
    assert sent.value.method == "POST"


def test_a_clock_goes_on_counting_and_turns_red(page: Page, address: str) -> None:
    page.clock.install()
    page.goto(f"{address}/gallery/")
    clock = page.locator(".split .clock-lg").nth(1)
    expect(clock.locator("[data-left]")).to_have_text("还有 12 分")
    page.clock.fast_forward("03:00")
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"还有 9 分"))
    page.clock.fast_forward("11:00")
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"超时 1 分"))
    expect(clock).to_have_class(re.compile("clock-red"))


def test_a_clock_goes_by_the_servers_time(page: Page, address: str) -> None:
    """A counter's machine whose clock is two hours slow shows the same time left."""
    page.add_init_script("const now = Date.now; Date.now = () => now() - 7200000;")
    page.goto(f"{address}/gallery/")
    page.wait_for_timeout(1200)
    expect(page.locator(".split .clock-lg [data-left]").nth(1)).to_have_text("还有 12 分")


def test_without_scripts_a_clock_still_tells_the_time(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/gallery/")
    assert page.locator(".split .clock-lg [data-left]").nth(1).inner_text() == "还有 12 分"
    assert page.locator(".js-only:visible").count() == 0
    context.close()


def test_more_rows_are_fetched_until_there_are_none(page: Page, address: str) -> None:
    page.goto(f"{address}/more/")
    expect(page.locator("#rows tr[data-pager]")).to_have_count(1)
    page.get_by_role("link", name="更多").click()
    expect(page.locator("#rows td a[data-row]")).to_have_count(6)
    expect(page.get_by_role("link", name="更多")).to_have_count(0)
    assert page.url.endswith("/more/")


def test_a_masked_number_is_shown_when_asked_for(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    page.get_by_role("button", name="显示完整的电话（会记录）").click()
    expect(page.get_by_text("13812345678")).to_be_visible()
    expect(page.get_by_text("已记录本次查看")).to_be_visible()


def test_a_confirmation_opens_over_the_page_and_closes(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    page.get_by_role("button", name="撤回").first.click()
    dialog = page.get_by_role("dialog", name="撤回这件事？")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_error_page_says_what_to_do(page: Page, address: str) -> None:
    answer = page.goto(f"{address}/nowhere/")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    expect(page.locator("[data-sentence]")).to_contain_text("再找一次")
