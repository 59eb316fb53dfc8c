"""What is begun of the estate itself: no home is looked up, nobody applies (P15, P17)."""

import pytest
from django.utils import timezone

from banli.cases import actions, audit
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.estate.models import Occupancy
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.complaints import local
from tests.cases.test_actions import do, goods
from tests.desk.at_the_desk import TELEPHONE, at, key, occupancy, text
from tests.office import Office, identity, today


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


@pytest.mark.parametrize(("address", "status"), [("/open/home-repair/", 404), ("/open/no-such-thing/", 404)])
def test_a_matter_of_a_home_is_not_begun_without_one(office: Office, address: str, status: int) -> None:
    assert at(office, "xiaowang").get(address).status_code == status


def ours() -> dict[str, str]:
    return {
        "colleague": "维修工老郑", "department": "engineering_supervisor", "carrier": "货运刘师傅",
        "carrier_id": identity(), "date": today().isoformat(), "goods-0-name": "增压水泵", "goods-0-count": "1",
    }  # fmt: skip


def test_things_of_the_office_leave_on_its_departments_word_and_on_no_homes(office: Office) -> None:
    """P1: the staff who carry something out; from the counter, without a home, up to the slip and its row."""
    client = at(office, "xiaowang")
    assert "/open/goods-release/" in text(client.get("/"))
    page = text(client.get("/open/goods-release/"))
    assert 'name="colleague"' in page and "谁来申请" not in page
    answer = client.post("/open/goods-release/", {"key": key(), **ours()})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.unit, case.applicant, case.applicant_role) == (None, None, "staff")
    do(office, "xiaowang", case.pk, "colleague_signs", "signed", signature="paper")
    do(office, "xiaowang", case.pk, "head", "dispatched", extra={"assignee": office.staff("zhao").pk})
    do(office, "zhao", case.pk, "head_signs", "agreed", signature="paper")
    do(office, "laoli", case.pk, "confirm", "approved", signature="paper")
    do(office, "chen", case.pk, "seal", "sealed")
    do(office, "xiaowang", case.pk, "issue", "issued")
    paper = Paper.objects.get()
    assert paper.snapshot["step.colleague_signs.by"] == "维修工老郑"
    assert paper.snapshot["step.head_signs.by"] == "赵工" and paper.snapshot["form.department"] == "工程"
    cells = RegisterRow.objects.get(book="goods-release").cells
    assert (cells["applicant"], cells["head"], cells["unit"]) == ("维修工老郑", "赵工", None)
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


def test_who_is_employed_in_a_home_is_not_of_our_staff(office: Office) -> None:
    Occupancy.objects.filter(unit=office.unit, person=office.tenant).update(role="staff")
    page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/open/goods-release/"))
    assert f"?applicant={occupancy(office, office.owner)}" in page
    assert f"?applicant={occupancy(office, office.tenant)}" not in page
    more = {"by": office["xiaowang"], "procedure": "goods-release", "answers": goods(), "key": key()}
    with pytest.raises(Refusal, match=r"^applicant_role"):
        actions.open_case(unit=office.unit, applicant=office.tenant, applicant_role="staff", **more)
    with pytest.raises(Refusal, match=r"^unit_required"):
        actions.open_case(unit=None, applicant=None, applicant_role="owner", **more)


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
