"""Data texts and refusals in the reader's language: ``{% load say %} {{ procedure.title|say }}``."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def say(text: Any) -> str:
    """A text of a pack (``{zh:, en:}`` or anything with ``.zh`` and ``.en``), a refusal, or a plain string."""
    if text is None:
        return ""
    english = (get_language() or "zh").startswith("en")
    if isinstance(text, Mapping):
        return str((text.get("en") if english else None) or text.get("zh") or text.get("en") or "")
    if hasattr(text, "say"):
        return str(text.say("en" if english else "zh"))
    if hasattr(text, "zh"):
        return str((getattr(text, "en", None) if english else None) or text.zh)
    return str(text)


@register.filter
def refusal(why: Any) -> str:
    """The sentence for the person at the counter; empty where nothing was refused."""
    return say(why)
