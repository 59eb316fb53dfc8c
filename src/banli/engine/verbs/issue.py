"""issue: a numbered paper leaves the office, in its copies. It may use up a line of a receipt (已办, P2.5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.money import Payment, receipt_of, spent_at
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, renewed

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Issue(Verb):
    """The number is given by the papers room when the event is written."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        name, branch = turn.here
        spends = turn.book.flow.steps[name].spends
        if spends is None:
            return
        paid = receipt_of(turn.state, turn.book.flow, spends, name, branch)
        if not paid:
            raise Refusal("receipt_missing", step=turn.book.step_title(spends))
        for payment in paid:
            used = spent_at(turn.state, payment.step, payment.branch, _unit(turn, spends))
            if used is not None:
                at = datetime.fromisoformat(used.at).astimezone(turn.facts.zone)
                done, number = turn.book.step_title(used.step), used.receipt or "—"
                raise Refusal("receipt_spent", step=done, number=number, at=f"{at:%Y-%m-%d %H:%M}")

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        paper = step.paper or ""
        copies = step.copies or tuple(copy.id for copy in turn.book.pack.papers[paper].copies)
        until = turn.due(step.valid_until, branch) if step.valid_until else None
        issued = ev.PaperIssued(name, branch, paper, copies, until.isoformat() if until else "")
        if step.spends is None:
            return [issued]
        paid: dict[int | None, Payment] = {
            p.branch: p for p in receipt_of(turn.state, turn.book.flow, step.spends, name, branch)
        }
        unit = _unit(turn, step.spends)
        return [
            issued, *(ev.LineSpent(name, branch, step.spends, of, unit, p.receipt) for of, p in paid.items())
        ]  # fmt: skip


def _unit(turn: "Turn", spends: str) -> int | None:
    """The row whose part of a receipt for all rows is used; None for the whole of it."""
    name, branch = turn.here
    flow = turn.book.flow
    return branch if flow.each_around(name) is not None and flow.each_around(spends) is None else None


VERB: Verb = Issue(
    "issue",
    Text(zh="出单", en="Issue"),
    (done("打印并交付", "Issue and hand over", "issued", said="Issued and handed over"), renewed()),
    needs=frozenset({"paper"}),
    may=frozenset({"copies", "valid_until", "spends"}),
)
