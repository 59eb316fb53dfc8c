"""Tags of the desk's lists."""

from django import template
from django.urls import reverse

from banli.cases.models import Task

register = template.Library()


@register.simple_tag
def task_url(task: Task) -> str:
    """The case's page, at the step that waits."""
    return reverse("desk:case", args=[task.case_id])
