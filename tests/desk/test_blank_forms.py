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


def test_what_is_to_be_chosen_stands_there_with_a_box(office: Office):
    told = words(at(office, "xiaowang").get("/procedures/stairs-lift/stairs-lift-form/stub.pdf").content)
    assert "□大件物品" in told
    assert "电梯每趟不超过400公斤" in told  # the estate's own limits are told all the same


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
