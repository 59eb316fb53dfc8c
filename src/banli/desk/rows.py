"""The rows of the desk's long lists, drawn by Python as `banli.web.drawn` draws components.

A template's loop over thirty rows was most of a page (docs/performance.md). What is not known to be markup is escaped.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.signals import setting_changed
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from banli.cases.models import Case
from banli.web import clocks
from banli.web.drawn import badge, icon, reading
from banli.web.markup import escaped
from banli.web.templatetags.say import say

from . import case_list, inbox, notices, shelves
from .due import Due


def task_row(line: inbox.Line) -> SafeString:
    """A task of the inbox."""
    task, case = line.task, line.task.case
    refused = (
        f'<span class="task-refused">{icon(name="user-x")}{escaped(say(line.refused))}</span>'
        if line.refused
        else ""
    )
    taken_in = f" · {escaped(line.taken_in)}" if case.opened_by else ""
    meta = f'<span class="item-meta">{escaped(say(line.waiting.procedure))}{taken_in}</span>'
    words = f"{_title(line.waiting.step, case)}{_matter(line.matter)}{meta}{refused}"
    no_clock = f'<span class="quiet">{escaped(_("没有时限"))}</span>'
    return mark_safe(
        f'<a class="item task{_toned(line.tone)}" id="task-{task.pk}" href="{escaped(task_url(task))}" data-row>\n'
        f'<span class="item-icon">{icon(name=line.icon)}</span>\n<span class="item-words">{words}</span>\n'
        f'<span class="item-aside">{_as_what(line)}{_clock(line.due) if line.due else no_clock}</span>\n'
        f"{_go()}</a>\n{why_link(line.due, case, line.waiting.step)}"
    )


def case_row(line: case_list.Line) -> SafeString:
    """A case of the list of all."""
    case = line.case
    ended = f" · {escaped(line.ended)}" if case.ended_at else ""
    meta = f'<span class="item-meta"><span class="figures">#{case.pk}</span> · {escaped(line.taken_in)}{ended}</span>'
    words = f"{_title(line.procedure, case)}{_matter(line.matter)}{meta}{''.join(map(_holder, line.holders))}"
    clock = _clock(line.due) if line.due else ""
    return mark_safe(
        f'<a class="item task{_toned(line.tone)}" href="{_at("desk:case", case.pk)}" data-row>\n'
        f'<span class="item-words">{words}</span>\n'
        f'<span class="item-aside">{clock}{badge(state=case.status)}</span>\n'
        f"{_go()}</a>\n{why_link(line.due, case, line.procedure)}"
    )


def notice_row(one: notices.Told) -> SafeString:
    """An unread notice, with the button that puts it away."""
    leads = ""
    if one.case is not None:
        leads = f' href="{_at("desk:case", one.case.pk)}"'
    elif one.round is not None:
        leads = f' href="{_at("routines:round", one.round.pk)}"'
    waiting = "".join(map(_waits, one.waiting))
    why = f"{_at('desk:clocks', one.case.pk)}#{one.due.anchor}" if one.case is not None and one.due else ""
    clock = _clock(one.due, label=False, why=why) if one.due else ""
    return mark_safe(
        f'<div class="item notice-line{_toned(one.tone if one.tone in ("red", "amber") else "")}" data-row>\n'
        f'<span class="item-icon notice-icon-{one.tone}">{icon(name=one.icon)}</span>\n'
        f'<a class="item-words"{leads}>{_title(one.sentence, one.case)}{_matter(one.matter)}'
        f'<span class="item-meta">{_told_when(one)}</span>{waiting}</a>\n<span class="item-aside">{clock}'
        f'<button class="btn btn-plain btn-sm" type="submit" name="notice" value="{one.notice.pk}">'
        f"{icon(name='check')}{escaped(_('知道了'))}</button></span>\n</div>\n"
    )


def task_url(task: Any, came_from: str = "inbox") -> str:
    """The case's page with the step that waits laid out; afterwards one is back where one came from, if it is said.

    A step's name and the place one comes from are written in letters that an address takes as they are.
    """
    step = task.step if task.branch is None else f"{task.step}.{task.branch}"
    return f"{_at('desk:case', task.case_id)}?task={step}{f'&next={came_from}' if came_from else ''}"


def offer(unit: int, one: shelves.Offer) -> SafeString:
    """What may be begun for a home: the button, with the key that presses it and who of the home may apply."""
    procedure = one.book.procedure
    title = escaped(say(procedure.title))
    before, between, after = _around_two("desk:open")
    address = f"{before}{unit}{between}{procedure.procedure}{after}"
    pressed = f' data-key="{one.key}" data-key-label="{title}"' if one.key else ""
    purpose = (
        f'<span class="begin-purpose">{escaped(say(procedure.purpose))}</span>' if procedure.purpose else ""
    )
    key = f'<kbd aria-hidden="true">{one.key}</kbd>' if one.key else ""
    return mark_safe(
        f'<button class="begin-one" form="begin" formaction="{address}" data-roles="{escaped(" ".join(one.roles))}"'
        f'{pressed}><span class="begin-name">{title}</span>{purpose}{key}</button>'
    )


def why_link(due: Due | None, case: Case, about: Any) -> SafeString:
    """Under a row that is red or amber: where its colour is explained."""
    if due is None or not due.tone:
        return SafeString("")
    asked = _("为什么红了") if due.tone == "red" else _("为什么黄了")
    home = f" {case.unit.key}" if case.unit else ""
    return mark_safe(
        f'<a class="item-why" href="{_at("desk:clocks", case.pk)}#{due.anchor}">{icon(name="help-circle")}'
        f'{escaped(asked)}<span class="visually-hidden"> {escaped(say(about) + home)}</span></a>\n'
    )


def _title(title: Any, case: Case | None) -> str:
    """What it is about, and whose: the home and the applicant."""
    unit = case.unit if case is not None else None
    who = case.applicant if case is not None else None
    home = f'<span class="task-unit">{escaped(unit.key)}</span>' if unit else ""
    name = f'<span class="task-who">{escaped(who.name)}</span>' if who else ""
    return f'<span class="item-title">{escaped(say(title))}{home}{name}</span>'


def _matter(matter: str) -> str:
    return f'<span class="task-matter">{escaped(matter)}</span>' if matter else ""


def _holder(holder: case_list.Holder) -> str:
    times = f" <span>×{holder.times}</span>" if holder.times > 1 else ""
    whom = escaped(holder.person or say(holder.post))
    return (
        f'<span class="task-holder">{icon(name="arrow-right")}<span>{escaped(say(holder.step))}</span>'
        f"<b>{whom}</b>{times}</span>"
    )


def _waits(step: Any) -> str:
    told = escaped(_("现在等：%(step)s") % {"step": say(step)})
    return f'<span class="task-holder">{icon(name="arrow-right")}<span>{told}</span></span>'


def _as_what(line: inbox.Line) -> str:
    """Instead of whom, or that it was given to oneself by name."""
    if line.deputy_for:
        told = escaped(_("代 %(name)s") % {"name": line.deputy_for})
        return badge(told, tone="amber", icon="switch-horizontal")
    return "" if line.post else badge(escaped(_("派给我的")), tone="jade", icon="user-check")


def _told_when(one: notices.Told) -> str:
    """Of which procedure, when, and as what one is told."""
    at = one.notice.at
    parts: list[str] = [escaped(say(one.procedure))] if one.procedure else []
    parts.append(f'<time datetime="{clocks.iso(at)}">{escaped(clocks.told(at, timezone.now()))}</time>')
    if one.post:
        deputy = _("（代 %(name)s）") % {"name": one.deputy_for} if one.deputy_for else ""
        parts.append(escaped(_("告知%(post)s") % {"post": say(one.post)} + deputy))
    return " · ".join(parts)


def _clock(due: Due, label: bool = True, why: str = "") -> str:
    return reading(due.reading, label=due.title if label else "", why=why)


def _toned(tone: str) -> str:
    return f" item-{tone}" if tone else ""


def _go() -> SafeString:
    return icon(name="chevron-right", css="item-go")


def _at(name: str, pk: int) -> str:
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> Iterable[str]:
    """What stands before and behind a row's number in its address."""
    before, _number, after = reverse(name, args=[0]).partition("0")
    return before, after


@cache
def _around_two(name: str) -> tuple[str, str, str]:
    """The same for an address of a row's number and a procedure's name."""
    before, _number, rest = reverse(name, args=[0, "x"]).partition("0")
    between, _procedure, after = rest.rpartition("x")
    return before, between, after


def _forget(**_: Any) -> None:
    """Settings change in tests only."""
    _around.cache_clear()
    _around_two.cache_clear()


setting_changed.connect(_forget)
