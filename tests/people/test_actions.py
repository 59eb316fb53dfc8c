"""Appointing, standing in, leaving, machines' keys: each done once, refused clearly, and in the journal."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.people import actions
from banli.people.models import ApiToken, Deputyship, Holding, Staff
from tests.people.cast import Office


def code_of(why: pytest.ExceptionInfo[Refusal]) -> str:
    assert why.value.say("zh") and why.value.say("en")
    return why.value.code


def last_entry() -> Entry:
    return Entry.objects.latest("pk")


def in_hours(hours: float) -> datetime:
    return timezone.now() + timedelta(hours=hours)


def deputise(office: Office, **other: Any) -> Deputyship:
    asked: dict[str, Any] = {
        "estate": office.cuihu,
        "post": "director",
        "principal": office.staff["chen"],
        "deputy": office.staff["laoli"],
        "starts_at": in_hours(-1),
        "ends_at": in_hours(8),
        "reason": "外出培训",
        "by": office.staff["chen"],
    }
    return actions.name_deputy(**(asked | other))


def test_an_appointment_counts_from_its_day_and_is_journalled(office: Office) -> None:
    today = timezone.localdate()
    chen = office.desk("chen")
    actions.appoint(
        estate=office.cuihu,
        staff=office.staff["xiaowang"],
        post="lobby_assistant",
        since=today,
        by=chen.staff,
        acting=chen.posts["director"],
    )
    assert office.desk("xiaowang").holds("lobby_assistant")
    entry = last_entry()
    assert (entry.kind, entry.stream, entry.actor, entry.post) == (
        "appointed",
        f"estate/{office.cuihu.pk}",
        office.staff["chen"],
        "director",
    )
    assert entry.body["post"] == "lobby_assistant" and entry.body["name"] == "小王"


def test_an_appointment_is_refused_for_an_unknown_post_a_backward_period_or_twice(office: Office) -> None:
    staff, day = office.staff["xiaowang"], date(2026, 5, 1)
    with pytest.raises(Refusal) as why:
        actions.appoint(estate=office.cuihu, staff=staff, post="king", since=day)
    assert code_of(why) == "unknown_post"
    with pytest.raises(Refusal) as why:
        actions.appoint(estate=office.cuihu, staff=staff, post="gate", since=day, until=date(2026, 4, 30))
    assert code_of(why) == "period_backwards"
    with pytest.raises(Refusal) as why:
        actions.appoint(estate=office.cuihu, staff=staff, post="front_desk", since=day)
    assert code_of(why) == "post_already_held"
    assert "小王" in why.value.say("zh")
    assert not Entry.objects.filter(kind="appointed").exists()


def test_a_post_is_ended_once_and_not_before_it_began(office: Office) -> None:
    holding = Holding.objects.get(staff=office.staff["zhou"])
    with pytest.raises(Refusal) as why:
        actions.end_holding(holding=holding, until=date(2023, 12, 31), by=office.staff["chen"])
    assert code_of(why) == "period_backwards"
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_holding(holding=holding, until=yesterday, by=office.staff["chen"])
    assert office.staff["zhou"].posts_at(office.cuihu.pk) == {}
    with pytest.raises(Refusal) as why:
        actions.end_holding(holding=holding, until=yesterday, by=office.staff["chen"])
    assert code_of(why) == "holding_ended"
    assert Entry.objects.filter(kind="holding_ended").count() == 1


def test_a_deputy_is_named_and_the_journal_says_who_for_whom_and_why(office: Office) -> None:
    deputise(office)
    assert office.desk("laoli").posts["director"].deputy_for == office.staff["chen"]
    body = last_entry().body
    assert (body["principal_name"], body["deputy_name"], body["reason"]) == ("陈主任", "老李", "外出培训")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"reason": "  "}, "reason_required"),
        ({"starts_at": 2, "ends_at": 1}, "period_backwards"),
        ({"starts_at": -3, "ends_at": -1}, "period_past"),
        ({"deputy": "chen"}, "deputy_is_self"),
        ({"post": "gate"}, "principal_without_post"),
        ({"deputy": "xiaoqin"}, "deputy_not_here"),
    ],
)
def test_a_deputy_is_refused_with_the_reason(office: Office, other: dict[str, Any], code: str) -> None:
    asked = {
        key: in_hours(value) if key.endswith("_at") else office.staff.get(value, value)
        for key, value in other.items()
    }
    with pytest.raises(Refusal) as why:
        deputise(office, **asked)
    assert code_of(why) == code
    assert not Deputyship.objects.exists()


def test_a_second_deputy_in_the_same_time_is_refused_until_the_first_is_ended(office: Office) -> None:
    first = deputise(office)
    with pytest.raises(Refusal) as why:
        deputise(office, deputy=office.staff["zhao"])
    assert code_of(why) == "deputy_already_named"
    actions.end_deputyship(deputyship=first, by=office.staff["chen"])
    assert not office.desk("laoli").holds("director")
    deputise(office, deputy=office.staff["zhao"], starts_at=timezone.now() + timedelta(minutes=1))


def test_a_deputyship_that_has_not_begun_never_begins_once_ended(office: Office) -> None:
    ahead = deputise(office, starts_at=in_hours(5))
    actions.end_deputyship(deputyship=ahead, by=office.staff["chen"])
    with time_machine.travel(in_hours(6)):
        assert not office.desk("laoli").holds("director")
        with pytest.raises(Refusal) as why:
            actions.end_deputyship(deputyship=ahead, by=office.staff["chen"])
        assert code_of(why) == "deputyship_over"


def test_a_deputy_named_twice_with_the_same_key_is_named_once(office: Office) -> None:
    first = deputise(office, key="k-1")
    assert deputise(office, key="k-1") == first
    assert Entry.objects.filter(kind="deputy_named").count() == 1


def test_a_key_used_for_something_else_is_refused(office: Office) -> None:
    deputise(office, key="k-1")
    with pytest.raises(Refusal) as why:
        actions.done_before(estate_id=office.cuihu.pk, key="k-1", kind="appointed")
    assert code_of(why) == "key_reused"


def test_a_user_name_is_given_once(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        actions.create_staff(username="chen", name="另一位", password="correct horse 1")
    assert code_of(why) == "username_taken"
    assert actions.create_staff(username="new", name="新同事", password="correct horse 1").check_password(
        "correct horse 1"
    )


def test_somebody_who_left_has_no_sign_in_no_key_and_no_post(office: Office) -> None:
    staff = office.staff["laoli"]
    _, raw = actions.issue_token(staff=staff, label="门禁")
    deputise(office)
    actions.leave(staff=staff)
    assert not Staff.objects.get(pk=staff.pk).is_active
    assert actions.verify_token(raw) is None
    with time_machine.travel(in_hours(24)):
        assert staff.posts_at(office.cuihu.pk) == {}
    assert Entry.objects.filter(kind="left", estate=office.cuihu).count() == 1


def test_a_machines_key_opens_until_it_is_revoked_and_only_its_hash_is_kept(
    office: Office, django_assert_num_queries
) -> None:
    token, raw = actions.issue_token(staff=office.staff["xiaowang"], label="叫号机")
    assert raw not in str(ApiToken.objects.values().get(pk=token.pk))
    with django_assert_num_queries(1):
        staff = actions.verify_token(raw)
        assert staff == office.staff["xiaowang"]
        assert staff is not None and actions.estates_of(staff) == [office.cuihu]
    assert actions.revoke_token(token_id=token.pk)
    assert actions.verify_token(raw) is None
    assert not actions.revoke_token(token_id=token.pk)
    assert [e.kind for e in Entry.objects.order_by("pk")] == ["token_issued", "token_revoked"]


def test_a_key_with_days_expires(office: Office) -> None:
    _, raw = actions.issue_token(staff=office.staff["xiaowang"], label="叫号机", days=1)
    assert actions.verify_token(raw) is not None
    with time_machine.travel(in_hours(25)):
        assert actions.verify_token(raw) is None


@pytest.mark.parametrize(
    "raw", ["", "banli_", "banli_wrong", "x" * 200, "banli_\x00", "banli_键", "Bearer abc"]
)
def test_what_is_no_key_opens_nothing(office: Office, raw: str) -> None:
    assert actions.verify_token(raw) is None


def test_a_key_needs_a_purpose_and_a_sensible_time(office: Office) -> None:
    with pytest.raises(Refusal):
        actions.issue_token(staff=office.staff["chen"], label=" ")
    with pytest.raises(Refusal) as why:
        actions.issue_token(staff=office.staff["chen"], label="x", days=0)
    assert code_of(why) == "token_days"
