"""Every screen, everybody, every form, with hostile values: no accident, no word of another estate, no script."""

import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from tests.fuzz import house
from tests.fuzz.house import Side
from tests.fuzz.pages import Form, Page
from tests.fuzz.payloads import MARK, Hostile, raw, urlencoded
from tests.operation.test_logs import Lines, lines  # noqa: F401  # the fixture
from tests.test_access_table import addresses

FORMS = int(os.environ.get("BANLI_FUZZ", "200"))
SEED = int(os.environ.get("BANLI_FUZZ_SEED", "1"))
pytestmark = pytest.mark.timeout(420 + FORMS)  # seconds; a long run may take long
#: Addresses without a row in them.
SCREENS = (
    "/", "/start/", "/inbox/", "/cases/", "/notices/", "/registers/", "/registers/goods-release/",
    "/registers/goods-release.xlsx", "/procedures/", "/procedures/home-repair/", "/gate/", "/posts/", "/deputies/",
    "/estates/", "/password/", "/sign-in/", "/sign-out/",
)  # fmt: skip
#: Tested with what they tell: without a worker the house is not ready.
ELSEWHERE = ("healthz", "readyz", "metrics")
#: Controls of forms that other pages have.
NAMES = (
    "key",
    "act-step",
    "act-outcome",
    "act-branch",
    "what",
    "back-to",
    "reason",
    "field",
    "code",
    "ticked",
)
#: What pages read from their query.
QUERY = ("q", "before", "after", "applicant", "task", "done", "next", "person", "view", "procedure")
#: A page is not looked at again before so many others were.
REMEMBERED = 400


class Walker:
    """Somebody of one estate who follows links and fills in forms, whatever they say."""

    def __init__(self, side: Side, other: Side, post: str | None, hostile: Hostile) -> None:
        self.side, self.other, self.post, self.hostile = side, other, post, hostile
        self.random = hostile.random
        self.client = Client(raise_request_exception=False)
        self.known = [*SCREENS, *side.addresses(), *other.addresses()]
        self.seen: Counter[str] = Counter()
        self.sign_in()

    def sign_in(self) -> None:
        if self.post is not None:
            self.client.force_login(self.side.desks[self.post].staff)

    def visit(self, url: str) -> Page | None:
        """Look at an address as it stands."""
        answer = self.client.get(url, headers=self._headers())
        if answer.status_code == 302 and "/sign-in/" in answer["Location"]:
            self.sign_in()
        self.judge("GET", url, answer)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return None
        page = Page(urlsplit(url).path, text_of(answer))
        self.known.extend(sorted(page.links - set(self.known)))
        if len(self.known) > REMEMBERED:
            del self.known[len(SCREENS) + 40 : len(SCREENS) + 140]
        return page

    def step(self) -> None:
        """Go somewhere, and send one of the forms that are there."""
        fewest = min(self.seen[url] for url in self.known)
        url = self.random.choice([u for u in self.known if self.seen[u] == fewest])
        self.seen[url] += 1
        page = self.visit(url)
        if page is not None and page.forms:
            self.send(url, self.random.choice(page.forms))

    def send(self, page: str, form: Form) -> None:
        """Fill it in, send it, and look at what it led to."""
        pairs = self.hostile.filled(form)
        if form.method != "post":
            query = urlencoded(pairs).decode()
            self.visit(f"{urlsplit(form.action).path}?{query}"[:60_000])
            return
        body, kind = self.hostile.body(pairs)
        answer = self.client.generic("POST", form.action, body, content_type=kind, headers=self._headers())
        self.judge("POST", form.action, answer, f"from {page}: {kind}: {body[:600]!r}")
        if answer.status_code == 302 and urlsplit(answer["Location"]).path not in ("/sign-in/", "/sign-out/"):
            assert answer["Location"].startswith("/"), f"{form.action} leads to {answer['Location']}"
            self.visit(answer["Location"])

    def judge(self, method: str, url: str, answer: Any, about: str = "") -> None:
        """What no answer may be."""
        told = f"{self.post} at {self.side.estate.code}: {method} {url[:300]} {about}"
        assert answer.status_code < 500, f"{answer.status_code} {told}"
        text = text_of(answer)
        assert self.other.mark not in text, f"a word of the other estate: {told}"
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith(("text/html", "image/svg")):
            faults = Page(url, text).faults
            assert not faults, f"{faults}: {told}"
        if "spreadsheet" in kind:
            assert "<f>" not in text, f"a formula: {told}"

    def _headers(self) -> dict[str, str]:
        return {"HX-Request": "true"} if self.random.random() < 0.2 else {}


def text_of(answer: Any) -> str:
    """What an answer says; what is packed, unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return str(content.decode("utf-8", "replace"))


@pytest.fixture
def walkers(db: None) -> Iterator[list[Walker]]:
    """Everybody of both estates, and somebody who is not signed in."""
    cache.clear()
    here, there = house.both()
    walkers = []
    for side, other in ((here, there), (there, here)):
        strangers = [str(row) for row in other.rows.values()]
        posts: list[str | None] = [*house.POSTS, None] if side is here else ["front_desk", "director", "gate"]
        hostile = Hostile(Random(SEED), strangers)
        walkers += [Walker(side, other, post, hostile) for post in posts]
    yield walkers
    cache.clear()


def test_no_form_on_any_screen_can_break_leak_or_run(walkers: list[Walker], lines: Lines):  # noqa: F811
    """Somebody at a time; at the end every screen is looked at again, with all that was stored."""
    random, before = Random(SEED), house.stored()
    for number in range(FORMS):
        walker = random.choice(walkers)
        try:
            walker.step()
        except AssertionError as why:
            raise AssertionError(f"after {number} steps of seed {SEED}: {why}") from why
        if number % 500 == 0:
            cache.clear()  # else the limits on signing in would answer everything
    for walker in walkers if FORMS >= 1000 else random.sample(walkers, 3):
        for url in (*SCREENS, *walker.side.addresses()):
            walker.visit(url)
    print(f"{FORMS} steps of seed {SEED}; {house.stored() - before} rows stored")
    assert house.stored() - before > FORMS / 40, (
        "too little was accepted for the looking again to mean anything"
    )
    assert MARK not in lines.text()
    assert "13800571599" not in lines.text()


def test_no_address_breaks_on_hostile_words_and_numbers(walkers: list[Walker]):
    """Every route with odd words where its parts stand, and an odd query, asked for by some."""
    random = Random(SEED)
    for _ in range(1 + FORMS // 1000):
        for route in addresses(get_resolver()):
            if route.startswith("^") or route in ELSEWHERE:
                continue
            walker = random.choice(walkers)
            odd = [quote(raw(walker.hostile.value())[:300], safe="") for _ in range(12)]
            path = "/" + re.sub(r"<\w+:\w+>", lambda _: random.choice(odd), route.replace("(start)", ""))  # noqa: B023
            walker.judge("GET", path, walker.client.get(path))
            screen = random.choice(walker.known)
            asked = f"{screen}?" + "&".join(f"{name}={word}" for name, word in zip(QUERY, odd, strict=False))
            walker.judge("GET", asked, walker.client.get(asked))


def test_every_formless_address_refuses_garbage_sent_to_it(walkers: list[Walker]):
    """POST to every address, with a row of either estate in it and values that no form offered."""
    random = Random(SEED)
    for route in addresses(get_resolver()):
        if route.startswith(("^", "api")) or route in ELSEWHERE:
            continue
        for walker in random.sample(walkers, 1 + FORMS // 1000 if FORMS < 10_000 else len(walkers)):
            rows = random.choice((walker.side, walker.other)).rows
            row = rows.get(
                {"units": "unit", "persons": "person", "cases": "case"}.get(route.split("/")[0], "paper"), 1
            )
            path = "/" + re.sub(r"<row:\w+>", str(row), route.replace("(start)", ""))
            path = re.sub(r"<int:\w+>", "1", re.sub(r"<\w+:\w+>", "goods-release", path))
            body, kind = walker.hostile.body([(name, walker.hostile.value()) for name in NAMES])
            answer = walker.client.generic("POST", path, body, content_type=kind)
            walker.judge("POST", path, answer, f"{kind}: {body[:600]!r}")
            if answer.status_code == 302 and "/sign-in/" in answer["Location"]:
                walker.sign_in()
