"""Erasing somebody who left: what may go goes, what must be kept is named, and the journal's chain is untouched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.estate import erasing, privacy, searching
from banli.estate.actions import Particulars, correct_person
from banli.estate.belongings import FormerParticulars
from banli.estate.models import Occupancy, Person
from banli.estate.moving import move_out
from banli.journal.models import Entry
from tests.estate.home import Home
from tests.estate.test_actions import authorise

SUPERVISOR = "laoli"


def gone(home: Home) -> Person:
    """刘先生 moved out yesterday; his number was corrected once."""
    desk = home.office.desk("xiaowang")
    Occupancy.objects.filter(person=home.tenant).update(since=timezone.localdate() - timedelta(days=90))
    correct_person(by=desk, person=home.tenant, particulars=Particulars("刘先生", "13800210501"))
    tenancy = Occupancy.objects.get(person=home.tenant)
    move_out(
        by=desk, occupancy=tenancy, until=timezone.localdate() - timedelta(days=1), departure="lease_ended"
    )
    return Person.objects.get(pk=home.tenant.pk)


def refused(home: Home, person: Person, reason: str = "本人要求，看了身份证") -> str:
    with pytest.raises(Refusal) as why:
        erasing.erase_person(by=home.office.desk(SUPERVISOR), person=person, reason=reason)
    return why.value.code


def test_somebody_who_is_named_nowhere_goes_with_their_name(home: Home) -> None:
    person = gone(home)
    entries = list(Entry.objects.order_by("pk").values_list("pk", "hash"))
    told = erasing.erase_person(by=home.office.desk(SUPERVISOR), person=person, reason="本人要求")
    assert told == ["person_phone", "person_corrections", "person_name"]
    person.refresh_from_db()
    assert (person.name, person.phone, person.phone_index, person.pinyin) == ("已删除", "", "", "")
    assert not FormerParticulars.objects.filter(person=person).exists()
    assert not searching.search(home.office.desk("xiaowang"), "13800210501").persons
    assert Occupancy.objects.filter(person=person).exists(), "the roster stays"
    assert list(Entry.objects.order_by("pk").values_list("pk", "hash"))[: len(entries)] == entries
    body = Entry.objects.get(kind="person_erased").body
    assert body == {"person": person.pk, "erased": told, "reason": "本人要求"}
    assert refused(home, person) == "nothing_to_erase"


def test_a_name_on_a_letter_is_kept(home: Home) -> None:
    authorise(home)
    person = gone(home)
    told = erasing.erase_person(by=home.office.desk(SUPERVISOR), person=person, reason="本人要求")
    assert told == ["person_phone", "person_corrections"]
    person.refresh_from_db()
    assert (person.name, person.phone) == ("刘先生", "")


def test_who_still_lives_there_is_not_erased(home: Home) -> None:
    assert refused(home, home.tenant) == "still_belongs"
    move_out(by=home.office.desk("xiaowang"), occupancy=Occupancy.objects.get(person=home.tenant),
             until=timezone.localdate(), departure="lease_ended")  # fmt: skip
    assert refused(home, home.tenant) == "still_belongs", "the last day counts"


def test_without_a_reason_nothing_is_erased(home: Home) -> None:
    person = gone(home)
    assert refused(home, person, " ") == "reason_required"
    person.refresh_from_db()
    assert person.phone == "13800210501" and not Entry.objects.filter(kind="person_erased").exists()


def test_every_private_field_of_the_file_stands_in_the_list(home: Home) -> None:
    told = privacy.kept()
    assert {"person_name", "person_phone", "person_paper", "person_corrections"} <= set(told)
    assert all(one.title.en and one.law.zh and one.kept.zh for one in told.values())
    goes = {name for name, one in told.items() if one.erased in ("on_request", "when_unnamed")}
    assert goes == {"person_name", "person_phone", "person_paper", "person_corrections", "pet"}
