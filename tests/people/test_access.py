"""Who may act in what, where, and when."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from banli.people import access
from banli.people.models import Deputyship, Holding
from tests.people.cast import Office


def lend(office: Office, post: str, principal: str, deputy: str, start: int = -1, end: int = 1) -> Deputyship:
    now = timezone.now()
    return Deputyship.objects.create(
        estate=office.cuihu,
        post=post,
        principal=office.staff[principal],
        deputy=office.staff[deputy],
        starts_at=now + timedelta(hours=start),
        ends_at=now + timedelta(hours=end),
        reason="外出",
    )


def test_a_desk_knows_its_estate_and_posts_in_one_query(office: Office, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        desk = access.desk_of(office.staff["xiaowang"])
        assert desk.estate == office.cuihu
        assert desk.estate.name_en == "Emerald Lake Gardens"
        assert set(desk.posts) == {"front_desk"}
        assert access.estates_of(office.staff["xiaowang"]) == [office.cuihu]


def test_the_sign_in_back_end_brings_person_and_posts_in_one_query(
    office: Office, django_assert_num_queries
) -> None:
    lend(office, "director", "chen", "laoli")
    with django_assert_num_queries(1):
        staff = access.StaffBackend().get_user(office.staff["laoli"].pk)
        assert staff is not None
        desk = access.desk_of(staff)
        assert set(desk.posts) == {"duty_supervisor", "director"}
        assert desk.posts["director"].deputy_for == office.staff["chen"]
        assert desk.posts["director"].deputy_for.name == "陈主任"


def test_somebody_who_left_is_not_signed_in_any_more(office: Office) -> None:
    staff = office.staff["laoli"]
    staff.is_active = False
    staff.save()
    assert access.StaffBackend().get_user(staff.pk) is None
    assert access.StaffBackend().get_user(10**9) is None


def test_a_deputy_acts_for_the_principal_only_inside_the_window(office: Office) -> None:
    laoli, estate = office.staff["laoli"], office.cuihu.pk
    given = lend(office, "director", "chen", "laoli")
    assert laoli.posts_at(estate)["director"].deputy_for == office.staff["chen"]
    assert "director" in laoli.posts_at(estate, given.starts_at)
    assert "director" not in laoli.posts_at(estate, given.starts_at - timedelta(seconds=1))
    assert "director" not in laoli.posts_at(estate, given.ends_at)
    assert laoli.posts_at(office.songfeng.pk) == {}


def test_a_post_of_ones_own_wins_over_the_same_one_as_a_deputy(office: Office) -> None:
    Holding.objects.create(
        staff=office.staff["laoli"], estate=office.cuihu, post="director", since=date(2024, 1, 1)
    )
    lend(office, "director", "chen", "laoli")
    assert office.staff["laoli"].posts_at(office.cuihu.pk)["director"].deputy_for is None


def test_nobody_lends_a_post_they_do_not_hold(office: Office) -> None:
    lend(office, "director", "chen", "laoli")
    Holding.objects.filter(staff=office.staff["chen"]).update(until=timezone.localdate() - timedelta(days=1))
    assert set(office.desk("laoli").posts) == {"duty_supervisor"}


def test_a_holding_counts_on_its_first_and_last_day(office: Office) -> None:
    today = timezone.localdate()
    holding = Holding.objects.get(staff=office.staff["zhou"])
    holding.since = holding.until = today
    holding.save()
    assert office.desk("zhou").holds("gate")
    holding.since = holding.until = today - timedelta(days=1)
    holding.save()
    with pytest.raises(Http404):
        office.desk("zhou")


def test_a_wrong_post_is_denied_and_names_the_posts_that_may(office: Office) -> None:
    desk = office.desk("xiaowang")
    assert access.require_post(desk, "director", "front_desk").post == "front_desk"
    with pytest.raises(access.Denied) as denied:
        access.require_post(desk, "director", "duty_supervisor")
    assert denied.value.posts == ("director", "duty_supervisor")


def test_acting_prefers_ones_own_post(office: Office) -> None:
    lend(office, "director", "chen", "laoli")
    desk = office.desk("laoli")
    acting = access.require_post(desk, "director", "duty_supervisor")
    assert acting.post == "duty_supervisor" and acting.deputy_for is None


def test_another_estate_does_not_exist_for_who_has_no_post_there(office: Office) -> None:
    staff = office.staff["xiaowang"]
    assert access.desk_of(staff, office.songfeng.pk).estate == office.cuihu
    with pytest.raises(Http404):
        access.desk_of(staff, office.songfeng.pk, strict=True)


def test_a_request_asks_for_its_desk_only_once(office: Office, django_assert_num_queries) -> None:
    request = RequestFactory().get("/")
    request.user, request.session = office.staff["chen"], {"estate": office.cuihu.pk}
    with django_assert_num_queries(1):
        assert access.desk_for(request) is access.desk_for(request)


def test_the_database_refuses_the_same_post_twice_at_a_time(office: Office) -> None:
    staff = office.staff["xiaowang"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(
            staff=staff,
            estate=office.cuihu,
            post="front_desk",
            since=date(2025, 1, 1),
            until=date(2025, 1, 2),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(
            staff=staff, estate=office.songfeng, post="gate", since=date(2025, 1, 2), until=date(2025, 1, 1)
        )


def test_the_database_refuses_two_deputies_at_a_time_and_oneself(office: Office) -> None:
    lend(office, "director", "chen", "laoli")
    with pytest.raises(IntegrityError), transaction.atomic():
        lend(office, "director", "chen", "zhao", start=0, end=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        lend(office, "director", "chen", "chen", start=10, end=11)
    lend(office, "director", "chen", "zhao", start=1, end=5)
