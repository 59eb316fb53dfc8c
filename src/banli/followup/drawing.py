"""Whom a campaign calls, and who calls whom: the same draw from the same seed, now and when it is looked at again."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banli.estate.models import Estate, Occupancy


@dataclass(frozen=True)
class Resident:
    """Somebody who can be called, in one of their homes."""

    person: int
    unit: int
    role: str


def residents(estate: Estate, roles: Sequence[str], buildings: Sequence[str], day: date) -> list[Resident]:
    """Who lives there in these roles and has a telephone in the file: each once, whatever they own. One query."""
    found = Occupancy.objects.on(day).filter(estate=estate, role__in=roles).exclude(person__phone_index="")
    if buildings:
        found = found.filter(unit__building__code__in=buildings)
    rows = found.order_by("person_id", "id").distinct("person_id")
    return [Resident(*row) for row in rows.values_list("person_id", "unit_id", "role")]


def drawn(everybody: Sequence[Resident], seed: int, size: int) -> list[Resident]:
    """``size`` of them (0: all), in an order that the seed alone decides: whoever moves in changes nobody's place."""
    ordered = sorted(everybody, key=lambda one: hashlib.sha256(f"{seed}/{one.person}".encode()).digest())
    return ordered[:size] if size else ordered


def next_of(shares: Mapping[int, int], have: Mapping[int, int]) -> int:
    """Whose turn it is: whoever has the least for their share; of several the one who has been there longest."""
    return min(shares, key=lambda one: ((have[one] + 1) / shares[one], one))


def share_out(number: int, shares: Mapping[int, int], load: Mapping[int, int]) -> list[int]:
    """Who makes each of ``number`` calls. ``shares``: caller → how much of it, by ability; ``load``: what they have.

    Each goes to whoever has the least for their share: evenly by number and by ability (P18).
    """
    have = Counter({caller: load.get(caller, 0) for caller in shares})
    told = []
    for _ in range(number):
        caller = next_of(shares, have)
        have[caller] += 1
        told.append(caller)
    return told
