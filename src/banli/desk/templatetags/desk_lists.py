"""Tags of the desk's lists."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from banli.desk import rows
from banli.web import clocks
from banli.web.markup import escaped

register = template.Library()


@register.simple_tag
def cells(told: Iterable[Mapping[str, Any]]) -> SafeString:
    """The cells of a row after its first; their titles may be markup already, made once for the whole page.

    A page of a book has hundreds: a template's loop was most of the page.
    """
    written = (
        f'<td data-label="{escaped(cell["title"])}" class="{cell["look"]}">{escaped(cell["value"])}</td>'
        for cell in told
    )
    return mark_safe("".join(written))


@register.filter
def when_ends(moment: Any) -> str:
    """The end of a time as the office writes it: midnight is 24:00 of the day before."""
    return clocks.told_end(moment, timezone.now())


register.simple_tag(rows.offer)
register.simple_tag(rows.task_row)
register.simple_tag(rows.case_row)
register.simple_tag(rows.notice_row)
register.simple_tag(rows.task_url)
register.simple_tag(rows.why_link)
