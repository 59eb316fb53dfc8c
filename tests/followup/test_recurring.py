"""Campaigns that go on by themselves: new residents each night, and again every so many months (P18)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from banli.cases.models import Case
from banli.engine.clocks import add_months
from banli.engine.refusals import Refusal
from banli.followup import recurring
from banli.journal.models import Entry
from banli.people.models import Staff
from tests.desk.at_the_desk import at, key, text
from tests.followup.test_campaigns import neighbours, opened, started
from tests.office import Office

IN_A_YEAR = timedelta(days=370)


def until(days: int = 370) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def campaigns() -> list[Entry]:
    return list(Entry.objects.filter(kind="campaign").order_by("seq"))


def called() -> int:
    return Case.objects.filter(procedure="resident-care").count()


def test_who_moves_in_is_called_the_same_night_and_once(office: Office) -> None:
    neighbours(office, 2)
    opened(office, started(office, until=until(30)))
    neighbours(office, 1, first=3)
    now = timezone.now()
    for _ in range(2):
        recurring.nightly(now)
    assert called() == 3
    neighbours(office, 1, first=4)
    recurring.nightly(now + timedelta(days=31))
    assert called() == 3, "its last day is over"


def test_a_sample_and_a_campaign_without_a_last_day_are_not_added_to(office: Office) -> None:
    neighbours(office, 2)
    opened(office, started(office, name="抽样", size=1, until=until()))
    opened(office, started(office))
    neighbours(office, 1, first=3)
    recurring.nightly(timezone.now())
    assert called() == 3


def test_it_begins_again_on_its_day_with_another_draw_that_can_be_drawn_again(office: Office) -> None:
    neighbours(office, 8)
    opened(office, started(office, name="定期", size=3, every=3, until=until()))
    now, day = timezone.now(), add_months(timezone.localdate(), 3)
    eve = now + (day - timezone.localdate()) - timedelta(days=1)
    recurring.nightly(eve)
    assert len(campaigns()) == 1, "not a day before"
    for _ in range(2):
        recurring.nightly(eve + timedelta(days=1))
    first, second = campaigns()
    assert second.body["name"] == f"定期 {day}" and second.body["series"] == "定期"
    assert second.body["seed"] == recurring.seed_of(first.body["seed"], day) != first.body["seed"]
    assert (second.actor, second.post) == (first.actor, first.post)
    assert called() == 6
    recurring.nightly(eve + timedelta(days=1 + 92))
    third = campaigns()[-1]
    assert third.body["name"] == f"定期 {add_months(timezone.localdate(), 6)}", (
        "named and reckoned from the first one"
    )


def test_months_without_a_worker_are_not_made_up_for(office: Office) -> None:
    neighbours(office, 1)
    campaign = started(office, every=1, until=until())
    today = timezone.localdate()
    late = add_months(today, 5) + timedelta(days=2)
    assert recurring.next_day(campaign, late) == add_months(today, 5)
    recurring.nightly(timezone.now() + (late - today))
    assert [one.body.get("day") for one in campaigns()] == [None, add_months(today, 5).isoformat()]


def test_stopped_it_goes_on_no_more_and_says_so(office: Office) -> None:
    neighbours(office, 1)
    campaign = started(office, every=1, until=until())
    opened(office, campaign)
    client = at(office, "chen")
    page = text(client.get("/follow-ups/campaigns/"))
    assert "每 1 个月一次" in page and f"/campaigns/{campaign.seq}/stopping/" in page
    for _ in range(2):
        assert client.post(f"/follow-ups/campaigns/{campaign.seq}/stopping/").status_code == 302
    assert Entry.objects.filter(kind="campaign_stopped").count() == 1
    page = text(client.get("/follow-ups/campaigns/"))
    assert "不再继续" in page and "/stopping/" not in page
    neighbours(office, 1, first=2)
    recurring.nightly(timezone.now() + timedelta(days=40))
    assert len(campaigns()) == 1 and called() == 1
    assert at(office, "he").post(f"/follow-ups/campaigns/{campaign.seq}/stopping/").status_code == 404


def test_it_waits_while_whoever_started_it_has_no_post(office: Office) -> None:
    neighbours(office, 1)
    started(office, until=until())
    Staff.objects.filter(pk=office.staff("laoli").pk).update(is_active=False)
    recurring.nightly(timezone.now())
    assert called() == 0
    Staff.objects.filter(pk=office.staff("laoli").pk).update(is_active=True)
    recurring.nightly(timezone.now())
    assert called() == 1


@pytest.mark.parametrize(
    "change", [{"every": 3}, {"until": "2020-01-01"}, {"every": 1, "until": "2099-01-01"}]
)
def test_what_goes_on_has_an_end(office: Office, change: dict[str, object]) -> None:
    neighbours(office, 1)
    with pytest.raises(Refusal) as why:
        started(office, **change)
    assert why.value.code == "campaign_until"


def test_the_form_asks_for_it_and_marks_the_day(office: Office) -> None:
    neighbours(office, 1)
    client = at(office, "laoli")
    sent = {
        "key": key(), "name": "定期", "occasion": "periodic", "roles": ["owner"], "size": "0", "seed": "5",
        "every": "6", "until": "", f"share_{office.staff('xiaowang').pk}": "1",
    }  # fmt: skip
    refused = client.post("/follow-ups/campaigns/", sent)
    assert refused.status_code == 422 and "写明做到哪一天" in text(refused)
    assert client.post("/follow-ups/campaigns/", sent | {"until": until(), "key": key()}).status_code == 302
    (campaign,) = campaigns()
    assert (campaign.body["every"], date.fromisoformat(campaign.body["until"])) == (
        6,
        timezone.localdate() + IN_A_YEAR,
    )
