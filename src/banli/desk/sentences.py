"""Clocks and safeguards in whole sentences of the reader's language, with the times the estate has set."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.engine import verbs
from banli.engine.procedure import Clock, Due, Never
from banli.engine.turn import Rulebook
from banli.engine.wording import Wording


class Sentences(Wording):
    """The words of one procedure for whoever reads now, as one estate has set it."""

    def __init__(self, book: Rulebook, settings: Mapping[str, Any]) -> None:
        super().__init__(book, get_language() or "zh")
        self.settings = settings

    def quoted(self, words: str) -> str:
        """Words in quotes, once."""
        return words if "“" in words else super().quoted(words)

    def posts(self, posts: tuple[str, ...]) -> str:
        """Several posts in a row."""
        return self.listed(self.say(self.book.post_title(post)) for post in posts)

    def deadline(self, due: Due) -> str:
        """By when; where the estate may set it, what it has set."""
        name = (due.within or "").removeprefix("setting.")
        return super().deadline(due if name == (due.within or "") else Due(within=str(self.settings[name])))

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
        stops = self.listed(self.trigger(stop) for stop in clock.stops)
        lines = [
            _("从%(start)s起，到%(stop)s为止：%(due)s")
            % {"start": self.trigger(clock.starts), "stop": stops, "due": self.deadline(clock.due)}
        ]
        if clock.when is not None:
            lines.append(_("只在%(condition)s时") % {"condition": self.condition(clock.when)})
        if clock.warn:
            lines.append(_("提前 %(time)s提醒") % {"time": self.length(clock.warn)})
        if clock.late.tell:
            lines.append(_("超时告知%(posts)s") % {"posts": self.posts(clock.late.tell)})
        if clock.late.step is not None:
            outcome = self.outcome(clock.late.step, clock.late.outcome or "")
            told = {"step": self.quoted(self.step(clock.late.step)), "outcome": self.quoted(outcome)}
            lines.append(_("到时%(step)s按%(outcome)s处理") % told)
        return lines

    def length(self, duration: str) -> str:
        """How long: 30 分钟."""
        return self.deadline(Due(within=duration)).removesuffix("内").removeprefix("within ")

    def safeguards(self) -> Iterator[str]:
        """What can never happen, whoever asks for it."""
        procedure, flow = self.book.procedure, self.book.flow
        for rule in procedure.never:
            yield self._never(rule)
        approving = [self.quoted(self.step(n)) for n, s in flow.steps.items() if verbs.find(s.verb).approves]
        if approving:
            yield _("登记这件事的人，不能办%(steps)s") % {"steps": self.listed(approving)}
        for apart in procedure.apart:
            told = {"steps": self.listed(self.quoted(self.step(step)) for step in apart.steps)}
            if apart.unless == "deputy":
                yield _("%(steps)s不能由同一个人办，有书面代理的除外") % told
            else:
                yield _("%(steps)s不能由同一个人办") % told
        yield from self._interventions()

    def _never(self, rule: Never) -> str:
        told = _("没有办完%(before)s，绝不办%(do)s") % {
            "before": self.quoted(self.step(rule.before)),
            "do": self.quoted(self.step(rule.do)),
        }
        if rule.when is None:
            return told
        return _("%(condition)s时：%(rule)s") % {"condition": self.condition(rule.when), "rule": told}

    def _interventions(self) -> Iterator[str]:
        withdraw, override = self.book.procedure.withdraw, self.book.procedure.override
        if withdraw is not None:
            told = {"posts": self.posts(withdraw.by)}
            if withdraw.before:
                told["step"] = self.quoted(self.step(withdraw.before))
                yield _("撤回由%(posts)s办，%(step)s办过以后不能再撤回") % told
            else:
                yield _("撤回由%(posts)s办") % told
        if override is not None:
            yield _("改派、退回重办和重新打开由%(posts)s办，须写明原因，全部记入日志") % {
                "posts": self.posts(override.by)
            }
