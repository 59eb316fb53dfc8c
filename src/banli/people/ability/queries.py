"""What each of the staff can do on a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ..models import Ability

#: So many changes of one person are listed, the newest first.
LISTED = 30


@dataclass(frozen=True)
class Can:
    """What somebody can do of one kind of work, and how much they are given of it, in percent of others."""

    everything: bool = True
    values: frozenset[str] = frozenset()
    share: int = 100

    def does(self, value: str) -> bool:
        return self.everything or value in self.values


#: Whoever nothing was said of.
ANYTHING = Can()


@dataclass(frozen=True)
class Abilities:
    """What the staff of an estate can do of one kind of work."""

    told: Mapping[int, Can]

    def of(self, staff: int) -> Can:
        return self.told.get(staff, ANYTHING)

    def able(self, staff: Collection[int], value: str) -> dict[int, int]:
        """Who of them can do it, with their shares, in the order of their numbers."""
        return {pk: self.of(pk).share for pk in sorted(staff) if self.of(pk).does(value)}


def abilities(estate: int, kind: str, day: date) -> Abilities:
    """What holds that day of one kind of work. One query."""
    found = Ability.objects.on(day).filter(estate=estate, kind=kind)
    return Abilities({row.staff_id: can(row) for row in found})


def by_staff(estate: int, staff: Collection[int], day: date) -> dict[tuple[int, str], Can]:
    """The same of every kind, for these people: (staff, kind) → what they can do. One query."""
    found = Ability.objects.on(day).filter(estate=estate, staff__in=staff)
    return {(row.staff_id, row.kind): can(row) for row in found}


def history(estate: int, staff: int) -> list[Ability]:
    """What was said of one person, the newest first. One query."""
    found = Ability.objects.filter(estate=estate, staff=staff).select_related("set_by")
    return list(found.order_by("-since", "-id")[:LISTED])


def can(row: Ability) -> Can:
    """What one row says."""
    return Can(row.everything, frozenset(row.values), row.share)
