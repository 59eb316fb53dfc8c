"""Which accounts what moves: pure, so that the audit reckons from the journal what the room has written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from banli.engine.money import Line

#: The methods of payment, each an account of its own.
TILL = ("cash", "transfer", "qr")
OF_KIND = {"deposit": "deposits", "charge": "income", "on_behalf": "on_behalf"}


@dataclass(frozen=True)
class Side:
    """One entry: ``fen`` into ``account`` (below nought: out of it), for a line of the price list, of a case."""

    account: str
    fen: int
    price: str = ""
    case: int | None = None


def moves(lines: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a payment moves any money; one that only says what was paid before does not."""
    return any(Line(**line).due for line in lines)


def of_payment(case: int, method: str, lines: Iterable[Mapping[str, Any]]) -> list[Side]:
    """What is taken comes into the till, and is a deposit held, income, or somebody else's."""
    told = [Line(**line) for line in lines]
    sides = [Side(method, sum(line.due for line in told), case=case)]
    sides += [Side(OF_KIND[line.kind], -line.due, line.price, case) for line in told]
    return _something(sides)


def of_refund(case: int, method: str, lines: Iterable[Mapping[str, Any]]) -> list[Side]:
    """A deposit is no longer held: part of it leaves the till, what is kept becomes income.

    What goes back for unused units was income.
    """
    told = list(lines)
    sides = [
        Side(OF_KIND[line.get("kind", "deposit")], line["fen"] + line.get("kept", 0), line["price"], case)
        for line in told
    ]
    sides += [Side("income", -line.get("kept", 0), line["price"], case) for line in told]
    return _something([*sides, Side(method, -sum(line["fen"] for line in told), case=case)])


def of_carrying(case: int, other: int, carried: Mapping[str, int]) -> list[Side]:
    """A deposit held on one case is held on another."""
    sides = [Side("deposits", fen, price, case) for price, fen in carried.items()]
    return _something([*sides, *(Side("deposits", -fen, price, other) for price, fen in carried.items())])


def of_difference(counted: Mapping[str, int], expected: Mapping[str, int]) -> list[Side]:
    """What was counted and should not have been there, or was not and should have been, by method."""
    gaps = {method: counted.get(method, 0) - expected.get(method, 0) for method in TILL}
    return _something([*(Side(m, gap) for m, gap in gaps.items()), Side("difference", -sum(gaps.values()))])


def turned(sides: Iterable[Side]) -> list[Side]:
    """The same the other way round: it takes a posting back."""
    return [Side(one.account, -one.fen, one.price, one.case) for one in sides]


def till_of(sides: Iterable[Side]) -> int:
    """What came into the till, in fen."""
    return sum(one.fen for one in sides if one.account in TILL)


def _something(sides: Iterable[Side]) -> list[Side]:
    return [one for one in sides if one.fen]
