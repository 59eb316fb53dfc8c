"""What may be done about pets: declared by whoever keeps one, changed from a day on, ended, taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from ..models import Occupancy, Person, Unit
from .kinds import licence_of, pet_kinds
from .models import Pet

declare(
    {
        "pet_gone": Text(zh="这条宠物申报已经结束或撤回。", en="This pet's declaration has ended or was taken back."),
        "pet_changes_later": Text(zh="变更要从 {day} 或以后开始。", en="A change begins on {day} or later."),
        "not_declared": Text(
            zh="宠物由饲养人自愿申报：本人同意才登记。",
            en="A pet is declared freely by its keeper: recorded only with their consent.",
        ),
    }
)  # fmt: skip

#: No pet that is kept here was declared earlier.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Told:
    """What the keeper says. Only the kind is needed; nobody is asked for the rest."""

    kind: str
    since: date
    breed: str = ""
    colour: str = ""
    licence: str = ""
    vaccinated: date | None = None


@action("declare_pet")
@transaction.atomic
def declare_pet(
    *, by: Desk, unit: Unit, person: Person, told: Told, consented: bool, follows: Pet | None = None,
    acting: Acting | None = None, key: str | None = None, at: datetime | None = None,
) -> Pet:  # fmt: skip
    """A keeper declares a pet, or (``follows``) what is otherwise from a day on. The journal keeps that, never what.

    Refusals: not_declared, form_invalid, pet_gone.
    """
    before = done_before(estate_id=by.estate.pk, key=key, kind="pet_declared")
    if before is not None:
        made = Pet.objects.filter(pk=before["pet"]).first()
        if made is None:
            raise Refusal("pet_gone")
        return made
    if not consented:
        raise Refusal("not_declared")
    _check(unit, person, told, follows)
    if follows is not None:
        _end(follows, told.since - timedelta(days=1))
    pet = Pet(
        unit=unit, person=person, kind=told.kind, breed=told.breed.strip(), colour=told.colour.strip(),
        vaccinated=told.vaccinated, since=told.since,
    )  # fmt: skip
    pet.licence = told.licence.strip()
    pet.save()
    body = {"pet": pet.pk, "unit": unit.key, "person": person.pk, "follows": follows.pk if follows else None}
    record(estate_id=by.estate.pk, kind="pet_declared", body=body, by=by.staff, acting=acting, key=key, at=at)
    return pet


@action("end_pet")
@transaction.atomic
def end_pet(*, by: Desk, pet: Pet, last_day: date, acting: Acting | None = None) -> None:
    """The pet is there no more after a day."""
    _end(pet, last_day)
    body = {"pet": pet.pk, "until": last_day.isoformat()}
    record(estate_id=by.estate.pk, kind="pet_ended", body=body, by=by.staff, acting=acting)


@action("withdraw_pet")
@transaction.atomic
def withdraw_pet(*, by: Desk, pet: Pet, acting: Acting | None = None) -> None:
    """The keeper takes the declaration back: it is erased at once (PIPL 15, 47). Raises pet_gone the second time."""
    deleted, _ = Pet.objects.filter(pk=pet.pk).delete()
    if not deleted:
        raise Refusal("pet_gone")
    body = {"pet": pet.pk, "person": pet.person_id}
    record(estate_id=by.estate.pk, kind="pet_withdrawn", body=body, by=by.staff, acting=acting)


@action("unmask")
@transaction.atomic
def look(*, by: Desk, pet: Pet, reason: str, acting: Acting | None = None) -> str:
    """The licence's number, for a reason that is journalled first."""
    if not reason.strip():
        raise Refusal("reason_required")
    clear = licence_of(pet)
    if not clear:
        raise Refusal("nothing_to_show")
    body = {"pet": pet.pk, "field": "licence", "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting)
    return clear


def _check(unit: Unit, person: Person, told: Told, follows: Pet | None) -> None:
    bad: dict[str, Refusal] = {}
    if told.kind not in pet_kinds():
        bad["kind"] = Refusal("not_an_option")
    if told.since < EARLIEST:
        bad["since"] = Refusal("too_early", min=EARLIEST.isoformat())
    elif follows is not None and told.since <= follows.since:
        bad["since"] = Refusal("pet_changes_later", day=f"{follows.since + timedelta(days=1)}")
    if not Occupancy.objects.on(told.since).filter(unit=unit, person=person).exists():
        bad["person"] = Refusal("party_unknown", name=person.name)
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))


def _end(pet: Pet, last_day: date) -> None:
    """Raises pet_gone where it has ended by then, period_backwards where it had not begun."""
    held = Pet.objects.select_for_update(of=("self",)).filter(pk=pet.pk).first()
    if held is None or (held.until is not None and held.until <= last_day):
        raise Refusal("pet_gone")
    if last_day < held.since:
        raise Refusal("period_backwards")
    held.until = last_day
    held.save(update_fields=["until"])
