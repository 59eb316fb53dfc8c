"""What is begun of the estate itself: no home is looked up, nobody applies (P15, P17)."""

import pytest
from django.utils import timezone

from banli.cases import audit
from banli.cases.models import Case
from banli.registers.models import RegisterRow
from tests.cases.complaints import local
from tests.desk.at_the_desk import TELEPHONE, at, key, occupancy, text
from tests.office import Office


def now() -> str:
    return local(timezone.now())


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


def test_begun_from_a_home_it_knows_the_home_and_who_asks(office: Office) -> None:
    client, address = at(office, "xiaowang"), f"/units/{office.unit.pk}/open/call/"
    assert "/open/call/" in text(client.get(f"/units/{office.unit.pk}/"))
    who = occupancy(office, office.tenant)
    assert f'value="{office.tenant.name}"' in text(client.get(address, {"applicant": who}))
    said = {"caller": office.tenant.name, "said": "厨房龙头漏水", "at": now(), "leads_to": "repair"}
    answer = client.post(address, {"key": key(), "act-applicant": who, "phone": TELEPHONE, **said})
    call = Case.objects.get(procedure="call")
    assert answer.status_code == 302 and (call.unit, call.applicant, call.status) == (
        office.unit, office.tenant, "done",
    )  # fmt: skip
    repair = Case.objects.get(procedure="home-repair")
    assert (repair.parent, repair.unit, repair.applicant, repair.status) == (
        call, office.unit, office.tenant, "open",
    )  # fmt: skip
    page = text(client.get(f"/cases/{repair.pk}/"))
    assert "厨房龙头漏水" in page and TELEPHONE not in page, "what was said is filled in, the number masked"
    row = RegisterRow.objects.get(book="calls").cells
    assert row["said"] == "厨房龙头漏水" and row["unit"] == "12-3-502" and row["leads_to"]["zh"] == "家居维修"
    assert TELEPHONE not in str(row)
    assert list(audit.cases()) == []


def test_a_caller_of_no_home_is_entered_and_sent_to_find_the_home_for_more(office: Office) -> None:
    client = at(office, "xiaowang")
    said = {"caller": "过路的人", "said": "西门道闸坏了", "at": now(), "phone": ""}
    assert client.post("/open/call/", {"key": key(), **said, "leads_to": "complaint"}).status_code == 422
    assert not Case.objects.exists()
    assert client.post("/open/call/", {"key": key(), **said, "leads_to": "order"}).status_code == 302
    order = Case.objects.get(procedure="work-order")
    assert order.parent == Case.objects.get(procedure="call") and order.unit is None
    assert order.form["source"] == "repair" and order.form["reported_by"] == "过路的人"


def test_pressed_twice_a_call_is_one_entry_and_one_case(office: Office) -> None:
    client, once = at(office, "xiaowang"), key()
    said = {"caller": "过路的人", "said": "西门道闸坏了", "at": now(), "phone": "", "leads_to": "order"}
    for _ in range(2):
        assert client.post("/open/call/", {"key": once, **said}).status_code == 302
    assert (
        Case.objects.filter(procedure="call").count()
        == Case.objects.filter(procedure="work-order").count()
        == 1
    )
