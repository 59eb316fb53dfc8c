"""Tags of the desk's lists."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from banli.cases.models import Task

register = template.Library()


@register.simple_tag
def task_url(task: Task) -> str:
    """The case's page with the step that waits laid out; afterwards one is back at the inbox."""
    step = task.step if task.branch is None else f"{task.step}.{task.branch}"
    return f"{reverse('desk:case', args=[task.case_id])}?{urlencode({'task': step, 'next': 'inbox'})}"
