"""A director looks at the figures: charts drawn from the tables, another period, the report for paper, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.figures.printed import words_of
from tests.figures.test_figures import lived
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
INK = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, place) => place % 4 === 3 && value > 0);
}"""


def test_a_director_reads_charts_and_tables_and_takes_the_report(site: Site):
    lived(site.office)
    chen = site("chen")
    page = chen.page
    chen.go("/")
    page.locator("nav a[href='/figures/']").first.click()
    page.wait_for_url("**/figures/")
    expect(page.get_by_role("link", name="近三十天")).to_have_attribute("aria-current", "page")
    for chart in ("course", "volumes", "clocks", "steps"):
        canvas = page.locator(f"[data-chart={chart}] canvas")
        expect(canvas).to_be_visible()
        assert canvas.evaluate(INK), f"the chart {chart} is empty"
    expect(page.locator("#volumes table")).to_contain_text("物品放行条")
    page.locator("#course summary").click()
    expect(page.locator("#course table")).to_be_visible()
    page.locator("#course summary").click()
    chen.shot("figures")
    page.get_by_role("link", name="去年").click()
    page.wait_for_url("**/figures/?period=*")
    expect(page.get_by_role("link", name="去年")).to_have_attribute("aria-current", "page")
    expect(page.locator("#opened")).to_have_text("0")
    chen.shot("figures-empty")
    expect(page.get_by_role("link", name="统计报告（PDF）")).to_have_attribute(
        "href", re.compile(r"\?period=20\d\d$")
    )
    page.get_by_label("月份").select_option(index=0)
    page.get_by_role("button", name="看这个月").click()
    page.wait_for_url(re.compile(r"/figures/\?period=20\d\d-\d\d$"))
    expect(page.get_by_role("link", name="月报（PDF）")).to_be_visible()
    paper = page.request.get(page.url.replace("/figures/?", "/figures/report.pdf?"))
    assert paper.headers["content-type"] == "application/pdf" and "物业服务月报" in words_of(paper.body())


def test_the_figures_in_english(site: Site):
    lived(site.office)
    chen = site("chen", language="en")
    chen.go("/figures/")
    expect(chen.page.locator("h1")).to_have_text("Figures")
    chen.shot("figures-en")
