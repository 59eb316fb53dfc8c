"""Tags the components are made with."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.signals import setting_changed
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template import loader
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from banli.web import clocks, fields, states

register = template.Library()


@register.simple_tag
def once_key() -> SafeString:
    """The hidden idempotency key of a form: sent twice, done once, also where the page runs no script."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid.uuid4())


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that says the same to everybody who reads its language: rendered once, without any request."""
    return _fixed(name, get_language() or "")


@lru_cache(maxsize=32)
def _fixed(name: str, language: str) -> SafeString:
    return SafeString(loader.render_to_string(name))


setting_changed.connect(lambda **_: _fixed.cache_clear(), weak=False)  # in tests only


@register.simple_tag
def question(attrs: Mapping[str, Any]) -> fields.Question:
    return fields.question(attrs)


@register.simple_tag
def state(name: Any) -> states.State:
    return states.named(name)


@register.simple_tag
def server_now() -> str:
    """The server's time, by which the page corrects a counter's clock that runs wrong."""
    return timezone.now().isoformat(timespec="seconds")


@register.filter
def html_attrs(attrs: Any) -> SafeString:
    """Attributes as HTML, every value escaped; True is an attribute without a value, False and None are none."""
    shown = {
        key: value
        for key, value in dict(attrs.items() if attrs else ()).items()
        if value not in (None, False)
    }
    return flatatt({key: value if value is True else str(value) for key, value in shown.items()})


@register.filter
def rest(attrs: Any) -> SafeString:
    """What was given to a component beyond what it names, for its outermost element."""
    return html_attrs(attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs)


@register.filter
def bound_input(bound: BoundField, attrs: Any) -> SafeString:
    """The control of a Django form's field, in the look of the others, tied to its help and its error."""
    # The browser's own complaint would be in the browser's language, and keep the form from being sent.
    bound.form.use_required_attribute = False
    described = (
        f"{bound.id_for_label}-help {bound.id_for_label}-error"
        if bound.help_text
        else f"{bound.id_for_label}-error"
    )
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else {}
    own = {"class": "input", "aria-describedby": described, **given}
    if bound.field.required:
        own["aria-required"] = "true"
    if bound.errors:
        own["aria-invalid"] = "true"
    return bound.as_widget(attrs=own)


@register.filter
def initial(name: Any) -> str:
    """What stands in a person's round mark: the family name, or a Latin initial."""
    return str(name).strip()[:1].upper()


@register.filter
def local_iso(moment: Any) -> str:
    """For the datetime attribute of <time>."""
    return clocks.iso(moment) if isinstance(moment, datetime) else str(moment)


@register.filter
def when(moment: Any) -> str:
    """A moment as the office writes it: 今天 14:30, 昨天 09:05, else the date; see `clocks.told`."""
    return clocks.told(moment, timezone.now()) if moment else ""


@register.filter
def until(moment: Any) -> str:
    """The end of a time, as `when`; the midnight that ends a day is that day's 24:00."""
    return clocks.told_end(moment, timezone.now()) if moment else ""


@register.filter
def yuan(fen: Any) -> str:
    """Whole fen as yuan with two decimals: 1,234.50; nothing where there is no amount."""
    if not isinstance(fen, int):
        return ""
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
