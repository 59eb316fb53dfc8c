"""The director puts in the estate's own seal: on paper from the next minute on, never on what was sealed before."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import audit
from banli.papers.models import Paper
from tests.cases.seals import scan, transparent
from tests.cases.test_actions import issued
from tests.cases.test_seal_pictures import colours
from tests.journeys.conftest import Actor, Site

pytestmark = pytest.mark.journey


def put_in(director: Actor, name: str, content: bytes, reason: str) -> None:
    """Choose a picture, say why, press; back on the page it stands there."""
    page = director.page
    page.set_input_files("[name=picture]", {"name": name, "mimeType": "image/png", "buffer": content})
    page.fill("[name=reason]", reason)
    with director.sending("/seals/"):
        page.get_by_role("button", name="换成这张").click()
    expect(page.locator("tbody")).to_contain_text(reason)


def slip(site: Site) -> Paper:
    """A goods pass that was sealed a moment ago."""
    return Paper.objects.get(case_id=issued(site.office))


def blue(clerk: Actor, paper: Paper) -> bool:
    """Whether the slip that the clerk prints now bears the blue seal."""
    page = clerk.page
    clerk.go(f"/papers/{paper.pk}/")
    before = paper.printings.count()
    with page.expect_popup():
        page.locator("form:has([value=original]) button").click()
    for _ in range(200):
        if paper.printings.count() > before:
            break
        page.wait_for_timeout(50)
    answer = page.request.get(f"{clerk.site.url}/papers/{paper.pk}/original.pdf")
    assert answer.ok and answer.headers["content-type"] == "application/pdf"
    return "blue" in colours(answer.body())


def test_a_seals_picture_is_put_in_printed_replaced_and_kept_on_what_bears_it(site: Site):
    drawn = slip(site)
    director, clerk = site("chen"), site("xiaowang")
    director.go("/forms/")
    director.page.get_by_role("link", name=re.compile("图样")).first.click()
    director.page.wait_for_url("**/forms/seals/director/")
    expect(director.page.locator("main")).to_contain_text("系统画的")
    director.page.set_input_files(
        "[name=picture]", {"name": "章.png", "mimeType": "image/png", "buffer": b"GIF89a"}
    )
    director.page.fill("[name=reason]", "电子章")
    director.page.get_by_role("button", name="换成这张").click()
    expect(director.page.locator("#f-picture-error")).not_to_be_empty()
    put_in(director, "章.png", transparent(), "电子章备案")
    director.shot("seal")

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        own = slip(site)
        assert [blue(clerk, paper) for paper in (drawn, own)] == [False, True]
        director.go("/forms/seals/director/")
        put_in(director, "新章.png", scan(kind="PNG"), "换了新刻的章")
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        newest = slip(site)
        assert [blue(clerk, paper) for paper in (drawn, own, newest)] == [False, True, False]
        assert list(audit.cases()) == []
