"""check_once: at the gate a paper is held against what is carried out, and used once (P1, readings 1e)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done
from banli.engine.verbs._checklist import ticked_in

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class CheckOnce(Verb):
    """``extra["ticked"]`` holds the numbers (from 0) of the rows of ``items`` that were found as written."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if outcome != "released":
            return
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        table = (step.items or "").removeprefix("form.")
        rows = turn.state.answer(table, branch) or []
        ticked = ticked_in(extra)
        first = next(iter(turn.book.procedure.form[table].columns or {}), "")
        missing = [str(row.get(first) or "?") for number, row in enumerate(rows) if number not in ticked]
        if missing:
            raise Refusal("goods_unticked", items=missing)

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        if outcome != "released":
            return []
        return [ev.PaperSpent(turn.book.flow.steps[name].paper or "", branch)]


VERB: Verb = CheckOnce(
    "check_once",
    Text(zh="门岗查验", en="Gate check"),
    (
        done("放行", "Release", "released", said="Released"),
        Outcome("mismatch", Text(zh="与单不符", en="Does not match"), leads="back", reason=True, good=False),
        Outcome(
            "expired",
            Text(zh="过期未用", en="Not used in time"),
            leads="end",
            end="expired",
            good=False,
            by_clock=True,
        ),
    ),
    needs=frozenset({"paper", "items"}),
)
