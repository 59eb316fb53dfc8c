"""The figures of an estate and a period with their titles: for the screen, for paper, for Excel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from banli.cases import rules
from banli.cases.models import ProcedureVersion
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.web import clocks
from banli.web.spreadsheet import Sheet
from banli.web.templatetags.say import say

from . import quality, queries, satisfaction
from .classes import Classes, classes
from .period import Period

#: So many steps are drawn, those done most often; the table has them all.
STEPS_DRAWN = 12


@dataclass(frozen=True)
class Titled:
    """A figure with what its procedure, and its step or clock, are called."""

    procedure: str
    subject: str
    figure: Any


@dataclass(frozen=True)
class Report:
    """Everything the page shows. ``contacts``: what became of the follow-ups, counted.

    ``shifts`` and ``deposits`` are None for whoever does not see the money.
    """

    period: Period
    volumes: list[Titled]
    course: list[queries.Turn]
    steps: list[Titled]
    clocks: list[Titled]
    contacts: dict[str, Any]
    passed: list[Titled]
    classes: list[Classes]
    watched: quality.Watched
    unchecked: list[Titled]
    more_unchecked: bool
    shifts: queries.Shifts | None
    deposits: queries.Deposits | None
    logs: queries.Logs

    @property
    def opened(self) -> int:
        return sum(one.figure.opened for one in self.volumes)

    @property
    def ended(self) -> int:
        return sum(one.figure.ended for one in self.volumes)

    @property
    def rejected(self) -> int:
        return sum(one.figure.rejected for one in self.volumes)

    @property
    def not_done(self) -> int:
        return sum(one.figure.not_done for one in self.volumes)

    @property
    def withdrawn(self) -> int:
        return sum(one.figure.withdrawn for one in self.volumes)

    @property
    def expired(self) -> int:
        return sum(one.figure.expired for one in self.volumes)

    @property
    def still_open(self) -> int:
        return sum(one.figure.still_open for one in self.volumes)

    @property
    def unserved(self) -> int | None:
        """Of a hundred that ended, how many were refused, not carried out or withdrawn."""
        return queries.percent(self.rejected + self.not_done + self.withdrawn, self.ended)

    @property
    def rate(self) -> int | None:
        """Of a hundred clocks, how many were stopped in time."""
        told = [one.figure for one in self.clocks]
        good = sum(one.in_time for one in told)
        return queries.percent(good, good + sum(one.late + one.running_late for one in told))

    @property
    def straight(self) -> int | None:
        """Of a hundred cases carried through, how many were never sent back for correction."""
        told = [one.figure for one in self.passed]
        return queries.percent(sum(one.straight for one in told), sum(one.done for one in told))

    @property
    def seen_to(self) -> list[tuple[str, int]]:
        """What somebody has to see to, with what it is called."""
        seen = self.watched
        return [
            (_("期间内查看未遮盖的个人信息（次）"), seen.unmasked),
            (_("查看过的人数"), seen.by),
            (_("期间内过了当天没用、没收回的单据"), seen.unused),
            (_("过了期限没交回、没办结的证件和许可（现在）"), seen.out),
            (_("暂停着的时限（现在）"), seen.paused),
            (_("值班记录里没了结的事项（现在）"), seen.carried),
            (_("到期应删还没删的个人信息（现在）"), seen.overdue),
        ]

    @property
    def empty(self) -> bool:
        return not (self.opened or self.ended)


def report(estate_id: int, period: Period, now: datetime, *, money: bool) -> Report:
    """Reckon everything: one statement for each figure, one for the titles."""
    books = _books()
    late = queries.unchecked(estate_id, period, now, rules.every_current())
    return Report(
        period=period,
        volumes=[_titled(books, one, "") for one in queries.volumes(estate_id, period)],
        course=queries.course(estate_id, period),
        steps=[_titled(books, one, one.step) for one in queries.step_times(estate_id, period)],
        clocks=[
            _titled(books, one, one.clock)
            for one in queries.on_time(estate_id, period, now)
            if not _is_period(books[one.procedure], one.clock)
        ],
        contacts=satisfaction.counted(estate_id, period),
        passed=[_titled(books, one, "") for one in quality.passed(estate_id, period)],
        classes=classes(estate_id, period, rules.every_current()),
        watched=quality.watched(estate_id, period, now, rules.every_current()),
        unchecked=[
            _titled(books, one, one.step) for one in queries.each_once(late[: queries.UNCHECKED_AT_ONCE])
        ],
        more_unchecked=len(late) > queries.UNCHECKED_AT_ONCE,
        shifts=queries.shifts(estate_id, period) if money else None,
        deposits=queries.deposits(estate_id, period, taking_deposits()) if money else None,
        logs=queries.logs(estate_id, period, now),
    )


def taking_deposits() -> set[str]:
    """The procedures of which any version there ever was takes a deposit: no other case needs to be looked at."""
    versions = ProcedureVersion.objects.values_list("procedure", "pk")
    return {procedure for procedure, pk in versions if _takes_deposits(pk)}


@cache
def _takes_deposits(version: int) -> bool:
    """Whether a version charges a deposit. Versions never change, and only a word is kept of each."""
    book = rules.rulebook(version)
    lines = {fee.price for step in book.flow.steps.values() for fee in step.fees}
    return any(book.pack.prices[line].kind == "deposit" for line in lines)


def told_length(seconds: float) -> str:
    """A length of time as it is said."""
    return clocks.span(timedelta(seconds=seconds))


def told_turn(turn: queries.Turn, period: Period) -> str:
    """The day, or the month, of a turn."""
    return f"{turn.day:%Y-%m}" if period.grain == "month" else turn.day.isoformat()


def charts(told: Report) -> dict[str, Any]:
    """What the charts draw: the tables' own numbers, nothing else."""
    return {
        "course": {
            "names": [told_turn(one, told.period) for one in told.course],
            "series": [
                {"name": _("新立"), "values": [one.opened for one in told.course]},
                {"name": _("结束"), "values": [one.ended for one in told.course]},
            ],
        },
        "volumes": {
            "names": [one.procedure for one in told.volumes],
            "series": [
                {"name": _("新立"), "values": [one.figure.opened for one in told.volumes]},
                {"name": _("结束"), "values": [one.figure.ended for one in told.volumes]},
            ],
        },
        "clocks": {
            "names": [f"{one.subject} · {one.procedure}" for one in told.clocks],
            "series": [
                {"name": _("按时"), "values": [one.figure.in_time for one in told.clocks]},
                {"name": _("超时"), "values": [one.figure.late for one in told.clocks]},
                {"name": _("还在超时"), "values": [one.figure.running_late for one in told.clocks]},
            ],
        },
        "steps": _step_chart(told.steps),
        **{f"classes-{number}": _class_chart(one) for number, one in enumerate(told.classes, 1)},
    }


def _class_chart(one: Classes) -> dict[str, Any]:
    """Month by month, a class upon the other; of one month, each class by itself."""
    names, months = (
        [say(name) for name in one.names],
        {f"{month:%Y-%m}": of for month, of in one.months.items()},
    )
    if one.of_one_month:
        return {"names": names, "series": [{"name": name, "values": of} for name, of in months.items()]}
    by_class = zip(*months.values(), strict=True)
    return {
        "names": list(months),
        "series": [{"name": name, "values": list(of)} for name, of in zip(names, by_class, strict=True)],
    }


def _step_chart(steps: list[Titled]) -> dict[str, Any]:
    """The steps done most often, in hours: how long half of them took at most, and nine tenths."""
    most = sorted(steps, key=lambda one: -one.figure.times)[:STEPS_DRAWN]
    return {
        "names": [f"{one.subject} · {one.procedure}" for one in most],
        "series": [
            {"name": _("中位（小时）"), "values": [round(one.figure.median / 3600, 1) for one in most]},
            {"name": _("九成在内（小时）"), "values": [round(one.figure.p90 / 3600, 1) for one in most]},
        ],
    }


def sheets(told: Report, title: str) -> Iterable[Sheet]:
    """One sheet for each table; times in seconds, so that a spreadsheet can go on reckoning."""
    yield Sheet(
        _("办件量"), title,
        [
            _("流程"), _("新立"), _("结束"), _("其中未通过"), _("其中未办成"), _("其中撤回"), _("其中过期"),
            _("现在办理中"), _("未通过、未办成和撤回的比例（%）"),
        ],
        [
            [
                one.procedure, f.opened, f.ended, f.rejected, f.not_done, f.withdrawn, f.expired, f.still_open,
                _number(f.unserved),
            ]
            for one in told.volumes for f in [one.figure]
        ],
    )  # fmt: skip
    yield Sheet(
        _("逐日"), title, [_("日期"), _("新立"), _("结束")],
        [[told_turn(one, told.period), one.opened, one.ended] for one in told.course],
    )  # fmt: skip
    yield Sheet(
        _("各步用时"), title, [_("流程"), _("步骤"), _("办了几次"), _("中位（秒）"), _("九成在内（秒）")],
        [
            [one.procedure, one.subject, f.times, round(f.median), round(f.p90)]
            for one in told.steps for f in [one.figure]
        ],
    )  # fmt: skip
    yield Sheet(
        _("时限"), title, [_("流程"), _("时限"), _("按时"), _("超时"), _("还在超时"), _("按时率（%）")],
        [
            [one.procedure, one.subject, f.in_time, f.late, f.running_late, _number(f.rate)]
            for one in told.clocks for f in [one.figure]
        ],
    )  # fmt: skip
    yield Sheet(
        _("一次办成"), title, [_("流程"), _("办成"), _("没有退回过的"), _("一次办成率（%）"), _("了结后七天内重开")],
        [
            [one.procedure, f.done, f.straight, _number(f.rate), f.again]
            for one in told.passed for f in [one.figure]
        ],
    )  # fmt: skip
    yield Sheet(_("留意"), title, [_("项目"), _("数字")], [list(line) for line in told.seen_to])
    f = told.contacts
    yield Sheet(
        _("回访"), title,
        [
            _("该回访"), _("回访完"), _("满意"), _("较满意"), _("不满意"), _("立投诉"), _("不愿回访"),
            _("没打通、另约"), _("满意率（%）"),
        ],
        [[
            f["owed"], f["done"], f["satisfied"], f["fair"], f["dissatisfied"], f["complains"], f["declined"],
            f["attempts"], _number(f["rate"]),
        ]],
    )  # fmt: skip
    yield Sheet(
        _("值班记录"),
        title,
        [_("期间内有人当班的天数（按岗位）"), _("没有主管签阅的")],
        [[told.logs.days, told.logs.unsigned]],
    )
    yield Sheet(
        _("分类逐月"), title, [_("登记本"), _("分类"), _("月份"), _("件数")],
        [
            [say(one.title), say(name), f"{month:%Y-%m}", counts[place]]
            for one in told.classes for month, counts in one.months.items() for place, name in enumerate(one.names)
        ],
    )  # fmt: skip


def _number(percent: int | None) -> int | str:
    return "" if percent is None else percent


def _books() -> dict[str, Rulebook]:
    """The newest rules of every procedure there ever was: figures are told in today's words."""
    newest = (
        ProcedureVersion.objects.order_by("procedure", "-current", "-id")
        .distinct("procedure")
        .values_list("procedure", "pk")
    )
    return {procedure: rules.rulebook(pk) for procedure, pk in newest}


def _is_period(book: Rulebook, clock: str) -> bool:
    """Whether it is waited out, as today's rules have it: nobody can be on time for that, or late."""
    rule = book.procedure.clocks.get(clock)
    return rule is not None and rule.period


def _titled(books: dict[str, Rulebook], figure: Any, subject: str) -> Titled:
    book = books[figure.procedure]
    named: Text | str = subject
    if subject in book.procedure.clocks and isinstance(figure, queries.OnTime):
        named = book.procedure.clocks[subject].title
    elif subject in book.flow.steps and not isinstance(figure, queries.OnTime):
        named = book.step_title(subject)
    return Titled(say(book.procedure.title), say(named), figure)
