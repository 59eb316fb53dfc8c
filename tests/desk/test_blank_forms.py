"""Specimens of empty forms: every paper of the house can be had, and nothing on it pretends to be said."""

import io

import pytest
from pypdf import PdfReader

from banli.cases import rules
from banli.cases.models import ProcedureVersion
from banli.desk import blank_forms
from banli.papers.models import Paper
from tests.desk.at_the_desk import at, text
from tests.office import Office


def words(content: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def test_every_paper_a_procedure_issues_can_be_had_empty(office: Office):
    client = at(office, "xiaowang")
    seen = 0
    for version in ProcedureVersion.objects.filter(current=True):
        for name, definition in blank_forms.papers(rules.rulebook(version.pk)).items():
            for copy in definition.copies:
                page = text(client.get(f"/procedures/{version.procedure}/"))
                address = f"/procedures/{version.procedure}/{name}/{copy.id}.pdf"
                assert f'href="{address}"' in page
                told = words(client.get(address).content)
                for said in ("翠湖花园", "样张不能填用"):
                    assert said in told, address
                for never in ("以下空白", "零元整", "0.00", "无需", "第1次打印", "None"):
                    assert never not in told, address
                seen += 1
    assert seen >= 10
    assert not Paper.objects.exists()


def test_every_choice_of_a_form_stands_on_its_paper_with_a_box(office: Office):
    client, seen = at(office, "xiaowang"), set()
    for paper, form in blank_forms.forms().items():
        procedure = form.book.procedure
        addresses = [
            f"/procedures/{procedure.procedure}/{paper}/{one.id}.pdf" for one in form.definition.copies
        ]
        told = "".join(words(client.get(address).content) for address in addresses)
        for name in form.definition.fields():
            question = procedure.form[name]
            if question.type in ("choice", "choices"):
                for answer, said in question.choices().items():
                    if not any(rule.hits(answer, {}) for rule in question.refuses):
                        assert "□" + "".join(said.zh.split()) in told, (paper, name)
                seen |= {name} if question.when else set()
    assert {"level", "level_high", "route", "material_route", "supply", "plan", "department"} <= seen


def empty(office: Office, paper: str) -> str:
    return words(at(office, "xiaowang").get(f"/procedures/{paper}.pdf").content)


def test_what_is_asked_only_sometimes_says_when(office: Office):
    stairs = empty(office, "stairs-lift/stairs-lift-form/stub")
    assert "大件物品的：□楼梯□客梯□消防（货）梯" in stairs
    assert "砖、沙、石料的：□消防（货）梯□消防楼梯" in stairs
    for told in ("走电梯的填", "电梯每趟不超过400公斤", "大件时段每天08:00", "时段周一至周五08:00"):
        assert told in stairs  # the estate's own limits are told all the same, for either
    assert "室内或公共部位、管井的：□三级□二级" in empty(office, "hot-work/hot-work-form/file")
    assert "液化石油气的：□管道□瓶装" in empty(office, "opening/opening-form/file")
    assert "申请人为本处员工的：□客户服务" in empty(office, "goods-release/goods-release-slip/stub")
    assert "大件物品每天08:00" in empty(office, "stairs-lift/carrying-undertaking/lobby")


def test_what_nobody_may_permit_has_no_box(office: Office):
    """Order 110 art. 5: an answer the form refuses is none to be ticked on its permit."""
    told = empty(office, "renovation/renovation-permit/original")
    assert "□厨卫防水层" in told and "阳台改卫生间" not in told


@pytest.mark.parametrize(
    "address",
    [
        "goods-release/goods-release-slip/pink",
        "goods-release/repair-order/stub",
        "nothing/goods-release-slip/stub",
    ],
)
def test_there_is_no_empty_form_of_what_there_is_not(office: Office, address: str):
    assert at(office, "xiaowang").get(f"/procedures/{address}.pdf").status_code == 404
