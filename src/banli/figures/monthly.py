"""The period's report on paper (月报), A4: what the page of figures says, its charts drawn from the same numbers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext as _

from banli.papers import reports
from banli.papers.reports import Chart, Part, Series, Table
from banli.people.access import Desk
from banli.web import clocks
from banli.web.context import estate_name
from banli.web.templatetags.banli import yuan
from banli.web.templatetags.say import say

from . import queries
from .classes import Classes
from .period import Period
from .report import Report, Titled, charts, told_length, told_turn

#: The tones of what is in time, late, late still; and of satisfied, fairly so, not, and not willing to say.
ON_TIME, JUDGED = (0, 2, 3), (0, 1, 3, 5)


def printed(desk: Desk, told: Report, judged: Iterable[Mapping[str, Any]], now: datetime) -> bytes:
    """The report as a PDF. ``judged``: the follow-ups by procedure, as the summary report has them."""
    drawn = charts(told)
    parts = [
        _at_once(told, now),
        _volumes(told, drawn),
        _course(told, drawn),
        _clocks(told, drawn),
        _steps(told, drawn),
        _passed(told),
        _contacts(told, judged),
        *[_class(one, drawn[f"classes-{number}"]) for number, one in enumerate(told.classes, 1)],
        _unchecked(told),
        _watched(told),
        *_watches(told),
        *_money(told),
    ]
    title = _("物业服务月报") if told.period.is_month else _("物业服务统计报告")
    return whole(desk, title, told.period, parts, now)


def whole(desk: Desk, title: str, period: Period, parts: list[Part], now: datetime) -> bytes:
    """A report of this room: who made it and when on every page, at its end what is signed for."""
    made = _("%(who)s %(at)s 制作") % {"who": desk.staff.name, "at": clocks.written(now)}
    return reports.render(
        reports.Report(
            title=title, estate=estate_name(desk.estate), days=days(period), made=made, parts=parts,
            signs=(_("制表"), _("主任签名"), _("日期")), lang=(translation.get_language() or "zh")[:2],
        ),
        now,
    )  # fmt: skip


def days(period: Period) -> str:
    """The days a report is about, as its head says them."""
    return period.name or f"{period.first} – {period.last}"


def chart(
    told: Mapping[str, Any],
    kind: Literal["bars", "columns"],
    *,
    stacked: bool = False,
    tones: tuple[int, ...] = (),
) -> Chart | None:
    """What the page draws, for paper; nothing where there is nothing to draw."""
    if not told["names"]:
        return None
    series = [Series(one["name"], one["values"]) for one in told["series"]]
    return Chart(kind, told["names"], series, stacked, tones=tones)


def cells(*values: Any) -> list[str]:
    """A line of a table: what is not known is a dash."""
    return ["—" if value is None or value == "" else str(value) for value in values]


def share(percent: int | None) -> str | None:
    """Of a hundred."""
    return None if percent is None else f"{percent}%"


def table(heads: list[str], texts: int, rows: list[list[str]], foot: list[str] | None = None) -> Table:
    """A table of which the first ``texts`` columns are words, the others numbers."""
    return Table(heads, [place >= texts for place in range(len(heads))], rows, foot or [])


def _at_once(told: Report, now: datetime) -> Part:
    note = ""
    if told.period.end > now:
        note = _("这段时间还没有过完，数字算到 %(at)s。") % {"at": clocks.written(now)}
    facts = [
        (_("新立"), told.opened), (_("结束"), told.ended), (_("现在办理中"), told.still_open),
        (_("按时率"), share(told.rate)), (_("一次办成率"), share(told.straight)),
        (_("满意率"), share(told.contacts["rate"])),
    ]  # fmt: skip
    return Part(_("概要"), facts=[(label, cells(value)[0]) for label, value in facts], note=note)


def _volumes(told: Report, drawn: Mapping[str, Any]) -> Part:
    title = _("办件量")
    if not told.volumes:
        return Part(title, note=_("这段时间没有办件"))

    def line(name: str, f: Any) -> list[str]:
        return cells(
            name,
            f.opened,
            f.ended,
            f.rejected,
            f.not_done,
            f.withdrawn,
            f.expired,
            share(f.unserved),
            f.still_open,
        )

    heads = [
        _("流程"), _("新立"), _("结束"), _("未通过"), _("未办成"), _("撤回"), _("过期"),
        _("未通过、未办成和撤回的比例"), _("现在办理中"),
    ]  # fmt: skip
    rows = [line(one.procedure, one.figure) for one in told.volumes]
    return Part(
        title, chart=chart(drawn["volumes"], "bars"), table=table(heads, 1, rows, line(_("合计"), told))
    )


def _course(told: Report, drawn: Mapping[str, Any]) -> Part:
    title = _("新立和结束")
    if told.empty:
        return Part(title, note=_("这段时间没有新立，也没有结束"))
    heads, rows = [_("日期"), _("新立"), _("结束")] * 2, []
    lines = [cells(told_turn(one, told.period), one.opened, one.ended) for one in told.course]
    half = (len(lines) + 1) // 2  # two columns of days, read downward
    for left, right in zip(lines[:half], [*lines[half:], ["", "", ""]], strict=False):
        rows.append(left + right)
    short = {**drawn["course"], "names": [name[5:] for name in drawn["course"]["names"]]}
    numbers = [False, True, True] * 2
    return Part(title, chart=chart(short, "columns"), table=Table(heads, numbers, rows))


def _clocks(told: Report, drawn: Mapping[str, Any]) -> Part:
    title = _("时限")
    if not told.clocks:
        return Part(title, note=_("这段时间没有到头的时限"))
    heads = [_("流程"), _("时限"), _("按时"), _("超时"), _("还在超时"), _("按时率")]
    rows = [
        cells(one.procedure, one.subject, f.in_time, f.late, f.running_late, share(f.rate))
        for one in told.clocks for f in [one.figure]
    ]  # fmt: skip
    return Part(
        title, chart=chart(drawn["clocks"], "bars", stacked=True, tones=ON_TIME), table=table(heads, 2, rows),
        note=_("期间内停下的时限，按时或超时；期间内到期、现在还没停的，算还在超时。"),
    )  # fmt: skip


def _steps(told: Report, drawn: Mapping[str, Any]) -> Part:
    title = _("各步用时")
    if not told.steps:
        return Part(title, note=_("这段时间没有办完的步骤"))
    heads = [_("流程"), _("步骤"), _("办了几次"), _("中位"), _("九成在内")]
    rows = [
        cells(one.procedure, one.subject, f.times, told_length(f.median), told_length(f.p90))
        for one in told.steps for f in [one.figure]
    ]  # fmt: skip
    return Part(
        title, chart=chart(drawn["steps"], "bars"), table=table(heads, 2, rows),
        note=_("从轮到这一步，到办完。一轮到就办完的不算。图里是办得最多的几步。"),
    )  # fmt: skip


def _passed(told: Report) -> Part:
    title = _("一次办成")
    if not told.passed:
        return Part(title, note=_("这段时间没有办成的"))
    heads = [_("流程"), _("办成"), _("没有退回过的"), _("一次办成率"), _("了结后七天内重开")]
    rows = [
        cells(one.procedure, f.done, f.straight, share(f.rate), f.again)
        for one in told.passed for f in [one.figure]
    ]  # fmt: skip
    return Part(title, table=table(heads, 1, rows))


def _contacts(told: Report, judged: Iterable[Mapping[str, Any]]) -> Part:
    c = told.contacts
    facts = [(_("该回访"), c["owed"]), (_("回访完"), c["done"]), (_("回访率"), share(c["reach"]))]
    facts += [(_("满意率"), share(c["rate"])), (_("不满意"), c["dissatisfied"] + c["complains"])]
    lines = [(say(one["title"]), one) for one in judged]
    return judgements(_("回访与满意"), _("流程"), lines, facts)


def judgements(
    title: str, kind: str, lines: list[tuple[str, Mapping[str, Any]]], facts: Iterable[tuple[str, Any]] = ()
) -> Part:
    """Follow-ups by what they judged, line by line: how the summary report has them too."""
    told = [(label, cells(value)[0]) for label, value in facts]
    if not lines:
        return Part(title, facts=told, note=_("这段时间没有回访"))
    bad = [one["dissatisfied"] + one["complains"] for _name, one in lines]
    series = [
        (_("满意"), [one["satisfied"] for _name, one in lines]), (_("较满意"), [one["fair"] for _name, one in lines]),
        (_("不满意"), bad), (_("不愿回访"), [one["declined"] for _name, one in lines]),
    ]  # fmt: skip
    heads = [kind, _("回访完"), *(name for name, _values in series), _("没打通、另约"), _("满意率")]
    rows = [
        cells(name, one["done"], *(values[place] for _title, values in series), one["attempts"], share(one["rate"]))
        for place, (name, one) in enumerate(lines)
    ]  # fmt: skip
    drawn = Chart(
        "bars", [name for name, _one in lines], [Series(*one) for one in series], stacked=True, tones=JUDGED
    )
    return Part(title, facts=told, chart=drawn, table=table(heads, 1, rows))


def _class(one: Classes, drawn: Mapping[str, Any]) -> Part:
    heads = [_("月份"), *(say(name) for name in one.names)]
    rows = [cells(f"{month:%Y-%m}", *numbers) for month, numbers in one.months.items()]
    foot = None if one.of_one_month else cells(_("合计"), *one.total)
    return Part(say(one.title), chart=chart(drawn, "bars", stacked=True), table=table(heads, 1, rows, foot))


def _unchecked(told: Report) -> Part:
    title = _("许可已发、后面的检查逾时未办")
    if not told.unchecked:
        return Part(title, note=_("没有发了证、该查没查的"))
    heads = [_("单号"), _("流程"), _("没有办的"), _("房号"), _("应在")]
    rows = [_late(one) for one in told.unchecked]
    note = _("只列最早的五十件；其余在办件的“逾时”里。") if told.more_unchecked else ""
    return Part(title, table=table(heads, len(heads), rows), note=note)


def _late(one: Titled) -> list[str]:
    f: queries.Unchecked = one.figure
    return cells(f.number, one.procedure, one.subject, f.unit, clocks.written_end(f.due_at))


def _watched(told: Report) -> Part:
    rows = [[name, str(number)] for name, number in told.seen_to]
    return Part(_("留意"), table=table([_("项目"), _("数字")], 1, rows))


def _watches(told: Report) -> list[Part]:
    logs = told.logs
    if not logs.days:
        return []
    facts = [(_("期间内有人当班的天数（按岗位）"), logs.days), (_("没有主管签阅的"), logs.unsigned)]
    return [Part(_("值班记录"), facts=[(label, str(value)) for label, value in facts])]


def _money(told: Report) -> list[Part]:
    held, shifts = told.deposits, told.shifts
    if held is None or shifts is None:
        return []
    heads = [_("项目"), _("数字")]
    rows = [
        [_("账上代管押金（现在，元）"), yuan(held.ledger)],
        [_("办件里没退的押金（现在，元）"), yuan(held.cases)],
        [_("相差（元）"), yuan(held.ledger - held.cases)],
        [_("期间内开的班"), str(shifts.opened)],
        [_("没有交班签名的"), str(shifts.unclosed)],
        [_("清点有差额的"), str(shifts.differing)],
    ]
    note = "" if held.agree else _("账上的押金与办件里没退的押金不相等。请运行 banli audit 查是哪一件。")
    return [Part(_("代管押金与班次"), table=table(heads, 1, rows), note=note)]
