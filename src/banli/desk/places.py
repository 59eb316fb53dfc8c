"""The list of fixed places (P20): which vehicle has which, of which home, paid until when, and which are free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from banli.cases import facts, rules, store
from banli.engine.places import listed
from banli.engine.rulebook import Rulebook
from banli.estate import parking
from banli.estate.belongings import HeldPlace
from banli.estate.models import Estate

PAGE = 50
#: A period that ends within so many days is pointed out.
ENDS_SOON = timedelta(days=14)
#: Of the free ones so many are named.
NAMED = 60


@dataclass(frozen=True)
class Line:
    """A period. ``state``: ``unpaid``, ``ahead``, ``held``, ``soon`` or ``over``."""

    period: HeldPlace
    state: str


@dataclass(frozen=True)
class Stock:
    """What the estate has of places: how many, and the free ones today. Nothing where it lists none."""

    count: int
    free: list[str]

    @property
    def named(self) -> list[str]:
        return self.free[:NAMED]


def page(
    estate: Estate, *, ended: bool, words: str, after: tuple[date, int] | None
) -> tuple[list[Line], HeldPlace | None]:
    """The lines, and the last one shown where there are more. One query."""
    today = timezone.localdate()
    rows = parking.periods(estate.pk, today=today, ended=ended, words=words, after=after, limit=PAGE + 1)
    return [Line(one, _state(one, today)) for one in rows[:PAGE]], rows[PAGE - 1] if len(
        rows
    ) > PAGE else None


def stock(estate: Estate) -> Stock | None:
    """All places of the estate, where some procedure knows the setting that lists them. Two queries."""
    names: dict[str, None] = {}
    for book, setting in _listing(rules.every_current().values()):
        names.update(dict.fromkeys(listed(str(facts.settings_of(book, estate).get(setting) or ""))))
    if not names:
        return None
    held = parking.held_on(estate.pk, timezone.localdate())
    return Stock(len(names), [name for name in names if name not in held])


def _listing(books: Iterable[Rulebook]) -> Iterable[tuple[Rulebook, str]]:
    """The procedures that allot places, with the setting that lists them."""
    for book in books:
        for step in book.flow.steps.values():
            if step.allots is not None and step.allots.among is not None:
                yield book, step.allots.among.removeprefix("setting.")


def _state(one: HeldPlace, today: date) -> str:
    if one.until < today:
        return "over"
    if _unpaid(one):
        return "unpaid"
    if one.since > today:
        return "ahead"
    return "soon" if one.until - today <= ENDS_SOON else "held"


def _unpaid(one: HeldPlace) -> bool:
    """Whether a step at which its case pays is still to be done."""
    flow, state = rules.rulebook(one.case.version_id).flow, store.state_of(one.case)
    return any(step.fees and state.mark(name, one.branch) is None for name, step in flow.steps.items())
