"""pay: what is due is paid at the office, in full, line by line (P2.4, P9.3).

Where a case came back here, only the difference is due; where less is charged than was paid, it is given back.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.fields import MAX_FEN, printable
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn

METHODS = {
    "cash": Text(zh="现金", en="Cash"),
    "transfer": Text(zh="转账", en="Bank transfer"),
    "qr": Text(zh="扫码", en="QR code"),
}


class Pay(Verb):
    """``extra``: ``fen`` taken, ``method`` one of METHODS; a transfer or QR payment has its ``reference``."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        charge = turn.state.charge(*turn.here)
        exact(charge.due if charge else 0, extra)

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        charge = turn.state.charge(*turn.here)
        if charge is None or not charge.lines:
            return []
        lines = tuple(line.to_json() for line in charge.lines)
        return [ev.Paid(*turn.here, charge.due, *how(charge.due, extra), lines)]


def exact(due: int, extra: Mapping[str, Any]) -> None:
    """What changes hands is what is due, by a known method; a reference that can be printed.

    What did not go through the cash drawer is found again by the bank's or the code's number alone (issue 4.2).
    """
    got = extra.get("fen")
    if got != due or isinstance(got, bool):
        shown = f"{abs(got) / 100:.2f}" if isinstance(got, int) and abs(got) <= MAX_FEN else "—"
        raise Refusal("amount_differs", due=f"{abs(due) / 100:.2f}", got=shown)
    if not due:  # nothing changes hands, and nobody is asked how
        return
    if str(extra.get("method")) not in METHODS:
        raise Refusal("form_invalid", count=1, fields={"method": Refusal("not_an_option")})
    if extra["method"] != "cash" and not str(extra.get("reference") or "").strip():
        raise Refusal("form_invalid", count=1, fields={"reference": Refusal("reference_required")})
    if not printable(str(extra.get("reference") or "")):
        raise Refusal("form_invalid", count=1, fields={"reference": Refusal("bad_characters")})


def how(fen: int, extra: Mapping[str, Any]) -> tuple[str, str]:
    """Method and reference, as they are kept; where nothing changes hands, nothing but the cash has a place for it."""
    if not fen:
        return "cash", ""
    return str(extra["method"]), str(extra.get("reference") or "").strip()[:100]


VERB: Verb = Pay(
    "pay",
    Text(zh="缴费", en="Pay"),
    (
        done("已收款", "Paid", "paid"),
        Outcome(
            "expired",
            Text(zh="没有按时缴", en="Not paid in time"),
            leads="written",
            good=False,
            by_clock=True,
        ),
    ),
    needs=frozenset({"fees"}),
    may=frozenset({"anew"}),
)
