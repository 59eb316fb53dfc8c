"""P7, P8: a booked slot is given once, by the database itself; freed when the case is taken back, rebooked or over."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.cases import actions
from banli.cases.audit import CHECKS
from banli.cases.models import Case, Reservation
from banli.engine.refusals import Refusal
from tests.cases.test_actions import do, key
from tests.cases.test_at_once import at_once, busy  # noqa: F401 - a fixture
from tests.cases.test_home_cleaning import booked as cleaning
from tests.cases.test_home_cleaning import tomorrow
from tests.desk.at_the_desk import acted, at, text
from tests.office import Office


def repair(office: Office, at: str = "", **answers: Any) -> int:
    asked = {"problem": "漏水", "place": "kitchen", "trade": "water", "urgency": "booked", "phone": "13812345678",
             "booked_at": at or tomorrow(14), **answers}  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="home-repair", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=asked, key=key(),
    ).case_id  # fmt: skip


def most(office: Office, **settings: int) -> None:
    office.estate.settings = {**office.estate.settings, **settings}
    office.estate.save()
    for desk in office.desks.values():  # as at everybody's next request
        desk.estate.refresh_from_db()


def seats(case: int) -> list[tuple[str, int, int | None]]:
    return list(Reservation.objects.filter(case_id=case).order_by("pk").values_list("pool", "seat", "person"))


def audited() -> list[str]:
    return [str(finding) for check in CHECKS.values() for finding in check()]


def test_a_full_slot_is_refused_and_names_free_ones(office: Office) -> None:
    most(office, repair_slot_most=2)
    first, second = repair(office), repair(office, tomorrow(15))
    assert (seats(first), seats(second)) == ([("repair-visits", 1, None)], [("repair-visits", 2, None)])
    with pytest.raises(Refusal) as why:
        repair(office)
    told = why.value.fields["booked_at"]
    assert told.code == "slot_taken"
    day = timezone.localdate() + timedelta(days=1)
    assert f"{day.month}月{day.day}日 14:00–16:00 已约满" in told.say()
    assert "12:00–14:00" in told.say() and "16:00–18:00" in told.say()
    repair(office, tomorrow(16))
    repair(office, "", urgency="now", booked_at=None)
    assert audited() == []


def test_taken_back_or_rebooked_a_slot_is_free(office: Office) -> None:
    most(office, repair_slot_most=1)
    first = repair(office)
    actions.withdraw(by=office["xiaowang"], case_id=first, reason="自己修好了", key=key())
    second = repair(office)
    assert (seats(first), seats(second)) == ([], [("repair-visits", 1, None)])
    actions.override(
        by=office["laoli"], case_id=second, what="send_back", step="request", reason="改期", key=key()
    )
    third = repair(office)
    with pytest.raises(Refusal, match=r"^form_invalid"):
        do(office, "xiaowang", second, "request", "done", answers={
            "problem": "漏水", "place": "kitchen", "trade": "water", "urgency": "booked", "booked_at": tomorrow(15),
            "phone": "13812345678",
        })  # fmt: skip
    assert seats(third) == [("repair-visits", 1, None)] and seats(second) == []
    assert audited() == []


def test_a_technician_is_sent_once_in_a_slot(office: Office) -> None:
    first, second = repair(office), repair(office)
    zheng = office.staff("zheng")
    do(office, "xiaowang", first, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    assert seats(first) == [("repair-visits", 1, None), ("technicians", 1, zheng.pk)]
    with pytest.raises(Refusal, match=r"^slot_person") as why:
        do(office, "xiaowang", second, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    assert "请改派别人" in why.value.say() and "12:00–14:00" in why.value.say()
    assert Case.objects.get(pk=second).standing.get("assigned") == {}
    answer = acted(
        at(office, "xiaowang"), second, "dispatch", "dispatched", **{"act-assignee": str(zheng.pk)}
    )
    assert answer.status_code in (409, 422) and "请改派别人" in text(answer)
    actions.withdraw(by=office["xiaowang"], case_id=first, reason="自己修好了", key=key())
    do(office, "xiaowang", second, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    assert audited() == []


def test_cleaners_are_counted_by_the_head(office: Office) -> None:
    most(office, cleaners_at_once=3)
    first, second = cleaning(office), cleaning(office)
    when = {"visit_at": tomorrow(14), "sent": "小何、小田"}
    do(office, "wu", first, "arrange", "agreed", answers=when)
    assert [seat for _, seat, _ in seats(first)] == [1, 2]
    with pytest.raises(Refusal) as why:
        do(office, "wu", second, "arrange", "agreed", answers=when)
    assert why.value.fields["visit_at"].code == "slot_taken"
    do(office, "wu", second, "arrange", "agreed", answers={**when, "visit_at": tomorrow(9)})
    do(office, "xiaowang", first, "call_back", "not_agreed", note="换一天")
    assert seats(first) == []
    assert audited() == []


def test_the_database_gives_no_seat_twice(office: Office) -> None:
    held = Reservation.objects.get(case_id=repair(office))
    for person in (None, office.staff("zheng")):
        told = {"estate": office.estate, "case_id": held.case_id, "step": "request", "pool": "technicians",
                "slot": held.slot, "seat": 1, "person": person}  # fmt: skip
        Reservation.objects.create(**told)
        with pytest.raises(IntegrityError, match="slot_given_once"), transaction.atomic():
            Reservation.objects.create(**told)


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_as_many_as_there_is_room_for_get_it(busy: Office) -> None:  # noqa: F811
    most(busy, repair_slot_most=2)
    told = at_once(*[lambda: repair(busy)] * 4)
    assert Counter(t if isinstance(t, str) else "booked" for t in told) == {"booked": 2, "form_invalid": 2}
    assert sorted(Reservation.objects.values_list("seat", flat=True)) == [1, 2]


def test_the_audit_finds_a_slot_that_was_slipped_to_somebody(office: Office) -> None:
    held = Reservation.objects.get(case_id=repair(office))
    Reservation.objects.filter(pk=held.pk).update(slot=held.slot + timedelta(hours=2))
    assert any("cases_reservation" in finding for finding in audited())
    Reservation.objects.filter(pk=held.pk).delete()
    assert any("a row is missing" in finding for finding in audited())
