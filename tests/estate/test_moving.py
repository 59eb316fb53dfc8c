"""Moving in and out: dated acts with their reasons, which end what hangs on living there and delete nothing."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.estate.actions import digest_of_note
from banli.estate.belongings import Vehicle
from banli.estate.models import Authority, Occupancy, Unit
from banli.estate.moving import move_out
from banli.journal.models import Entry
from tests.estate.home import Home
from tests.estate.test_actions import authorise

DAY = timedelta(days=1)


def lives(home: Home, name: str = "刘先生") -> Occupancy:
    return Occupancy.objects.get(person__name=name, unit=home.unit)


def vehicle(home: Home, plate: str, since: date) -> Vehicle:
    return Vehicle.objects.create(
        estate=home.unit.estate, unit=home.unit, person=home.tenant, plate=plate, place="B1-023", since=since
    )


def test_who_came_says_why_and_the_journal_keeps_no_words(home: Home) -> None:
    row = home.move_in("李四", "family", arrival="with_family", note="业主的父亲")
    assert (row.arrival, row.arrival_note) == ("with_family", "业主的父亲")
    body = Entry.objects.filter(kind="moved_in").latest("seq").body
    assert body["arrival"] == "with_family" and body["note"] == digest_of_note("业主的父亲")


@pytest.mark.parametrize(
    ("role", "arrival"),
    [
        ("tenant", "bought"), ("owner", "rented"), ("co_owner", "employed"), ("family", "employed"),
        ("staff", "bought"), ("renovation_lead", "with_family"),
    ],
)  # fmt: skip
def test_who_came_for_a_reason_of_another_role_is_not_written_down(
    home: Home, role: str, arrival: str
) -> None:
    with pytest.raises(Refusal) as why:
        home.move_in("李四", role, arrival=arrival)
    assert why.value.fields["arrival"].code == "arrival_of_another_role"
    assert home.move_in("李四", role, arrival="other").arrival == "other"


def test_of_an_owner_no_lease_ends_but_they_may_leave_with_their_tenant(home: Home) -> None:
    desk, today = home.office.desk("xiaowang"), timezone.localdate()
    owner = lives(home, "张女士")
    with pytest.raises(Refusal) as why:
        move_out(by=desk, occupancy=owner, until=today, departure="lease_ended")
    assert (
        why.value.fields["departure"].code == "departure_of_another_role"
        and lives(home, "张女士").until is None
    )
    move_out(by=desk, occupancy=owner, together=[lives(home)], until=today, departure="lease_ended")


def test_a_tenant_who_leaves_has_no_vehicle_there_and_acts_for_nobody(home: Home) -> None:
    today = timezone.localdate()
    letter = authorise(home)
    parked = vehicle(home, "浙A12345", today - 9 * DAY)
    until = today + 3 * DAY
    left = move_out(
        by=home.office.desk("xiaowang"), occupancy=lives(home), until=until, departure="lease_ended", note="不续租"
    )  # fmt: skip
    assert (left.until, left.departure, left.departure_note) == (until, "lease_ended", "不续租")
    letter.refresh_from_db()
    parked.refresh_from_db()
    assert letter.valid_to == until and letter.revoked_at is None, "it stands until they are gone"
    assert parked.until == until
    body = Entry.objects.get(kind="moved_out").body
    assert body["vehicles"] == [parked.pk] and body["note"] == digest_of_note("不续租")
    assert Entry.objects.get(kind="authority_ended").body == {
        "authority": letter.pk, "valid_to": until.isoformat(),
    }  # fmt: skip


def test_a_letter_that_would_only_begin_afterwards_is_revoked(home: Home) -> None:
    today = timezone.localdate()
    later = authorise(home, valid_from=today + 5 * DAY, valid_to=today + 9 * DAY)
    move_out(by=home.office.desk("xiaowang"), occupancy=lives(home), until=today, departure="lease_ended")
    later.refresh_from_db()
    assert later.revoked_at is not None and later.revoked_by is not None


def test_whoever_stays_in_another_role_keeps_vehicle_and_letter(home: Home) -> None:
    today = timezone.localdate()
    letter, parked = authorise(home), vehicle(home, "浙A12345", today)
    home.move_in("刘先生", "family", phone="13800210500", since=today)
    tenancy = Occupancy.objects.get(person=home.tenant, role="tenant")
    move_out(by=home.office.desk("xiaowang"), occupancy=tenancy, until=today, departure="lease_ended")
    letter.refresh_from_db()
    parked.refresh_from_db()
    assert letter.valid_to > today and parked.until is None


def test_an_owner_who_sells_has_nobody_act_for_them(home: Home) -> None:
    letter = authorise(home)
    owner = Occupancy.objects.get(person=home.owner)
    today = timezone.localdate()
    move_out(by=home.office.desk("xiaowang"), occupancy=owner, until=today, departure="sold")
    letter.refresh_from_db()
    assert letter.valid_to == today


def test_a_family_leaves_together_and_twice_is_once(home: Home) -> None:
    home.move_in("刘先生之子", "family")
    today = timezone.localdate()
    for _ in range(2):
        move_out(
            by=home.office.desk("xiaowang"), occupancy=lives(home), together=[lives(home, "刘先生之子")], until=today,
            departure="lease_ended", key="k-out",
        )  # fmt: skip
    assert Entry.objects.filter(kind="moved_out").count() == 2
    assert set(Occupancy.objects.filter(departure="lease_ended").values_list("person__name", flat=True)) == {
        "刘先生", "刘先生之子",
    }  # fmt: skip


def test_a_lease_that_was_to_end_that_day_gets_its_reason(home: Home) -> None:
    today = timezone.localdate()
    Occupancy.objects.filter(person=home.tenant).update(until=today)
    move_out(by=home.office.desk("xiaowang"), occupancy=lives(home), until=today, departure="lease_ended")
    with pytest.raises(Refusal) as why:
        move_out(by=home.office.desk("xiaowang"), occupancy=lives(home), until=today, departure="sold")
    assert why.value.code == "moved_out"


def test_where_one_of_them_cannot_leave_nobody_leaves(home: Home) -> None:
    other = Unit.objects.get(estate=home.office.cuihu, key="12-3-501")
    elsewhere = home.move_in("李四", "tenant", unit=other)
    today = timezone.localdate()
    with pytest.raises(Refusal) as why:
        move_out(
            by=home.office.desk("xiaowang"), occupancy=lives(home), together=[elsewhere], until=today,
            departure="lease_ended",
        )  # fmt: skip
    assert why.value.code == "other_home"
    with pytest.raises(Refusal) as why:
        move_out(by=home.office.desk("xiaowang"), occupancy=lives(home), until=today, departure="tired")
    assert why.value.code == "not_an_option"
    assert lives(home).until is None and not Entry.objects.filter(kind="moved_out").exists()


def test_the_database_holds_reason_and_day_together(home: Home) -> None:
    for change in (
        {"departure": "sold"},
        {"departure": "tired", "until": date(2030, 1, 1)},
        {"arrival": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Occupancy.objects.filter(person=home.tenant).update(**change)
    assert Authority.objects.count() == 0
