"""门岗老周's phone in Chromium: the camera sees a code, the goods are ticked off, the second scan is stopped."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserType, Page, expect

from banli.papers.models import Paper
from tests.gate.conftest import at_the_gate
from tests.office import Office, build, load_packs

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 360, "height": 740}
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def film(code: str, path: Path) -> None:
    """What the camera sees: the code in the middle of a grey picture (YUV4MPEG2, one frame)."""
    width, height, module = 640, 480, 6
    rows = [bytes(row) for row in segno.make(code, error="m", micro=False).matrix]
    left, top = (width - module * len(rows)) // 2, (height - module * len(rows)) // 2
    luma = bytearray(b"\xdc" * (width * height))
    for y, row in enumerate(rows):
        line = b"".join((b"\x10" if dark else b"\xeb") * module for dark in row)
        for step in range(module):
            start = (top + y * module + step) * width + left
            luma[start : start + len(line)] = line
    path.write_bytes(
        f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
        + bytes(luma) + b"\x80" * (width * height // 2)
    )  # fmt: skip


@pytest.fixture
def yard() -> Office:
    """The office in committed rows, so that the browser's server sees it."""
    load_packs()
    return build()


@pytest.fixture
def phone(
    yard: Office, browser_type: BrowserType, live_server: Any, client: Any, tmp_path: Path
) -> Iterator[Any]:
    """Opens the guard's phone in front of a code; a test fails when a script failed or the policy was broken."""
    faults: list[str] = []
    browsers = []

    def hold(code: str) -> Page:
        film(code, tmp_path / "seen.y4m")
        browser = browser_type.launch(
            executable_path=os.environ.get("BANLI_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                  f"--use-file-for-fake-video-capture={tmp_path / 'seen.y4m'}"],
        )  # fmt: skip
        browsers.append(browser)
        client.force_login(yard.staff("zhou"))
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE, has_touch=True
        )
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{live_server.url}/gate/")
        return page

    yield hold
    for browser in browsers:
        browser.close()
    assert faults == []


def unhindered(page: Page) -> None:
    """Nothing that axe would object to, and nothing wider than the phone."""
    found = Axe().run(page, options=AXE).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_camera_reads_the_slip_and_the_goods_leave_once(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = phone(f"HTTPS://BANLI.EXAMPLE/G/{slip.token}")
    unhindered(page)
    page.get_by_role("button", name="扫码查验").click()
    page.wait_for_url(f"**/gate/passes/{slip.pk}/")
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
    unhindered(page)
    release = page.get_by_role("button", name="放行", exact=True)
    expect(release).to_be_disabled()
    expect(page.get_by_text("还有 2 项没有核对")).to_be_visible()
    for item in page.get_by_role("checkbox").all():
        item.check()
    expect(page.get_by_text("全部相符", exact=True)).to_be_visible()
    release.click()
    expect(page.get_by_role("heading", name="已放行")).to_be_visible()
    unhindered(page)
    assert Paper.objects.get(pk=slip.pk).state == "used"
    page.get_by_role("link", name="查下一张").click()
    page.get_by_role("button", name="扫码查验").click()
    expect(page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(page.get_by_text("门岗老周 放行，不能再用")).to_be_visible()
    unhindered(page)


def test_a_photograph_of_the_slip_does_as_well_and_a_mismatch_voids_it(
    yard: Office, phone: Any, tmp_path: Path
) -> None:
    slip = at_the_gate(yard)
    page = phone("")
    segno.make(slip.token, error="m", micro=False).save(str(tmp_path / "slip.png"), scale=9, border=12)
    page.locator("[data-scan-file]").set_input_files(tmp_path / "slip.png")
    page.wait_for_url(f"**/gate/passes/{slip.pk}/")
    page.get_by_role("button", name="不符，不放行").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("另开新条")
    unhindered(page)
    dialog.get_by_label("哪里不符").fill("多出一台电视")
    dialog.get_by_role("button", name="作废，不放行").click()
    expect(page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(page.get_by_text("多出一台电视")).to_be_visible()
    assert Paper.objects.get(pk=slip.pk).state == "void"


def test_a_photograph_without_a_code_says_so(yard: Office, phone: Any, tmp_path: Path) -> None:
    page = phone("")
    (tmp_path / "blank.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>")
    page.locator("[data-scan-file]").set_input_files(tmp_path / "blank.svg")
    expect(page.get_by_text("照片里没有找到二维码")).to_be_visible()


def test_the_number_can_be_typed(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = phone("")
    page.get_by_label("或输入编号、来访人姓名、车牌").fill(slip.number.lower())
    page.get_by_role("button", name="查验", exact=True).click()
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
