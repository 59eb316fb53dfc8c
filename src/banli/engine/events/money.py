"""Money: charged, taken, given back, carried over, spent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._event import Event


@dataclass(frozen=True)
class Charged(Event):
    """``fen`` became due, line by line (:class:`banli.engine.money.Line` as JSON)."""

    kind = "charged"
    step: str = ""
    branch: int | None = None
    fen: int = 0
    lines: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Paid(Event):
    """``fen`` was taken (below nought: given back) for ``lines``, in a cashier's ``shift``.

    ``receipt`` is the number of the ``paper`` that says so and ``digest`` what it says, both of the papers room.
    """

    kind = "paid"
    step: str = ""
    branch: int | None = None
    fen: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Refunded(Event):
    """``fen`` of the deposits paid at ``of`` were given back and ``kept`` deducted.

    ``lines``: of each payment its ``price``, ``branch``, ``fen`` and ``kept``. The rest is as in Paid.
    """

    kind = "refunded"
    step: str = ""
    branch: int | None = None
    of: str = ""
    fen: int = 0
    kept: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""


@dataclass(frozen=True)
class ReceiptReplaced(Event):
    """A receipt was void because it was written wrongly, and ``receipt`` takes its place: the same lines, paid so."""

    kind = "receipt_replaced"
    step: str = ""
    branch: int | None = None
    old: str = ""
    fen: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""
    reason: str = ""
    post: str = ""


@dataclass(frozen=True)
class LineSpent(Event):
    """A line of the receipt of ``of`` was used up by this step (已办): the row ``unit``, or all of it."""

    kind = "line_spent"
    step: str = ""
    branch: int | None = None
    of: str = ""
    of_branch: int | None = None
    unit: int | None = None
    receipt: str = ""


@dataclass(frozen=True)
class CarriedOver(Event):
    """Deposits paid at ``of`` left this case for the one that was started from it; ``lines`` as in Refunded."""

    kind = "carried_over"
    step: str = ""
    branch: int | None = None
    of: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Brought(Event):
    """Deposits came with the start of this case: price → fen."""

    kind = "brought"
    deposits: Mapping[str, int] = field(default_factory=dict)
