"""What may be done about an estate's people: move in, correct, unmask."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.engine import identity
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.vault import VaultError, blind_index
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting, Staff

from .belongings import FormerParticulars
from .models import Occupancy, Person, Unit
from .names import sound_of
from .reasons import check_arrival

if TYPE_CHECKING:
    pass

declare(
    {
        "already_recorded": Text(
            zh="{name} 在这段时间已登记为本房的{role}。",
            en="{name} is already recorded as {role} of this home in that time.",
        ),
        "paper_of_another": Text(
            zh="这个证件号码已登记为 {name}，请核对。", en="This number is recorded as {name}'s; check it."
        ),
        "nothing_to_show": Text(zh="没有登记这一项。", en="Nothing is recorded there."),
        "erased": Text(zh="这一项已按规定删除。", en="This was erased under the retention rules."),
    }
)  # fmt: skip

OWNERS = (Occupancy.Role.OWNER, Occupancy.Role.CO_OWNER)
PRIVATE_FIELDS = ("phone", "id_number")


@dataclass(frozen=True)
class Particulars:
    """What is written down about a person. `id_kind` and `id_number` come together or not at all."""

    name: str
    phone: str = ""
    id_kind: str = ""
    id_number: str = ""

    def checked(self) -> "Particulars":
        """The same, each part written one way; raises Refusal form_invalid that marks every bad field."""
        bad: dict[str, Refusal] = {}
        told: dict[str, str] = {"id_kind": self.id_kind.strip()}
        readers: dict[str, Any] = {"name": identity.check_name}
        if self.phone.strip():
            readers["phone"] = identity.check_phone
        if self.id_kind.strip() or self.id_number.strip():
            kind, today = self.id_kind.strip(), timezone.localdate()
            readers["id_number"] = lambda text: identity.check_id(kind, text, today=today)
        for name, read in readers.items():
            try:
                told[name] = read(getattr(self, name))
            except Refusal as why:
                bad["id_kind" if why.code == "bad_paper_kind" else name] = why
        if bad:
            raise Refusal("form_invalid", fields=bad, count=len(bad))
        return Particulars(**told)


@action("add_person")
@transaction.atomic
def add_person(
    *,
    by: Desk,
    unit: Unit,
    particulars: Particulars,
    role: str,
    since: date,
    until: date | None = None,
    arrival: str = "",
    note: str = "",
    acting: Acting | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Occupancy:
    """Somebody moves in. The same paper, or the same name and telephone, is the same person."""
    before = done_before(estate_id=by.estate.pk, key=key, kind="moved_in")
    if before is not None:
        return Occupancy.objects.get(pk=before["occupancy"])
    told = particulars.checked()
    check_period(since, until)
    check_arrival(role, arrival)
    person = known_person(by.estate.pk, told) or Person(estate=by.estate)
    _save(person, _kept(person, told))
    try:
        with transaction.atomic():
            occupancy = Occupancy.objects.create(
                estate=by.estate, unit=unit, person=person, role=role, since=since, until=until, arrival=arrival,
                arrival_note=note.strip(),
            )  # fmt: skip
    except IntegrityError:
        label = Occupancy.Role(role).label
        raise Refusal("already_recorded", name=told.name, role=str(label)) from None
    body = told_of(occupancy)
    record(estate_id=by.estate.pk, kind="moved_in", body=body, by=by.staff, acting=acting, key=key, at=at)
    return occupancy


def check_period(since: date, until: date | None) -> None:
    """Refuses period_backwards: nobody leaves before they came."""
    if until is not None and until < since:
        raise _bad("until", Refusal("period_backwards"))


def keep_former(person: Person, *, by: Staff | None) -> FormerParticulars:
    """Keep what is written about a person, before it is written otherwise."""
    former = FormerParticulars(person=person, name=person.name, id_kind=person.id_kind, by=by)
    former.phone, former.id_number = person.phone, person.id_number
    former.save()
    return former


def told_of(occupancy: Occupancy) -> dict[str, Any]:
    """What the journal says when somebody moves in."""
    return {
        "occupancy": occupancy.pk,
        "unit": occupancy.unit.key,
        "person": occupancy.person_id,
        "role": occupancy.role,
        "since": occupancy.since.isoformat(),
        "until": occupancy.until.isoformat() if occupancy.until else None,
        "arrival": occupancy.arrival,
        "note": digest_of_note(occupancy.arrival_note),
    }


@action("correct_person")
@transaction.atomic
def correct_person(
    *, by: Desk, person: Person, particulars: Particulars, acting: Acting | None = None
) -> Person:
    """Correct what is written about a person; a telephone or a paper left empty stays as it was.

    What stood before is kept beside it, sealed; the journal keeps which fields changed, never what they said.
    """
    told = particulars.checked()
    held = Person.objects.select_for_update().get(pk=person.pk)
    told = _kept(held, told)
    changed = [
        name
        for name in ("name", "phone", "id_kind", "id_number")
        if getattr(held, name) != getattr(told, name)
    ]
    if changed:
        keep_former(held, by=by.staff)
        _save(held, told)
        body = {"person": held.pk, "changed": changed}
        record(estate_id=by.estate.pk, kind="person_corrected", body=body, by=by.staff, acting=acting)
    return held


@action("unmask")
@transaction.atomic
def unmask(*, by: Desk, person: Person, field: str, reason: str, acting: Acting | None = None) -> str:
    """The clear text of a private field, for a reason; who looked at what and why is journalled first."""
    if field not in PRIVATE_FIELDS:
        raise Refusal("not_an_option")
    if not reason.strip():
        raise Refusal("reason_required")
    try:
        clear = str(getattr(person, field))
    except VaultError:
        raise Refusal("erased") from None
    if not clear:
        raise Refusal("nothing_to_show")
    body = {"person": person.pk, "field": field, "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting)
    return clear


def digest_of_note(note: str) -> str:
    """SHA-256 of a note: the journal forgets nothing, so it does not keep the words."""
    return hashlib.sha256(note.encode()).hexdigest()


def phone_index(estate_id: int, phone: str) -> str:
    """The blind index of a whole telephone number, already written one way."""
    return blind_index(phone, f"person.phone.{estate_id}")


def phone_tail_index(estate_id: int, tail: str) -> str:
    """The blind index of a number's last four digits."""
    return blind_index(tail, f"person.phone_tail.{estate_id}")


def paper_index(estate_id: int, id_kind: str, id_number: str) -> str:
    """The blind index of a paper's number, already written one way."""
    return blind_index(id_number, f"person.{id_kind}.{estate_id}")


def known_person(estate_id: int, told: Particulars) -> Person | None:
    """The person this is, if the estate knows them. Their paper under another name is refused."""
    known = Person.objects.select_for_update().filter(estate_id=estate_id)
    if told.id_number:
        same = known.filter(id_index=paper_index(estate_id, told.id_kind, told.id_number)).first()
        if same is not None and same.name != told.name:
            raise _bad("id_number", Refusal("paper_of_another", name=same.name))
        if same is not None:
            return same
    if told.phone:
        index = phone_index(estate_id, told.phone)
        papers = ("", paper_index(estate_id, told.id_kind, told.id_number)) if told.id_number else None
        same_name = known.filter(phone_index=index, name=told.name)
        return (same_name.filter(id_index__in=papers) if papers else same_name).order_by("pk").first()
    return None


def _kept(person: Person, told: Particulars) -> Particulars:
    """The particulars, with what is recorded already where nothing new was said."""
    if not told.phone:
        told = replace(told, phone=person.phone)
    if not told.id_number:
        told = replace(told, id_kind=person.id_kind, id_number=person.id_number)
    return told


def _save(person: Person, told: Particulars) -> None:
    set_particulars(person, told)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        other = Person.objects.get(estate_id=person.estate_id, id_index=person.id_index)
        raise _bad("id_number", Refusal("paper_of_another", name=other.name)) from None


def _bad(field: str, why: Refusal) -> Refusal:
    return Refusal("form_invalid", fields={field: why}, count=1)


def set_particulars(person: Person, told: Particulars) -> None:
    """Put the particulars on the row, with everything that is derived from them. Not saved."""
    estate_id = person.estate_id
    person.name = told.name
    person.pinyin, person.initials = sound_of(told.name)
    person.phone = told.phone
    person.phone_index = phone_index(estate_id, told.phone) if told.phone else ""
    person.phone_tail_index = phone_tail_index(estate_id, told.phone[-4:]) if told.phone else ""
    person.id_kind, person.id_number = told.id_kind, told.id_number
    person.id_index = paper_index(estate_id, told.id_kind, told.id_number) if told.id_number else ""
