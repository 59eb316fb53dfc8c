"""Campaigns: drawn so that it can be drawn again, shared out by number and ability, one call for each (P18)."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions as cases
from banli.cases.models import Case, Task
from banli.desk import follow_ups
from banli.engine.refusals import Refusal
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Unit
from banli.followup import actions, drawing, jobs
from banli.journal.models import Entry
from banli.people.models import Staff
from tests.desk.at_the_desk import at, give_telephone, key, text
from tests.office import Office


def neighbours(office: Office, number: int, first: int = 1) -> None:
    """So many more homes, each with an owner who has a telephone."""
    building = office.unit.building
    for n in range(first, first + number):
        unit = Unit.objects.create(
            estate=office.estate, building=building, entrance="1", room=f"{n}01", floor=n, key=f"12-1-{n}01"
        )
        told = Particulars("邻居", f"1380057{n:04}")
        add_person(by=office["xiaowang"], unit=unit, particulars=told, role="owner", since=date(2020, 1, 1))


def wanted(office: Office, **change: object) -> actions.Wanted:
    told = {
        "name": "国庆问候", "procedure": "resident-care", "occasion": "festival", "roles": ("owner", "tenant"),
        "buildings": (), "size": 0, "seed": 7, "shares": {office.staff("xiaowang").pk: 1},
    }  # fmt: skip
    return actions.Wanted(**told | change)  # type: ignore[arg-type]


def started(office: Office, **change: object) -> Entry:
    by = office["laoli"]
    return actions.start(
        by=by, acting=by.posts["duty_supervisor"], wanted=wanted(office, **change), key=key()
    )


def opened(office: Office, campaign: Entry) -> None:
    jobs.open_calls(office.staff("laoli").pk, office.estate.pk, campaign.seq)


def test_each_resident_with_a_telephone_gets_one_call_however_often_the_job_runs(office: Office) -> None:
    neighbours(office, 3)
    campaign = started(office)
    assert (campaign.body["residents"], campaign.body["drawn"]) == (3, 3), "nobody else has a telephone"
    for _ in range(2):
        opened(office, campaign)
    calls = Case.objects.filter(procedure="resident-care")
    assert calls.count() == 3 and calls.values("applicant").distinct().count() == 3
    case = calls.first()
    assert case is not None and case.form["campaign"] == "国庆问候" and case.form["occasion"] == "festival"
    assert "1380057" not in str(case.form), "the telephone is sealed"
    assert {task.step for task in Task.objects.filter(case__procedure="resident-care", state="open")} == {
        "call"
    }


def test_the_calls_are_shared_out_by_number_and_ability(office: Office, second: Staff) -> None:
    neighbours(office, 6)
    opened(office, started(office, shares={office.staff("xiaowang").pk: 2, second.pk: 1}))
    given = Counter(Task.objects.filter(step="call", state="open").values_list("person__name", flat=True))
    assert given == {"小王": 4, "小陈": 2}
    calls = follow_ups.calls(office["laoli"], timezone.now())
    assert Counter(one.name for one in calls.owed) == given, "the list of calls says the same"


def test_who_has_no_post_any_more_is_given_none(office: Office, second: Staff) -> None:
    neighbours(office, 2)
    campaign = started(office, shares={office.staff("xiaowang").pk: 1, second.pk: 1})
    Staff.objects.filter(pk=second.pk).update(is_active=False)
    opened(office, campaign)
    given = Task.objects.filter(step="call", state="open").values_list("person__name", flat=True)
    assert list(given) == ["小王", "小王"]


def test_the_same_seed_draws_the_same_residents_and_another_others(office: Office) -> None:
    neighbours(office, 8)
    everybody = drawing.residents(office.estate, ["owner"], [], timezone.localdate())
    first = drawing.drawn(everybody, 7, 3)
    assert first == drawing.drawn(list(reversed(everybody)), 7, 3)
    assert len({tuple(drawing.drawn(everybody, seed, 3)) for seed in range(20)}) > 10
    opened(office, started(office, size=3))
    called = set(Case.objects.filter(procedure="resident-care").values_list("applicant", flat=True))
    assert called == {one.person for one in first}


def test_who_moves_in_is_called_too_but_never_added_to_a_sample(office: Office) -> None:
    neighbours(office, 2)
    campaign, by = started(office), office["laoli"]
    opened(office, campaign)
    neighbours(office, 1, first=3)
    actions.merge(by=by, acting=by.posts["duty_supervisor"], campaign=campaign)
    opened(office, campaign)
    assert Case.objects.filter(procedure="resident-care").count() == 3
    sample = started(office, name="抽样", size=1)
    with pytest.raises(Refusal) as why:
        actions.merge(by=by, acting=by.posts["duty_supervisor"], campaign=sample)
    assert why.value.code == "campaign_sampled"


def test_a_building_and_a_role_narrow_it_down(office: Office) -> None:
    neighbours(office, 2)
    give_telephone(office, office.tenant)
    told = drawing.residents(office.estate, ["tenant"], [], timezone.localdate())
    assert [one.person for one in told] == [office.tenant.pk]
    assert drawing.residents(office.estate, ["owner"], ["99"], timezone.localdate()) == []
    assert len(drawing.residents(office.estate, ["owner"], ["12"], timezone.localdate())) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "bad_characters"),
        ({"roles": ("renovation_lead",)}, "campaign_nobody"),
        ({"shares": {}}, "campaign_callers"),
        ({"procedure": "goods-release"}, "unknown_procedure"),
    ],
)
def test_what_cannot_be_a_campaign_is_refused_and_nothing_is_written(
    office: Office, change: dict[str, object], code: str
) -> None:
    neighbours(office, 1)
    with pytest.raises(Refusal) as why:
        started(office, **change)
    assert why.value.code == code
    assert not Entry.objects.filter(kind="campaign").exists()


def test_too_many_at_once_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST", 1)
    neighbours(office, 2)
    with pytest.raises(Refusal) as why:
        started(office)
    assert why.value.code == "campaign_many"


def test_one_name_is_one_campaign_and_sent_twice_it_is_one(office: Office) -> None:
    neighbours(office, 1)
    by, again = office["laoli"], key()
    told = [
        actions.start(by=by, acting=by.posts["duty_supervisor"], wanted=wanted(office), key=again)
        for _ in range(2)
    ]
    assert told[0].seq == told[1].seq
    with pytest.raises(Refusal) as why:
        started(office)
    assert why.value.code == "campaign_named"


def test_the_supervisor_gives_a_call_to_somebody_else(office: Office, second: Staff) -> None:
    neighbours(office, 1)
    opened(office, started(office))
    case = Case.objects.get(procedure="resident-care")
    cases.override(
        by=office["laoli"], case_id=case.pk, what="reassign", step="share", reason="小王请假", person_id=second.pk,
        key=key(),
    )  # fmt: skip
    assert [one.name for one in follow_ups.calls(office["laoli"], timezone.now()).owed] == ["小陈"]


def test_the_page_starts_one_and_tells_how_far_it_has_come(office: Office) -> None:
    neighbours(office, 2)
    client = at(office, "laoli")
    assert "还没有回访活动" in text(client.get("/follow-ups/campaigns/"))
    sent = {
        "key": key(), "name": "国庆问候", "occasion": "festival", "roles": ["owner"], "size": "1", "seed": "5",
        f"share_{office.staff('xiaowang').pk}": "1",
    }  # fmt: skip
    assert client.post("/follow-ups/campaigns/", sent).status_code == 302
    opened(office, Entry.objects.get(kind="campaign"))
    page = text(client.get("/follow-ups/campaigns/"))
    assert "国庆问候" in page and "抽签号 5" in page and "加新住户" not in page
    again = client.post("/follow-ups/campaigns/", sent | {"key": key()})
    assert again.status_code == 422 and "换一个名字" in text(again)
    empty = client.post("/follow-ups/campaigns/", {"key": key()})
    assert empty.status_code == 422 and "请填写。" in text(empty)
    assert at(office, "xiaowang").get("/follow-ups/campaigns/").status_code == 403


def test_the_list_reads_no_more_for_more_campaigns(office: Office) -> None:
    neighbours(office, 1)
    client, counts = at(office, "laoli"), []
    for number in range(4):
        opened(office, started(office, name=f"活动 {number}"))
        if number in (0, 3):
            client.get("/follow-ups/campaigns/")
            with CaptureQueriesContext(connection) as read:
                client.get("/follow-ups/campaigns/")
            counts.append(len(read))
    assert counts[0] == counts[1]
