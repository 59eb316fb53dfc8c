"""The books in force, and who may read one: whoever takes part in a procedure that writes it, and the supervisors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from banli.cases import access, rules
from banli.engine.pack import Book
from banli.engine.text import Text
from banli.people.access import Denied, Desk
from banli.web.templatetags.say import say


@dataclass(frozen=True)
class OpenBook:
    """A book, the procedures that write it, and the posts that may read it."""

    book: Book
    procedures: tuple[Text, ...]
    posts: frozenset[str]

    @property
    def name(self) -> str:
        return self.book.book

    @property
    def columns(self) -> Iterable[tuple[str, Text]]:
        return [(name, column.title) for name, column in self.book.columns.items()]


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


def readable(desk: Desk) -> list[OpenBook]:
    """The books this desk may read, in the packs' order."""
    return [book for book in in_force().values() if desk.holds(*book.posts)]


def book_for(desk: Desk, name: str) -> OpenBook:
    """A book this desk may read: 404 where there is none of this name, 403 for a post with no part in it."""
    found = in_force().get(name)
    if found is None:
        raise Http404
    if not desk.holds(*found.posts):
        raise Denied(*sorted(found.posts))
    return found


def cell(value: Any) -> str | int:
    """A cell as it is read: the reader's language, and only the mask of what is private."""
    if isinstance(value, dict):
        return str(value.get("mask") or "") if "sealed" in value else say(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return "" if value is None else str(value)
