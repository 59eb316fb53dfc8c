"""The components that stand in every row of every list, drawn by Python: a template each would cost most of a page.

What they say is the same as if they were templates, and so is the rule: what is not known to be markup is escaped.
Each ends its line, as a template does: that is the space before a word that follows.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from html import escape
from typing import Any

from django.core.signals import setting_changed
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from banli.web import clocks, states
from banli.web.markup import escaped
from banli.web.templatetags.banli import html_attrs
from banli.web.templatetags.say import say

SPRITE = "vendor/tabler-icons/sprite.svg"
_CLOCK_ICONS = {"met": "check", "red": "alarm", "missed": "alarm"}


def icon(slot: str = "", *, name: Any = "circle", label: Any = "", css: Any = "") -> SafeString:
    """A picture out of the sprite: silent for a screen reader unless it has a label."""
    if not label:
        return _silent(str(name), str(css))
    return format_html(
        '<svg class="icon {}" role="img" aria-label="{}" focusable="false"><use href="{}#{}"></use></svg>\n',
        css, label, _sprite(), name,
    )  # fmt: skip


def badge(slot: str = "", *, state: Any = "", tone: Any = "", icon: Any = "") -> SafeString:
    """A word with its tone: a state's own word and picture, unless the badge is given others."""
    if not state:
        picture = _silent(str(icon), "") if icon else ""
        return format_html('<span class="tag tag-{}">{}{}</span>\n', tone or "quiet", picture, slot)
    named = states.named(state)
    told = (tone or named.tone, _silent(named.icon, ""), slot or named.label)
    return format_html('<span class="tag tag-{}">{}{}</span>\n', *told)


def clock(
    slot: str = "", *, due: Any = None, started: Any = None, stopped: Any = None, warn_at: Any = None,
    label: Any = "", size: Any = "", why: Any = "",
) -> SafeString:  # fmt: skip
    """How long still, or how long over, and when it is due. Nothing where there is no due time.

    ``why``: the address that explains it, to which the clock then leads.
    """
    if not due:
        return SafeString("\n")
    read = clocks.read(due, now=timezone.now(), started=started, stopped=stopped, warn_at=warn_at)
    return reading(read, label=label, size=size, why=why)


def reading(read: clocks.Reading, *, label: Any = "", size: Any = "", why: Any = "") -> SafeString:
    """A clock that has been read already."""
    css = f"clock clock-{read.state}" + (f" clock-{escaped(size)}" if size else "")
    counting = f' data-clock data-warn="{clocks.iso(read.warn_at)}"' if read.running else ""
    named = f'<span class="clock-label">{escaped(say(label))}</span>' if label else ""
    until = escaped(_("%(at)s 前") % {"at": read.due_told})
    tag, opened = ("a", f' href="{escaped(why)}"') if why else ("span", "")
    asks = f'<span class="visually-hidden"> {escaped(_("怎么算的"))}</span>' if why else ""
    return mark_safe(
        f'\n<{tag} class="{css}"{opened}{counting}>{_silent(_CLOCK_ICONS.get(read.state, "clock"), "")}{named}'
        f'<span class="clock-left" data-left>{escaped(read.sentence)}</span>'
        f'<time class="clock-due" datetime="{clocks.iso(read.due)}">{until}</time>{asks}</{tag}>\n'
    )


def button(
    slot: str = "", *, tone: Any = "plain", icon: Any = "", href: Any = "", type: Any = "submit", size: Any = "",
    block: Any = "", icon_end: Any = "", label: Any = "", css: Any = "", **rest: Any,
) -> SafeString:  # fmt: skip
    """A button, or a link that looks like one where it has an address. ``label``: what a picture alone is called.

    ``rest``: attributes of the element, as HTML names them.
    """
    looks = ["btn", f"btn-{tone}", size and f"btn-{size}", block and "btn-block", label and "btn-square", css]
    own = {"class": " ".join(str(one) for one in looks if one)}
    own |= {"href": href} if href else {"type": type}
    if label:
        own |= {"aria-label": label, "title": label}
    before, after = (_silent(str(one), "") if one else "" for one in (icon, icon_end))
    tag = "a" if href else "button"
    return mark_safe(f"\n<{tag}{html_attrs(own | rest)}>{before}{escaped(slot)}{after}</{tag}>\n")


#: Component → what draws it.
DRAWN: dict[str, Callable[..., SafeString]] = {"icon": icon, "badge": badge, "clock": clock, "button": button}


@lru_cache(maxsize=1024)
def _silent(name: str, css: str) -> SafeString:
    """Kept by name and class. Both are always escaped: a text that counts as markup equals one that does not."""
    return mark_safe(
        f'<svg class="icon {escape(css)}" aria-hidden="true" focusable="false">'
        f'<use href="{_sprite()}#{escape(name)}"></use></svg>\n'
    )


@cache
def _sprite() -> str:
    """The sprite's address: collected once, before the process begins."""
    return static(SPRITE)


def _forget(**_: Any) -> None:
    """Settings change in tests only."""
    _silent.cache_clear()
    _sprite.cache_clear()


setting_changed.connect(_forget)
