"""amend: what the record says is changed by this case: a new last day, and what waits there moves on (P3.5, P3.6)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Amend(Verb):
    """The cases room carries it out in the other cases, in the same transaction."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        values = {
            to: turn.state.answer(source.removeprefix("form."), branch) for to, source in step.amends.items()
        }
        return [ev.RecordChanged(name, branch, values, dict(step.moves))]


VERB: Verb = Amend(
    "amend",
    Text(zh="更新原记录", en="Change the record"),
    (done("已更新", "Changed", "amended"),),
    automatic=True,
    needs=frozenset({"amends"}),
    may=frozenset({"moves"}),
)
