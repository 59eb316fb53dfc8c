"""The month's report on paper: every table of the page, its charts from the same numbers, A4, pages numbered."""

from datetime import date, datetime, timedelta

import pypdfium2
import pytest
from django.utils import timezone

from banli.cases import packs
from banli.figures import monthly, period
from banli.figures.report import report
from banli.papers import reports
from banli.papers.reports import Chart, Part, Report, Series, Table
from tests.cases.complaints import complain
from tests.cashier.conftest import Till, till_pack
from tests.desk.work import signed_in
from tests.figures.printed import pages_of, words_of
from tests.figures.test_figures import chosen, lived
from tests.office import Office

MADE = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.get_default_timezone())
A4 = (595, 842)  # points


def test_the_paper_has_every_part_on_numbered_pages_of_a4(office: Office) -> None:
    lived(office)
    complain(office)
    asked = chosen(office)
    answer = signed_in(office, "laoli").get(f"/figures/report.pdf?{asked.query}")
    assert answer["Content-Type"] == "application/pdf" and "inline" in answer["Content-Disposition"]
    pages = pages_of(answer.content)
    for number, page in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in page and "老李" in page
    told = words_of(answer.content)
    for part in (
        "概要",
        "办件量",
        "新立和结束",
        "时限",
        "各步用时",
        "回访与满意",
        "许可已发、后面的检查逾时未办",
    ):
        assert part in told, part
    assert "还没有过完" in told, "the period is not over"
    with pypdfium2.PdfDocument(answer.content) as document:
        assert {tuple(round(side) for side in page.get_size()) for page in document} == {A4}


def test_money_is_on_the_paper_of_those_who_see_it_and_a_difference_is_said(office: Office) -> None:
    packs.keep(till_pack())
    till = Till(office)
    till.open()
    till.pay(till.case())
    address = f"/figures/report.pdf?{chosen(till.office).query}"
    told = words_of(signed_in(till.office, "chen").get(address).content)
    assert "代管押金与班次" in told and "200.00" in told and "没有交班签名的 1" in told
    assert "不相等" not in told
    assert "代管押金" not in words_of(signed_in(till.office, "laoma").get(address).content)


def test_the_charts_draw_the_tables_numbers(office: Office) -> None:
    lived(office)
    told = report(office.estate.pk, chosen(office), timezone.now(), money=False)
    drawn = monthly.charts(told)
    most = drawn["steps"]
    slowest = {f"{one.subject} · {one.procedure}": one.figure for one in told.steps}
    assert most["names"] and len(most["names"]) <= 12
    for place, name in enumerate(most["names"]):
        values = [series["values"][place] for series in most["series"]]
        assert values == [round(slowest[name].median / 3600, 1), round(slowest[name].p90 / 3600, 1)]


def test_the_paper_is_in_the_readers_language(office: Office) -> None:
    lived(office)
    client = signed_in(office, "chen")
    client.cookies["django_language"] = "en"
    told = words_of(client.get("/figures/report.pdf").content)
    assert "Property management, report of figures" in told and "Goods release pass" in told
    empty = words_of(client.get("/figures/report.pdf?period=2001-05").content)
    assert "Property management, monthly report" in empty
    assert "月报" not in told and "办件量" not in told


def test_a_month_without_anything_is_a_paper_too(office: Office) -> None:
    told = words_of(signed_in(office, "chen").get("/figures/report.pdf?period=2001").content)
    for words in ("这段时间没有办件", "这段时间没有到头的时限", "这段时间没有回访", "没有发了证、该查没查的"):
        assert words in told
    follow_ups = words_of(signed_in(office, "chen").get("/figures/follow-ups/report.pdf?period=2001").content)
    assert "回访总结报告" in follow_ups and "按回访人" not in follow_ups


@pytest.mark.parametrize("names", [1, 31, 92])
def test_what_is_printed_is_text_whatever_is_in_it_and_the_same_twice(names: int) -> None:
    days = [f"{date(2026, 1, 1) + timedelta(days=n):%m-%d}" for n in range(names)]
    told = Report(
        title="#panic(1) *月报*", estate="翠湖“花园”\\$", days="2026-01", made="老李",
        parts=[
            Part("柱", chart=Chart("columns", days, [Series("a", list(range(names))), Series("b", [0] * names)])),
            Part("条", chart=Chart("bars", days, [Series("a", [0.3] * names)], stacked=True, unit="h")),
            Part("表", table=Table(["名", "数"], [False, True], [["#x", "1"], ["\U0002a6a5", "—"]], ["计", "1"])),
        ],
        signs=("签",),
    )  # fmt: skip
    made = reports.render(told, MADE)
    assert made == reports.render(told, MADE)
    words = words_of(made)
    for part in ("#panic(1) *月报*", "翠湖“花园”\\$", "#x", "〔U+2A6A5〕", "0.3h"):
        assert part in words, part


def test_the_months_to_choose_from_go_back_over_the_new_year() -> None:
    names = [one.name for one in period.months(date(2027, 1, 15))]
    assert names[:2] == ["2027-01", "2026-12"] and names[-1] == "2026-01" and len(names) == 13
