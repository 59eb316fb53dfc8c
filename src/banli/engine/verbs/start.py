"""start: another case begins from this one, with what it is given of this form (P3.6: new cards by P2).

``carries`` takes along the deposits of a payment: an extension's new cards rest on the old cards' money (readings 3d).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.money import deposits
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Start(Verb):
    """The case itself is opened by the cases room in the same transaction."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        values = step.told() | {
            to: turn.state.answer(field, branch) for to, field in step.handed_on().items()
        }
        if step.carries is None:
            return [ev.CaseStarted(name, branch, step.starts or "", values)]
        backs = deposits(turn.state, turn.book.flow, step.carries, name, branch)
        carried: dict[str, int] = {}
        for back in backs:
            carried[back.price] = carried.get(back.price, 0) + back.fen
        lines = tuple({"price": b.price, "branch": b.branch, "fen": b.fen} for b in backs)
        return [
            ev.CarriedOver(name, branch, step.carries, lines),
            ev.CaseStarted(name, branch, step.starts or "", values, carried),
        ]


VERB: Verb = Start(
    "start",
    Text(zh="另起一件", en="Start another case"),
    (done("已另起", "Started", "started"),),
    automatic=True,
    needs=frozenset({"starts"}),
    may=frozenset({"gives", "carries"}),
)
