"""The books, and who may read one: whoever takes part in a procedure that writes it, and the supervisors.

A book that no procedure writes any more is read as long as something stands in it, as it was last written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from banli.cases import access, rules
from banli.engine.pack import Book
from banli.engine.text import Text
from banli.people.access import Denied, Desk
from banli.registers import queries as registers
from banli.web.templatetags.say import say


@dataclass(frozen=True)
class OpenBook:
    """A book, the procedures that write it, and the posts that may read it."""

    book: Book
    procedures: tuple[Text, ...]
    posts: frozenset[str]
    retired: bool = False

    @property
    def name(self) -> str:
        return self.book.book

    @property
    def columns(self) -> Iterable[tuple[str, Text]]:
        """Without how the case stands: the page says that of every book, with what was entered late."""
        return [
            (name, column.title)
            for name, column in self.book.columns.items()
            if column.source != ("case.status",)
        ]

    @property
    def says_when(self) -> bool:
        """Whether it has a column of its own for when the case was opened, so that the page need not add one."""
        return any(column.source == ("case.opened_at",) for column in self.book.columns.values())


def in_force() -> dict[str, OpenBook]:
    """Every book that a current procedure writes, by name."""
    told: dict[str, OpenBook] = {}
    for rulebook in rules.every_current().values():
        for name, book in rulebook.pack.books.items():
            known = told.get(name)
            told[name] = OpenBook(
                book,
                (*(known.procedures if known else ()), rulebook.procedure.title),
                rules.participants(rulebook) | (known.posts if known else frozenset(access.SEES_ALL)),
            )
    return told


def retired(desk: Desk, name: str) -> OpenBook | None:
    """A book of the desk's estate that no current procedure writes, as its newest row was written. One query."""
    version = registers.newest_version(desk.estate.pk, name[:50])
    if version is None:
        return None
    rulebook = rules.rulebook(version)
    posts = rules.participants(rulebook) | frozenset(access.SEES_ALL)
    return OpenBook(rulebook.pack.books[name], (rulebook.procedure.title,), posts, retired=True)


def readable(desk: Desk) -> list[OpenBook]:
    """The books this desk may read, in the packs' order; last the retired ones that have rows."""
    books = in_force()
    gone = [retired(desk, name) for name in registers.written(desk.estate.pk) if name not in books]
    return [book for book in (*books.values(), *gone) if book is not None and desk.holds(*book.posts)]


def book_for(desk: Desk, name: str) -> OpenBook:
    """A book this desk may read: 404 where there is none of this name, 403 for a post with no part in it."""
    found = in_force().get(name) or retired(desk, name)
    if found is None:
        raise Http404
    if not desk.holds(*found.posts):
        raise Denied(*sorted(found.posts))
    return found


#: The rows of a table stand in one line with Chinese marks, in both languages.
_LATIN = str.maketrans({"；": "; ", "，": ", ", "（": " (", "）": ")"})


def cell(value: Any) -> str | int:
    """A cell as it is read: the reader's language, and only the mask of what is private."""
    if isinstance(value, dict):
        if "sealed" in value:
            return str(value.get("mask") or "")
        told = say(value)
        return told.translate(_LATIN) if told == value.get("en") else told
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return "" if value is None else str(value)
