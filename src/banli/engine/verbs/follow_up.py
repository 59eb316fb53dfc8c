"""follow_up: the resident is asked how it went; attempts without an answer are kept (P8.6, P18).

Whoever cannot talk now is called again when they say: ``extra["at"]`` is that moment on the office's clock.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn

#: A call is agreed for so many days ahead at most.
FAR = timedelta(days=30)


class FollowUp(Verb):
    """The agreed moment is kept until the step is done."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if outcome != "later":
            return
        at = _moment(turn, extra)
        if at is None or not turn.now < at <= turn.now + FAR:
            raise Refusal("call_time", days=FAR.days)

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        at = _moment(turn, extra) if outcome == "later" else None
        return [ev.Agreed(*turn.here, at.astimezone(UTC).isoformat())] if at is not None else []


def _moment(turn: "Turn", extra: Mapping[str, Any]) -> datetime | None:
    """The moment that was written, read on the office's clock; None where it is none."""
    try:
        at = datetime.fromisoformat(str(extra.get("at") or ""))
    except ValueError:
        return None
    return at.replace(tzinfo=turn.facts.zone) if at.tzinfo is None else None


VERB: Verb = FollowUp(
    "follow_up",
    Text(zh="回访", en="Follow up"),
    (
        done("满意", "Satisfied", "satisfied"),
        done("较满意", "Fairly satisfied", "fair"),
        Outcome("dissatisfied", Text(zh="不满意", en="Dissatisfied"), leads="next", reason=True, good=False),
        Outcome("no_answer", Text(zh="无人接听", en="No answer"), leads="again", good=False),
        Outcome("later", Text(zh="约好再打", en="To be called again"), leads="again", good=False),
    ),
)
