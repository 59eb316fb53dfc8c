"""Tags of the desk's lists."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from banli.cases.models import Task
from banli.web import clocks

register = template.Library()


@register.simple_tag
def cells(told: Iterable[Mapping[str, Any]]) -> SafeString:
    """The cells of a row after its first. A page of a book has hundreds: a template's loop was most of the page."""
    written = (
        f'<td data-label="{conditional_escape(cell["title"])}" class="{cell["look"]}">'
        f"{conditional_escape(cell['value'])}</td>"
        for cell in told
    )
    return mark_safe("".join(written))


@register.filter
def when_ends(moment: Any) -> str:
    """The end of a time as the office writes it: midnight is 24:00 of the day before."""
    return clocks.told_end(moment, timezone.now())


@register.simple_tag
def task_url(task: Task, came_from: str = "inbox") -> str:
    """The case's page with the step that waits laid out; afterwards one is back where one came from, if it is said."""
    step = task.step if task.branch is None else f"{task.step}.{task.branch}"
    asked = {"task": step, "next": came_from} if came_from else {"task": step}
    return f"{reverse('desk:case', args=[task.case_id])}?{urlencode(asked)}"
