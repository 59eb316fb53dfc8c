"""Who is sent does the work the case asks for: chosen from, refused otherwise, the first time and instead (P8)."""

import pytest

from banli.cases import able, actions
from banli.cases.models import Task
from banli.engine.refusals import Refusal
from banli.people.ability.actions import set_ability
from banli.people.actions import appoint
from banli.people.models import Staff
from tests.cases.test_actions import repair
from tests.cases.test_work_orders import do, key, write
from tests.desk.at_the_desk import at, text
from tests.office import Office, today


@pytest.fixture
def other(office: Office) -> Staff:
    """A second technician."""
    staff = Staff.objects.create(username="xiaolin", name="维修工小林", password="!")
    appoint(estate=office.estate, staff=staff, post="technician", since=today())
    return staff


def does(office: Office, staff: Staff, *trades: str) -> None:
    by = office["chen"]
    offered = list(able.offered(["technician"])["trade"][1])
    set_ability(
        by=by, acting=by.posts["director"], staff=staff, kind="trade", values=trades, offered=offered, since=today()
    )  # fmt: skip


def to_be_sent(office: Office, trade: str = "lift") -> int:
    case = write(office, trade=trade)
    do(office, "xiaowang", case, "order", "issued")
    return case


def refused(office: Office, case: int, staff: Staff) -> Refusal:
    with pytest.raises(Refusal) as why:
        do(office, "xiaowang", case, "send", "dispatched", extra={"assignee": staff.pk})
    assert not Task.objects.filter(case=case, step="take").exists()
    return why.value


def test_whoever_nothing_was_said_of_is_sent_for_anything(office: Office) -> None:
    case = to_be_sent(office)
    do(office, "xiaowang", case, "send", "dispatched", extra={"assignee": office.staff("zheng").pk})
    assert Task.objects.get(case=case, step="take").person == office.staff("zheng")


def test_whoever_does_not_do_it_is_refused_in_words(office: Office, other: Staff) -> None:
    case = to_be_sent(office)
    does(office, other, "water", "electric")
    why = refused(office, case, other)
    assert why.code == "assignee_unable"
    assert "维修工小林不做“电梯”" in why.say("zh") and "does not do “Lifts”" in why.say("en")
    do(office, "xiaowang", case, "send", "dispatched", extra={"assignee": office.staff("zheng").pk})


def test_the_form_lists_those_who_do_it_and_says_why(office: Office, other: Staff) -> None:
    case = to_be_sent(office)
    does(office, other, "water")
    page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert "列出的都做“电梯”" in page and "维修工老郑" in page and "维修工小林" not in page
    does(office, office.staff("zheng"), "water")
    page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert "没有人做“电梯”，请主任在“谁能做什么”里设" in page


def test_nor_is_he_sent_instead(office: Office, other: Staff) -> None:
    case = to_be_sent(office)
    do(office, "xiaowang", case, "send", "dispatched", extra={"assignee": office.staff("zheng").pk})
    does(office, other, "water")
    with pytest.raises(Refusal) as why:
        actions.override(
            by=office["laoli"], case_id=case, what="reassign", step="send", reason="老郑请假", person_id=other.pk,
            key=key(),
        )  # fmt: skip
    assert why.value.code == "assignee_unable"
    assert f'value="send:{other.pk}"' not in text(at(office, "laoli").get(f"/cases/{case}/"))
    does(office, other, "lift")
    assert f'value="send:{other.pk}"' in text(at(office, "laoli").get(f"/cases/{case}/"))


def test_a_trade_is_the_same_in_every_procedure_that_asks_for_it(office: Office) -> None:
    title, options = able.offered(["technician"])["trade"]
    assert title.zh == "工种" and {"water", "door", "lift", "fire"} <= set(options)
    does(office, office.staff("zheng"), "lift")
    case = repair(office)
    with pytest.raises(Refusal) as why:
        do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    assert why.value.code == "assignee_unable"


def test_the_director_sets_trades_without_a_share(office: Office) -> None:
    client, zheng = at(office, "chen"), office.staff("zheng")
    page = text(client.get(f"/posts/abilities/{zheng.pk}/"))
    assert "trade-values" in page and "trade-share" not in page and "follow_up-values" not in page
    told = {
        "kind": "trade",
        "key": key(),
        "trade-values": ["lift", "water"],
        "trade-since": today().isoformat(),
    }
    assert client.post(f"/posts/abilities/{zheng.pk}/", told).status_code == 302
    assert "工种：给排水、电梯" in text(client.get("/posts/abilities/"))
