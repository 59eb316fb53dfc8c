"""How figures are said."""

from collections.abc import Mapping

from django import template

from banli.figures.period import Period
from banli.figures.queries import Turn
from banli.figures.report import told_length, told_turn

register = template.Library()


@register.filter
def share(percent: int | None) -> str:
    """Of a hundred; a dash where there was nothing to share."""
    return "—" if percent is None else f"{percent}%"


@register.filter
def bad(line: Mapping[str, int]) -> int:
    """How many were dissatisfied, whether done again or made a complaint."""
    return line["dissatisfied"] + line["complains"]


@register.filter
def span(seconds: float) -> str:
    """A length of time: 40 秒, 3 小时 5 分."""
    return told_length(seconds)


@register.filter
def turn(one: Turn, period: Period) -> str:
    """The day, or the month, of a line of the course."""
    return told_turn(one, period)
