"""Verbs that tick off a list: every item must be ticked for the good outcome."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine.refusals import Refusal
from banli.engine.verbs._base import Verb

if TYPE_CHECKING:
    from banli.engine.turn import Turn


def ticked_in(extra: Mapping[str, Any]) -> list[Any]:
    """What was ticked; nothing where something else than a list was sent."""
    ticked = extra.get("ticked")
    return list(ticked) if isinstance(ticked, (list, tuple, set, frozenset)) else []


class Checklist(Verb):
    """``extra["ticked"]`` holds the names of the items that were found right."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if not self.outcome(outcome).good:
            return
        items = turn.book.flow.steps[turn.here[0]].checklist or {}
        ticked = ticked_in(extra)
        open_items = [title for name, title in items.items() if name not in ticked]
        if open_items:
            raise Refusal("checklist_open", items=open_items)
