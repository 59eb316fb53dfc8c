"""dispatch: a holder of another post is sent (P8.2, P8.3)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.able import must_be_able
from banli.engine.complained_of import must_be_sent
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Dispatch(Verb):
    """``extra["assignee"]`` is the id of somebody who holds the step's ``to`` post now, or one above it if all others
    are kept away."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if outcome != "dispatched":
            return
        facts, (name, branch) = turn.facts, turn.here
        asked = extra.get("assignee")
        person = must_be_sent(turn.book, turn.state, name, branch, asked, facts.holders, facts.names)
        must_be_able(turn.book, turn.state, name, branch, person, facts)

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        if outcome != "dispatched":
            return []
        name, _ = turn.here
        person = int(extra["assignee"])
        return [ev.Assigned(name, person), ev.Told((), person, "assigned", name)]


VERB: Verb = Dispatch(
    "dispatch",
    Text(zh="派工", en="Dispatch"),
    (
        done("派工", "Dispatch", "dispatched", said="Sent"),
        Outcome("not_needed", Text(zh="不需派工", en="Not needed"), leads="written", reason=True, good=False),
    ),
    needs=frozenset({"to"}),
    may=frozenset({"able"}),
)
