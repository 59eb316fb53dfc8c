"""Chromium, and the gallery: every component on one page that only the tests serve."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.chromium import FLAGS, executable
from tests.web import gallery
from tests.web.serving import gallery_settings, serving

# Playwright's loop runs in this thread; Django would take it for an asynchronous view's.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": executable(), "args": FLAGS}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery on a real port."""
    with serving() as found:
        yield found


@pytest.fixture
def shown() -> Iterator[None]:
    """The gallery's settings, for tests without a browser."""
    with gallery_settings():
        yield


@pytest.fixture
def received() -> list[tuple[str, str, dict[str, list[str]]]]:
    """What the gallery's form was sent, in order."""
    gallery.RECEIVED.clear()
    return gallery.RECEIVED


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A Chinese browser. A test fails when the page broke the security policy or a script failed."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        told = (
            "Failed to load resource",
            "htmx:sendError",
            "htmx:responseError",
            "htmx:afterRequest",
            "Response Status",
        )
        if message.type == "error" and not any(text in message.text for text in told):
            faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []
