"""The handbook: made from the file that runs, in whole sentences, for everybody with a post."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import rules
from banli.cases.models import ProcedureVersion
from banli.engine import safeguards
from banli.engine.wording import Wording
from banli.people.models import Holding, Staff
from tests.desk.work import signed_in
from tests.office import Office

PACK = Path(__file__).parents[2] / "packs" / "property"
PROCEDURES = sorted(p.stem for p in PACK.glob("procedures/*.yaml") if "." not in p.stem)


def page(office: Office, name: str, who: str = "zhou", language: str = "zh-hans") -> str:
    client = signed_in(office, who)
    client.cookies["django_language"] = language
    response = client.get(f"/procedures/{name}/")
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """The page as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_contents_list_every_procedure_with_what_it_is_for(office: Office):
    told = signed_in(office, "zhou").get("/procedures/").content.decode()
    for text in ("物品放行条", "家居维修", "凭一张当天有效", "前台受理", "8 步", "12 步"):
        assert text in told, text


@pytest.mark.parametrize("who", ["xiaowang", "laoli", "chen", "zhao", "sun", "zhou", "zheng", "he"])
def test_everybody_with_a_post_may_read_it(office: Office, who: str):
    client = signed_in(office, who)
    assert client.get("/procedures/").status_code == 200
    assert client.get("/procedures/goods-release/").status_code == 200


@pytest.mark.parametrize(
    "name",
    PROCEDURES,
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_question_clock_paper_and_book_of_the_file_is_on_the_page(
    office: Office, name: str, language: str
):
    told = words(page(office, name, language=language)).replace("&#x27;", "'")
    book = rules.every_current()[name]
    procedure, pack = book.procedure, book.pack
    texts = [procedure.title, procedure.purpose, *(clock.title for clock in procedure.clocks.values())]
    texts += [step.title for step in book.flow.steps.values() if step.title]
    texts += [procedure.form[asked].label for step in book.flow.steps.values() for asked in step.asks]
    texts += [copy.title for paper in pack.papers.values() for copy in paper.copies]
    texts += [column.title for one in pack.books.values() for column in one.columns.values()]
    for text in texts:
        assert text is not None and text.say(language) in told, text


def test_safeguards_are_said_in_sentences(office: Office):
    told = page(office, "goods-release")
    for sentence in (
        "没有有效的“主任盖章”，绝不办“交付放行条”",
        "登记这件事的人，不能办“部门主管签字”、“值班主任签字”、“主任盖章”",
        "“值班主任签字”、“主任盖章”不能由同一个人办，有书面代理的除外",
        "撤回由前台、值班主任办，“门岗查验放行”办过以后不能再撤回",
        "须写明原因，全部记入日志",
    ):
        assert sentence in told, sentence
    assert "申请人为租户、家属或装修负责人" in told
    drawn = (Path(__file__).parents[2] / "docs/procedures/property/goods-release.md").read_text()
    for sentence in safeguards.sentences(Wording(rules.every_current()["goods-release"], "zh")):
        assert sentence in told and f"- {sentence}\n" in drawn, sentence


def test_an_outcome_says_where_it_leads(office: Office):
    told = words(page(office, "goods-release"))
    for sentence in ("退回补正 退回“登记物品” 须写明原因", "不同意 结束：未通过", "过期未用 结束：已过期"):
        assert sentence.replace(" ", "") in told.replace(" ", ""), sentence


def test_clocks_have_the_times_this_estate_has_set(office: Office):
    told = page(office, "home-repair")
    assert "从“登记报修”办完起，到“到场”办完为止：“报修时间”后15 分钟内" in told
    assert "提前 5 分钟提醒" in told and "超时告知前台、工程主管" in told
    office.estate.settings = {"repair_arrival": "30m"}
    office.estate.save()
    assert "到“到场”办完为止：“报修时间”后30 分钟内" in page(office, "home-repair")


def test_the_prices_that_are_told_stand_at_their_step(office: Office):
    told = words(page(office, "home-cleaning"))
    assert "告知价格 日常保洁 40 元/人·小时 深度清洁（开荒） 8 元/平方米".replace(" ", "") in told.replace(
        " ", ""
    )


def test_the_chart_stands_in_the_page_without_style_or_script(office: Office):
    told = page(office, "goods-release")
    chart = re.search(r'<div class="chart">(.*?)</div>', told, re.DOTALL)
    assert chart is not None
    assert "<svg" in chart.group(1) and "门岗查验放行" in chart.group(1)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", chart.group(1))


def test_the_page_says_which_version_is_in_force_since_when(office: Office):
    version = ProcedureVersion.objects.get(procedure="goods-release", current=True)
    told = page(office, "goods-release")
    assert version.digest[:12] in told and f'title="{version.digest}"' in told
    assert "启用" in told


def test_a_procedure_nobody_has_is_not_found(office: Office):
    client = signed_in(office, "zhou")
    assert client.get("/procedures/nothing/").status_code == 404
    ProcedureVersion.objects.filter(procedure="goods-release").update(current=False)
    assert client.get("/procedures/goods-release/").status_code == 404


def test_the_contents_take_the_same_queries_however_many_there_are(office: Office):
    client = signed_in(office, "zhou")
    counts = []
    for _ in range(2):
        client.get("/procedures/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/procedures/")
        counts.append(len(queries))
        ProcedureVersion.objects.filter(procedure="goods-release").update(current=False)
    assert counts[0] == counts[1]


def test_who_holds_no_post_is_not_shown_the_office(office: Office):
    former = Staff.objects.create(username="former", name="离职的人", password="!")
    Holding.objects.create(
        staff=former, estate=office.estate, post="gate", since=date(2020, 1, 1), until=date(2021, 1, 1)
    )
    from django.test import Client

    client = Client()
    client.force_login(former)
    assert client.get("/procedures/").status_code == 404
