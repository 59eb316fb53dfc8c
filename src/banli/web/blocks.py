"""The components that hold others and stand on nearly every page, drawn by Python as the small ones of `drawn` are.

``slot`` is what stands between the tags; a named slot comes as the argument of its name, already markup.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from banli.web import clocks
from banli.web.drawn import icon as picture
from banli.web.markup import escaped
from banli.web.templatetags.banli import html_attrs
from banli.web.templatetags.say import say

#: A step's state → what it says to a screen reader, and its picture; without one, its number.
_STATES = {
    "done": (noop("已完成"), "check"), "now": (noop("正在办"), ""), "returned": (noop("已退回"), "arrow-back-up"),
    "skipped": (noop("不需要"), "minus"), "refused": (noop("已拒绝"), "x"),
}  # fmt: skip
_NEXT = (noop("还没到"), "")


class Step(Protocol):
    """A step of the way. ``state``: done, now, next, skipped, returned or refused."""

    @property
    def title(self) -> Any: ...
    @property
    def state(self) -> str: ...
    @property
    def who(self) -> Any: ...
    @property
    def at(self) -> datetime | None: ...


def card(
    slot: str = "", *, title: Any = "", icon: Any = "", actions: Any = "", footer: Any = "", flush: Any = "",
    tone: Any = "", id: Any = "", level: Any = "2", css: Any = "", **rest: Any,
) -> SafeString:  # fmt: skip
    """A sheet with a head, a body and a foot. ``rest``: attributes of the element, as HTML names them."""
    looks = ["sheet", "sheet-flush" if flush else "", f"sheet-{tone}" if tone else "", str(css)]
    own = {"class": " ".join(filter(None, looks)), **({"id": id} if id else {}), **rest}
    head = ""
    if title or actions:
        mark = picture(name=icon) if icon else ""
        named = f'<h{escaped(level)} class="sheet-title">{mark}{escaped(say(title))}</h{escaped(level)}>'
        at_the_end = f'<div class="sheet-actions">{escaped(actions)}</div>' if actions else ""
        head = f'<div class="sheet-head">{named if title else ""}{at_the_end}</div>'
    foot = f'<div class="sheet-foot">{escaped(footer)}</div>' if footer else ""
    return mark_safe(
        f"\n<section{html_attrs(own)}>\n{head}\n"
        f'<div class="sheet-body">{escaped(slot)}</div>\n{foot}\n</section>\n'
    )


def fact(slot: str = "", *, label: Any = "", wide: Any = "", when: Any = "") -> SafeString:
    """A name and what it says; without anything, a line. ``when``: the answer on which it depends whether it shows."""
    css, asked = (
        "fact fact-wide" if wide else "fact",
        f' data-when="{escaped(when)}"' if when else "",
    )
    told = escaped(slot) if slot else '<span class="quiet">—</span>'
    return mark_safe(f'<div class="{css}"{asked}><dt>{escaped(say(label))}</dt><dd>{told}</dd></div>\n')


def item(
    slot: str = "", *, href: Any = "", icon: Any = "", tone: Any = "", title: Any = "", meta: Any = "",
    aside: Any = "",
) -> SafeString:  # fmt: skip
    """A row that leads somewhere."""
    css = f"item item-{escaped(tone)}" if tone else "item"
    mark = f'<span class="item-icon">{picture(name=icon)}</span>' if icon else ""
    more = f'<span class="item-meta">{escaped(meta)}</span>' if meta else ""
    beside = f'<span class="item-aside">{escaped(aside)}</span>' if aside else ""
    return mark_safe(
        f'\n<a class="{css}" href="{escaped(href)}" data-row>{mark}<span class="item-words">'
        f'<span class="item-title">{escaped(say(title))}</span>{more}{escaped(slot)}</span>{beside}'
        f"{picture(name='chevron-right', css='item-go')}</a>\n"
    )


def stepper(slot: str = "", *, steps: Iterable[Step] = (), label: Any = "") -> SafeString:
    """The stages of a case, in a row."""
    shown = "".join(_step(number, step) for number, step in enumerate(steps, 1))
    return mark_safe(f'\n<ol class="stepper" aria-label="{escaped(label or _("步骤"))}">\n{shown}</ol>\n')


def timeline_entry(
    slot: str = "", *, title: Any = "", at: Any = None, who: Any = "", post: Any = "", deputy_for: Any = "",
    tone: Any = "ink", icon: Any = "",
) -> SafeString:  # fmt: skip
    """What happened, when, by whom."""
    mark = picture(name=icon) if icon else ""
    as_what = f" · {escaped(say(post))}" if post else ""
    instead = f" · {escaped(_('代 %(deputy_for)s') % {'deputy_for': deputy_for})}" if deputy_for else ""
    by = f'<p class="event-who">{escaped(who)}{as_what}{instead}</p>' if who else ""
    body = f'<div class="event-body">{escaped(slot)}</div>' if slot else ""
    return mark_safe(
        f'\n<li class="event event-{escaped(tone)}">\n<span class="event-mark">{mark}</span>\n'
        f'<div class="event-words"><p class="event-line"><span class="event-title">{escaped(say(title))}</span>'
        f"{_time(at, 'event-at')}</p>{by}{body}</div>\n</li>\n"
    )


def _step(number: int, step: Step) -> str:
    said, mark = _STATES.get(step.state, _NEXT)
    current = ' aria-current="step"' if step.state == "now" else ""
    who = f'<span class="step-who">{escaped(say(step.who))}</span>' if step.who else ""
    return (
        f'<li class="step step-{escaped(step.state)}"{current}>\n'
        f'<span class="step-mark" aria-hidden="true">{picture(name=mark) if mark else number}</span>\n'
        f'<span class="step-words"><span class="step-title">{escaped(say(step.title))}</span>'
        f'<span class="visually-hidden">{escaped(_(said))}</span>{who}{_time(step.at, "step-at")}</span>\n</li>\n'
    )


def _time(at: Any, css: str) -> str:
    if not at:
        return ""
    return (
        f'<time class="{css}" datetime="{clocks.iso(at)}">{escaped(clocks.told(at, timezone.now()))}</time>'
    )


#: Component → what draws it.
BLOCKS: dict[str, Callable[..., SafeString]] = {
    "card": card, "fact": fact, "item": item, "stepper": stepper, "timeline_entry": timeline_entry,
}  # fmt: skip
