"""Which follow-ups somebody can make: of which procedure, and of a campaign's calls on which occasion (P18)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from banli.cases import rules
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.ability.queries import Abilities, abilities

KIND = "follow_up"
TITLE = Text(zh="回访", en="Follow-up")


def value_of(book: Rulebook, form: Mapping[str, Any]) -> str:
    """What of the kind a follow-up of the case with this form is."""
    rule = book.procedure.campaign
    told = book.procedure.procedure
    return told if rule is None else _of(told, str(form.get(rule.occasion.removeprefix("form.")) or ""))


def offered(posts: Collection[str]) -> dict[str, Text]:
    """Every follow-up that a holder of one of these posts may have to make: value → what it is called."""
    told: dict[str, Text] = {}
    for name, book in sorted(rules.every_current().items()):
        if callers(book) & set(posts):
            told |= _values(name, book)
    return told


def callers(book: Rulebook) -> set[str]:
    """The posts whose holders make the follow-ups of a procedure."""
    posts: set[str] = set()
    for step in book.flow.steps.values():
        if step.verb == "follow_up":
            sender = step.assigned_by()
            posts |= {*step.posts(), *(book.destinations(sender) if sender else ())}
    return posts


def on(estate: int, day: date) -> Abilities:
    """Who can make which follow-ups that day. One query."""
    return abilities(estate, KIND, day)


def _values(name: str, book: Rulebook) -> dict[str, Text]:
    rule = book.procedure.campaign
    if rule is None:
        return {name: book.procedure.title}
    options = book.procedure.form[rule.occasion.removeprefix("form.")].options or {}
    own = book.procedure.title
    return {
        _of(name, occasion): Text(zh=f"{own.zh} · {title.zh}", en=f"{own.en} · {title.en}")
        for occasion, title in options.items()
    }


def _of(procedure: str, occasion: str) -> str:
    return f"{procedure}:{occasion}"
