"""The screens of posts and deputies: who sees them, what is kept, what is refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from banli.people.models import Deputyship, Holding, Staff
from tests.people.cast import SINCE, Office

#: address → user name → status; None is somebody who has not signed in
TABLE = {
    "/posts/": {None: 302, "xiaowang": 200, "laoli": 200, "chen": 200, "zhao": 200, "zhou": 200, "he": 200},
    "/deputies/": {
        None: 302,
        "xiaowang": 403,
        "laoli": 200,
        "chen": 200,
        "zhao": 200,
        "zhou": 403,
        "he": 200,
    },
    "/estates/": {None: 302, "xiaowang": 200, "zhou": 200},
    "/password/": {None: 302, "zhou": 200},
    "/password/changed/": {None: 302, "zhou": 200},
}


@pytest.mark.parametrize(
    ("address", "who", "status"), [(a, w, s) for a, row in TABLE.items() for w, s in row.items()]
)
def test_every_address_answers_every_post_as_the_table_says(
    office: Office, address: str, who: str | None, status: int
) -> None:
    office.staff["zhou"].set_password("x")
    office.staff["zhou"].save()
    client = office.signed_in(who) if who else Client()
    response = client.get(address)
    assert response.status_code == status
    if status == 302:
        assert response["Location"].startswith("/sign-in/")


def local(hours: int) -> str:
    return timezone.localtime(timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def asked(office: Office, **other: object) -> dict[str, object]:
    told: dict[str, object] = {
        "holding": Holding.objects.get(staff=office.staff["chen"]).pk,
        "deputy": office.staff["laoli"].pk,
        "starts_at": local(-1),
        "ends_at": local(8),
        "reason": "外出培训",
        "key": "k-1",
    }
    return told | other


def test_the_director_names_a_deputy_and_both_screens_show_it(office: Office) -> None:
    client = office.signed_in("chen")
    assert client.post("/deputies/", asked(office))["Location"] == "/deputies/"
    assert client.post("/deputies/", asked(office))["Location"] == "/deputies/"
    assert Deputyship.objects.count() == 1
    page = client.get("/deputies/").content.decode()
    assert "外出培训" in page and "代理中" in page
    assert "老李" in client.get("/posts/").content.decode()
    assert office.desk("laoli").holds("director")


def test_what_was_typed_is_kept_and_the_field_is_marked(office: Office) -> None:
    client = office.signed_in("chen")
    response = client.post("/deputies/", asked(office, ends_at=local(-2), reason="外出培训甲"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "外出培训甲" in page and "结束不能早于开始" in page
    response = client.post("/deputies/", {"starts_at": "昨天"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "请填写。" in page and "请填写日期和时间" in page
    response = client.post("/deputies/", asked(office, deputy=office.staff["chen"].pk))
    assert response.status_code == 422 and "不能由本人代理自己" in response.content.decode()
    assert not Deputyship.objects.exists()


@pytest.mark.parametrize("field", ["holding", "deputy"])
@pytest.mark.parametrize("value", ["0", "x", "9" * 40, "\x00", "-1"])
def test_a_choice_that_was_not_offered_is_refused(office: Office, field: str, value: str) -> None:
    response = office.signed_in("chen").post("/deputies/", asked(office, **{field: value}))
    assert response.status_code == 422
    assert not Deputyship.objects.exists()


def test_another_estates_people_are_not_offered(office: Office) -> None:
    client = office.signed_in("chen")
    page = client.get("/deputies/").content.decode()
    assert "老李" in page and "小秦" not in page and "何主任" not in page
    foreign = Holding.objects.get(staff=office.staff["he"]).pk
    assert client.post("/deputies/", asked(office, holding=foreign)).status_code == 422
    assert client.post("/deputies/", asked(office, deputy=office.staff["xiaoqin"].pk)).status_code == 422


def test_a_supervisor_lends_their_own_post_only(office: Office) -> None:
    client = office.signed_in("laoli")
    own = Holding.objects.get(staff=office.staff["laoli"]).pk
    assert client.post("/deputies/", asked(office)).status_code == 422
    assert (
        client.post("/deputies/", asked(office, holding=own, deputy=office.staff["zhao"].pk)).status_code
        == 302
    )
    assert office.desk("zhao").posts["duty_supervisor"].deputy_for == office.staff["laoli"]


def test_a_deputy_cannot_lend_on_what_is_lent(office: Office) -> None:
    office.signed_in("chen").post("/deputies/", asked(office))
    lent = asked(office, deputy=office.staff["zhao"].pk, key="k-2", starts_at=local(9), ends_at=local(10))
    assert office.signed_in("laoli").post("/deputies/", lent).status_code == 422
    assert Deputyship.objects.count() == 1


def test_a_deputyship_is_ended_by_the_director_or_the_principal_alone(office: Office) -> None:
    office.signed_in("chen").post("/deputies/", asked(office))
    address = f"/deputies/{Deputyship.objects.get().pk}/closure/"
    assert Client().post(address).status_code == 302
    assert office.signed_in("chen").get(address).status_code == 405
    for who, status in (("he", 404), ("xiaoqin", 404), ("xiaowang", 403), ("laoli", 403)):
        assert office.signed_in(who).post(address).status_code == status
    assert office.signed_in("chen").post(address)["Location"] == "/deputies/"
    response = office.signed_in("chen").post(address)
    assert response.status_code == 409 and "已经结束" in response.content.decode()
    assert not office.desk("laoli").holds("director")


@pytest.mark.parametrize("number", ["999999", "9" * 18, "9" * 25, "0"])
def test_a_deputyship_that_is_not_there_is_not_found(office: Office, number: str) -> None:
    assert office.signed_in("chen").post(f"/deputies/{number}/closure/").status_code == 404


@pytest.mark.parametrize("query", ["after=x", "after=gate.x", f"after=gate.{'9' * 30}", "after=.1"])
def test_a_page_that_is_no_page_is_not_found_or_the_first(office: Office, query: str) -> None:
    assert office.signed_in("chen").get(f"/posts/?{query}").status_code in (200, 404)
    assert office.signed_in("chen").get("/deputies/?before=x").status_code == 404


def more_staff(office: Office, number: int) -> None:
    for each in range(number):
        staff = Staff.objects.create(username=f"guard{each}", name=f"保安{each}", password="!")
        Holding.objects.create(staff=staff, estate=office.cuihu, post="gate", since=SINCE)
        Deputyship.objects.create(
            estate=office.cuihu,
            post="gate",
            principal=staff,
            deputy=office.staff["zhou"],
            starts_at=timezone.now() - timedelta(hours=2),
            ends_at=timezone.now() + timedelta(hours=1 + each),
            reason="轮休",
        )


@pytest.mark.parametrize("address", ["/posts/", "/deputies/"])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    office: Office, address: str, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (1, 3):
        Deputyship.objects.all().delete()
        Holding.objects.filter(staff__username__startswith="guard").delete()
        Staff.objects.filter(username__startswith="guard").delete()
        more_staff(office, rows)
        client = office.signed_in("chen")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_lists_go_on_page_by_page_without_gap_or_repeat(office: Office, monkeypatch) -> None:
    from banli.people import queries

    monkeypatch.setattr(queries, "PAGE", 2)
    more_staff(office, 3)
    client = office.signed_in("chen")
    for address, name in (("/posts/", "posts"), ("/deputies/", "deputies")):
        seen: list[int] = []
        following = address
        while following:
            context = client.get(following).context
            lines = context["lines"]
            seen += [line.holding.pk if name == "posts" else line.deputyship.pk for line in lines]
            following = address + context["next"] if context["next"] else ""
        assert len(seen) == len(set(seen)) == (8 if name == "posts" else 3)
