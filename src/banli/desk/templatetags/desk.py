"""How the desk's screens write things."""

from django import template
from django.utils.translation import get_language

from banli.engine.text import Text
from banli.estate.contracts.kinds import titled
from banli.estate.contracts.models import Contract
from banli.estate.models import Unit

register = template.Library()


@register.filter
def contract_title(contract: Contract) -> Text:
    """What its kind is called."""
    return titled(contract.kind)


@register.filter
def home(unit: Unit | None) -> str:
    """A home as it is said: 12栋3单元502; in English by its number, 12-3-502."""
    if unit is None:
        return ""
    return unit.key if (get_language() or "").startswith("en") else unit.address
