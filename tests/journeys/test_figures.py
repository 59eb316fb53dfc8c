"""A director looks at the figures: charts drawn from the tables, another period, the report for paper, on a phone."""

import pytest
from playwright.sync_api import expect

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
    for chart in ("course", "volumes", "clocks"):
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
    expect(page.locator("#opened")).to_have_text("0")
    chen.shot("figures-empty")
    chen.go("/figures/?view=print")
    expect(page.get_by_text("主任签名")).to_be_visible()
    chen.shot("figures-print")


def test_the_figures_in_english(site: Site):
    lived(site.office)
    chen = site("chen", language="en")
    chen.go("/figures/")
    expect(chen.page.locator("h1")).to_have_text("Figures")
    chen.shot("figures-en")
