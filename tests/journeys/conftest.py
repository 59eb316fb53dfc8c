"""Journeys: real Chromium, every actor in a session of their own, against the running site."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.chromium import FLAGS, executable, looking_at
from tests.office import Office, build, load_packs

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test
PASSWORD = "cuihu-journeys-2026"
SHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SENDING = """() => {
  window.sending = true;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb === "post") window.sending = false;
  });
}"""
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def play(playwright: Playwright) -> Playwright:
    """The one Playwright of the process: a second one cannot run in its loop."""
    return playwright


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
    yield browser
    browser.close()


def tick(box: Locator) -> None:
    """Tick a box, or choose one of several, by the keyboard: wherever on the page it is, and whatever lies over it."""
    if not box.is_checked():
        box.press("Space")
    expect(box).to_be_checked()


def stroke(page: Page, pad: Locator) -> None:
    """Draw a signature on a pad."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    left, top, height = box["x"] + 20, box["y"], box["height"]
    page.mouse.move(left, top + height * 0.6)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(left + step * 12, top + height * (0.3 if step % 2 else 0.7), steps=2)
    page.mouse.up()


class Actor:
    """One person at their own screen. Complaints of the page (errors, refused scripts) fail the journey."""

    def __init__(self, site: "Site", who: str, context: BrowserContext, language: str) -> None:
        self.site, self.who, self.context = site, who, context
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: site.complaints.append(f"{who}: {error}"))
        self.page.on("console", self._listen)
        self._sign_in(language)

    def _listen(self, message: Any) -> None:
        # A refusal is answered with 4xx, which the console reports; that is the journey's business, not a complaint.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.site.complaints.append(f"{self.who}: {message.text}")

    def _sign_in(self, language: str) -> None:
        self.go("/sign-in/")
        self.page.fill("[name=login]", self.who)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main [type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        if language == "en":
            self.page.context.add_cookies(
                [{"name": "django_language", "value": "en", "url": self.site.url}],
            )

    def go(self, path: str) -> Any:
        return self.page.goto(self.site.url + path)

    def draw(self, form: str) -> None:
        """Draw a signature on the form's pad."""
        self.page.wait_for_load_state("networkidle")  # what draws comes by itself
        stroke(self.page, self.page.locator(f"{form} canvas").first)

    def act(self, step: str, outcome: str) -> None:
        """Press a step's button by the keyboard, as what was ticked above may still move it; wait for the answer."""
        button = self.page.locator(
            f"form:has(input[value='{step}']) button[name='act-outcome'][value='{outcome}']"
        )
        with self.sending("/acts/"):
            button.press("Enter")

    @contextmanager
    def sending(self, path: str) -> Iterator[None]:
        """Press what sends a form there; go on when its answer stands on the screen.

        An answer is a page of its own, maybe at the address it was sent from, or is put into this one. The network
        is idle for a moment before either, so idleness alone would let the journey race the page.
        """
        self.page.evaluate(SENDING)
        with self.page.expect_response(lambda r: r.request.method == "POST" and path in r.url):
            yield
        self.page.wait_for_function("() => !window.sending")
        self.page.wait_for_load_state("networkidle")

    def shot(self, name: str) -> None:
        """A screenshot for the docs, at 1440 and 360 pixels; both are judged by axe."""
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.wait_for_timeout(150)
            self.site.judge(self.page, name)
            if os.environ.get("BANLI_SHOTS"):
                SHOTS.mkdir(parents=True, exist_ok=True)
                self.page.screenshot(
                    path=SHOTS / f"{name}-{size['width']}.png", full_page=True, caret="initial"
                )
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


class Site:
    """The running site with its office and whoever has sat down at a screen."""

    def __init__(self, url: str, office: Office, browser: Browser) -> None:
        self.url, self.office, self.browser = url, office, browser
        self.actors: dict[str, Actor] = {}
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def __call__(
        self, who: str, *, phone: bool = False, browser: Browser | None = None, language: str = "zh"
    ) -> Actor:
        if who not in self.actors:
            context = (browser or self.browser).new_context(
                viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
                locale="zh-CN" if language == "zh" else "en-GB",
                timezone_id="Asia/Shanghai",
                permissions=["camera"],
            )
            self._contexts.append(context)
            self.actors[who] = Actor(self, who, context, language)
        return self.actors[who]

    def judge(self, page: Page, name: str) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"

    def leave(self) -> None:
        """Everybody goes home: whoever comes again signs in anew."""
        self.close()
        self.actors.clear()

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()


@pytest.fixture
def site(live_server: Any, transactional_db: None, chromium: Browser) -> Iterator[Site]:
    cache.clear()  # who signed in on a day to come, in another journey, would count as just now
    load_packs()
    office = build()
    for desk in office.desks.values():
        desk.staff.set_password(PASSWORD)
        desk.staff.save(update_fields=["password"])
    running = Site(live_server.url, office, chromium)
    yield running
    running.close()
    assert running.complaints == []


@pytest.fixture
def camera(play: Playwright, tmp_path: Path) -> Iterator[Callable[[str], Browser]]:
    """A browser whose camera looks at a code."""
    opened: list[Browser] = []

    def held(text: str) -> Browser:
        film = tmp_path / f"camera-{len(opened)}.mjpeg"
        film.write_bytes(_film(text))
        opened.append(play.chromium.launch(executable_path=executable(), args=looking_at(film)))
        return opened[-1]

    yield held
    for browser in opened:
        browser.close()


def _film(text: str) -> bytes:
    """Two seconds of a code held before a camera."""
    import io

    import segno
    from PIL import Image

    code = io.BytesIO()
    segno.make(text, error="m").save(code, kind="png", scale=6, border=4)
    picture = Image.new("RGB", (640, 480), "#cfd6d2")
    sheet = Image.open(code).convert("RGB")
    picture.paste(sheet, ((640 - sheet.width) // 2, (480 - sheet.height) // 2))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=92)
    return frame.getvalue() * 30
