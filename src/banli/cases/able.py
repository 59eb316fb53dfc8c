"""Who of those who could be sent does the work a case asks for: as it is set for each of them (P8)."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from banli.engine import able
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.people.ability.queries import abilities

from . import rules


def unable(
    book: Rulebook, state: State, step: str, branch: int | None, estate: int, staff: Collection[int], now: datetime
) -> frozenset[int]:  # fmt: skip
    """Who of them cannot be sent. One query; none where anybody may be."""
    asked = able.wanted(book, state, step, branch)
    if asked is None:
        return frozenset()
    kind, value = asked
    return frozenset(staff) - set(abilities(estate, kind, timezone.localdate(now)).able(staff, value))


def offered(held: Collection[str]) -> dict[str, tuple[Text, dict[str, Text]]]:
    """What a holder of these posts may be sent for: kind of work → its title, and value → what it is called."""
    told: dict[str, tuple[Text, dict[str, Text]]] = {}
    for _name, book in sorted(rules.every_current().items()):
        for step in book.flow.steps:
            found = able.work(book, step)
            if found is not None and set(held) & set(book.destinations(step)):
                kind, title, options = found
                known = told.setdefault(kind, (title, {}))[1]
                known.update({value: text for value, text in options.items() if value not in known})
    return told


def posts() -> set[str]:
    """The posts whose holders are sent for work that not everybody does."""
    return {
        post
        for book in rules.every_current().values()
        for step in book.flow.steps
        if able.work(book, step) is not None
        for post in book.destinations(step)
    }
