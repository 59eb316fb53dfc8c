"""A worker's card at the gate: the face, the room, the permit; let in while it is in use, and never else (P2)."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Case
from banli.cashier import actions as cashier
from banli.gate import queries
from banli.journal.models import Entry
from banli.papers.models import Paper
from tests.cases.test_actions import do, key
from tests.cases.test_renovation import (
    FACE,
    audited,
    card,
    carded,
    extended,
    in_days,
    opened,
    permitted,
    ticked,
)
from tests.desk.at_the_desk import at
from tests.gate.test_gate import scan, text
from tests.office import ZONE, Office

#: A working day, so that the hours of renovation works hold.
MORNING = datetime(2026, 5, 13, 9, 30, tzinfo=ZONE)


@pytest.fixture
def morning() -> Any:
    with time_machine.travel(MORNING, tick=True) as clock:
        yield clock


@pytest.fixture
def works(morning: Any, office: Office) -> int:
    """A renovation under way in 12-3-502."""
    cashier.open_shift(by=office["sun"], acting=office["sun"].posts["finance"], float_fen=50000)
    return permitted(office)


@pytest.fixture
def cards(works: int, office: Office) -> list[Paper]:
    """Two workers' cards, stamped and handed over."""
    case = carded(office, 2)
    return list(Paper.objects.filter(case_id=case, kind="worker-card").order_by("branch"))


@pytest.fixture
def guard(cards: list[Paper], office: Office, client: Client) -> Client:
    client.force_login(office.staff("zhou"))
    return client


def entered(guard: Client, paper: Paper, again: str = "") -> Any:
    return guard.post(f"/gate/passes/{paper.pk}/entry/", {"key": again or key()})


def verdict_of(paper: Paper, now: datetime | None = None) -> str:
    fresh = Paper.objects.select_related("case__record", "form", "estate", "used_by").get(pk=paper.pk)
    return queries.judged(fresh, None, fresh.estate, now or timezone.now()).kind


def test_the_guard_sees_the_face_the_room_the_permit_and_until_when(
    guard: Client, cards: list[Paper]
) -> None:
    page = text(scan(guard, cards[0].token or ""))
    permit = Paper.objects.get(kind="renovation-permit")
    for said in ("可进入", "工人甲", "12-3-502", permit.number, in_days(60), cards[0].number, "核对照片"):
        assert said in page
    assert 'src="data:image/jpeg;base64,' in page
    assert "工人乙" not in page and "11010119900101" not in page
    assert "可进入" in text(scan(guard, cards[1].number.lower())), "typed, it is as good"


def test_each_look_at_the_face_is_journalled(guard: Client, cards: list[Paper], office: Office) -> None:
    scan(guard, cards[0].token or "")
    seen = Entry.objects.get(kind="unmask")
    assert (seen.actor, seen.post) == (office.staff("zhou"), "gate")
    assert seen.body == {
        "case": cards[0].case_id, "field": "form.portrait", "paper": cards[0].pk, "reason": "门岗查验",
    }  # fmt: skip


def test_a_worker_comes_in_every_day_and_it_is_written_down(guard: Client, cards: list[Paper]) -> None:
    answer = entered(guard, cards[0], "an-entry-key")
    assert answer["Location"] == f"/gate/passes/{cards[0].pk}/entry/"
    assert "已放进" in text(guard.get(answer["Location"])) and "门岗老周" in text(
        guard.get(answer["Location"])
    )
    entered(guard, cards[0], "an-entry-key")
    assert Entry.objects.filter(kind="came_in").count() == 1, "a double click is once"
    entered(guard, cards[0])
    assert Entry.objects.filter(kind="came_in").count() == 2
    assert Paper.objects.get(pk=cards[0].pk).state == "valid", "a card is not used up"
    page = text(guard.get("/gate/"))
    assert "今天凭证进入" in page and f"工人甲 · {cards[0].number}" in page
    assert entered(guard, cards[1], "an-entry-key").status_code == 409, "the key was another card's"
    assert entered(guard, cards[1], "short").status_code == 409
    assert audited() == []


def test_the_gates_page_asks_as_much_for_one_as_for_three(guard: Client, cards: list[Paper]) -> None:
    guard.get("/gate/")  # whose goods are checked is read once
    counts = []
    for paper in (cards[0], cards[1], cards[0]):
        entered(guard, paper)
        with CaptureQueriesContext(connection) as seen:
            guard.get("/gate/")
        counts.append(len(seen))
    assert len(set(counts)) == 1


def test_another_face_is_turned_away_with_a_reason(guard: Client, cards: list[Paper]) -> None:
    address = f"/gate/passes/{cards[0].pk}/refusal/"
    for bad in ("", "  ", "字" * 201, "\x07"):
        assert guard.post(address, {"note": bad, "key": key()}).status_code == 409
    assert not Entry.objects.filter(kind="stopped").exists()
    page = text(guard.post(address, {"note": "照片不是本人", "key": key()}, follow=True))
    assert f"{cards[0].number} · 门岗不放：照片不是本人" in page
    assert Paper.objects.get(pk=cards[0].pk).state == "valid"


def test_outside_the_hours_nobody_comes_in(guard: Client, cards: list[Paper], morning: Any) -> None:
    for moment, kind in (
        (MORNING.replace(hour=8, minute=0), "go"),
        (MORNING.replace(hour=12, minute=0), "go"),
        (MORNING.replace(hour=12, minute=1), "off_hours"),
        (MORNING.replace(hour=19), "off_hours"),
        (MORNING + timedelta(days=3), "off_hours"),  # a Saturday
    ):
        assert verdict_of(cards[0], moment) == kind
    morning.move_to(MORNING.replace(hour=19))
    guard.force_login(cards[0].issued_by.__class__.objects.get(username="zhou"))
    page = text(scan(guard, cards[0].token or ""))
    assert "不是可以进入的时段（周一至周五 08:00–12:00、14:00–18:00）" in page and "data:image" not in page
    assert entered(guard, cards[0]).status_code == 409
    assert not Entry.objects.filter(kind="came_in").exists()


def test_the_hours_are_the_estates_own_of_today(guard: Client, cards: list[Paper], office: Office) -> None:
    office.estate.settings = {**office.estate.settings, "renovation_hours": "Mo-Su 20:00-22:00"}
    office.estate.save()
    assert verdict_of(cards[0]) == "off_hours"


def test_before_the_stamp_and_the_hand_over_a_card_is_not_good(works: int, office: Office) -> None:
    from tests.cases.test_renovation import COPY, identity, lead, pay

    rows = [{"name": "工人甲", "trade": "mason", "days": 30}]
    case = opened(office, "worker-card", lead(office), "renovation_lead", workers=rows)
    do(office, "xiaowang", case, "check", "passed", extra=ticked("check"))
    pay(office, case, "pay", 10500)
    told = {"holder": "工人甲", "holder_id": identity("11010119900101001"), "valid_to": in_days(60)}
    told |= {"portrait": FACE.sha256, "identity_copy": COPY.sha256}
    do(office, "xiaowang", case, "particulars", "done", branch=0, answers=told, uploads=[FACE, COPY])
    do(office, "xiaowang", case, "card", "issued", branch=0)
    paper = Paper.objects.get(kind="worker-card")
    assert verdict_of(paper) == "not_in_use"
    do(office, "sun", case, "stamp", "sealed", branch=0)
    assert verdict_of(paper) == "not_in_use"
    do(
        office,
        "xiaowang",
        case,
        "hand_over",
        "handed_over",
        branch=0,
        signature="paper",
        extra=ticked("hand_over"),
    )
    assert verdict_of(paper) == "go"


def test_a_card_given_back_or_lost_is_kept_at_the_gate(
    guard: Client, cards: list[Paper], office: Office
) -> None:
    case = cards[0].case_id
    do(office, "xiaowang", case, "in_use", "given_back", branch=0)
    assert verdict_of(cards[0]) == "given_back" and verdict_of(cards[1]) == "go"
    do(office, "xiaowang", case, "back", "done", branch=0, answers={"card_state": "good"})
    page = text(scan(guard, cards[0].token or ""))
    assert "拒绝" in page and "已交回" in page and "data:image" not in page
    do(office, "xiaowang", case, "in_use", "lost", branch=1, note="工地上丢的")
    assert verdict_of(cards[1]) == "lost"
    assert "已报失" in text(scan(guard, cards[1].token or ""))
    assert entered(guard, cards[1]).status_code == 409
    assert "已报失" in text(guard.get("/gate/"))


def test_an_extension_renews_the_card_and_the_old_one_lets_nobody_in(
    guard: Client, works: int, cards: list[Paper], office: Office
) -> None:
    case = cards[0].case_id
    extended(office, in_days(90))
    assert verdict_of(cards[0]) == "renewed"
    do(office, "xiaowang", works, "extend", "passed", extra={"ticked": ["old"]})
    do(office, "xiaowang", works, "permit", "issued")
    do(office, "xiaowang", case, "renew", "reached", branch=0)
    do(office, "xiaowang", case, "old_card", "given_back", branch=0, extra={"ticked": ["old"]})
    do(office, "sun", case, "renew_fee", "paid", branch=0, extra={"fen": 500, "method": "cash"})
    form = at(office, "xiaowang").get(f"/cases/{case}/?task=particulars.0").content.decode()
    assert f'value="{in_days(90)}"' in form, "the new card is offered the new date, not the old card's"
    card(office, case, 0, in_days(90))
    new = Paper.objects.filter(case_id=case, branch=0, kind="worker-card").latest("pk")
    assert (verdict_of(cards[0]), verdict_of(new)) == ("renewed", "go")
    assert "凭新证进入" in text(scan(guard, cards[0].token or ""))


def test_the_day_after_its_last_a_card_is_expired(cards: list[Paper]) -> None:
    day = datetime.combine(timezone.localdate() + timedelta(days=61), time(9), ZONE)
    assert verdict_of(cards[0], day) == "expired"


def test_when_the_permit_is_stopped_or_over_no_card_lets_in(
    guard: Client, works: int, cards: list[Paper], office: Office
) -> None:
    record = Case.objects.get(pk=works)
    Case.objects.filter(pk=works).update(form={**record.form, "end_date": in_days(-1)})
    assert verdict_of(cards[0]) == "record_over"
    Case.objects.filter(pk=works).update(
        form=record.form, status="withdrawn", ended_at=timezone.now(), wake_at=None
    )
    assert verdict_of(cards[0]) == "no_record"
    assert "装修许可已停止或办结" in text(scan(guard, cards[0].token or ""))


def test_the_permit_on_the_door_says_whether_it_is_in_force(
    guard: Client, works: int, office: Office
) -> None:
    permit = Paper.objects.get(kind="renovation-permit")
    page = text(scan(guard, permit.token or ""))
    assert "有效" in page and "安居装饰" in page and "13800571501" not in page and "放进" not in page
    assert guard.post(f"/gate/passes/{permit.pk}/entry/", {"key": key()}).status_code == 404
    assert guard.post(f"/gate/passes/{permit.pk}/refusal/", {"key": key(), "note": "x"}).status_code == 404
    do(office, "xiaowang", works, "works", "reported")
    assert verdict_of(permit) == "given_back"


def test_a_stranger_learns_only_that_a_card_holds(cards: list[Paper], client: Client) -> None:
    page = text(client.get(f"/g/{cards[0].token}"))
    assert "装修人员出入证" in page and "有效" in page
    for private in ("工人甲", "12-3-502", "data:image"):
        assert private not in page
    Paper.objects.filter(pk=cards[0].pk).update(state="void", voided_at=timezone.now(), void_reason="换人")
    assert "已作废" in text(client.get(f"/g/{cards[0].token}"))


def test_a_guard_lets_nobody_in_elsewhere(cards: list[Paper], office: Office, client: Client) -> None:
    client.force_login(office.staff("xiaowang"))
    assert entered(client, cards[0]).status_code == 403
    client.force_login(office.staff("zhou"))
    Paper.objects.filter(pk=cards[0].pk).update(estate=office.elsewhere)
    assert entered(client, cards[0]).status_code == 404


def test_a_card_whose_deposit_is_all_kept_is_settled_without_asking_how_it_was_paid_back(
    cards: list[Paper], office: Office
) -> None:
    case = cards[0].case_id
    extended(office, in_days(90))
    record = Case.objects.get(pk=case).record_id
    assert record is not None
    do(office, "xiaowang", case, "renew", "reached", branch=0)
    do(office, "xiaowang", case, "old_card", "lost", branch=0, note="书面报失")
    kept = {"kept": [{"reason": "遗失", "amount": "100"}], "kept_photo": FACE.sha256}
    do(office, "xiaowang", case, "lost", "done", branch=0, answers=kept, uploads=[FACE])
    do(office, "chen", case, "agree", "approved", branch=0, signature="paper")
    page = at(office, "sun").get(f"/cases/{case}/?task=refund.0").content.decode()
    assert 'name="act-amount"' in page and 'name="act-method"' not in page
    do(
        office, "sun", case, "refund", "refunded", branch=0, signature="paper",
        extra={"fen": 0, "ticked": ["receipt", "card"]},
    )  # fmt: skip
    assert verdict_of(cards[0]) == "lost"
    assert audited() == []


def test_a_permit_that_an_extension_replaced_says_so_in_both_languages(
    works: int, cards: list[Paper], office: Office
) -> None:
    extended(office, in_days(90))
    do(office, "xiaowang", works, "extend", "passed", extra={"ticked": ["old"]})
    old = Paper.objects.get(kind="renovation-permit", state="void")
    clerk = at(office, "xiaowang")
    assert "换发新的，以新的为准" in text(clerk.get(f"/papers/{old.pk}/"))
    clerk.cookies["django_language"] = "en"
    page = text(clerk.get(f"/papers/{old.pk}/"))
    assert "replaced by a new one" in page and "换发" not in page
    assert audited() == []
