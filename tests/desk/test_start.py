"""Where each post begins, what the frame offers it, and which of the lists' addresses answer whom."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Case
from banli.estate.access import READ_POSTS
from banli.people.models import Deputyship, Holding, Staff
from tests.desk.work import goods, issued, signed_in
from tests.office import Office, today

EVERYBODY = ("xiaowang", "laoli", "chen", "zhao", "sun", "zhou", "zheng", "he")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("xiaowang", "/"),
        ("zhou", "/gate/"),
        ("laoli", "/inbox/"),
        ("chen", "/inbox/"),
        ("zhao", "/inbox/"),
        ("sun", "/inbox/"),
        ("zheng", "/inbox/"),
    ],
)
def test_each_post_lands_where_its_work_begins(office: Office, who: str, address: str):
    client = signed_in(office, who)
    assert client.get("/start/")["Location"] == address
    assert client.get(address).status_code == 200


def test_signing_in_leads_to_the_start_page(office: Office):
    staff = office.staff("zhou")
    staff.set_password("long-enough-for-a-gate")
    staff.save()
    answer = Client().post("/sign-in/", {"login": "zhou", "password": "long-enough-for-a-gate"})
    assert answer["Location"] == "/start/"


def test_a_supervisor_who_only_keeps_the_gate_for_an_hour_still_begins_with_the_inbox(office: Office):
    now = timezone.now()
    Deputyship.objects.create(
        estate=office.estate, post="gate", principal=office.staff("zhou"), deputy=office.staff("laoli"),
        starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1), reason="吃饭",
    )  # fmt: skip
    assert signed_in(office, "laoli").get("/start/")["Location"] == "/inbox/"


def test_who_holds_a_second_post_that_takes_matters_in_begins_at_the_counter(office: Office):
    Holding.objects.create(
        staff=office.staff("laoli"), estate=office.estate, post="front_desk", since=today()
    )
    assert signed_in(office, "laoli").get("/start/")["Location"] == "/"


def test_who_holds_no_post_is_told_so(office: Office):
    client = Client()
    client.force_login(Staff.objects.create(username="nobody", name="没有岗位的人", password="!"))
    assert client.get("/start/")["Location"] == "/estates/"


def test_the_frame_offers_each_post_its_rooms(office: Office):
    def offered(who: str) -> list[str]:
        places = signed_in(office, who).get("/inbox/").context["shell"].places
        return [place.url for place in places]

    first, books = ["/inbox/", "/notices/"], ["/rounds/", "/watches/", "/cases/", "/registers/"]
    last = ["/procedures/", "/settings/", "/posts/"]
    desk = ["/", *first, "/follow-ups/", *books, "/cashier/", "/outgoing/"]
    assert offered("xiaowang") == [*desk, "/places/", "/cashier/prices/", *last]
    assert offered("chen") == [
        *desk,
        "/morning/",
        "/figures/",
        "/places/",
        "/cashier/prices/",
        "/intakes/",
        *last,
    ]
    assert offered("zhou") == ["/gate/", *first, *books, "/places/", "/cashier/prices/", *last]


def test_the_counter_is_offered_to_those_who_may_look_up_residents():
    counter = next(place for place in settings.BANLI_NAVIGATION if place["url_name"] == "desk:counter")
    assert set(counter["posts"]) == set(READ_POSTS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_place_the_frame_offers_opens(office: Office, who: str):
    issued(office)
    client = signed_in(office, who)
    for place in client.get("/inbox/").context["shell"].places:
        assert client.get(place.url).status_code == 200, place.url


def test_the_frames_numbers_are_three_counts_at_most_whatever_there_is(office: Office):
    def counts() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/procedures/").status_code == 200
        told = [one["sql"] for one in asked if "count(*)" in one["sql"].lower()]
        return [re.findall(r'FROM "?(\w+)', one)[0] for one in told]

    client = signed_in(office, "xiaowang")
    assert counts() == ["cases_task", "messages_notice", "routines_round"]
    for _ in range(3):
        issued(office)
    assert counts() == ["cases_task", "messages_notice", "routines_round"]
    client = signed_in(office, "laoli")  # who looks at the morning's list instead
    assert counts() == ["cases_task", "messages_notice"]


@pytest.mark.parametrize(
    "address",
    [
        "/start/", "/inbox/", "/cases/", "/notices/", "/registers/", "/registers/goods-release/",
        "/registers/goods-release.xlsx", "/procedures/", "/procedures/goods-release/",
    ],
)  # fmt: skip
def test_who_is_not_signed_in_is_asked_to(office: Office, address: str):
    answer = Client().get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
    assert signed_in(office, "chen").post(address).status_code == 405


def test_reading_notices_without_signing_in_is_asked_to_sign_in(office: Office):
    assert Client().post("/notices/readings/", {"notice": 1})["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", ["/inbox/", "/", "/cases/", "/registers/", "/notices/", "case", "unit"])
def test_who_asks_and_with_which_posts_is_read_once(office: Office, path: str):
    case = Case.objects.get(pk=goods(office))
    path = {"case": f"/cases/{case.pk}/", "unit": f"/units/{case.unit_id}/"}.get(path, path)
    client = signed_in(office, "xiaowang")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    reading = "FROM people_holding h JOIN estate_estate"
    assert sum(reading in (one["sql"] or "") for one in asked) == 1
