"""What a case owes, what was paid on it, and what of that is held: the lines of a charge and what became of them.

All amounts are whole fen. A line of a ``charge`` or of money taken ``on_behalf`` of somebody is gone once paid; a
``deposit`` is held until a refund gives it back or a started case takes it over.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from banli.engine.flow import Flow
    from banli.engine.pack import Price
    from banli.engine.state import State


@dataclass(frozen=True)
class Tariff:
    """A price as it holds at an estate now. ``version``: the estate's own version, 0 for the pack's line.

    ``fen`` for one unit; where it is None the amount is agreed between ``low`` and ``high``. ``cap``: a line never
    comes to more.
    """

    fen: int | None
    low: int = 0
    high: int = 0
    cap: int | None = None
    version: int = 0

    @classmethod
    def of(cls, price: "Price") -> "Tariff":
        """The pack's own line."""
        return cls(price.fen, price.from_ or 0, price.to or 0, price.cap)


@dataclass(frozen=True)
class Line:
    """One line of a charge: ``count`` units of ``each`` fen come to ``fen``.

    ``before``: what was paid on this line in an earlier round. ``brought``: the deposit another case handed on.
    """

    price: str
    kind: str
    count: int = 1
    each: int = 0
    fen: int = 0
    version: int = 0
    before: int = 0
    brought: int = 0

    @property
    def due(self) -> int:
        """What is still to be paid; below nought: what is to be given back."""
        return self.fen - self.before - self.brought

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; what is nought is left out."""
        told = {
            "price": self.price,
            "kind": self.kind,
            "count": self.count,
            "each": self.each,
            "fen": self.fen,
        }
        more = {"version": self.version, "before": self.before, "brought": self.brought}
        return {**told, **{name: value for name, value in more.items() if value}}


@dataclass(frozen=True)
class Charge:
    """What a pay step asks for."""

    step: str
    branch: int | None
    lines: tuple[Line, ...]

    @property
    def due(self) -> int:
        """What is to be paid now; below nought: what is to be given back."""
        return sum(line.due for line in self.lines)


@dataclass(frozen=True)
class Payment:
    """What stands paid of one line. ``receipt``: the number of the latest receipt that says so."""

    step: str
    branch: int | None
    price: str
    kind: str
    count: int
    fen: int
    receipt: str = ""


@dataclass(frozen=True)
class Out:
    """Deposit money that is no longer held: of which payment, for which row, by which step it went."""

    of: str
    of_branch: int | None
    price: str
    row: int | None
    fen: int


@dataclass(frozen=True)
class Spent:
    """A receipt's line was used for something (已办): ``unit`` is the row, None for the whole of it."""

    of: str
    of_branch: int | None
    unit: int | None
    step: str
    branch: int | None
    at: str
    receipt: str = ""


@dataclass(frozen=True)
class Back:
    """What of one payment goes out: ``fen`` to the payer, ``kept`` by the office. ``kind``: of the price."""

    price: str
    branch: int | None
    fen: int
    kept: int = 0
    kind: str = "deposit"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; that it is a deposit is not said."""
        told = {"price": self.price, "branch": self.branch, "fen": self.fen, "kept": self.kept}
        return told if self.kind == "deposit" else {**told, "kind": self.kind}


def units(price: "Price", counted: int) -> int:
    """How many units are charged for what was counted: 90 minutes at ``per: 60`` are one hour and a half.

    ``rounding`` says what becomes of a part: ``up`` counts it, ``half`` from a half on (P: half an hour counts as one),
    ``down`` leaves it. What was begun at all is one unit.
    """
    whole, rest = divmod(max(counted, 0), price.per)
    more = (
        rest > 0 if price.rounding == "up" else rest * 2 >= price.per if price.rounding == "half" else False
    )
    return max(whole + more, 1) if counted > 0 else 0


def line_of(name: str, price: "Price", tariff: Tariff, count: int, agreed: int | None) -> Line:
    """The line of a charge: ``agreed`` is the amount of one unit where the tariff has none."""
    each = tariff.fen if tariff.fen is not None else agreed or 0
    number = units(price, count)
    fen = each * number
    if tariff.cap is not None:
        fen = min(fen, tariff.cap)
    return Line(name, price.kind, number, each, fen, tariff.version)


def settled(
    state: "State", step: str, branch: int | None, lines: Iterable[Line], *, anew: bool = False
) -> tuple[Line, ...]:
    """The lines of a charge, with what was paid before and brought from elsewhere.

    What was paid and is no longer charged becomes a line of nought, so that it is given back. ``anew``: what was paid
    before was for something else (each new card is paid for, P3.6).
    """
    told = {line.price: line for line in lines}
    for paid in () if anew else state.paid:
        if (paid.step, paid.branch) == (step, branch) and paid.price not in told:
            told[paid.price] = Line(paid.price, paid.kind, 0, 0, 0)
    return tuple(
        Line(
            line.price, line.kind, line.count, line.each, line.fen, line.version,
            before=0 if anew else _left(state, step, branch, line.price),
            brought=state.brought.get(line.price, 0) if line.kind == "deposit" else 0,
        )
        for line in told.values()
    )  # fmt: skip


def held(state: "State") -> int:
    """The deposits that are held on a case, in fen."""
    paid = sum(p.fen for p in state.paid if p.kind == "deposit") + sum(state.brought.values())
    charged = {(p.step, p.branch, p.price) for p in state.paid if p.kind != "deposit"}
    return paid - sum(o.fen for o in state.outs if (o.of, o.of_branch, o.price) not in charged)


def _left(state: "State", step: str, branch: int | None, price: str) -> int:
    paid = sum(p.fen for p in state.paid if (p.step, p.branch, p.price) == (step, branch, price))
    return paid - sum(o.fen for o in state.outs if (o.of, o.of_branch, o.price) == (step, branch, price))


def deposits(state: "State", flow: "Flow", of: str, step: str, branch: int | None) -> tuple[Back, ...]:
    """What of the deposits paid at ``of`` can go out at ``step``: this row's part where it stands in rows, else all."""
    own, here = flow.each_around(of), flow.each_around(step)
    told = []
    for paid in state.paid:
        if paid.step != of or paid.kind != "deposit":
            continue
        left = _left(state, of, paid.branch, paid.price)
        if own is not None and here is not None and paid.branch != branch:
            continue
        if own is None and here is not None and branch is not None:
            left = min(left, _share(state, paid, branch))
        if left > 0:
            told.append(Back(paid.price, paid.branch, left))
    return tuple(told)


def unused(state: "State", of: str, units: int) -> tuple[Back, ...]:
    """What goes back of what was charged at ``of`` for so many units that were not used, never more than is left."""
    told = []
    for paid in state.paid:
        if paid.step != of or paid.kind != "charge" or not paid.count:
            continue
        fen = min(paid.fen * min(units, paid.count) // paid.count, _left(state, of, paid.branch, paid.price))
        if fen > 0:
            told.append(Back(paid.price, paid.branch, fen, kind=paid.kind))
    return tuple(told)


def _share(state: "State", paid: Payment, row: int) -> int:
    """What is left of one row's part of a payment that was made for all rows."""
    if row >= paid.count:
        return 0
    part = paid.fen * (row + 1) // paid.count - paid.fen * row // paid.count
    gone = (
        o.fen
        for o in state.outs
        if (o.of, o.of_branch, o.price, o.row) == (paid.step, paid.branch, paid.price, row)
    )
    return part - sum(gone)


def divided(backs: Iterable[Back], deduction: int) -> tuple[Back, ...]:
    """The same money with ``deduction`` kept of it, from the first line on. It is never more than all of it."""
    told = []
    for back in backs:
        kept = min(back.fen, deduction)
        deduction -= kept
        told.append(replace(back, fen=back.fen - kept, kept=kept))
    return tuple(told)


def deducted(rows: Any, column: str) -> int:
    """What the rows of a table of deductions come to."""
    return sum(row.get(column) or 0 for row in rows or () if isinstance(row, Mapping))


def receipt_of(state: "State", flow: "Flow", of: str, step: str, branch: int | None) -> tuple[Payment, ...]:
    """The payments at ``of`` that a step may spend: its own row's, where both stand in the same rows."""
    both = flow.each_around(of) is not None and flow.each_around(of) == flow.each_around(step)
    own = [p for p in state.paid if p.step == of and (not both or p.branch == branch)]
    if flow.each_around(of) is None and branch is not None and flow.each_around(step) is not None:
        own = [p for p in own if p.count > branch]
    return tuple(own)


def spent_at(state: "State", of: str, of_branch: int | None, unit: int | None) -> Spent | None:
    """Where a receipt's line was used already: this row of it, or the whole of it; for the whole, any row."""
    for one in state.spent:
        if (one.of, one.of_branch) == (of, of_branch) and (unit is None or one.unit in (None, unit)):
            return one
    return None


def position(state: "State") -> Hashable:
    """All of a case's money that can make a difference later, amounts left out: for the walk through all situations."""
    open_ = {(t.step, t.branch) for t in state.tokens}
    return (
        frozenset((p.step, p.branch, p.price, p.count, p.fen > 0) for p in state.paid),
        frozenset((o.of, o.of_branch, o.price, o.row) for o in state.outs),
        frozenset((s.of, s.of_branch, s.unit, s.step) for s in state.spent),
        frozenset(
            (c.step, c.branch, line.price, line.count, line.fen > 0)
            for c in state.charges
            if (c.step, c.branch) in open_
            for line in c.lines
        ),
        held(state) > 0,
    )
