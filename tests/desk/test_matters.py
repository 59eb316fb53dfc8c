"""What is begun of the estate itself: no home is looked up, nobody applies (P17)."""

import pytest

from banli.cases.models import Case
from tests.desk.at_the_desk import at, key, text
from tests.office import Office

ORDER = {
    "source": "own", "where": "plant", "place": "地下一层水泵房", "problem": "换盘根", "trade": "water",
    "urgency": "ordinary",
}  # fmt: skip


def test_the_counter_offers_whoever_may_begin_it(office: Office) -> None:
    assert "/open/work-order/" in text(at(office, "xiaowang").get("/"))
    assert "/open/work-order/" in text(at(office, "zhao").get("/"))
    assert "/open/work-order/" not in text(at(office, "zheng").get("/"))


def test_the_form_asks_for_no_home_and_opens_the_case(office: Office) -> None:
    client = at(office, "xiaowang")
    page = text(client.get("/open/work-order/"))
    assert 'name="problem"' in page and "谁来申请" not in page
    answer = client.post("/open/work-order/", {"key": key(), **ORDER})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.procedure, case.unit, case.applicant, case.applicant_role) == (
        "work-order", None, None, "staff",
    )  # fmt: skip
    assert text(client.get(f"/cases/{case.pk}/")).count("工程单") > 1
    for page in ("/", "/cases/", "/inbox/", "/registers/", f"/?q={case.pk}"):
        assert client.get(page).status_code in (200, 302)


def test_what_is_missing_is_marked_and_nothing_begins(office: Office) -> None:
    answer = at(office, "xiaowang").post("/open/work-order/", {"key": key(), **ORDER, "place": ""})
    assert answer.status_code == 422
    assert "请填写" in text(answer) and not Case.objects.exists()


@pytest.mark.parametrize(
    ("address", "status"), [("/open/goods-release/", 404), ("/open/no-such-thing/", 404)]
)
def test_a_matter_of_a_home_is_not_begun_without_one(office: Office, address: str, status: int) -> None:
    assert at(office, "xiaowang").get(address).status_code == status


def test_a_matter_of_the_estate_is_not_begun_at_a_home(office: Office) -> None:
    assert at(office, "xiaowang").get(f"/units/{office.unit.pk}/open/work-order/").status_code == 404
