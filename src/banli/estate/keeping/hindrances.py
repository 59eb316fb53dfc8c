"""Why somebody's data, a contract or a vehicle may not go yet: of many at once, in as many queries as of one."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from ..belongings import HeldPlace, Vehicle
from ..contracts.models import Contract, ContractParty
from ..models import Authority, Occupancy, Person
from .models import Hold

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
        "still_agreed": Text(
            zh="{name} 还有没有结束的合同，结束后才能删除。",
            en="{name} is a party to a contract that has not ended; it has to end first.",
        ),
        "deposit_held": Text(
            zh="还代管着 {name} 的押金，退清后才能删除。",
            en="A deposit of {name} is still held; it has to go back first.",
        ),
        "party_open": Text(
            zh="当事人在这套房还有 {count} 件没有办完，办完才能删除。",
            en="{count} cases of a party at this home are still open; they have to end first.",
        ),
        "party_deposit": Text(
            zh="还代管着当事人在这套房的押金，退清后才能删除。",
            en="A deposit of a party at this home is still held; it has to go back first.",
        ),
        "place_open": Text(
            zh="给它车位的办件还有 {count} 件没有办完，办完才能删除。",
            en="{count} cases that gave it a place are still open; they have to end first.",
        ),
        "letter_open": Text(
            zh="凭它办的还有 {count} 件没有办完，办完才能删除。",
            en="{count} cases that rely on it are still open; they have to end first.",
        ),
        "on_hold": Text(zh="暂缓删除：{reason}", en="Held back: {reason}"),
    }
)  # fmt: skip


def of_persons(asked: Collection[int], day: date | None = None) -> dict[int, Refusal]:
    """Person → the first that stands in the way on a day; who is not in it may go. Seven queries."""
    today, among = day or timezone.localdate(), Person.objects.filter(pk__in=asked)
    named = dict(among.values_list("pk", "name"))
    held = _held(person__in=asked, day=today)
    lives = Occupancy.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person__in=asked)
    here = set(lives.values_list("person", flat=True))
    still = among.filter(cases__status="open").annotate(count=Count("cases"))
    open_now = dict(still.values_list("pk", "count"))
    money = set(_with_deposits(asked))
    acts = _acting(asked, today)
    agreed = _agreed(asked, today)
    told: dict[int, Refusal] = {}
    for pk in asked:
        about: dict[str, Any] = {"name": named.get(pk, "")}
        if pk in here:
            told[pk] = Refusal("still_belongs", **about)
        elif pk in held:
            told[pk] = Refusal("on_hold", reason=held[pk])
        elif pk in open_now:
            told[pk] = Refusal("still_open", count=open_now[pk], **about)
        elif pk in money:
            told[pk] = Refusal("deposit_held", **about)
        elif pk in acts:
            told[pk] = Refusal("still_acts", **about)
        elif pk in agreed:
            told[pk] = Refusal("still_agreed", **about)
    return told


def of_contracts(asked: Collection[int], day: date | None = None) -> dict[int, Refusal]:
    """Contract → what stands in the way: a hold on it or on a party, a party's open case or deposit at its home."""
    today = day or timezone.localdate()
    parties = ContractParty.objects.filter(contract__in=asked)
    held = _held(contract__in=asked, day=today)
    people = set(parties.values_list("person", flat=True))
    of_people = _held(person__in=people, day=today)
    open_now = _at_home(asked, Q(person__cases__status="open"))
    money = _at_home(asked, Q(person__cases__in=_cases_with_deposits(people)))
    told = {pk: Refusal("on_hold", reason=reason) for pk, reason in held.items()}
    for one in parties.order_by("contract", "number"):
        pk, person = one.contract_id, one.person_id
        if person in of_people:
            told.setdefault(pk, Refusal("on_hold", reason=of_people[person]))
        elif (pk, person) in open_now:
            told.setdefault(pk, Refusal("party_open", count=open_now[pk, person]))
        elif (pk, person) in money:
            told.setdefault(pk, Refusal("party_deposit"))
    return told


def of_vehicles(asked: Collection[int], day: date | None = None) -> dict[int, Refusal]:
    """Vehicle → what stands in the way: a hold on whose it is, a case that gave it a place and is still open."""
    today = day or timezone.localdate()
    whose = dict(Vehicle.objects.filter(pk__in=asked, person__isnull=False).values_list("pk", "person"))
    held = _held(person__in=set(whose.values()), day=today)
    places = HeldPlace.objects.filter(vehicle__in=asked, case__status="open")
    counted = places.values("vehicle").annotate(count=Count("case", distinct=True))
    told = {one["vehicle"]: Refusal("place_open", count=one["count"]) for one in counted}
    return told | {
        pk: Refusal("on_hold", reason=held[person]) for pk, person in whose.items() if person in held
    }


def of_authorities(asked: Collection[int], day: date | None = None) -> dict[int, Refusal]:
    """Letter → what stands in the way: a hold on it or on either of the two, an open case that relies on it.

    Four queries.
    """
    today = day or timezone.localdate()
    letters = Authority.objects.filter(pk__in=asked, erased_at__isnull=True)
    whose = {pk: (one, other) for pk, one, other in letters.values_list("pk", "principal", "delegate")}
    held = held_persons({pk for both in whose.values() for pk in both}, today)
    open_now = letters.filter(uses__case__status="open").annotate(count=Count("uses"))
    counted = dict(open_now.values_list("pk", "count"))
    told = {pk: Refusal("letter_open", count=count) for pk, count in counted.items()}
    for pk, both in whose.items():
        reason = next((held[one] for one in both if one in held), None)
        if reason is not None:
            told[pk] = Refusal("on_hold", reason=reason)
    own = _held(today, authority__in=asked)
    return told | {pk: Refusal("on_hold", reason=reason) for pk, reason in own.items()}


def held_cases(asked: Collection[int], day: date) -> dict[int, str]:
    """Case → why what it keeps is held back that day. One query."""
    return _held(day, case__in=asked)


def held_persons(asked: Collection[int], day: date) -> dict[int, str]:
    """Person → why what is kept of them is held back that day. One query."""
    return _held(day, person__in=asked)


def _held(day: date, **whose: Collection[int]) -> dict[int, str]:
    """What is held back that day, with the reason of the first hold."""
    (name,) = (one.removesuffix("__in") for one in whose)
    holds = Hold.objects.filter(Q(until__isnull=True) | Q(until__gte=day), lifted_at__isnull=True, **whose)
    return dict(holds.order_by("-pk").values_list(name, "reason"))


def _with_deposits(asked: Collection[int]) -> list[int]:
    """Whose cases have a deposit that has not gone back."""
    cases = _cases_with_deposits(asked)
    return list(Person.objects.filter(cases__in=cases).values_list("pk", flat=True))


def _cases_with_deposits(asked: Collection[int]) -> list[int]:
    """The cases themselves: deposits are a liability, below nought while they are held."""
    rows = Person.objects.filter(pk__in=asked, cases__ledger_entries__account="deposits")
    sums = rows.values("cases").annotate(fen=Sum("cases__ledger_entries__fen")).filter(fen__lt=0)
    return [pk for pk in sums.values_list("cases", flat=True) if pk is not None]


def _acting(asked: Collection[int], today: date) -> set[int]:
    letters = Authority.objects.filter(revoked_at__isnull=True, valid_to__gte=today)
    of_both = letters.filter(Q(principal__in=asked) | Q(delegate__in=asked))
    return {pk for both in of_both.values_list("principal", "delegate") for pk in both}


def _agreed(asked: Collection[int], today: date) -> set[int]:
    """Who is a party to a contract that holds, or will: one without an end, or with one that is not over."""
    parts = ContractParty.objects.filter(person__in=asked, contract__erased_at__isnull=True)
    contracts = Contract.objects.filter(pk__in=parts.values("contract")).select_related("followed_by")
    stand = [one.pk for one in contracts if one.last_day is None or one.last_day >= today]
    return set(parts.filter(contract__in=stand).values_list("person", flat=True))


def _at_home(asked: Collection[int], of_case: Q) -> dict[tuple[int, int], int]:
    """(Contract, party) → how many of the party's cases at the contract's home are such."""
    at_home = Q(person__cases__unit=F("contract__unit"))
    rows = ContractParty.objects.filter(of_case & at_home, contract__in=asked)
    counted = rows.values("contract", "person").annotate(count=Count("person__cases"))
    return {(one["contract"], one["person"]): one["count"] for one in counted}
