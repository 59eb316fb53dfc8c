"""Why a clock is red: from the journal, what started and stopped it, and how its due time was counted, stretch
by stretch.

The counting is the engine's own (:mod:`banli.engine.reckoning`): what stands here cannot differ from what was done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as day_format
from django.utils.translation import gettext as _

from banli.cases import facts, rules, store
from banli.cases.holidays import festival, rest_days
from banli.cases.models import Case
from banli.cases.queries import Happened, history
from banli.engine.clocks import Step
from banli.engine.decide import Facts
from banli.engine.procedure import Clock
from banli.engine.reckoning import Explanation, explain
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State
from banli.messages.models import Notice
from banli.people.access import Desk
from banli.web import clocks
from banli.web.templatetags.say import say

from .clock_lines import ClockLine, clock_line
from .due import anchor
from .sentences import Sentences

_HEARD = ("clock_late", "clock_warned", "clock_reminded", "clock_overdue")
#: Of more days in a row that count alike, those between are told as one.
TOLD_SINGLY = 7


@dataclass(frozen=True)
class Stretch:
    """A line of the count. ``tone``: jade where it counts, amber in a pause, quiet where it does not count."""

    when: str
    words: str
    counted: str
    tone: str


@dataclass(frozen=True)
class Hearing:
    """Somebody was told: a ``post``, or one person. ``read``: who has read it, and when, in words."""

    at: datetime
    words: str
    post: str
    read: str


@dataclass
class Why:
    """One clock, explained. ``may_pause``: whether this desk may pause it now, ``may_resume``: let it go on."""

    line: ClockLine
    clock: Running
    anchor: str
    rule: list[str]
    source: str
    stretches: list[Stretch]
    total: str
    agrees: bool
    paused: str
    happened: list[tuple[datetime, str]] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    may_pause: bool = False
    may_resume: bool = False


def whys(desk: Desk, case: Case, names: Mapping[int, str]) -> list[Why]:
    """Each clock of a case, running ones first. No query count grows with clocks or entries."""
    now, book, state = timezone.now(), rules.rulebook(case.version_id), store.state_of(case)
    told = history(case, newest_first=False)
    known = replace(facts.NONE, holidays=rest_days(case.estate))  # type: ignore[arg-type]  # asked for days only
    notices = list(
        Notice.objects.filter(case=case, code__in=_HEARD)
        .select_related("read_by", "staff")
        .order_by("pk")
    )  # fmt: skip
    return [
        _why(desk, case, book, state, clock, known, told, notices, names, now)
        for clock in sorted(state.clocks, key=lambda c: (not c.on, c.due))
        if clock.clock in book.procedure.clocks
    ]


def _why(
    desk: Desk, case: Case, book: Rulebook, state: State, clock: Running, known: Facts, told: list[Happened],
    notices: list[Notice], names: Mapping[int, str], now: datetime,
) -> Why:  # fmt: skip
    rule = book.procedure.clocks[clock.clock]
    started = datetime.fromisoformat(clock.started)
    then = facts.settings_of(book, case.estate, started)
    found = explain(rule, clock, state, known, now, then)
    mine = [
        (one, event) for one in told for event in one.entry.body.get("events", ()) if _is_of(event, clock)
    ]
    last = max((n for n, (_one, event) in enumerate(mine) if event["event"] == "clock_started"), default=0)
    mine = mine[last:]
    may = state.status == "open" and bool(rule.pause) and desk.holds(*rule.pause)
    return Why(
        line=clock_line(book, state, clock, names),
        clock=clock,
        anchor=anchor(clock.clock, clock.branch),
        rule=_rule(Sentences(book, _as_counted(rule, clock, then)), rule),
        source=_source(book, rule),
        stretches=list(_stretches(found, _reasons(told, clock), case)),
        total=_total(found),
        agrees=found.agrees,
        paused=clocks.span(found.paused) if found.paused else "",
        happened=[line for one, event in mine if (line := _happened(one, event))],
        hearings=[_hearing(book, notice) for notice in notices if notice.about == clock.clock and notice.at >= started],
        may_pause=may and clock.state in ("running", "warned") and now < datetime.fromisoformat(clock.due),
        may_resume=may and clock.state == "paused",
    )  # fmt: skip


def _rule(words: Sentences, rule: Clock) -> list[str]:
    """By when, and what else the file says of it; what starts and stops it stands beside it."""
    return [words.deadline(rule.due), *words.clock_lines(rule)[1:]]


def _as_counted(rule: Clock, clock: Running, then: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as this clock counts by them: what the journal says of it before what was set then."""
    told = dict(then)
    for written, said in ((rule.due.within, clock.within), (rule.during, clock.during)):
        if said and written:
            told[written.removeprefix("setting.")] = said
    return told


def _source(book: Rulebook, rule: Clock) -> str:
    """Where the time comes from: the setting, and what the pack says of its ground; else the procedure's own file."""
    written = rule.due.within or ""
    setting = (
        book.pack.settings.get(written.removeprefix("setting.")) if written.startswith("setting.") else None
    )
    if setting is None:
        return _("流程文件里写定的")
    return _("设置“%(title)s”（依据：%(source)s）") % {
        "title": say(setting.title),
        "source": say(setting.source),
    }


# --- the count ---


def _stretches(found: Explanation, reasons: Mapping[str, str], case: Case) -> Iterator[Stretch]:
    if found.reckoned is None:
        return
    if not found.reckoned.in_days:
        yield from (_of_minutes(step, reasons) for step in found.steps)
        return
    rest, number, n = rest_days(case.estate), 0, 0
    while n < len(found.steps):
        step = found.steps[n]
        alike = 1
        while n + alike < len(found.steps) and step.kind == found.steps[n + alike].kind == "day":
            alike += 1
        if alike > TOLD_SINGLY:  # all but the first and the last three, which is where questions are asked
            yield _of_day(step, number := number + 1, rest)
            between, until = alike - 4, found.steps[n + alike - 4]
            yield Stretch(
                f"{_day(_day_of(found.steps[n + 1]))} – {_day(_day_of(until))}",
                _("第 %(first)s 到 %(last)s 天，休息日也计") % {"first": number + 1, "last": number + between},
                clocks.span(timedelta(days=between)), "jade",
            )  # fmt: skip
            number, n = number + between, n + 1 + between
            continue
        number += step.kind == "day"
        yield _of_day(step, number, rest)
        n += 1


def _of_minutes(step: Step, reasons: Mapping[str, str]) -> Stretch:
    now = timezone.now()
    when = f"{clocks.told(step.begin, now)} – {clocks.told_end(step.end, now)}"
    if step.kind == "run":
        return Stretch(when, _("计时"), clocks.span(step.counted), "jade")
    if step.kind == "paused":
        return Stretch(when, _paused(step, reasons), _("不计"), "amber")
    return Stretch(when, _("不在计时的时段"), _("不计"), "quiet")


def _of_day(step: Step, number: int, rest: Any) -> Stretch:
    day = _day_of(step)
    name = festival(day) if day in rest else ""
    if step.kind == "out":
        return Stretch(_day(day), _("开始的当天，不算在内"), _("不计"), "quiet")
    if step.kind == "paused":
        return Stretch(_day(day), _("这一天过完时暂停着"), _("不计"), "amber")
    if step.kind == "rest":
        named = _("休息日（%(name)s）") % {"name": name} if name else _("休息日")
        return Stretch(_day(day), _("末日落在%(day)s，顺延") % {"day": named}, _("不计"), "quiet")
    words = _("第 %(n)s 天") % {"n": number}
    if day in rest:
        words += _("（休息日也计）")
    elif day.weekday() >= 5:
        words += _("（调休上班）")
    return Stretch(_day(day), words, clocks.span(step.counted), "jade")


def _day_of(step: Step) -> date:
    """The day that a stretch of whole days ends with."""
    return timezone.localdate(step.end) - timedelta(days=1)


def _day(day: date) -> str:
    return day_format(day, _("Y年n月j日 D"))


def _paused(step: Step, reasons: Mapping[str, str]) -> str:
    reason = reasons.get(step.begin.isoformat(timespec="microseconds"), "")
    return _("暂停：%(reason)s") % {"reason": reason} if reason else _("暂停")


def _total(found: Explanation) -> str:
    """What the count comes to."""
    until = clocks.told_end(found.counted, timezone.now())
    if found.reckoned is None:
        return _("登记的时间就是时限：%(at)s") % {"at": until}
    counted = sum((step.counted for step in found.steps), timedelta())
    return _("合计 %(total)s，到 %(at)s 为止") % {"total": clocks.span(counted), "at": until}


# --- from the journal ---


def _is_of(event: Mapping[str, Any], clock: Running) -> bool:
    return event.get("clock") == clock.clock and event.get("branch") == clock.branch


def _reasons(told: list[Happened], clock: Running) -> dict[str, str]:
    """The moments at which it was paused, with who did it and why."""
    reasons = {}
    for one in told:
        events = one.entry.body.get("events", ())
        if any(_is_of(event, clock) and event["event"] == "clock_paused" for event in events):
            why = next((event.get("reason", "") for event in events if event["event"] == "reasoned"), "")
            at = one.entry.at.astimezone(UTC).isoformat(timespec="microseconds")
            reasons[at] = _("%(reason)s（%(who)s）") % {"reason": why, "who": one.who}
    return reasons


def _happened(one: Happened, event: Mapping[str, Any]) -> tuple[datetime, str] | None:
    """What became of the clock, in the order of time."""
    sentence = {
        "clock_started": _("开始计时"),
        "clock_warned": _("快到时限，已提醒"),
        "clock_reminded": _("已提醒"),
        "clock_late": _("超时"),
        "clock_moved": _("日历有变，顺延"),
        "clock_paused": _("暂停"),
        "clock_resumed": _("恢复计时"),
        "clock_stopped": _("停止，已超时") if event.get("late") else _("停止计时"),
    }.get(event["event"])
    if sentence is None:
        return None
    reasoned: dict[str, Any] = next((e for e in one.entry.body["events"] if e["event"] == "reasoned"), {})
    reason = reasoned.get("reason", "") if event["event"] in ("clock_paused", "clock_resumed") else ""
    due = clocks.told_end(datetime.fromisoformat(event["due"]), timezone.now()) if event.get("due") else ""
    until = event.get("until", "")
    parts = [
        sentence, reason, _("时限 %(at)s") % {"at": due} if due else "",
        _("预计到 %(at)s") % {"at": clocks.told_end(datetime.fromisoformat(until), timezone.now())} if until else "",
        one.who,
    ]  # fmt: skip
    return one.at, " · ".join(part for part in parts if part)


def _hearing(book: Rulebook, notice: Notice) -> Hearing:
    words = {
        "clock_warned": _("提醒：快到时限"),
        "clock_reminded": _("提醒：还没办"),
        "clock_overdue": _("告知：超时了，还没办"),
    }.get(notice.code, _("告知：超时"))
    read = ""
    if notice.read_at is not None and notice.read_by is not None:
        read = _("%(who)s %(at)s 已读") % {
            "who": notice.read_by.name, "at": clocks.told(notice.read_at, timezone.now()),
        }  # fmt: skip
    whom = say(book.post_title(notice.post)) if notice.post else notice.staff.name if notice.staff else ""
    return Hearing(notice.at, words, whom, read)
