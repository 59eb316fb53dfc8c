"""enter: a row goes into a book. The system does it the moment it is reached, and keeps the row current."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Enter(Verb):
    """The row's cells are read from the case by the registers room."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        return [ev.Entered(name, branch, turn.book.flow.steps[name].book or "")]


VERB: Verb = Enter(
    "enter",
    Text(zh="登入登记本", en="Enter in the book"),
    (done("登入", "Entered", "entered"),),
    automatic=True,
    needs=frozenset({"book"}),
)
