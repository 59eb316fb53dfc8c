"""refund: the deposits of a payment go back to whoever paid them, after the checks, less what is deducted.

Domain/forms §21: the original receipt or a signed loss statement, the cards back, the inspection passed; whoever is
paid signs. What is kept is itemised, never more than the deposit (:mod:`banli.engine.deductions`), and allowed by
somebody else than found it (Shandong 2021 art. 40(5): deducted only by agreement, and itemised). What was paid ahead
for units that are not used goes back the same way (``unused``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import deductions
from banli.engine import events as ev
from banli.engine.money import Back, divided, unused
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, done, returned
from banli.engine.verbs._checklist import Checklist
from banli.engine.verbs.pay import exact, how

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Refund(Checklist):
    """``extra``: ``fen`` given back, ``method`` and ``reference`` as at pay, ``ticked`` as in a check."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if not self.outcome(outcome).good:
            return
        super().rules(turn, outcome, extra)
        backs, kept = due_back(turn)
        held = sum(back.fen for back in backs)
        deductions.must_be_held(deductions.Deduction(held, kept))
        if kept:
            self._second(turn)
        exact(held - kept, extra)

    def _second(self, turn: "Turn") -> None:
        """A deduction stands only on the word of somebody who is not the one who found it."""
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        second, field = step.second or "", (step.deductions or "").removeprefix("form.")
        if not turn.stands(second, name, branch):
            raise Refusal("deduction_unsigned", step=turn.book.step_title(second))
        signed = turn.state.mark(second, branch)
        found = [turn.state.mark(n, branch) for n, one in turn.book.flow.steps.items() if field in one.asks]
        if signed is not None and any(mark is not None and mark.by == signed.by for mark in found):
            raise Refusal("deduction_unsigned", step=turn.book.step_title(second))

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        if not self.outcome(outcome).good:
            return []
        name, branch = turn.here
        backs, kept = due_back(turn)
        told = divided(backs, kept)
        if not told:
            return []
        lines = tuple(b.to_json() for b in told)
        fen, kept = sum(b.fen for b in told), sum(b.kept for b in told)
        return [
            ev.Refunded(name, branch, turn.book.flow.steps[name].of or "", fen, kept, *how(fen, extra), lines)
        ]


def due_back(turn: "Turn") -> tuple[tuple[Back, ...], int]:
    """What is to go back at this step, deposits or unused units, and what is to be deducted from it."""
    name, branch = turn.here
    step = turn.book.flow.steps[name]
    if step.unused is not None:
        units = turn.state.answer(step.unused.removeprefix("form."), branch) or 0
        return unused(turn.state, step.of or "", units), 0
    backs = deductions.backs_at(turn.book, turn.state, name, branch)
    return backs, deductions.of_refund(turn.book, turn.state, name, branch).kept


VERB = Refund(
    "refund",
    Text(zh="退押金", en="Refund"),
    (
        done("已退款", "Refunded", "refunded"),
        returned(),
        Outcome("not_yet", Text(zh="还不能退", en="Not yet"), leads="again", reason=True, good=False),
    ),
    signs=True,
    needs=frozenset({"of"}),
    may=frozenset({"checklist", "unused", "deductions", "second", "claims"}),
)
