"""`<c-icon>`, `<c-card>` and others: written like any component, drawn by `banli.web.drawn` and `banli.web.blocks`.

A builtin of the templates (settings), after cotton's own: it takes the place of the tag that cotton writes for `<c-…>`.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.template import Context, Node
from django.utils.safestring import SafeString
from django_cotton.templatetags import UnprocessableDynamicAttr
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, cotton_component
from django_cotton.utils import get_cotton_data

from banli.web.blocks import BLOCKS
from banli.web.drawn import DRAWN

register = template.Library()
_EVERY = DRAWN | BLOCKS
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
        return self.draw(*self._between(context, told), **told)

    def _between(self, context: Context, told: dict[str, Any]) -> tuple[SafeString, ...]:
        """What stands between the tags; its named slots are told like attributes, and take their place."""
        if not self.nodelist:
            return ()
        stack = get_cotton_data(context)["stack"]
        stack.append({"slots": {}})
        slot = self.nodelist.render(context)
        told.update(stack.pop()["slots"])
        return (slot,)


@register.tag("cotton")
def component(parser: template.base.Parser, token: template.base.Token) -> Node:
    """A component of a template of its own, unless a function draws it."""
    written = cotton_component(parser, token)
    draw = _EVERY.get(written.component_name.replace("-", "_"))
    return Drawn(draw, written) if draw else written
