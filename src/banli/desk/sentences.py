"""What a procedure file says in conditions, clocks and safeguards, in whole sentences of the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banli.engine import verbs
from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.conditions import Atom, Condition, Join
from banli.engine.procedure import ENDS, OUTSIDERS, ROLES, Clock, Due, Never, Step
from banli.engine.turn import Rulebook
from banli.web.fields import written
from banli.web.templatetags.say import say

from .clock_lines import told as trigger


class Sentences:
    """The sentences of one procedure, as one estate has set it."""

    def __init__(self, book: Rulebook, settings: Mapping[str, Any]) -> None:
        self.book, self.settings = book, settings

    # --- who ---------------------------------------------------------------------------------------------------

    def post(self, post: str) -> str:
        return say(self.book.post_title(post))

    def posts(self, posts: Iterable[str]) -> str:
        return listed(self.post(post) for post in posts)

    def who(self, step: Step) -> str:
        """Who does a step: a post, whoever was sent, an outsider at a post's side, or the system."""
        if verbs.find(step.verb).automatic:
            return _("系统自动")
        holders = [self.post(post) for post in step.posts()]
        sender = step.assigned_by()
        if sender is not None:
            holders.append(_("派到的%(post)s") % {"post": self.post(self.book.flow.steps[sender].to or "")})
        outside = step.outside()
        if outside is None:
            return listed(holders)
        return _("%(who)s（在%(post)s处）") % {"who": say(OUTSIDERS[outside]), "post": listed(holders)}

    # --- where it leads ----------------------------------------------------------------------------------------

    def step(self, name: str) -> str:
        return quoted(self.book.step_title(name))

    def leads(self, step: str, outcome: str) -> str:
        """Where an outcome leads; empty for simply on to what follows."""
        target = self.book.flow.targets[step][outcome]
        if target.kind == "again":
            return _("留在这一步，再办")
        if target.kind == "end":
            return _("结束：%(end)s") % {"end": say(ENDS[target.name])}
        if target.kind != "step":
            return ""
        order = self.book.flow.order
        told = _("退回%(step)s") if order[target.name] <= order[step] else _("转到%(step)s")
        return told % {"step": self.step(target.name)}

    # --- conditions --------------------------------------------------------------------------------------------

    def condition(self, when: Condition | None) -> str:
        """A condition as one says it; empty where there is none."""
        return self._node(when.root) if when is not None else ""

    def _node(self, node: Atom | Join) -> str:
        if isinstance(node, Atom):
            return self._atom(node)
        parts = [self._node(part) for part in node.parts]
        if node.how == "not":
            return _("不是（%(part)s）") % {"part": parts[0]}
        if node.how == "any":
            return _("（%(parts)s）") % {"parts": _("，或").join(parts)}
        return _("，且").join(parts)

    def _atom(self, atom: Atom) -> str:
        if atom.name == "fact.authority":
            return _("持有有效委托书") if "yes" in atom.value else _("没有有效委托书")
        name, values = self._named(atom.name)
        if atom.op == "given":
            told = _("填写了%(name)s") if atom.value == "yes" else _("没有填写%(name)s")
            return told % {"name": name}
        compared = {
            "at_least": _("%(name)s不少于 %(value)s"),
            "at_most": _("%(name)s不多于 %(value)s"),
            "over": _("%(name)s超过 %(value)s"),
            "under": _("%(name)s不到 %(value)s"),
        }
        if atom.op in compared:
            return compared[atom.op] % {"name": name, "value": self._value(atom.name, atom.value)}
        options = [str(values.get(str(value), value)) for value in atom.value]
        return _("%(name)s是%(values)s") % {"name": name, "values": _("或").join(options)}

    def _named(self, name: str) -> tuple[str, Mapping[str, str]]:
        """What a name of a condition is called, and what its values are called."""
        room, _dot, rest = name.partition(".")
        if name == "applicant":
            return _("申请人"), {role: say(title) for role, title in ROLES.items()}
        if room == "form" and rest in self.book.procedure.form:
            asked = self.book.procedure.form[rest]
            return quoted(asked.label), {key: quoted(title) for key, title in asked.choices().items()}
        if room == "outcome" and rest in self.book.flow.steps:
            outcomes = verbs.find(self.book.flow.steps[rest].verb).outcomes
            return self.step(rest), {one.name: quoted(one.title) for one in outcomes}
        if room == "setting" and rest in self.book.pack.settings:
            return quoted(self.book.pack.settings[rest].title), {"yes": _("是"), "no": _("否")}
        return name, {}

    def _value(self, name: str, value: int) -> str:
        asked = self.book.procedure.form.get(name.removeprefix("form."))
        return (
            _("%(yuan)s 元") % {"yuan": written("money", value)}
            if asked and asked.type == "money"
            else str(value)
        )

    # --- clocks and safeguards ---------------------------------------------------------------------------------

    def clock(self, clock: Clock) -> list[str]:
        """From when to when, by when, who is told."""
        stops = listed(dict.fromkeys(say(trigger(self.book, stop)) for stop in clock.stops))
        told = [
            _("从%(start)s起，到%(stop)s为止：%(due)s")
            % {"start": say(trigger(self.book, clock.starts)), "stop": stops, "due": self.due(clock.due)}
        ]
        if clock.when is not None:
            told.append(_("只在%(condition)s时") % {"condition": self.condition(clock.when)})
        if clock.warn:
            told.append(_("提前 %(time)s提醒") % {"time": duration(clock.warn)})
        if clock.late.tell:
            told.append(_("超时告知%(posts)s") % {"posts": self.posts(clock.late.tell)})
        if clock.late.step is not None:
            step = self.book.flow.steps[clock.late.step]
            outcome = verbs.find(step.verb).outcome(clock.late.outcome or "").title
            told.append(
                _("到时%(step)s按“%(outcome)s”处理")
                % {"step": self.step(clock.late.step), "outcome": say(outcome)}
            )
        return told

    def due(self, due: Due) -> str:
        """By when."""
        if due.within:
            name = due.within.removeprefix("setting.")
            return duration(str(self.settings[name]) if due.within != name else due.within)
        field = self.book.procedure.form[(due.at or due.end_of or "").removeprefix("form.")]
        told = _("到填写的%(field)s") if due.at else _("到%(field)s当天 24:00")
        return told % {"field": quoted(field.label)}

    def safeguard(self, rule: Never) -> str:
        """What is never done before what."""
        told = _("没有办完%(before)s，绝不办%(do)s") % {
            "before": self.step(rule.before),
            "do": self.step(rule.do),
        }
        if rule.when is None:
            return told
        return _("%(condition)s时：%(rule)s") % {"condition": self.condition(rule.when), "rule": told}


def listed(words: Iterable[str]) -> str:
    """Several words as one says them in a row."""
    return _("、").join(words)


def quoted(text: Any) -> str:
    """A name out of the file, so that it is read as one."""
    return _("“%(name)s”") % {"name": say(text)}


def duration(text: str) -> str:
    """15m → 15 分钟, 2h → 2 小时, 3 days → 3 天, same day → 当天."""
    number, unit = parse_duration(text)
    if unit == SAME_DAY:
        return _("当天")
    told = {
        "m": ngettext("%(number)s 分钟", "%(number)s 分钟", number),
        "h": ngettext("%(number)s 小时", "%(number)s 小时", number),
        "d": ngettext("%(number)s 天", "%(number)s 天", number),
        "month": ngettext("%(number)s 个月", "%(number)s 个月", number),
    }[unit]
    return told % {"number": number}
