"""Moving out (P14): a dated act with its reason. It ends what hangs on living there, and deletes nothing.

Whoever belongs to the home no more after their last day has no vehicle there and acts for nobody; an owner who is one
no more has nobody act for them. A contract about living there ends that day where somebody says so. What they still
hold of the office (passes, deposits, open cases) is not touched here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from .actions import OWNERS, digest_of_note
from .belongings import Vehicle
from .contracts.actions import end as end_contract
from .contracts.kinds import contract_kinds, titled
from .contracts.models import Contract
from .contracts.queries import Line as ContractLine
from .contracts.queries import line_of, whole
from .models import Authority, Occupancy, Unit
from .pets.models import Pet
from .reasons import check_departure

declare(
    {
        "moved_out": Text(zh="已登记于 {until} 迁出。", en="Already recorded as having left on {until}."),
        "other_home": Text(zh="一次只登记一套房的人迁出。", en="People of one home move out at a time."),
        "contract_of_others": Text(
            zh="迁出的人不是“{title}”的当事人，或者它不随迁出结束。",
            en="Nobody who leaves is a party to “{title}”, or it does not end with moving out.",
        ),
    }
)


@dataclass(frozen=True)
class Hanging:
    """What ends with somebody's last day at a home."""

    letters: list[Authority]
    vehicles: list[Vehicle]
    pets: list[Pet]


@dataclass(frozen=True)
class Bound:
    """The contracts of whoever leaves that go on beyond that day. ``stay``: they may end with it; ``others`` do not."""

    stay: list[ContractLine]
    others: list[ContractLine]


@action("move_out")
@transaction.atomic
def move_out(
    *,
    by: Desk,
    occupancy: Occupancy,
    until: date,
    departure: str = "",
    note: str = "",
    together: Sequence[Occupancy] = (),
    contracts: Sequence[Contract] = (),
    acting: Acting | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Occupancy:
    """Somebody's role at a unit ends after the day `until`, and those of whoever leaves together with them.

    ``contracts`` about their living there end that day. Refusals: not_an_option, other_home, moved_out,
    period_backwards, contract_of_others, departure_of_another_role.
    """
    before = done_before(estate_id=by.estate.pk, key=key, kind="moved_out")
    if before is not None:
        return Occupancy.objects.get(pk=before["occupancy"])
    if departure and departure not in Occupancy.Departure.values:
        raise Refusal("not_an_option")
    wanted = sorted({occupancy.pk, *(one.pk for one in together)})
    rows = Occupancy.objects.select_for_update(of=("self",)).select_related("unit", "person")
    held = {one.pk: one for one in rows.filter(pk__in=wanted, estate=by.estate).order_by("pk")}
    for one in held.values():
        _check(one, held[occupancy.pk].unit_id, until, departure)
    check_departure([one.role for one in held.values()], departure)
    for one in held.values():
        one.until, one.departure, one.departure_note = until, departure, note.strip()
        one.save(update_fields=["until", "departure", "departure_note"])
    ends = hanging(held[occupancy.pk].unit, list(held.values()), until)
    for letter in ends.letters:
        _end_letter(by, letter, until, acting, at)
    _end_contracts(by, contracts, list(held.values()), until, acting, at)
    vehicles, pets = _end_belongings(ends.vehicles, until), _end_belongings(ends.pets, until)
    for pk in (occupancy.pk, *(pk for pk in wanted if pk != occupancy.pk)):
        who = held[pk].person_id
        body = {**_told(held[pk]), "vehicles": vehicles.get(who, []), "pets": pets.get(who, [])}
        record(
            estate_id=by.estate.pk, kind="moved_out", body=body, by=by.staff, acting=acting, key=key, at=at
        )
        key = None
    return held[occupancy.pk]


def hanging(unit: Unit, leaving: Sequence[Occupancy], until: date) -> Hanging:
    """What ends when these roles end that day: for whoever has no other role at the home afterwards. Four queries."""
    people = {one.person_id for one in leaving}
    after = Occupancy.objects.on(until + timedelta(days=1)).filter(unit=unit, person__in=people)
    stays = after.exclude(pk__in=[one.pk for one in leaving]).values_list("person_id", "role")
    roles = [(person, role) for person, role in stays]
    gone = people - {person for person, _ in roles}
    no_owner = people - {person for person, role in roles if role in OWNERS}
    letters = Authority.objects.filter(
        Q(delegate__in=gone) | Q(principal__in=no_owner),
        unit=unit,
        revoked_at__isnull=True,
        valid_to__gt=until,
    )
    stay_on = Q(until__isnull=True) | Q(until__gt=until)
    vehicles = Vehicle.objects.filter(stay_on, unit=unit, person__in=gone)
    pets = Pet.objects.filter(stay_on, unit=unit, person__in=gone)
    return Hanging(
        list(letters.select_related("principal", "delegate").order_by("pk")),
        list(vehicles.select_related("person").order_by("pk")),
        list(pets.select_related("person").order_by("pk")),
    )


def came_with(tenant: Occupancy, people: Sequence[Occupancy]) -> list[Occupancy]:
    """Who lives there through a tenant, as far as the file can tell: relatives and staff who came during the tenancy.

    Nobody, while another tenant lives there: then one has to ask.
    """
    role = Occupancy.Role
    if tenant.role != role.TENANT:
        return []
    if any(one.role == role.TENANT and one.person_id != tenant.person_id for one in people):
        return []
    return [one for one in people if one.role in (role.FAMILY, role.STAFF) and one.since >= tenant.since]


def bound(unit: Unit, leaving: Sequence[Occupancy], until: date) -> Bound:
    """Which contracts these people leave behind when they go that day. Three queries."""
    people = {one.person_id for one in leaving}
    found = Contract.objects.filter(unit=unit, parties__person__in=people).distinct()
    lines = [line_of(one) for one in whole(found.filter(ended=None)).order_by("pk")]
    going_on = [one for one in lines if one.contract.follower is None and _beyond(one.contract, until)]
    stay = [one for one in going_on if _of_stay(one.contract) and one.contract.since <= until]
    return Bound(stay, [one for one in going_on if one not in stay])


def _beyond(contract: Contract, until: date) -> bool:
    return contract.last_day is None or contract.last_day > until


def _of_stay(contract: Contract) -> bool:
    kind = contract_kinds().get(contract.kind)
    return kind is not None and kind.stay


def _end_contracts(
    by: Desk, contracts: Sequence[Contract], leaving: Sequence[Occupancy], until: date, acting: Acting | None,
    at: datetime | None,
) -> None:  # fmt: skip
    """They end with that day; one that was to end by then keeps its day."""
    if not contracts:
        return
    offered = {one.contract.pk: one.contract for one in bound(leaving[0].unit, leaving, until).stay}
    departure = Occupancy.Departure(leaving[0].departure).label if leaving[0].departure else ""
    why = "：".join(filter(None, ("迁出", str(departure))))
    for contract in contracts:
        if contract.pk in offered:
            end_contract(by=by, contract=contract, last_day=until, reason=why, acting=acting, at=at)
        elif _beyond(contract, until):
            raise Refusal("contract_of_others", title=titled(contract.kind))


def _check(held: Occupancy, unit_id: int, until: date, departure: str) -> None:
    if held.unit_id != unit_id:
        raise Refusal("other_home")
    over = held.until is not None and held.until <= until
    if held.departure or (over and not (departure and held.until == until)):
        raise Refusal("moved_out", until=held.until.isoformat() if held.until else "")
    if until < held.since:
        raise Refusal("period_backwards")


def _told(held: Occupancy) -> dict[str, object]:
    """What the journal says when somebody moves out."""
    return {
        "occupancy": held.pk,
        "unit": held.unit.key,
        "person": held.person_id,
        "role": held.role,
        "until": held.until.isoformat() if held.until else None,
        "departure": held.departure,
        "note": digest_of_note(held.departure_note),
    }


def _end_letter(by: Desk, letter: Authority, until: date, acting: Acting | None, at: datetime | None) -> None:
    """A letter ends with that day; one that would only begin afterwards is revoked."""
    if letter.valid_from > until:
        letter.revoked_at, letter.revoked_by, letter.revoked_reason = at or timezone.now(), by.staff, "迁出"
        letter.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
        body = {"authority": letter.pk, "reason": letter.revoked_reason, "at": letter.revoked_at.isoformat()}
        record(estate_id=by.estate.pk, kind="authority_revoked", body=body, by=by.staff, acting=acting, at=at)
        return
    letter.valid_to = until
    letter.save(update_fields=["valid_to"])
    body = {"authority": letter.pk, "valid_to": until.isoformat()}
    record(estate_id=by.estate.pk, kind="authority_ended", body=body, by=by.staff, acting=acting, at=at)


def _end_belongings(belongings: Sequence[Vehicle | Pet], until: date) -> dict[int, list[int]]:
    """They have no place there after that day; one that was to come later has none but on its first day."""
    told: dict[int, list[int]] = {}
    for one in belongings:
        one.until = max(until, one.since)
        one.save(update_fields=["until"])
        told.setdefault(one.person_id or 0, []).append(one.pk)
    return told
