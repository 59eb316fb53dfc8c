"""What somebody can do: set from a day on, never overwritten, refused clearly, and in the journal."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.people.ability.actions import set_ability
from banli.people.ability.queries import abilities, by_staff, history
from banli.people.models import Ability, Holding
from tests.people.cast import Office

DAY = date(2026, 5, 6)
OFFERED = ("repair", "cleaning", "care")


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel("2026-05-06T09:00:00+08:00", tick=False):
        yield


def can(office: Office, who: str = "xiaowang", **other: Any) -> Ability:
    by = office.desk("chen")
    told: dict[str, Any] = {
        "kind": "follow_up",
        "values": ["repair"],
        "offered": OFFERED,
        "since": DAY,
        "share": 100,
    }
    return set_ability(by=by, acting=by.posts["director"], staff=office.staff[who], **told | other)


def test_whoever_nothing_was_said_of_can_do_everything(office: Office) -> None:
    told = abilities(office.cuihu.pk, "follow_up", DAY)
    assert told.able([office.staff["xiaowang"].pk], "repair") == {office.staff["xiaowang"].pk: 100}


def test_it_holds_from_its_day_on_and_what_held_before_stays(office: Office) -> None:
    wang = office.staff["xiaowang"].pk
    can(office, values=["repair", "care"], share=50)
    can(office, values=["cleaning"], since=DAY + timedelta(days=10))
    before, then = (abilities(office.cuihu.pk, "follow_up", DAY + timedelta(days=n)) for n in (9, 10))
    assert before.able([wang], "repair") == {wang: 50} and before.able([wang], "cleaning") == {}
    assert then.able([wang], "repair") == {} and then.able([wang], "cleaning") == {wang: 100}
    assert abilities(office.cuihu.pk, "follow_up", DAY - timedelta(days=1)).of(wang).everything
    assert [row.values for row in history(office.cuihu.pk, wang)] == [["cleaning"], ["repair", "care"]]


def test_a_correction_of_the_same_day_wins(office: Office) -> None:
    can(office, values=["repair"])
    can(office, values=["care"])
    told = by_staff(office.cuihu.pk, [office.staff["xiaowang"].pk], DAY)
    assert told[office.staff["xiaowang"].pk, "follow_up"].values == {"care"}
    assert Ability.objects.count() == 2


def test_all_that_is_offered_is_everything_and_nothing_is_nothing(office: Office) -> None:
    assert can(office, values=list(OFFERED)).everything
    assert abilities(office.cuihu.pk, "follow_up", DAY).of(office.staff["xiaowang"].pk).does("added-later")
    can(office, values=[])
    assert not abilities(office.cuihu.pk, "follow_up", DAY).of(office.staff["xiaowang"].pk).does("repair")


def test_kinds_and_estates_do_not_mix(office: Office) -> None:
    can(office, values=[])
    wang = office.staff["xiaowang"].pk
    assert abilities(office.cuihu.pk, "another", DAY).of(wang).everything
    assert abilities(office.songfeng.pk, "follow_up", DAY).of(wang).everything


def test_it_is_journalled_with_who_and_in_which_post_and_sent_twice_it_is_once(office: Office) -> None:
    first, again = can(office, key="k-1"), can(office, key="k-1")
    assert first.pk == again.pk and Ability.objects.count() == 1
    entry = Entry.objects.latest("pk")
    assert (entry.kind, entry.actor, entry.post) == ("ability_set", office.staff["chen"], "director")
    assert entry.body["values"] == ["repair"] and entry.body["since"] == "2026-05-06"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"values": ["painting"]}, "not_an_option"),
        ({"values": [], "offered": ()}, "not_an_option"),
        ({"share": 9}, "ability_share"),
        ({"share": 901}, "ability_share"),
        ({"since": DAY - timedelta(days=1)}, "ability_past"),
        ({"who": "xiaoqin"}, "ability_no_post"),
    ],
)
def test_what_cannot_be_set_is_refused(office: Office, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as why:
        can(office, **change)
    assert why.value.code == code and why.value.say("zh") and why.value.say("en")
    assert not Ability.objects.exists()


def test_whoever_holds_no_post_any_more_is_refused(office: Office) -> None:
    Holding.objects.filter(staff=office.staff["xiaowang"]).update(until=DAY - timedelta(days=1))
    with pytest.raises(Refusal) as why:
        can(office)
    assert why.value.code == "ability_no_post"


@pytest.mark.parametrize("change", [{"share": 0}, {"everything": True}, {"kind": ""}])
def test_the_database_holds_it_sound_too(office: Office, change: dict[str, Any]) -> None:
    can(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ability.objects.update(**change)
