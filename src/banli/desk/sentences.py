"""Clocks in whole sentences of the reader's language, with the times the estate has set."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.engine.clock_wording import ClockWording
from banli.engine.hours import parse_hours
from banli.engine.procedure import Clock, Due
from banli.engine.rulebook import Rulebook


class Sentences(ClockWording):
    """The words of one procedure for whoever reads now, as one estate has set it."""

    def __init__(self, book: Rulebook, settings: Mapping[str, Any]) -> None:
        super().__init__(book, get_language() or "zh")
        self.settings = settings

    def quoted(self, words: str) -> str:
        """Words in quotes, once."""
        return words if "“" in words else super().quoted(words)

    def deadline(self, due: Due) -> str:
        """By when; where the estate may set it, what it has set."""
        name = (due.within or "").removeprefix("setting.")
        if name == (due.within or ""):
            return super().deadline(due)
        return super().deadline(due.model_copy(update={"within": str(self.settings[name])}))

    def leads(self, step: str, outcome: str) -> str:
        """Where an outcome leads; empty for simply on to what follows."""
        target = self.book.flow.targets[step][outcome]
        told = self.target(target)
        if target.kind == "next":
            return ""
        if target.kind == "end":
            return _("结束：%(end)s") % {"end": told}
        if target.kind == "again":
            return _("留在这一步，再办")
        order = self.book.flow.order
        back = order[target.name] <= order[step]
        return (_("退回%(step)s") if back else _("转到%(step)s")) % {"step": self.quoted(told)}

    def clock_lines(self, clock: Clock) -> list[str]:
        """From when to when, by when, who is told."""
        starts = self.listed(self.trigger(start) for start in clock.starts)
        stops = self.listed(self.trigger(stop) for stop in clock.ends)
        lines = [
            _("从%(start)s起，到%(stop)s为止：%(due)s")
            % {"start": starts, "stop": stops, "due": self.deadline(clock.due)}
        ]
        if clock.when is not None:
            lines.append(_("只在%(condition)s时") % {"condition": self.condition(clock.when)})
        if clock.during is not None:
            written = clock.during.removeprefix("setting.")
            hours = str(self.settings[written]) if written != clock.during else clock.during
            lines.append(_("只在%(hours)s计时") % {"hours": self.say(parse_hours(hours).text)})
        if clock.unless:
            lines.append(self.besides(clock.unless))
        lines += [self.reminder(one) for one in clock.remind]
        if clock.pause:
            lines.append(_("%(posts)s可以写明原因暂停") % {"posts": self.posts(clock.pause)})
        if clock.warn:
            lines.append(_("提前 %(time)s提醒") % {"time": self.length(clock.warn)})
        if clock.late.tell:
            lines.append(_("超时告知%(posts)s") % {"posts": self.posts(clock.late.tell)})
        if clock.late.step is not None:
            outcome = self.ended(clock.late.step, clock.late.outcome or "")
            told = {"step": self.quoted(self.step(clock.late.step)), "outcome": self.quoted(outcome)}
            lines.append(_("到时%(step)s按%(outcome)s处理") % told)
        if clock.period:
            lines.append(_("这是期间，不是时限：到了就结束，不算超时"))
        return lines

    def length(self, duration: str) -> str:
        """How long: 30 分钟."""
        return self.deadline(Due(within=duration)).removesuffix("内").removeprefix("within ")
