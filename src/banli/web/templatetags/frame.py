"""The frame's navigation, drawn by Python: it stands on every page twice, where a template was much of a short page."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from banli.web.context import Place, Shell
from banli.web.drawn import icon
from banli.web.markup import escaped

register = template.Library()
#: So many stand in the bar at the bottom of a phone; the others in the menu beside them.
IN_THE_BAR = 4


@register.simple_tag
def places(shell: Shell | str) -> SafeString:
    """The entries along the top, and those of the menu behind them. A page without a request has no shell."""
    if not isinstance(shell, Shell) or not shell.places:
        return SafeString("")
    along = "".join(
        f'<a class="place"{_leads(one)}>{icon(name=one.icon)}<span>{escaped(one.title)}</span>'
        f"{_count(one)}</a>\n"
        for one in shell.places
        if not one.aside
    )
    return mark_safe(
        f'<nav class="places" aria-label="{escaped(_("主导航"))}">\n{along}{_behind(shell)}</nav>'
    )


@register.simple_tag
def tabs(shell: Shell | str) -> SafeString:
    """The bar at the bottom of a phone."""
    if not isinstance(shell, Shell) or not shell.places:
        return SafeString("")
    first, others = shell.places[:IN_THE_BAR], shell.places[IN_THE_BAR:]
    shown = "".join(
        f'<a class="tab"{_leads(one, keys=False)}><span class="tab-icon">{icon(name=one.icon)}{_count(one)}</span>'
        f"<span>{escaped(one.title)}</span></a>\n"
        for one in first
    )
    more = (
        '<details class="menu menu-up tab">\n'
        f'<summary><span class="tab-icon">{icon(name="menu-2")}</span><span>{escaped(_("更多"))}</span>'
        f'</summary>\n<div class="menu-sheet">\n{"".join(_item(one, keys=False) for one in others)}</div>\n</details>\n'
    )
    label = escaped(_("底部导航"))
    return mark_safe(f'<nav class="tabs-bar" aria-label="{label}">\n{shown}{more if others else ""}</nav>')


def _behind(shell: Shell) -> str:
    """The menu behind the entries; nothing where it would be empty."""
    if not shell.aside:
        return ""
    here = ' aria-current="true"' if shell.is_aside else ""
    return (
        f'<details class="menu">\n<summary class="place"{here}><span>{escaped(_("更多"))}</span>'
        f'{icon(name="chevron-down")}</summary>\n<div class="menu-sheet">\n'
        f"{''.join(map(_item, shell.aside))}</div>\n</details>\n"
    )


def _item(one: Place, keys: bool = True) -> str:
    count = "" if keys else _count(one)
    title = escaped(one.title)
    return f'<a class="menu-item"{_leads(one, keys)}>{icon(name=one.icon)}<span>{title}</span>{count}</a>\n'


def _leads(one: Place, keys: bool = True) -> str:
    current = ' aria-current="page"' if one.current else ""
    key = f' data-key="{escaped(one.key)}"' if keys and one.key else ""
    return f' href="{escaped(one.url)}"{current}{key}'


def _count(one: Place) -> str:
    return f'<span class="count">{one.counted}</span>' if one.count else ""
