"""A visitor from the lobby to the gate and out again (P16)."""

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.journeys.at_the_screen import begin, submit
from tests.journeys.conftest import Site, tick

pytestmark = pytest.mark.journey


def test_a_visitor_is_confirmed_let_in_and_seen_out(site: Site):
    lobby = site("xiaoliu")
    begin(lobby, "12-3-502", "租户刘先生", "来访登记")
    page = lobby.page
    page.fill("[name=visitor]", "邻居")
    tick(page.locator("[name=how][value=link]"))
    submit(lobby)
    expect(page.locator("#f-how-error")).to_contain_text("链接只发给业主")
    tick(page.locator("[name=how][value=call]"))
    lobby.shot("visitor-form")
    submit(lobby)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(procedure="visitor")
    lobby.act("confirm", "agreed")
    lobby.go(f"/cases/{case.pk}/")
    lobby.act("pass", "issued")
    paper = Paper.objects.get(case=case)

    guard = site("zhou", phone=True)
    for title, seen in (("相符，进门", "已登记进门"), ("相符，离开", "已登记离开")):
        guard.go("/gate/")
        guard.page.fill("#code", paper.number)
        guard.page.get_by_role("button", name="查验", exact=True).click()
        expect(guard.page.locator("main")).to_contain_text("邻居")
        guard.shot("visitor-gate")
        guard.page.get_by_role("button", name=title).click()
        guard.page.wait_for_url("**/passage/")
        expect(guard.page.locator("h1")).to_contain_text(seen)
    guard.shot("visitor-left")
    assert Case.objects.get(pk=case.pk).status == "done"
    lobby.go("/registers/visitors/")
    expect(page.locator("main")).to_contain_text(paper.number)
