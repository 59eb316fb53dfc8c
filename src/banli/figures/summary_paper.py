"""The summary report of follow-ups (回访总结报告) on paper, A4: reckoned now, or archived as it was."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from banli.papers.reports import Part, Table
from banli.people.access import Desk
from banli.web.templatetags.say import say

from .monthly import cells, judgements, share, whole
from .period import Period


def printed(desk: Desk, told: Mapping[str, Any], now: datetime, *, kept: str = "") -> bytes:
    """The report as a PDF. ``told``: as `satisfaction.report` gives it; ``kept``: who archived it, when."""
    total = told["total"]
    facts = [
        (_("该回访"), total["owed"]), (_("回访完"), total["done"]), (_("回访率"), share(total["reach"])),
        (_("满意率"), share(total["rate"])), (_("不满意"), total["dissatisfied"] + total["complains"]),
    ]  # fmt: skip
    parts = [Part(_("概要"), facts=[(label, cells(value)[0]) for label, value in facts], note=kept)]
    if told["procedures"]:
        lines = [
            (_("按流程"), _("流程"), [(say(one["title"]), one) for one in told["procedures"]]),
            (_("按回访人"), _("回访人"), [(one["name"], one) for one in told["staff"]]),
            (_("按月"), _("月份"), [(one["month"], one) for one in told["months"]]),
        ]
        parts += [judgements(title, kind, named) for title, kind, named in lines]
        parts += [*_questions(told["questions"]), _reasons(told["reasons"])]
    days = Period(date.fromisoformat(told["first"]), date.fromisoformat(told["last"]))
    return whole(desk, _("回访总结报告"), days, parts, now)


def _questions(asked: list[Mapping[str, Any]]) -> list[Part]:
    if not asked:
        return []
    rows = [
        cells(
            say(one["title"]), say(one["question"]), " · ".join(_answer(answer) for answer in one["answers"])
        )
        for one in asked
    ]
    return [Part(_("问卷"), table=Table([_("流程"), _("问题"), _("回答")], [False] * 3, rows))]


def _answer(one: Mapping[str, Any]) -> str:
    return f"{say(one['title'])} {one['times']}"


def _reasons(told: list[Mapping[str, Any]]) -> Part:
    title = _("不满意的原因")
    if not told:
        return Part(title, note=_("没有不满意的"))
    heads = [_("办件"), _("房号"), _("原因"), _("结果"), _("回访人")]
    rows = [
        cells(
            f"{say(one['title'])} {one['case']}", one["unit"], one["note"],
            _("立投诉") if one["complains"] else _("不满意"), one["who"],
        )
        for one in told
    ]  # fmt: skip
    return Part(title, table=Table(heads, [False] * 5, rows), note=_("最多列最近的五十条。"))
