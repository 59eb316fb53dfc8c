"""authorise: the owner names somebody in this case who acts for them from now on (P0: the renovation lead; G3)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Authorise(Verb):
    """The letter of authority (Civil Code 165: who, in which matters, until when) is entered by the estate room."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        rule = turn.book.flow.steps[name].authorises
        assert rule is not None
        until = turn.state.answer(rule.until.removeprefix("form."), branch)
        return [ev.Authorised(name, branch, rule.role, rule.scopes, str(until or ""))]


VERB: Verb = Authorise(
    "authorise",
    Text(zh="登记委托", en="Enter the authority"),
    (done("已登记", "Entered", "authorised"),),
    automatic=True,
    needs=frozenset({"authorises"}),
)
