"""Forms in a real browser: sent twice and done once, nothing typed is lost, a lost connection is no disaster."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

Received = list[tuple[str, str, dict[str, list[str]]]]


def fill(page: Page, address: str, name: str = "李明") -> None:
    page.goto(f"{address}/form/")
    page.get_by_label("姓名").fill(name)


def send(page: Page) -> None:
    page.get_by_role("button", name="提交").click()


def test_a_form_is_sent_with_its_key_and_the_pressed_button(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address)
    key = page.locator("input[name=key]").input_value()
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert page.url == f"{address}/done/"
    assert [(sent[1], sent[2]["outcome"]) for sent in received] == [(key, ["send"])]


def test_without_scripts_a_form_is_sent_with_the_servers_key(
    browser: Browser, address: str, received: Received
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    fill(page, address)
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert re.fullmatch(r"[0-9a-f-]{36}", received[0][1])
    context.close()


def test_a_second_click_sends_nothing(page: Page, address: str, received: Received) -> None:
    fill(page, address)

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/form/", slowly)
    page.evaluate(
        "const b = document.querySelector('.actions .btn'); b.click(); b.click(); setTimeout(() => b.click(), 50)"
    )
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert len(received) == 1


def test_while_it_is_being_sent_the_button_says_so(page: Page, address: str) -> None:
    fill(page, address)
    held: list[Route] = []
    page.route("**/form/", lambda route: held.append(route))
    send(page)
    expect(page.get_by_role("button", name="提交")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("button", name="提交")).to_have_attribute("aria-disabled", "true")
    held[0].continue_()
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()


def test_after_a_lost_connection_the_same_action_is_sent_again(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address)
    key = page.locator("input[name=key]").input_value()
    page.route("**/form/", lambda route: route.abort())
    send(page)
    lost = page.get_by_role("alert").filter(has_text="网络断了")
    expect(lost).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("李明")
    page.unroute("**/form/")
    lost.get_by_role("button", name="重新发送").click()
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert [sent[1] for sent in received] == [key]
    assert received[0][2]["outcome"] == ["send"]


def test_after_a_lost_answer_a_reload_sends_the_same_key(
    page: Page, address: str, received: Received
) -> None:
    """The server did it, the answer got lost, the clerk reloads and sends again: the key is still the first one."""
    fill(page, address)
    key = page.locator("input[name=key]").input_value()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/form/", lose)
    send(page)
    expect(page.get_by_role("alert").filter(has_text="网络断了")).to_be_visible()
    page.unroute("**/form/")
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("李明")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert [sent[1] for sent in received] == [key, key]


def test_a_changed_form_after_an_answer_is_a_new_action(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    page.goto(f"{address}/form/")
    page.get_by_label("姓名").fill("王芳")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert len({sent[1] for sent in received}) == 2


def test_a_refused_form_comes_back_with_its_fault_and_what_was_typed(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address, "wrong")
    send(page)
    expect(page.get_by_text("名字不对")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("没有办成")
    name = page.get_by_label("姓名")
    expect(name).to_have_value("wrong")
    expect(name).to_have_attribute("aria-invalid", "true")
    assert page.url == f"{address}/form/"
    assert page.evaluate("document.activeElement.matches('[data-refusal]')")
    name.fill("李明")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()


def test_after_a_refusal_a_reload_asks_for_the_page_again_not_for_the_noun(
    page: Page, address: str, received: Received
) -> None:
    page.goto(f"{address}/noun-form/?from=desk")
    page.get_by_label("姓名").fill("wrong")
    send(page)
    expect(page.get_by_text("名字不对")).to_be_visible()
    assert page.url == f"{address}/noun-form/?from=desk"
    answer = page.reload()
    assert answer is not None and answer.status == 200
    expect(page.get_by_role("heading", name="填表")).to_be_visible()


def test_a_failure_of_the_server_is_told_and_the_form_stays(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address, "break")
    send(page)
    expect(page.get_by_role("alert").filter(has_text="系统出错了")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("break")
    expect(page.get_by_role("button", name="提交")).not_to_have_attribute("aria-busy", "true")


def test_a_refusal_page_is_told_as_its_sentence(page: Page, address: str, received: Received) -> None:
    fill(page, address, "gone")
    send(page)
    expect(page.get_by_role("alert").filter(has_text="您没有办理这件事的岗位")).to_be_visible()


def test_what_was_typed_survives_a_reload_until_it_was_sent(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address)
    page.get_by_label("马上").check()
    cell = page.get_by_label("name", exact=True)
    cell.first.fill("双人床")
    page.get_by_role("button", name="加一行").click()
    cell.nth(1).fill("衣柜")
    page.reload()
    expect(page.get_by_text("已恢复您上次没有提交的内容。")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("李明")
    expect(page.get_by_label("马上")).to_be_checked()
    expect(cell.nth(1)).to_have_value("衣柜")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    page.goto(f"{address}/form/")
    expect(page.get_by_label("姓名")).to_have_value("")


def test_private_answers_are_not_left_in_the_browser(page: Page, address: str) -> None:
    fill(page, address)
    page.get_by_label("身份证号").fill("11010519491231002X")
    stored = page.evaluate("JSON.stringify(sessionStorage)")
    assert "李明" in stored and "11010519491231002X" not in stored


def test_signing_out_forgets_what_was_typed(page: Page, address: str) -> None:
    fill(page, address)
    page.locator("summary.me").click()
    page.get_by_role("button", name="退出登录").click()
    page.goto(f"{address}/form/")
    expect(page.get_by_label("姓名")).to_have_value("")


def test_starting_over_empties_the_form(page: Page, address: str) -> None:
    fill(page, address)
    page.reload()
    page.get_by_role("button", name="清空重填").click()
    expect(page.get_by_text("已恢复")).to_have_count(0)
    expect(page.get_by_label("姓名")).to_have_value("")


def test_a_wrong_identity_digit_is_told_at_once_and_taken_back(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    number = page.get_by_label("身份证号")
    number.press_sequentially("110105194912310021")
    expect(page.get_by_text("身份证号校验位不对，请逐位核对。")).to_be_visible()
    expect(number).to_have_attribute("aria-invalid", "true")
    number.press("Backspace")
    number.press_sequentially("X")
    expect(page.get_by_text("身份证号校验位不对")).to_have_count(0)
    expect(number).not_to_have_attribute("aria-invalid", "true")


def test_a_wrong_telephone_is_told_when_one_leaves_the_field_and_does_not_stop_the_form(
    page: Page, address: str, received: Received
) -> None:
    fill(page, address)
    page.get_by_label("电话").fill("1381234567")
    page.get_by_label("姓名").click()
    expect(page.get_by_text("电话号码不对")).to_be_visible()
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()


def test_a_date_out_of_bounds_is_told(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    day = page.get_by_label("日期")
    day.fill("2026-06-01")
    day.dispatch_event("change")
    expect(page.get_by_text("不能晚于 2026-05-31。")).to_be_visible()
    day.fill("2026-04-30")
    day.dispatch_event("change")
    expect(page.get_by_text("不能早于 2026-05-01。")).to_be_visible()


def test_faults_are_told_in_the_readers_language(page: Page, address: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    page.goto(f"{address}/form/")
    page.get_by_label("身份证号").fill("123")
    page.get_by_label("姓名").click()
    expect(page.get_by_text("An identity number has 18 characters; this has 3.")).to_be_visible()


def test_a_question_is_asked_only_when_it_matters(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    visit = page.get_by_label("约在")
    expect(visit).to_be_hidden()
    page.get_by_label("预约").check()
    expect(visit).to_be_visible()
    visit.fill("明天下午")
    page.get_by_label("马上").check()
    expect(visit).to_be_hidden()
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert "visit" not in received[0][2]


def test_enter_goes_through_a_table_and_adds_rows(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    rows = page.locator("[data-entry]")
    expect(rows).to_have_count(1)
    page.get_by_label("name", exact=True).first.focus()
    for text in ("双人床", "1", "衣柜", "2"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    page.keyboard.press("Enter")  # to the last cell of a blank row
    page.keyboard.press("Enter")  # which adds no further one
    expect(rows).to_have_count(3)
    rows.nth(0).get_by_role("button", name="删去这一行").click()
    expect(rows.nth(0).locator("[data-number]")).to_have_text("1")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    posted = received[0][2]
    assert (posted["goods-0-name"], posted["goods-0-count"]) == (["衣柜"], ["2"])


def test_cells_of_a_spreadsheet_fill_as_many_rows_as_they_need(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    page.get_by_label("name", exact=True).first.focus()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData('text/plain', '床\\t1\\n柜\\t2\\n桌\\t3\\n');
        document.activeElement.dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    expect(page.locator("[data-entry]")).to_have_count(3)
    expect(page.get_by_label("count", exact=True).nth(2)).to_have_value("3")


def test_a_full_table_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    for _ in range(7):
        page.get_by_role("button", name="加一行").click()
    expect(page.locator("[data-entry]")).to_have_count(6)
    expect(page.get_by_text("最多填写 6 行。")).to_be_visible()


def draw(page: Page, strokes: int = 1) -> None:
    canvas = page.locator("[data-signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for stroke in range(strokes):
        x, y = box["x"] + 40 + 60 * stroke, box["y"] + 40
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 60, steps=8)
        page.mouse.up()


def inked(page: Page) -> int:
    """How many strokes' worth of ink there is: dark pixels on the canvas."""
    return int(
        page.evaluate(
            """() => { const c = document.querySelector('[data-signature] canvas');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 128) n++; return n; }"""
        )
    )


def test_a_drawn_signature_is_sent_as_a_png(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    draw(page)
    expect(page.locator(".sign [data-signed]")).to_have_text("已签名")
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert received[0][2]["sign"][0].startswith("data:image/png;base64,iVBOR")


def test_a_stroke_can_be_undone_and_all_of_them_cleared(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    draw(page, strokes=2)
    two = inked(page)
    page.get_by_role("button", name="撤一笔").click()
    assert 0 < inked(page) < two
    page.get_by_role("button", name="重签").click()
    assert inked(page) == 0
    expect(page.locator("input[name=sign]")).to_have_value("")


def test_a_signature_survives_the_phone_being_turned(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 780, "height": 700})
    page.goto(f"{address}/form/")
    draw(page, strokes=2)
    before = inked(page)
    page.set_viewport_size({"width": 360, "height": 780})
    page.wait_for_timeout(200)
    assert inked(page) > before * 0.2
    expect(page.locator("input[name=sign]")).to_have_value(re.compile("^data:image/png"))


def test_who_cannot_draw_signs_on_paper(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    draw(page)
    page.get_by_label("已在纸上签名，原件存档").check()
    expect(page.locator("[data-signature] canvas")).to_be_hidden()
    send(page)
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert (received[0][2]["sign"], received[0][2]["sign-paper"]) == ([""], ["yes"])


def test_a_large_photograph_is_shown_and_made_smaller(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    photo = io.BytesIO()
    Image.effect_noise((3200, 2400), 120).convert("RGB").save(photo, "JPEG", quality=90)
    large: dict[str, Any] = {"name": "现场.jpeg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    assert len(large["buffer"]) > 1_500_000
    page.locator("input[name=photo]").set_input_files(large)
    expect(page.get_by_text("照片已缩小到")).to_be_visible(timeout=20000)
    expect(page.locator("[data-preview]")).to_be_visible()
    size = page.evaluate("document.querySelector('input[name=photo]').files[0].size")
    assert size < len(large["buffer"])


#: A picture of four quarters, so that what stands under the frame can be told by its corners.
QUARTERS = """async () => { const c = new OffscreenCanvas(1200, 800), g = c.getContext('2d');
  for (const [i, tone] of ['#f00', '#0f0', '#00f', '#ff0'].entries()) {
    g.fillStyle = tone; g.fillRect((i % 2) * 600, Math.floor(i / 2) * 400, 600, 400); }
  const b = await c.convertToBlob({type: 'image/png'}); return Array.from(new Uint8Array(await b.arrayBuffer())); }"""
#: What will be sent: its size, and the share of its pixels that is red.
SENT = """async () => { const f = document.querySelector('input[name=face]').files[0], p = await createImageBitmap(f);
  const c = new OffscreenCanvas(p.width, p.height), g = c.getContext('2d'); g.drawImage(p, 0, 0);
  const d = g.getImageData(0, 0, p.width, p.height).data; let red = 0;
  for (let i = 0; i < d.length; i += 4) red += d[i] > 200 && d[i + 1] < 60;
  return {size: [p.width, p.height], type: f.type, red: red / (d.length / 4)}; }"""


def test_a_portrait_is_cut_to_one_inch_and_moved_by_keyboard_and_mouse(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    content = bytes(page.evaluate(QUARTERS))
    page.locator("input[name=face]").set_input_files(
        {"name": "face.png", "mimeType": "image/png", "buffer": content}
    )
    frame, busy = page.locator("[data-portrait-canvas]"), page.locator("[data-portrait][data-busy]")
    expect(frame).to_be_visible()
    expect(busy).to_have_count(0)
    whole = page.evaluate(SENT)
    assert (whole["size"], whole["type"]) == ([295, 413], "image/jpeg")
    assert 0.2 < whole["red"] < 0.3
    frame.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(busy).to_have_count(0)
    assert page.evaluate(SENT)["red"] > 0.45  # the picture went right: more of its left side is seen
    for _ in range(20):
        page.keyboard.press("+")
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    expect(busy).to_have_count(0)
    assert page.evaluate(SENT)["red"] > 0.95
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] - 400, box["y"] + 100, steps=8)
    page.mouse.up()
    expect(busy).to_have_count(0)
    assert page.evaluate(SENT)["red"] < 0.9


def test_a_picture_the_browser_cannot_read_is_sent_as_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    page.locator("input[name=face]").set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    expect(page.get_by_text("face.jpg")).to_be_visible()
    expect(page.locator("[data-portrait-crop]")).to_be_hidden()
    assert page.evaluate("document.querySelector('input[name=face]').files[0].size") == 10


def test_the_keyboard_reaches_the_search_the_inbox_and_its_own_list(page: Page, address: str) -> None:
    page.goto(f"{address}/gallery/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "?1"
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "?1"
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="键盘快捷键")
    expect(listed).to_contain_text("待办")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="前台")).to_be_visible()


def test_letters_typed_into_a_field_are_letters(page: Page, address: str) -> None:
    page.goto(f"{address}/form/")
    page.get_by_label("姓名").press_sequentially("g i ? /")
    expect(page.get_by_label("姓名")).to_have_value("g i ? /")


def test_control_enter_sends_the_form(page: Page, address: str, received: Received) -> None:
    fill(page, address)
    page.get_by_label("姓名").press("Control+Enter")
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    assert len(received) == 1


@pytest.mark.parametrize("path", ["more/", "form/"])
def test_a_page_can_be_walked_with_the_tab_key(page: Page, address: str, path: str) -> None:
    """Every stop is visible and has its focus shown; the first one skips the navigation."""
    page.goto(f"{address}/{path}")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
            const s = getComputedStyle(e.matches('.option input, .upload-input') ? e.parentElement : e);
            return {at: e.outerHTML.slice(0, 90), body: e === document.body, seen: r.width > 0 && r.height > 0,
                marked: s.outlineStyle !== 'none' || s.boxShadow !== 'none'}; }"""
        )
        if told["body"]:
            break
        assert told["seen"] and told["marked"], told["at"]
