"""Erasing what is known of somebody who left (PIPL 47): the business rows stay, the person is dropped from them.

What the journal says of people are numbers of rows: no entry is touched, and the audit agrees afterwards.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.vault import new_salt
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import record
from banli.people.models import Acting

from .belongings import FormerParticulars
from .models import Authority, Occupancy, Person

declare(
    {
        "still_belongs": Text(
            zh="{name} 现在还属于本小区的房屋，先登记迁出。",
            en="{name} still belongs to a home here; record that they moved out.",
        ),
        "still_open": Text(
            zh="{name} 还有 {count} 件没有办完，办完才能删除。",
            en="{count} cases of {name} are still open; end them first.",
        ),
        "still_acts": Text(
            zh="{name} 还有有效的委托，先撤销。", en="A letter of authority with {name} still stands; revoke it first."
        ),
        "nothing_to_erase": Text(zh="没有可以删除的内容。", en="There is nothing to erase."),
    }
)  # fmt: skip

#: What stands for the name of somebody who was erased.
NOBODY = "已删除"


@dataclass(frozen=True)
class Erasable:
    """What would go, by name in ``privacy.yaml``, and why nothing may yet: None where it may."""

    goes: list[str]
    refusal: Refusal | None

    @property
    def name_stays(self) -> bool:
        return "person_name" not in self.goes


def erasable(person: Person) -> Erasable:
    """What can be erased of somebody now. Eight queries at most."""
    goes = []
    if person.phone_index:
        goes.append("person_phone")
    if person.id_index:
        goes.append("person_paper")
    if FormerParticulars.objects.filter(person=person).exists():
        goes.append("person_corrections")
    if person.pets.exists():
        goes.append("pet")
    if person.name != NOBODY and not _named_elsewhere(person):
        goes.append("person_name")
    return Erasable(goes, _hindrance(person) or (None if goes else Refusal("nothing_to_erase")))


@action("erase_person")
@transaction.atomic
def erase_person(*, by: Desk, person: Person, reason: str, acting: Acting | None = None) -> list[str]:
    """Erase what may be erased of somebody who left, and say what: names of ``privacy.yaml``."""
    if not reason.strip():
        raise Refusal("reason_required")
    held = Person.objects.select_for_update().get(pk=person.pk)
    found = erasable(held)
    if found.refusal is not None:
        raise found.refusal
    held.phone = held.phone_index = held.phone_tail_index = ""
    held.id_kind = held.id_number = held.id_index = ""
    if "person_name" in found.goes:
        held.name, held.pinyin, held.initials = NOBODY, "", ""
    held.vault_salt = new_salt()  # what an old page or copy of the row still has, does not open with it
    held.save()
    FormerParticulars.objects.filter(person=held).delete()
    held.pets.all().delete()
    body = {"person": held.pk, "erased": found.goes, "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="person_erased", body=body, by=by.staff, acting=acting)
    return found.goes


def _hindrance(person: Person) -> Refusal | None:
    today = timezone.localdate()
    if Occupancy.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person=person).exists():
        return Refusal("still_belongs", name=person.name)
    count = person.cases.filter(status="open").count()
    if count:
        return Refusal("still_open", name=person.name, count=count)
    letters = Authority.objects.filter(Q(principal=person) | Q(delegate=person))
    if letters.filter(revoked_at__isnull=True, valid_to__gte=today).exists():
        return Refusal("still_acts", name=person.name)
    return None


def _named_elsewhere(person: Person) -> bool:
    """Whether a case, and with it its papers and money, a letter or a contract names them."""
    letters = Authority.objects.filter(Q(principal=person) | Q(delegate=person))
    return person.cases.exists() or letters.exists() or person.contract_parts.exists()
