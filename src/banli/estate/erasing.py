"""Erasing what is known of somebody who left (PIPL 47): the business rows stay, the person is dropped from them.

What the journal says of people are numbers of rows: no entry is touched, and the audit agrees afterwards.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.actions import lock
from banli.journal.vault import new_salt
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import record
from banli.people.models import Acting

from .belongings import FormerParticulars
from .keeping import hindrances
from .models import NOBODY, Authority, Person
from .pets.models import Pet

declare({"nothing_to_erase": Text(zh="没有可以删除的内容。", en="There is nothing to erase.")})


#: What is erased of whoever left and asks for it, whatever else is kept: where it does not go it is not there.
WHENEVER_ASKED = ("person_phone", "person_paper", "person_corrections", "pet")


@dataclass(frozen=True)
class Erasable:
    """What would go, by name in ``privacy.yaml``, and why nothing may yet: None where it may."""

    goes: list[str]
    refusal: Refusal | None

    @property
    def name_stays(self) -> bool:
        return "person_name" not in self.goes


def erasable(person: Person) -> Erasable:
    """What can be erased of somebody now. A dozen queries."""
    goes = holdings([person.pk])[person.pk]
    hindrance = hindrances.of_persons([person.pk]).get(person.pk)
    return Erasable(goes, hindrance or (None if goes else Refusal("nothing_to_erase")))


def holdings(persons: Collection[int]) -> dict[int, list[str]]:
    """What there is of each person that could be erased, by name in ``privacy.yaml``. The name only where nothing that
    is kept has it. Five queries."""
    former = set(FormerParticulars.objects.filter(person__in=persons).values_list("person", flat=True))
    pets = set(Pet.objects.filter(person__in=persons).values_list("person", flat=True))
    named = _named_elsewhere(persons)
    told = {}
    for person in Person.objects.filter(pk__in=persons):
        there = {
            "person_phone": bool(person.phone_index),
            "person_paper": bool(person.id_index),
            "person_corrections": person.pk in former,
            "pet": person.pk in pets,
            "person_name": person.name != NOBODY and person.pk not in named,
        }
        told[person.pk] = [name for name, is_there in there.items() if is_there]
    return told


@action("erase_person")
@transaction.atomic
def erase_person(*, by: Desk, person: Person, reason: str, acting: Acting | None = None) -> list[str]:
    """Erase what may be erased of somebody who left, and say what: names of ``privacy.yaml``."""
    if not reason.strip():
        raise Refusal("reason_required")
    lock(f"estate/{by.estate.pk}")  # before the person's row, as whoever places a hold does
    held = Person.objects.select_for_update().get(pk=person.pk)
    found = erasable(held)
    if found.refusal is not None:
        raise found.refusal
    blot_out(held, found.goes)
    body = {"person": held.pk, "erased": found.goes, "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="person_erased", body=body, by=by.staff, acting=acting)
    return found.goes


def blot_out(person: Person, names: Collection[str]) -> None:
    """Let go of it; whoever calls holds the row's lock, has asked whether it may, and journals it.

    What an old page or copy of the row still has does not open with the row, as that gets another salt.
    """
    phone = "" if "person_phone" in names else str(person.phone)
    paper = "" if "person_paper" in names else str(person.id_number)
    person.vault_salt = new_salt()
    if not phone:
        person.phone_index = person.phone_tail_index = ""
    if not paper:
        person.id_kind = person.id_index = ""
    if "person_name" in names:
        person.name, person.pinyin, person.initials = NOBODY, "", ""
    person.phone, person.id_number = phone, paper
    person.save()
    if "person_corrections" in names:
        FormerParticulars.objects.filter(person=person).delete()
    if "pet" in names:
        person.pets.all().delete()


def _named_elsewhere(persons: Collection[int]) -> set[int]:
    """Whom a case, and with it its papers and money, a letter or a contract names."""
    letters = Authority.objects.filter(Q(principal__in=persons) | Q(delegate__in=persons))
    among = Person.objects.filter(pk__in=persons)
    told = {pk for both in letters.values_list("principal", "delegate") for pk in both}
    for named in (Q(cases__isnull=False), Q(contract_parts__isnull=False)):
        told.update(among.filter(named).distinct().values_list("pk", flat=True))
    return told
