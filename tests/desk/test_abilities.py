"""Who can do what: the director sets it, follow-ups are shared out by it, and what nobody can make is told (P18)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Case, Task
from banli.desk import follow_ups, morning
from banli.journal.models import Entry
from banli.people.ability.actions import set_ability
from banli.people.access import desk_of
from banli.people.actions import appoint
from banli.people.models import Ability, Staff
from tests.cases.complaints import do
from tests.desk.at_the_desk import at, key, text
from tests.desk.test_follow_ups import owed
from tests.followup.test_campaigns import neighbours, opened, started
from tests.office import Office, today

OFFERED = ["complaint", "communication", "home-cleaning", "home-repair", "resident-care:festival"]


def sets(office: Office, staff: Staff, values: list[str], share: int = 100, days: int = 0) -> None:
    by = office["chen"]
    set_ability(
        by=by, acting=by.posts["director"], staff=staff, kind="follow_up", values=values, offered=OFFERED,
        since=today() + timedelta(days=days), share=share,
    )  # fmt: skip


def shared(office: Office) -> list[follow_ups.Owed]:
    return follow_ups.calls(office["laoli"], timezone.now()).owed


def test_whoever_cannot_make_a_call_is_given_none(office: Office, second: Staff) -> None:
    for _ in range(3):
        owed(office)
    sets(office, office.staff("xiaowang"), ["home-repair"])
    assert {one.name for one in shared(office)} == {"小陈"}
    assert {(one.turn.able, one.turn.given) for one in shared(office) if one.turn} == {(1, False)}
    assert "只有这一位能打" in text(at(office, "laoli").get("/follow-ups/"))


def test_a_call_they_make_all_the_same_is_taken(office: Office, second: Staff) -> None:
    """ADR 0008: ability shares calls out; it refuses none that was made."""
    case = owed(office)
    sets(office, office.staff("xiaowang"), ["home-repair"])
    assert [one.name for one in shared(office)] == ["小陈"]
    do(office, "xiaowang", case, "follow_up", "satisfied", answers={"opinion": "业户回电，说干净了"})
    assert shared(office) == []


def test_a_larger_share_is_more_calls_and_the_same_whenever_one_looks(office: Office, second: Staff) -> None:
    for _ in range(6):
        owed(office)
    sets(office, second, OFFERED, share=200)
    told = [one.name for one in shared(office)]
    assert Counter(told) == {"小陈": 4, "小王": 2}
    assert told == [one.name for one in shared(office)]
    page = text(at(office, "xiaochen").get("/follow-ups/"))
    assert page.count("（2 位能打，按份额 200% 轮到）") == 4 and "（2 位能打，按份额 100% 轮到）" in page


def test_it_counts_from_its_day_on(office: Office, second: Staff) -> None:
    owed(office)
    sets(office, office.staff("xiaowang"), [], days=3)
    assert [one.name for one in shared(office)] == ["小王"]
    (then,) = follow_ups.calls(office["laoli"], timezone.now() + timedelta(days=3)).owed
    assert then.name == "小陈"


def test_what_nobody_can_make_stays_in_the_list_and_the_managers_morning_says_so(office: Office) -> None:
    case = owed(office)
    assert morning.morning(office["chen"], timezone.now()).calls == []
    sets(office, office.staff("xiaowang"), [])
    (one,) = shared(office)
    assert one.caller is None and one.turn is None and one.task.case_id == case
    told = morning.morning(office["laoli"], timezone.now())
    assert [task.case_id for task, _title, _step in told.calls] == [case] and not told.clear
    assert morning.morning(office["zhao"], timezone.now()).calls == [], "he sees no follow-ups"
    page = text(at(office, "chen").get("/morning/"))
    assert "没有分给人的回访" in page and f'href="/cases/{case}/"' in page and "/posts/abilities/" in page
    assert "/posts/abilities/" not in text(at(office, "laoli").get("/morning/"))
    assert "没有能打、又没经手过的人" in text(at(office, "laoli").get("/follow-ups/"))


def test_the_call_says_whose_it_is_and_why(office: Office, second: Staff) -> None:
    case = owed(office)
    address = follow_ups_address(office, case)
    page = text(at(office, "xiaowang").get(address))
    assert "分给小王（2 位能打，按份额 100% 轮到）" in page


def follow_ups_address(office: Office, case: int) -> str:
    page = at(office, "xiaowang").get("/follow-ups/").content.decode()
    found = page.split(f'href="/cases/{case}/', 1)[1].split('"', 1)[0]
    return f"/cases/{case}/{found}".replace("&amp;", "&")


def test_a_campaign_gives_no_call_to_whoever_cannot_make_it(office: Office, second: Staff) -> None:
    neighbours(office, 6)
    everybody = {office.staff("xiaowang").pk: 1, second.pk: 1}
    sets(office, office.staff("xiaowang"), ["complaint"])
    opened(office, started(office, shares=everybody))
    given = Counter(Task.objects.filter(step="call", state="open").values_list("person__name", flat=True))
    assert given == {"小陈": 6}
    assert {one.turn.given for one in shared(office) if one.turn} == {True}


def test_a_share_counts_in_a_campaign_too(office: Office, second: Staff) -> None:
    neighbours(office, 6)
    sets(office, second, OFFERED, share=50)
    opened(office, started(office, shares={office.staff("xiaowang").pk: 1, second.pk: 1}))
    given = Counter(Task.objects.filter(step="call", state="open").values_list("person__name", flat=True))
    assert given == {"小王": 4, "小陈": 2}


def test_where_nobody_can_make_a_campaigns_calls_they_wait_and_are_told(office: Office) -> None:
    neighbours(office, 2)
    campaign = started(office)
    sets(office, office.staff("xiaowang"), ["complaint"])
    for _ in range(2):
        opened(office, campaign)
    assert Case.objects.filter(procedure="resident-care", status="open").count() == 2
    told = morning.morning(office["chen"], timezone.now()).calls
    assert [task.step for task, _title, _step in told] == ["share", "share"]
    sets(office, office.staff("xiaowang"), OFFERED)
    opened(office, campaign)
    assert morning.morning(office["chen"], timezone.now()).calls == []
    assert Task.objects.filter(step="call", state="open", person=office.staff("xiaowang")).count() == 2


def test_a_call_given_by_name_to_whoever_cannot_make_it_any_more_is_nobodys(office: Office) -> None:
    neighbours(office, 1)
    opened(office, started(office))
    sets(office, office.staff("xiaowang"), [])
    assert [one.caller for one in shared(office)] == [None]


def sent(**change: object) -> dict[str, object]:
    told = {
        "kind": "follow_up", "key": key(), "follow_up-values": ["complaint", "resident-care:festival"],
        "follow_up-share": "150", "follow_up-since": today().isoformat(),
    }  # fmt: skip
    return told | change


def test_the_director_sets_it_and_the_list_and_the_page_say_it(office: Office) -> None:
    client, wang = at(office, "chen"), office.staff("xiaowang")
    assert 'href="/posts/abilities/"' in text(client.get("/posts/"))
    assert 'href="/posts/abilities/"' not in text(at(office, "laoli").get("/posts/"))
    address = f"/posts/abilities/{wang.pk}/"
    page = text(client.get(address))
    assert "没有定过" in page and page.count("checked") == page.count('type="checkbox"') > 4
    assert client.post(address, sent())["Location"] == address
    row = Ability.objects.get()
    assert row.values == ["complaint", "resident-care:festival"] and row.share == 150 and not row.everything
    listed, page = text(client.get("/posts/abilities/")), text(client.get(address))
    for one in (listed, page):
        assert "有效投诉" in one and "关怀回访 · 节日" in one and "份额 150%" in one
    assert "陈主任" in page
    assert Entry.objects.filter(kind="ability_set").count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"follow_up-share": "0"}, "10"),
        ({"follow_up-share": "x"}, "整数"),
        ({"follow_up-since": "2020-01-01"}, "只能从今天起设"),
        ({"follow_up-since": "昨天"}, "请填写日期"),
        ({"follow_up-values": ["painting"]}, "请从给出的选项中选择"),
    ],
)
def test_what_cannot_be_set_is_said_at_its_field(
    office: Office, change: dict[str, object], told: str
) -> None:
    response = at(office, "chen").post(f"/posts/abilities/{office.staff('xiaowang').pk}/", sent(**change))
    assert response.status_code == 422 and told in text(response)
    assert not Ability.objects.exists()


def test_whoever_has_no_such_work_or_is_of_another_estate_is_not_found(office: Office) -> None:
    client = at(office, "chen")
    for who in ("zhou", "xiaoqin"):
        assert client.get(f"/posts/abilities/{office.staff(who).pk}/").status_code == 404
    wang = office.staff("xiaowang").pk
    assert client.post(f"/posts/abilities/{wang}/", sent(kind="another")).status_code == 404
    assert client.get("/posts/abilities/?after=front_desk.x").status_code == 404


def test_the_list_reads_no_more_for_more_people_and_goes_on_page_by_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from banli.people import queries

    client, counts = at(office, "chen"), []
    for number in range(4):
        staff = Staff.objects.create(username=f"more{number}", name=f"前台{number}", password="!")
        appoint(estate=office.estate, staff=staff, post="front_desk", since=today())
        sets(office, staff, ["complaint"])
        office.desks[staff.username] = desk_of(staff, office.estate.pk)
        if number in (0, 3):
            client.get("/posts/abilities/")
            with CaptureQueriesContext(connection) as read:
                client.get("/posts/abilities/")
            counts.append(len(read))
    assert counts[0] == counts[1]
    monkeypatch.setattr(queries, "PAGE", 2)
    seen: list[int] = []
    following = "/posts/abilities/"
    while following:
        context = client.get(following).context
        seen += [line.held.holding.pk for line in context["lines"]]
        following = "/posts/abilities/" + context["next"] if context["next"] else ""
    assert len(seen) == len(set(seen)) >= 5


def test_the_morning_reads_no_more_for_more_calls_that_are_nobodys(office: Office) -> None:
    sets(office, office.staff("xiaowang"), [])
    counts = []
    for more in (1, 2):
        for _ in range(more):
            owed(office)
        morning.morning(office["chen"], timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert len(morning.morning(office["chen"], timezone.now()).calls) == (1 if more == 1 else 3)
        counts.append(len(asked))
    assert counts[0] == counts[1]
