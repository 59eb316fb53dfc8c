"""Why a case is late, or will be: each clock with what started it, when, by whom, and what stops it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from banli.engine import verbs
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State
from banli.engine.text import Text
from banli.web import clocks
from banli.web.templatetags.say import say

from . import matter
from .due import anchor

#: What happens to a case beside its steps.
OF_THE_CASE = {
    "opened": Text(zh="立件", en="opening the case"),
    "begun": Text(zh="别的事引出这一件", en="something else beginning the case"),
    "sent_back": Text(zh="主管退回重办", en="a supervisor sending it back"),
    "reopened": Text(zh="重新打开", en="opening it again"),
}


@dataclass(frozen=True)
class ClockLine:
    """A clock of a case; ``whose``: of which worker's row. ``started_by``: who did what started it, while that stands.

    ``anchor``: its place on the page that explains it.
    """

    title: Text
    running: bool
    started: datetime
    due: datetime
    stopped: datetime | None
    warn_at: datetime | None
    starts: list[Text]
    stops: list[Text]
    started_by: str
    anchor: str
    paused: bool
    until: datetime | None
    whose: str

    @property
    def overdue(self) -> bool:
        """Whether a pause lasts longer than was expected."""
        return self.paused and self.until is not None and self.until <= timezone.now()

    @property
    def reason(self) -> str:
        """Why it runs, or ran: what started it, when and by whom; and what will stop it."""
        told = {
            "event": _either([say(start) for start in self.starts]),
            "at": clocks.told(self.started, timezone.now()),
            "who": self.started_by,
        }
        if not self.running:
            ended = (
                _("从%(event)s起算（%(at)s，%(who)s）") if self.started_by else _("从%(event)s起算（%(at)s）")
            )
            return ended % told
        told["stops"] = _either([say(stop) for stop in self.stops])
        if self.started_by:
            return _("从%(event)s起算（%(at)s，%(who)s），到%(stops)s为止") % told
        return _("从%(event)s起算（%(at)s），到%(stops)s为止") % told


def clock_lines(book: Rulebook, state: State, names: Mapping[int, str]) -> list[ClockLine]:
    """Running clocks first, the nearest due first; then the stopped ones."""
    known = [clock for clock in state.clocks if clock.clock in book.procedure.clocks]
    return [clock_line(book, state, clock, names) for clock in sorted(known, key=lambda c: (not c.on, c.due))]


def clock_line(book: Rulebook, state: State, clock: Running, names: Mapping[int, str]) -> ClockLine:
    """One clock of a case."""
    rule = book.procedure.clocks[clock.clock]
    starts = (clock.trigger,) if clock.trigger else rule.starts
    ended = [one.split(".")[0] for one in starts if one.split(".")[-1] != "opened"]
    mark = next((found for step in ended if (found := state.mark(step, clock.branch))), None)
    by = names.get(mark.by or 0, "") if mark is not None else ""
    return ClockLine(
        title=rule.title,
        running=clock.on,
        started=datetime.fromisoformat(clock.started),
        due=datetime.fromisoformat(clock.due),
        stopped=datetime.fromisoformat(clock.stopped) if clock.stopped else None,
        warn_at=datetime.fromisoformat(clock.warn) if clock.warn else None,
        starts=_once(told(book, start) for start in starts),
        stops=_once(_yet_to_come(book, state, rule.ends)) or _once(told(book, stop) for stop in rule.ends),
        started_by=by,
        anchor=anchor(clock.clock, clock.branch),
        paused=clock.state == "paused",
        until=datetime.fromisoformat(clock.until) if clock.until else None,
        whose=matter.whose(book, state.form, rule.beginnings[0], clock.branch),
    )


def told(book: Rulebook, trigger: str) -> Text:
    """What starts or stops a clock, in words: ``confirm.done``, ``fill.opened``, ``opened``, ``begun``."""
    name, _, what = trigger.partition(".")
    if not what:
        return OF_THE_CASE[name]
    step = book.step_title(name)
    if what == "opened":
        return Text(zh=f"轮到“{step.zh}”", en=f"reaching “{step.en}”")
    if what == "done":
        return Text(zh=f"“{step.zh}”办完", en=f"the end of “{step.en}”")
    outcome = verbs.find(book.flow.steps[name].verb).outcome(what).told
    return Text(zh=f"“{step.zh}”：{outcome.zh}", en=f"“{step.en}”: {outcome.en}")


def _yet_to_come(book: Rulebook, state: State, stops: Iterable[str]) -> Iterator[Text]:
    """What may still stop a clock. What lies behind every open step happens no more, unless the case goes back."""
    order, here = book.flow.order, {token.step for token in state.tokens}
    front = min((order[step] for step in here), default=0)
    for stop in stops:
        name, _, what = stop.partition(".")
        if name in here or order.get(name, front) >= front:
            yield told(book, stop)
        elif what == "opened":
            step = book.step_title(name)
            yield Text(zh=f"退回“{step.zh}”", en=f"going back to “{step.en}”")


def _either(texts: list[str]) -> str:
    told = texts[0]
    for one in texts[1:]:
        told = _("%(this)s或%(that)s") % {"this": told, "that": one}
    return told


def _once(texts: Iterable[Text]) -> list[Text]:
    return list({text.zh: text for text in texts}.values())
