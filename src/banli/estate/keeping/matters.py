"""What has a time of its own, each kind found, reckoned, held back and blotted out in its own way.

The rooms above add theirs, as a room above this one is not known here.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from banli.engine.refusals import Refusal
from banli.engine.text import Text

from .. import erasing
from ..authority import actions as authority
from ..authority.models import Authority
from ..belongings import Vehicle
from ..contracts import actions as contracts
from ..contracts.kinds import titled
from ..contracts.models import Contract
from ..models import NOBODY, Person
from . import hindrances, spans
from .spans import Due


@dataclass(frozen=True)
class Matter:
    """``over``: those of some rows whose matter was over by a day; ``due``: what of them goes by `until`, reckoned on a
    day; ``hindrances``: what stands in the way; ``blot_out``: let it go: the names that go, when, and by which word;
    ``named``: what one is called; ``erased``: whether it went already."""

    table: Any
    over: Callable[[Any, date], Any]
    due: Callable[[Iterable[Any], date, date], dict[int, Due]]
    hindrances: Callable[[Collection[int], date], dict[int, Refusal]]
    blot_out: Callable[[int, list[str], datetime, int | None], None]
    named: Callable[[Any], Text | str]
    erased: Callable[[Any], bool] = lambda one: one.erased_at is not None


def _blot_out_vehicle(pk: int, _goes: list[str], now: datetime, _word: int | None) -> None:
    """Its plate, look and whose it was; which place a case gave it, and for which days, stays with the case."""
    vehicle = Vehicle.objects.get(pk=pk)
    vehicle.plate, vehicle.look, vehicle.place, vehicle.person = NOBODY, "", "", None
    vehicle.erased_at = now
    vehicle.save(update_fields=["plate", "look", "place", "person", "erased_at"])


#: By the name of the list's column; in this order the list is reckoned.
MATTERS: dict[str, Matter] = {
    "person": Matter(
        Person, lambda rows, until: spans.of_whom_something_is_kept(spans.left(rows, until)), spans.due_of_persons,
        hindrances.of_persons,
        lambda pk, goes, _now, _word: erasing.blot_out(Person.objects.get(pk=pk), goes),
        lambda one: one.name, lambda one: False,
    ),
    "contract": Matter(
        Contract, spans.over, lambda rows, until, _day: spans.due_of_contracts(rows, until), hindrances.of_contracts,
        lambda pk, _goes, now, _word: contracts.blot_out(Contract.objects.get(pk=pk), now),
        lambda one: titled(one.kind),
    ),
    "vehicle": Matter(
        Vehicle, spans.parted, lambda rows, until, _day: spans.due_of_vehicles(rows, until), hindrances.of_vehicles,
        _blot_out_vehicle, lambda one: one.plate,
    ),
    "authority": Matter(
        Authority, spans.lapsed, lambda rows, until, _day: spans.due_of_authorities(rows, until),
        hindrances.of_authorities,
        lambda pk, _goes, now, _word: authority.blot_out(Authority.objects.get(pk=pk), now),
        lambda one: Text(zh="委托书", en="Letter of authority"),
    ),
}  # fmt: skip
