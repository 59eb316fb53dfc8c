"""A guard's phone in Chromium, in front of a code."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserType, Page

from tests.chromium import executable, looking_at
from tests.office import Office, build, load_packs

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread

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
        browser = browser_type.launch(executable_path=executable(), args=looking_at(tmp_path / "seen.y4m"))
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
