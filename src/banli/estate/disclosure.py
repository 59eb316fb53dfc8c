"""What leaves the resident file in clear: for a reason, and never without an entry that says so."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from banli.engine.refusals import Refusal
from banli.journal.vault import VaultError
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import record
from banli.people.models import Acting

from .actions import PRIVATE_FIELDS
from .belongings import FormerParticulars
from .models import Person, Unit


@dataclass(frozen=True)
class Clear:
    """A person's private fields as they are; empty where nothing is recorded or it was erased."""

    phone: str
    id_number: str


@action("unmask_file")
@transaction.atomic
def unmask_file(
    *,
    by: Desk,
    unit: Unit,
    persons: list[Person],
    reason: str,
    acting: Acting | None = None,
    at: datetime | None = None,
) -> dict[int, Clear]:
    """The private fields of everybody in a home's file; whose were shown to whom and why is journalled first."""
    if not reason.strip():
        raise Refusal("reason_required")
    told = {one.pk: clear_of(one) for one in persons}
    shown = sorted(pk for pk, clear in told.items() if clear.phone or clear.id_number)
    if not shown:
        raise Refusal("nothing_to_show")
    body = {
        "unit": unit.key,
        "persons": shown,
        "fields": list(PRIVATE_FIELDS),
        "reason": reason.strip()[:200],
    }
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting, at=at)
    return told


@action("export_person")
@transaction.atomic
def export_person(*, by: Desk, person: Person, reason: str, acting: Acting | None = None) -> Clear:
    """Somebody is given what is kept about them (PIPL 45); how they showed who they are is journalled first."""
    if not reason.strip():
        raise Refusal("reason_required")
    body = {"person": person.pk, "export": "person", "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="export", body=body, by=by.staff, acting=acting)
    return clear_of(person)


def clear_of(person: Person | FormerParticulars) -> Clear:
    """The private fields, for whoever has seen to it that it is journalled."""
    return Clear(*(_opened(person, name) for name in PRIVATE_FIELDS))


def _opened(person: Person | FormerParticulars, name: str) -> str:
    try:
        return str(getattr(person, name) or "")
    except VaultError:
        return ""
