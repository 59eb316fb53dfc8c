"""follow_up: the resident is asked how it went; attempts without an answer are kept (P8.6, P18).

Whoever cannot talk now is called again when they say: ``extra["at"]`` is that moment on the office's clock. Outside the
step's ``hours`` they rest and are not called, unless it was agreed so.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.hours import Hours, parse_hours
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

if TYPE_CHECKING:
    from banli.engine.turn import Turn

#: A call is agreed for so many days ahead at most.
FAR = timedelta(days=30)
#: An agreed call is made from so long before its moment to so long after it.
EARLY, AFTER = timedelta(minutes=15), timedelta(hours=1)
#: A call that ended when the residents' rest began is written down within so long.
WRITING = timedelta(minutes=15)


@dataclass(frozen=True)
class Calling:
    """When residents may be called: in these hours, of a calendar with such rest days."""

    hours: Hours
    rest_days: Container[date]

    def rests(self, wall: datetime, agreed: datetime | None) -> bool:
        """Whether somebody may not be called at ``wall``, on the office's clock as ``agreed`` is."""
        if agreed is not None and agreed - EARLY <= wall <= agreed + AFTER:
            return False
        return not self.hours.hold_on(wall, self.rest_days)

    def next(self, wall: datetime) -> datetime | None:
        """The first moment after ``wall`` at which the hours begin; None where there is none in a fortnight."""
        return self.hours.begins(wall, self.rest_days)


class FollowUp(Verb):
    """The agreed moment is kept until the step is done."""

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        _not_at_rest(turn)
        if outcome != "later":
            return
        at = _moment(turn, extra)
        if at is None or not turn.now < at <= turn.now + FAR:
            raise Refusal("call_time", days=FAR.days)

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        at = _moment(turn, extra) if outcome == "later" else None
        return [ev.Agreed(*turn.here, at.astimezone(UTC).isoformat())] if at is not None else []


def _not_at_rest(turn: "Turn") -> None:
    """Refuses a call in the residents' rest hours that nobody agreed to (P18)."""
    hours = turn.book.flow.steps[turn.here[0]].hours
    if hours is None:
        return
    if hours.startswith("setting."):
        hours = str(turn.book.setting(hours.removeprefix("setting."), turn.facts.settings))
    calling = Calling(parse_hours(hours), turn.facts.holidays)
    told = turn.state.call_at(*turn.here)
    zone = turn.facts.zone
    agreed = datetime.fromisoformat(told).astimezone(zone).replace(tzinfo=None) if told else None
    wall = turn.now.astimezone(zone).replace(tzinfo=None)
    if calling.rests(wall, agreed) and calling.rests(wall - WRITING, agreed):
        raise Refusal("rest_hours", hours=calling.hours.text)


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
        done("不愿回访", "Does not wish to be asked", "declined"),
        Outcome(
            "dissatisfied",
            Text(zh="不满意", en="Dissatisfied"),
            leads="next",
            reason=True,
            good=False,
            answered=True,
        ),
        Outcome(
            "complains",
            Text(zh="不满意，立投诉", en="Dissatisfied: a complaint"),
            leads="written",
            reason=True,
            good=False,
            answered=True,
        ),
        Outcome("no_answer", Text(zh="无人接听", en="No answer"), leads="again", good=False),
        Outcome("later", Text(zh="约好再打", en="To be called again"), leads="again", good=False),
    ),
    may=frozenset({"hours"}),
)
