"""The resident file's screens: who may, what stays typed, what another estate sees (nothing)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.estate.models import Authority, Occupancy, Person
from banli.journal.models import Entry
from tests.estate.home import PHONE, Home, id_number
from tests.estate.test_actions import authorise

READ = {
    None: 302,
    "xiaowang": 200,
    "laoli": 200,
    "chen": 200,
    "zhao": 200,
    "zhou": 403,
    "he": 404,
    "xiaoqin": 404,
}
FILE = READ | {"zhao": 403}
#: address → who → status of GET
TABLE = {
    "/units/{unit}/people/": READ,
    "/units/{unit}/people/new/": FILE,
    "/units/{unit}/authorities/": FILE,
    "/persons/{owner}/": FILE,
    "/occupancies/{occupancy}/closure/": FILE,
}


def at(home: Home, address: str) -> str:
    occupancy = Occupancy.objects.get(person=home.tenant).pk
    return address.format(unit=home.unit.pk, owner=home.owner.pk, tenant=home.tenant.pk, occupancy=occupancy)


def client_of(home: Home, who: str | None) -> Client:
    return home.office.signed_in(who) if who else Client()


@pytest.mark.parametrize(
    ("address", "who", "status"), [(a, w, s) for a, row in TABLE.items() for w, s in row.items()]
)
def test_every_address_answers_every_post_as_the_table_says(
    home: Home, address: str, who: str | None, status: int
) -> None:
    assert client_of(home, who).get(at(home, address)).status_code == status


@pytest.mark.parametrize("address", [*TABLE, "/persons/{owner}/unmasking/"])
@pytest.mark.parametrize(("who", "status"), [(None, 302), ("zhou", 403), ("xiaoqin", 404)])
def test_nobody_else_may_write_either(home: Home, address: str, who: str | None, status: int) -> None:
    if address == "/units/{unit}/people/":
        status = {None: 302, "zhou": 405, "xiaoqin": 405}[who]
    before = Entry.objects.count()
    assert (
        client_of(home, who).post(at(home, address), {"reason": "x", "field": "phone"}).status_code == status
    )
    assert Entry.objects.count() == before


@pytest.mark.parametrize("number", ["999999", "9" * 18, "9" * 30, "0"])
@pytest.mark.parametrize("address", ["/units/{}/people/", "/persons/{}/", "/occupancies/{}/closure/"])
def test_what_is_not_there_is_not_found(home: Home, address: str, number: str) -> None:
    assert home.office.signed_in("chen").get(address.format(number)).status_code == 404


def test_the_file_shows_people_with_their_private_fields_masked(home: Home) -> None:
    authorise(home)
    page = home.office.signed_in("xiaowang").get(at(home, "/units/{unit}/people/")).content.decode()
    assert "12栋3单元502" in page and "张女士" in page and "刘先生" in page
    assert "138****1500" in page and id_number()[-4:] in page and "张女士 → 刘先生" in page
    assert PHONE not in page and id_number() not in page


def resident(**other: Any) -> dict[str, Any]:
    asked = {"role": "family", "name": "李四", "phone": "138 0010 0500", "id_kind": "", "id_number": ""}
    return (
        asked
        | {"since": "2026-01-01", "until": "", "arrival": "with_family", "note": "", "key": "k-1"}
        | other
    )


def test_a_tenant_who_says_they_bought_the_home_is_asked_again_at_that_question(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/people/new/")
    answer = client.post(address, resident(role="tenant", arrival="bought"))
    assert answer.status_code == 422
    assert "“租户”的迁入原因不能是“购房”" in answer.content.decode()
    assert not Occupancy.objects.filter(person__name="李四").exists()


def test_somebody_is_written_down_once_and_the_screen_goes_back_where_one_came_from(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/people/new/")
    for _ in range(2):
        assert client.post(address, resident(next="/posts/"))["Location"] == "/posts/"
    assert Occupancy.objects.filter(person__name="李四").count() == 1
    back = client.post(address, resident(name="王五", key="k-2", next="https://elsewhere.example/"))[
        "Location"
    ]
    assert back == at(home, "/units/{unit}/people/")
    assert Entry.objects.latest("pk").post == "front_desk"


def test_a_form_with_faults_marks_each_and_keeps_what_was_typed(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/people/new/")
    typed = resident(name="李4", phone="12", id_kind="cn_id", id_number="110105194912310021", since="明天")
    response = client.post(address, typed)
    page = response.content.decode()
    assert response.status_code == 422
    for sentence in ("请填写日期", "请填写姓名，不要含数字或符号", "电话号码不对", "校验位不对"):
        assert sentence in page
    for value in ("李4", "110105194912310021"):
        assert f'value="{value}"' in page
    assert not Person.objects.filter(name="李4").exists()


def test_what_is_missing_and_what_is_wrong_is_said_at_once_each_at_its_field(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/people/new/")
    typed = resident(
        name="", phone="12", id_number="110105", until="2025-01-01", role="tenant", arrival="bought"
    )
    response = client.post(address, typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["请填写。"],
        "phone": ["电话号码不对，请填写手机号，或带区号的座机号。"],
        "id_kind": ["请选择证件类型。"],
        "until": ["结束不能早于开始。"],
        "arrival": ["“租户”的迁入原因不能是“购房”：请核对身份和原因。"],
    }
    correction = client.post(at(home, "/persons/{owner}/"), {"name": "", "phone": "12"})
    assert correction.context["form"].errors.keys() == {"name", "phone"}


@pytest.mark.parametrize(
    "other",
    [
        {"role": "king"},
        {"name": "\x00"},
        {"name": "长" * 500},
        {"id_kind": "x"},
        {"since": "0000-00-00"},
        {"phone": "1" * 99},
    ],
)
def test_nonsense_is_refused_and_never_breaks(home: Home, other: dict[str, Any]) -> None:
    response = home.office.signed_in("xiaowang").post(
        at(home, "/units/{unit}/people/new/"), resident(**other)
    )
    assert response.status_code == 422


def test_the_sentences_are_english_for_who_reads_english(home: Home) -> None:
    client = home.office.signed_in("xiaowang")
    client.post("/language/", {"language": "en"})
    page = client.post(at(home, "/units/{unit}/people/new/"), resident(phone="12")).content.decode()
    assert "Not a telephone number" in page


def test_a_correction_shows_no_private_text_and_keeps_what_is_left_empty(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/persons/{owner}/")
    page = client.get(address).content.decode()
    assert "138****1500" in page and PHONE not in page and id_number() not in page
    asked = {"name": "张美丽", "phone": "", "id_kind": "cn_id", "id_number": ""}
    assert client.post(address, asked)["Location"] == at(home, "/units/{unit}/people/")
    person = Person.objects.get(pk=home.owner.pk)
    assert (person.name, person.phone, person.id_number) == ("张美丽", PHONE, id_number())
    response = client.post(address, asked | {"id_number": "1"})
    assert response.status_code == 422 and "18 位" in response.content.decode()


def test_somebody_moves_out_on_a_day(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/occupancies/{occupancy}/closure/")
    today = timezone.localdate()
    asked = {"who": [Occupancy.objects.get(person=home.tenant).pk], "departure": "lease_ended", "key": "k-1"}
    response = client.post(address, asked | {"until": (today - timedelta(days=1)).isoformat()})
    assert response.status_code == 422 and "结束不能早于开始" in response.content.decode()
    assert client.post(address, asked | {"until": today.isoformat()}).status_code == 302
    again = client.post(address, asked | {"until": today.isoformat(), "key": "k-2"})
    assert again.status_code == 422 and "已登记于" in again.content.decode()


def test_a_private_field_is_shown_for_a_reason_and_the_look_is_kept(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/persons/{owner}/unmasking/")
    assert client.get(address).status_code == 405
    response = client.post(address, {"field": "phone", "reason": "回访"}, headers={"hx-request": "true"})
    page = response.content.decode()
    assert response.status_code == 200 and PHONE in page and "<html" not in page
    assert "no-store" in response["Cache-Control"]
    entry = Entry.objects.get(kind="unmask")
    assert (entry.actor.username, entry.body["reason"]) == ("xiaowang", "回访")
    whole = client.post(address, {"field": "id_number", "reason": "核对身份"})
    assert id_number() in whole.content.decode() and "<html" in whole.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"field": "phone"},
        {"field": "phone", "reason": " "},
        {"field": "password", "reason": "x"},
        {},
        {"field": "phone", "reason": "\x00"},
    ],
)
def test_without_a_reason_or_for_another_field_nothing_is_shown(home: Home, data: dict[str, str]) -> None:
    for headers in ({}, {"hx-request": "true"}):
        response = home.office.signed_in("xiaowang").post(
            at(home, "/persons/{owner}/unmasking/"), data, headers=headers
        )
        assert response.status_code == 422
        assert PHONE not in response.content.decode()
    assert not Entry.objects.filter(kind="unmask").exists()


def letter(home: Home, **other: Any) -> dict[str, Any]:
    today = timezone.localdate()
    asked = {
        "principal": home.owner.pk,
        "delegate": home.tenant.pk,
        "scopes": ["goods_release"],
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=30)).isoformat(),
        "once": "yes",
        "evidence_kind": "signed_paper",
        "evidence_note": "原件在前台",
        "key": "k-1",
    }
    return asked | other


def test_a_letter_of_authority_is_entered_shown_and_revoked(home: Home) -> None:
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/authorities/")
    assert "物品放行条" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(address, letter(home))["Location"] == at(home, "/units/{unit}/people/")
    authority = Authority.objects.get()
    assert authority.once and authority.scopes == ["goods_release"]
    page = client.get(address).content.decode()
    assert "原件在前台" in page and "仅用一次" in page
    revoke = f"/authorities/{authority.pk}/revocation/"
    response = client.post(revoke, {"reason": ""})
    assert response.status_code == 409 and "请写明原因" in response.content.decode()
    for who, status in (("he", 404), ("zhou", 403), (None, 302)):
        assert client_of(home, who).post(revoke, {"reason": "x"}).status_code == status
    assert client.post(revoke, {"reason": "业主来电"}).status_code == 302
    page = client.get(address).content.decode()
    assert "已撤销" in page and "业主来电" in page
    assert client.post(revoke, {"reason": "业主来电"}).status_code == 409


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"valid_to": "2020-01-01", "valid_from": "2019-01-01"}, "已经过去"),
        ({"valid_to": "2020-01-01"}, "结束不能早于开始"),
        ({"scopes": []}, "请填写"),
        ({"scopes": ["everything"]}, "请从给出的选项中选择"),
        ({"evidence_note": ""}, "请填写"),
        ({"delegate": "999999"}, "请从给出的选项中选择"),
        ({"principal": "x"}, "请从给出的选项中选择"),
    ],
)
def test_a_letter_with_a_fault_is_marked_and_kept(home: Home, other: dict[str, Any], sentence: str) -> None:
    client = home.office.signed_in("xiaowang")
    response = client.post(
        at(home, "/units/{unit}/authorities/"), letter(home, evidence_note="夹在第三本") | other
    )
    page = response.content.decode()
    assert response.status_code == 422 and sentence in page
    assert "evidence_note" in other or "夹在第三本" in page
    assert not Authority.objects.exists()


def test_where_nobody_could_delegate_the_screen_says_what_is_missing(home: Home) -> None:
    address = at(home, "/units/{unit}/authorities/")
    Occupancy.objects.filter(person=home.tenant).delete()
    page = home.office.signed_in("xiaowang").get(address).content.decode()
    assert "先在本房登记业主和受托人" in page


def test_the_screens_take_as_many_queries_for_three_rows_as_for_one(home: Home) -> None:
    client = home.office.signed_in("xiaowang")
    counts: dict[str, list[int]] = {}
    authorise(home)
    for _ in range(2):
        for address in ("/units/{unit}/people/", "/units/{unit}/authorities/"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(at(home, address)).status_code == 200
            counts.setdefault(address, []).append(len(captured))
        for name in ("家人甲", "家人乙"):
            home.move_in(name)
            authorise(home)
    assert all(len(set(each)) == 1 for each in counts.values()), counts


def test_the_letters_go_on_page_by_page(home: Home) -> None:
    for _ in range(21):
        authorise(home)
    client, address = home.office.signed_in("xiaowang"), at(home, "/units/{unit}/authorities/")
    first = client.get(address)
    rest = client.get(address + first.context["next_page"])
    assert len(first.context["lines"]) == 20 and len(rest.context["lines"]) == 1
    assert rest.context["next_page"] == ""
    assert client.get(address + "?before=x").status_code == 404
