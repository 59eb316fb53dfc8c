"""`<c-icon>`, `<c-badge>`, `<c-clock>` and `<c-button>`: written like the other components, drawn by `banli.web.drawn`.

A builtin of the templates (settings), after cotton's own: it takes the place of the tag that cotton writes for `<c-…>`.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.template import Context, Node
from django.utils.safestring import SafeString
from django_cotton.templatetags import UnprocessableDynamicAttr
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, cotton_component

from banli.web.drawn import DRAWN

register = template.Library()
#: Attributes whose names Python keeps for itself.
_NAMES = {"class": "css"}


class Drawn(Node):
    """A component that a function draws from its attributes and from what stands between its tags."""

    def __init__(self, draw: Callable[..., SafeString], written: CottonComponentNode) -> None:
        self.draw, self.nodelist = draw, written.nodelist
        self.told: dict[str, Any] = {}
        self.asked: list[tuple[str, AttrKind, Any, Any]] = []
        for key, kind, value, compiled in written._prepared_attrs:
            name = _NAMES.get(key, key)
            if kind in (AttrKind.BOOLEAN, AttrKind.STATIC):
                self.told[name] = value
            else:
                self.asked.append((name, kind, value, compiled))

    def render(self, context: Context) -> SafeString:
        told = dict(self.told)
        for name, kind, value, compiled in self.asked:
            if kind is AttrKind.ESCAPED:
                told[name] = compiled.render(context)
                continue
            try:
                told[name] = compiled.resolve(context)
            except UnprocessableDynamicAttr:
                if kind is AttrKind.UNQUOTED:
                    told[name] = value
        return self.draw(self.nodelist.render(context), **told)


@register.tag("cotton")
def component(parser: template.base.Parser, token: template.base.Token) -> Node:
    """A component of a template of its own, unless a function draws it."""
    written = cotton_component(parser, token)
    draw = DRAWN.get(written.component_name)
    return Drawn(draw, written) if draw else written
