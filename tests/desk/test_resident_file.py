"""The resident file of a home: everything on one screen and on paper, masked unless somebody says why."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import actions
from banli.cashier.models import LedgerEntry
from banli.desk import resident_paper, time_line
from banli.estate.actions import Particulars, add_person, correct_person
from banli.estate.authority.actions import grant_authority
from banli.estate.belongings import PaymentStanding, Vehicle
from banli.estate.models import Occupancy, Unit
from banli.estate.moving import move_out
from banli.journal.models import Entry
from tests.cases import complaints
from tests.desk.at_the_desk import (
    TELEPHONE,
    at,
    give_telephone,
    issued,
    key,
    open_goods,
    text,
)  # fmt: skip
from tests.office import Office, identity, today


def file_of(office: Office, who: str = "xiaowang", **query: Any) -> str:
    answer = at(office, who).get(f"/units/{office.unit.pk}/file/", query)
    assert answer.status_code == 200
    return text(answer)


def withdrawn(office: Office) -> int:
    case = open_goods(office)
    actions.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
    return case


def handled_complaint(office: Office) -> int:
    """A complaint that was dealt with, so that a call is owed."""
    case = complaints.complain(office)
    complaints.sent(office, case)
    complaints.handled(office, case)
    return case


def moved_out(office: Office, name: str) -> Occupancy:
    told = Particulars(name, "13800755501")
    lives = add_person(
        by=office["xiaowang"], unit=office.unit, particulars=told, role="tenant", since=today() - timedelta(days=90)
    )  # fmt: skip
    return move_out(by=office["xiaowang"], occupancy=lives, until=today() - timedelta(days=9))


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes to the printer, beside the PDF itself."""
    told: list[dict[str, Any]] = []
    real = resident_paper.render.render

    def seen(definition: Any, values: dict[str, Any], copy: str) -> bytes:
        told.append(values)
        return real(definition, values, copy)

    monkeypatch.setattr(resident_paper.render, "render", seen)
    return told


def test_the_file_shows_who_lives_there_who_did_and_what_was_corrected(office: Office):
    give_telephone(office, office.owner)
    told = Particulars("业主张女士", "13800571599")
    correct_person(by=office["xiaowang"], person=office.owner, particulars=told)
    moved_out(office, "前租户")
    page = file_of(office)
    assert "业主张女士" in page and "前租户" in page and "已迁出" in page
    assert "更正记录" in page and "138****1500" in page and "138****1599" in page
    assert TELEPHONE not in page and "13800571599" not in page and identity("11010119850312002") not in page


def test_letters_vehicles_and_payments_stay_when_they_are_over(office: Office):
    day = today()
    grant_authority(
        by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant,
        scopes=["goods_release"], valid_from=day, valid_to=day, evidence_kind="signed_paper", evidence_note="一号柜",
    )  # fmt: skip
    for plate, until in (("浙A12345", None), ("浙A99999", day - timedelta(days=1))):
        Vehicle.objects.create(
            estate=office.estate, unit=office.unit, plate=plate, since=day - timedelta(days=9), until=until
        )
    for days, owed in ((60, 0), (30, 123450)):
        PaymentStanding.objects.create(
            estate=office.estate, unit=office.unit, as_of=day - timedelta(days=days), owed=owed
        )
    page = file_of(office)
    assert "业主张女士 → 租户刘先生" in page and "浙A12345" in page and "浙A99999" in page
    assert "欠费 1,234.50 元" in page and "没有欠费" in page


def test_passes_and_every_case_stand_in_the_file(office: Office):
    slip, over = issued(office), withdrawn(office)
    page = file_of(office)
    assert "FX-" in page and f"/cases/{slip}/" in page and f"/cases/{over}/" in page and "已撤回" in page


def test_a_call_that_is_owed_and_one_tried_in_vain_are_contacts(office: Office):
    assert "没有这一种" in file_of(office, kind="reply")
    case = handled_complaint(office)
    assert "待联系" in file_of(office)
    complaints.do(office, "xiaowang", case, "follow_up", "no_answer")
    page = file_of(office, kind="reply")
    assert "无人接听" in page and "待联系" in page


def test_cases_go_on_page_by_page(office: Office):
    numbers = [withdrawn(office) for _ in range(time_line.PAGE + 2)]
    page = file_of(office, kind="case")
    assert f"/cases/{numbers[-1]}/" in page and f"/cases/{numbers[0]}/" not in page
    following = re.search(r'href="\?(kind=case&amp;after=[\d.]+)"', page)
    assert following is not None
    more = at(office, "xiaowang").get(
        f"/units/{office.unit.pk}/file/?{html.unescape(following[1])}", headers={"HX-Request": "true"}
    )
    assert f"/cases/{numbers[0]}/" in text(more) and f"/cases/{numbers[2]}/" not in text(more)
    assert "更正记录" not in text(more) and "缴费情况" not in text(more)


@pytest.mark.parametrize("place", ["x", "-1", "1.2", "9" * 19 + ".1.1", "9" * 18 + ".1.1", "1.1.1\x00"])
def test_a_place_that_is_none_is_not_there(office: Office, place: str):
    assert at(office, "xiaowang").get(f"/units/{office.unit.pk}/file/", {"after": place}).status_code == 404


def test_a_kind_that_is_none_is_not_there(office: Office):
    assert at(office, "xiaowang").get(f"/units/{office.unit.pk}/file/", {"kind": "all"}).status_code == 404


def test_only_who_sees_the_till_sees_deposits(office: Office):
    assert "代管押金" not in file_of(office)
    assert "代管押金" in file_of(office, "laoli")


def test_the_paper_is_masked(office: Office, printed: list[dict[str, Any]]):
    give_telephone(office, office.owner)
    case = withdrawn(office)
    answer = at(office, "xiaowang").get(f"/units/{office.unit.pk}/file.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    owner = printed[0]["file.people"][0]
    assert (owner["name"], owner["phone"]) == ("业主张女士", "138****1500")
    assert printed[0]["file.cases"][0]["number"] == str(case)
    assert TELEPHONE not in str(printed) and printed[0]["file.clear"] == ""
    assert not Entry.objects.filter(kind="unmask").exists()


def test_whole_numbers_are_printed_for_a_reason_that_is_journalled(
    office: Office, printed: list[dict[str, Any]]
):
    give_telephone(office, office.owner)
    address = f"/units/{office.unit.pk}/file/unmasking/"
    answer = at(office, "xiaowang").post(address, {"reason": "业主要求带走自己的档案"})
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert printed[0]["file.people"][0]["phone"] == TELEPHONE and printed[0]["file.clear"] == "yes"
    entry = Entry.objects.get(kind="unmask")
    assert entry.body == {
        "unit": "12-3-502", "persons": [office.owner.pk], "fields": ["phone", "id_number"],
        "reason": "业主要求带走自己的档案",
    }  # fmt: skip
    assert (entry.post, entry.actor) == ("front_desk", office.staff("xiaowang"))


@pytest.mark.parametrize(
    ("reason", "sentence"), [("", "请写明原因"), (" ", "请写明原因"), ("\x00", "请写明原因")]
)
def test_without_a_reason_nothing_is_opened(office: Office, reason: str, sentence: str):
    give_telephone(office, office.owner)
    answer = at(office, "xiaowang").post(f"/units/{office.unit.pk}/file/unmasking/", {"reason": reason})
    assert answer.status_code == 422 and "没有办成" in text(answer)
    assert not Entry.objects.filter(kind="unmask").exists()


def test_where_nothing_is_recorded_there_is_nothing_to_open(office: Office):
    answer = at(office, "xiaowang").post(f"/units/{office.unit.pk}/file/unmasking/", {"reason": "核对"})
    assert answer.status_code == 422 and "没有登记这一项" in text(answer)


def test_another_estates_file_is_not_there_and_the_guard_gets_none(office: Office):
    theirs = Unit.objects.get(estate=office.elsewhere)
    for rest in ("file/", "file.pdf"):
        assert at(office, "xiaowang").get(f"/units/{theirs.pk}/{rest}").status_code == 404
        assert at(office, "zhou").get(f"/units/{office.unit.pk}/{rest}").status_code == 403
    assert at(office, "zhou").post(f"/units/{office.unit.pk}/file/unmasking/").status_code == 403
    assert not LedgerEntry.objects.exists()


def test_the_file_asks_no_more_with_more_in_it(office: Office):
    def asked(rest: str) -> int:
        client = at(office, "laoli")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/units/{office.unit.pk}/{rest}")
        return len(queries)

    def more(number: int) -> None:
        issued(office)
        withdrawn(office)
        handled_complaint(office)
        moved_out(office, f"前租户{'一二三'[number]}")
        Vehicle.objects.create(
            estate=office.estate, unit=office.unit, plate=f"浙A1234{number}", since=today()
        )
        told = Particulars("业主张女士", f"1380057150{number}")
        correct_person(by=office["xiaowang"], person=office.owner, particulars=told)

    more(0)
    for rest in ("file/", "file.pdf"):
        asked(rest)  # the procedures are read once in a process
    first = [asked(rest) for rest in ("file/", "file.pdf")]
    more(1)
    more(2)
    assert [asked(rest) for rest in ("file/", "file.pdf")] == first
