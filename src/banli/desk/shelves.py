"""What may be begun, sorted as the pack's shelves sort it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from banli.cases import rules
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.access import Desk

#: On a home's page each of the first ten has a key of its own.
KEYS = "1234567890"


@dataclass(frozen=True)
class Offer:
    book: Rulebook
    key: str

    @property
    def roles(self) -> list[str]:
        """Who of a home may apply."""
        procedure = self.book.procedure
        return [role for role in procedure.applicant.roles if procedure.takes(role, home=True)]


@dataclass(frozen=True)
class Shelf:
    """``title`` is None for what stands on no shelf of its pack."""

    title: Text | None
    offers: list[Offer]


def begun(desk: Desk) -> list[Rulebook]:
    """What this desk may begin, shelf by shelf. One query."""
    return [book for book in rules.every_current().values() if desk.holds(*book.procedure.opened_by)]


def without_home(books: Iterable[Rulebook]) -> list[Rulebook]:
    """Those that need no home: of the estate, or of a home that is not known yet; then what our own staff may ask."""
    told = [book for book in books if book.procedure.about != "unit"]
    return sorted(told, key=lambda book: book.procedure.about == "either")


def shelved(books: Iterable[Rulebook]) -> list[Shelf]:
    """The books in their order, under their shelves' titles."""
    keys = iter(KEYS)
    return [
        Shelf(title, [Offer(book, next(keys, "")) for book in on_it])
        for title, on_it in groupby(books, key=_title)
    ]


def _title(book: Rulebook) -> Text | None:
    shelf = book.pack.header.shelf_of(book.procedure.procedure)
    return shelf.title if shelf else None
