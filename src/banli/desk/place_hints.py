"""What the form says at the question for a fixed place (P20): that nobody compares it, where the estate lists none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from banli.engine.places import listed
from banli.engine.procedure import Step


def hints(step: Step, field: str, values: Mapping[str, Any]) -> Iterable[str]:
    """``values`` holds the estate's settings by their names, as conditions know them."""
    rule = step.allots
    if rule is None or rule.among is None or rule.place != f"form.{field}":
        return
    if rule.among in values and not listed(str(values[rule.among] or "")):
        yield _("本小区没有列出固定车位，车位号不会核对，请自己对照车位图")
