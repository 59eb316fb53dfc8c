"""in_use: something stands until it is given back, lost, renewed or over: a card, a permit, a key (P2, P3.6)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done, renewed
from banli.engine.verbs._checklist import Checklist

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class InUse(Checklist):
    """What is given back is held against a list, where there is one; what was reported finished is not back."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if outcome == "given_back":
            super().rules(turn, outcome, extra)


VERB: Verb = InUse(
    "in_use",
    Text(zh="在用", en="In use"),
    (
        done("交回（结束）", "Given back (ended)", "given_back"),
        Outcome(
            "reported",
            Text(zh="报完工", en="Report it finished"),
            leads="written",
            said=Text(zh="报完工", en="Reported finished"),
        ),
        Outcome("lost", Text(zh="遗失", en="Lost"), leads="written", reason=True, good=False),
        renewed(),
        Outcome("over", Text(zh="已到期", en="Over"), leads="written", good=False, by_clock=True),
    ),
    may=frozenset({"checklist", "holds", "hours"}),
)
