"""Pets: declared freely, dated, sealed where private, and gone when the declaration is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from banli.engine.refusals import Refusal
from banli.estate import privacy
from banli.estate.erasing import erasable, erase_person
from banli.estate.models import Occupancy
from banli.estate.moving import move_out
from banli.estate.pets.actions import Told, declare_pet
from banli.estate.pets.models import Pet
from banli.journal.models import Entry
from tests.desk.at_the_desk import at, key, text
from tests.desk.test_contracts import findings
from tests.desk.test_privacy import sold, taken
from tests.desk.test_resident_file import file_of, printed
from tests.office import Office, today

__all__ = ["printed"]
LICENCE = "翠犬20260017"


def posted(office: Office, **change: Any) -> dict[str, Any]:
    """The declaration as a browser sends it."""
    return {
        "key": key(), "person": office.owner.pk, "kind": "dog", "since": today().isoformat(), "breed": "柯基",
        "colour": "黄白", "licence": LICENCE, "vaccinated": today().isoformat(), "consent": ["yes"], **change,
    }  # fmt: skip


def declared(office: Office, **change: Any) -> Pet:
    sent = at(office, "xiaowang").post(f"/units/{office.unit.pk}/pets/", posted(office, **change))
    assert sent.status_code == 302, text(sent)
    return Pet.objects.latest("pk")


def test_a_declared_pet_stands_in_the_file_and_on_its_paper_masked(
    office: Office, printed: list[dict[str, Any]]
):
    assert "没有人申报。申报全凭自愿。" in file_of(office)
    declared(office)
    page = file_of(office)
    assert "犬" in page and "柯基、黄白" in page and LICENCE not in page and "翠**" in page
    at(office, "xiaowang").get(f"/units/{office.unit.pk}/file.pdf")
    (line,) = printed[0]["file.pets"]
    assert (line["kind"], line["licence"], line["person"]) == ("犬", "翠**", "业主张女士")


def test_the_licence_is_sealed_and_the_journal_says_nothing_of_the_pet(office: Office):
    declared(office)
    with connection.cursor() as cursor:
        cursor.execute("SELECT licence FROM estate_pet")
        assert cursor.fetchone()[0].startswith("v1.")
    body = Entry.objects.get(kind="pet_declared").body
    assert set(body) == {"pet", "unit", "person", "follows"} and findings() == []


def test_only_the_kind_is_needed(office: Office):
    pet = declared(office, breed="", colour="", licence="", vaccinated="")
    assert (pet.breed, pet.colour, pet.licence, pet.vaccinated) == ("", "", "", None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent": []}, "请填写。"),
        ({"kind": "dragon"}, "请从给出的选项中选择。"),
        ({"since": "0001-01-01"}, "不能早于 1990-01-01"),
    ],
)
def test_what_was_not_declared_so_is_not_recorded(office: Office, change: dict[str, Any], sentence: str):
    sent = at(office, "xiaowang").post(f"/units/{office.unit.pk}/pets/", posted(office, **change))
    assert sent.status_code == 422 and sentence in text(sent) and not Pet.objects.exists()


def test_nothing_is_recorded_without_consent(office: Office):
    with pytest.raises(Refusal, match="not_declared"):
        declare_pet(
            by=office["xiaowang"], unit=office.unit, person=office.owner, told=Told("dog", today()), consented=False
        )  # fmt: skip


def test_a_change_is_another_row_from_its_day_on(office: Office):
    first = declared(office, since=(today() - timedelta(days=30)).isoformat())
    again = declared(office, follows=first.pk, colour="黄")
    first.refresh_from_db()
    assert (first.until, first.colour) == (today() - timedelta(days=1), "黄白")
    assert (again.since, again.until, again.colour) == (today(), None, "黄")
    sent = at(office, "xiaowang").post(f"/units/{office.unit.pk}/pets/", posted(office, follows=again.pk))
    assert sent.status_code == 422 and "变更要从" in text(sent) and Pet.objects.count() == 2


def test_it_ends_once(office: Office):
    pet = declared(office, since=(today() - timedelta(days=30)).isoformat())
    client, url = at(office, "xiaowang"), f"/pets/{pet.pk}/closure/"
    sent = {"last_day": (today() - timedelta(days=1)).isoformat()}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 422
    assert client.post(url, {"last_day": "x"}).status_code == 422
    assert "已结束" in file_of(office)


def test_taken_back_it_is_gone_at_once(office: Office):
    pet = declared(office)
    client = at(office, "xiaowang")
    assert client.post(f"/pets/{pet.pk}/withdrawal/").status_code == 302
    assert not Pet.objects.exists()
    assert client.post(f"/pets/{pet.pk}/withdrawal/").status_code == 404
    entry = Entry.objects.get(kind="pet_withdrawn")
    assert entry.body == {"pet": pet.pk, "person": office.owner.pk} and findings() == []


def test_looking_at_the_licence_needs_a_reason_and_is_journalled(office: Office):
    pet = declared(office)
    client, url = at(office, "xiaowang"), f"/pets/{pet.pk}/unmasking/"
    refused = client.post(url, {"reason": " \x00"})
    assert refused.status_code == 422 and LICENCE not in text(refused)
    shown = client.post(url, {"reason": "拾到走失的犬"})
    assert LICENCE in text(shown) and "no-store" in shown["Cache-Control"]
    assert Entry.objects.get(kind="unmask").body["reason"] == "拾到走失的犬"


def test_it_ends_with_moving_out_and_goes_with_the_person(office: Office):
    pet = declared(office)
    sold(office)
    pet.refresh_from_db()
    assert pet.until == pet.since
    assert "pet" in erasable(office.owner).goes
    erase_person(by=office["laoli"], person=office.owner, reason="本人要求")
    assert not Pet.objects.exists() and findings() == []


def test_who_leaves_later_keeps_it_until_then(office: Office):
    pet, last = declared(office), today() + timedelta(days=9)
    lives = Occupancy.objects.get(person=office.owner)
    move_out(by=office["xiaowang"], occupancy=lives, until=last, departure="sold")
    pet.refresh_from_db()
    assert pet.until == last
    assert Entry.objects.get(kind="moved_out").body["pets"] == [pet.pk]


def test_their_own_copy_has_it_in_clear(office: Office):
    declared(office)
    (line,) = taken(office, office.owner)["pets"]
    assert (line["kind"], line["licence"], line["home"]) == ("犬", LICENCE, "12-3-502")


def test_the_ground_is_consent():
    assert privacy.kept()["pet"].ground == "consent"


def test_the_gate_sees_none_and_another_estate_has_none(office: Office):
    pet = declared(office)
    for rest in ("closure/", "withdrawal/", "unmasking/"):
        assert at(office, "zhou").post(f"/pets/{pet.pk}/{rest}").status_code == 403
        assert at(office, "xiaoqin").post(f"/pets/{pet.pk}/{rest}").status_code == 404
