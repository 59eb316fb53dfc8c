"""Personal information at the desk: the list everybody may read, somebody's own copy, and erasing it."""

import io
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import actions
from banli.cases.command import main as audit
from banli.estate.models import Occupancy, Person
from banli.estate.moving import move_out
from banli.journal.models import Entry
from tests.desk.at_the_desk import TELEPHONE, at, give_telephone, key, open_goods, text
from tests.office import Office, identity, today


def sold(office: Office) -> None:
    owner = Occupancy.objects.get(person=office.owner)
    move_out(by=office["xiaowang"], occupancy=owner, until=today() - timedelta(days=1), departure="sold")


def taken(
    office: Office, person: Person, reason: str = "看了身份证", pages: Iterable[str] = ()
) -> dict[str, Any]:
    answer = at(office, "xiaowang").post(f"/persons/{person.pk}/export/", {"reason": reason})
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    bundle = ZipFile(io.BytesIO(answer.content))
    assert set(bundle.namelist()) == {"person.pdf", "person.xlsx", "person.json", *pages}
    assert bundle.read("person.pdf").startswith(b"%PDF") and bundle.read("person.xlsx").startswith(b"PK")
    return dict(json.loads(bundle.read("person.json")))


def test_everybody_may_read_what_is_kept_and_why(office: Office):
    page = text(at(office, "zhou").get("/privacy/"))
    assert "证件类型和号码" in page and "履行物业服务合同" in page and "须保存" in page


def test_somebody_is_given_all_that_is_kept_about_them(office: Office):
    give_telephone(office, office.owner)
    case = open_goods(office)
    told = taken(office, office.owner)
    assert told["person"]["phone"] == TELEPHONE and told["people"][0]["home"] == "12-3-502"
    assert told["corrections"][0]["name"] == "业主张女士"
    (one,) = told["cases"]
    assert one["number"] == str(case) and identity() in one["answers"].values()
    assert {"title", "why", "ground", "law", "kept", "erased"} == set(told["kept"][0])
    entry = Entry.objects.get(kind="export")
    assert entry.body == {"person": office.owner.pk, "export": "person", "reason": "看了身份证"}


def test_nobody_elses_case_is_in_it(office: Office):
    open_goods(office)
    assert taken(office, office.tenant)["cases"] == []


@pytest.mark.parametrize("reason", ["", " ", "\x00"])
def test_nothing_is_given_before_it_is_said_how_they_showed_who_they_are(office: Office, reason: str):
    answer = at(office, "xiaowang").post(f"/persons/{office.owner.pk}/export/", {"reason": reason})
    assert answer.status_code == 422 and "没有办成" in text(answer)
    assert not Entry.objects.filter(kind="export").exists()


def test_an_open_case_is_ended_first(office: Office):
    give_telephone(office, office.owner)
    case = open_goods(office)
    sold(office)
    client = at(office, "laoli")
    address = f"/persons/{office.owner.pk}/erasure/"
    assert "还有 1 件没有办完" in text(client.get(address))
    assert client.post(address, {"reason": "本人要求"}).status_code == 422
    actions.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
    page = text(client.get(address))
    assert "须保存的，和原因" in page and "收据、押金、账目" in page


def test_what_was_erased_is_gone_and_the_audit_agrees(office: Office, capsys: pytest.CaptureFixture[str]):
    give_telephone(office, office.owner)
    actions.withdraw(by=office["xiaowang"], case_id=open_goods(office), reason="不搬了", key=key())
    sold(office)
    address = f"/persons/{office.owner.pk}/erasure/"
    assert at(office, "xiaowang").post(address, {"reason": "本人要求"}).status_code == 403
    client = at(office, "laoli")
    assert client.post(address, {"reason": "本人要求"}).status_code == 302
    page = text(client.get(address, {"done": "1"}))
    assert "证件类型和号码" not in page, "what is gone is not said to be kept"
    assert "已删除，并已记录" in page and "没有可以删除的内容" in page
    person = Person.objects.get(pk=office.owner.pk)
    assert (person.name, person.phone, person.id_number, person.id_kind) == ("业主张女士", "", "", "")
    assert taken(office, person)["person"]["phone"] == ""
    assert audit(["audit"]) == 0, capsys.readouterr().out


def test_the_copy_asks_no_more_for_more_cases(office: Office):
    def asked() -> int:
        client = at(office, "xiaowang")
        with CaptureQueriesContext(connection) as queries:
            client.post(f"/persons/{office.owner.pk}/export/", {"reason": "看了身份证"})
        return len(queries)

    open_goods(office)
    asked()
    first = asked()
    open_goods(office)
    open_goods(office)
    assert asked() == first
