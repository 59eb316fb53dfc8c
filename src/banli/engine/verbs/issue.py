"""issue: a numbered paper leaves the office, in its copies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Issue(Verb):
    """The number is given by the papers room when the event is written."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        step = turn.book.flow.steps[name]
        paper = step.paper or ""
        copies = step.copies or tuple(copy.id for copy in turn.book.pack.papers[paper].copies)
        until = turn.due(step.valid_until, branch) if step.valid_until else None
        return [ev.PaperIssued(name, branch, paper, copies, until.isoformat() if until else "")]


VERB: Verb = Issue(
    "issue",
    Text(zh="出单", en="Issue"),
    (done("打印并交付", "Issue and hand over", "issued"),),
    needs=frozenset({"paper"}),
    may=frozenset({"copies", "valid_until"}),
)
