"""The books, and who may read one: whoever takes part in a procedure that writes it, and the supervisors.

A book that no procedure writes any more is read as long as something stands in it, as it was last written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import get_language

from banli.cases import access, rules
from banli.engine.pack import Book
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.access import Denied, Desk
from banli.registers import queries as registers
from banli.web.templatetags.say import say


@dataclass(frozen=True)
class OpenBook:
    """A book, the procedures that write it, and the posts that may read it.

    ``joined``: the columns whose cells the house puts together itself, with marks of its own between the parts.
    """

    book: Book
    procedures: tuple[Text, ...]
    posts: frozenset[str]
    retired: bool = False
    joined: frozenset[str] = frozenset()

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
                joined=_joined(rulebook, book) | (known.joined if known else frozenset()),
            )
    return told


def retired(desk: Desk, name: str) -> OpenBook | None:
    """A book of the desk's estate that no current procedure writes, as its newest row was written. One query."""
    version = registers.newest_version(desk.estate.pk, name[:50])
    if version is None:
        return None
    rulebook = rules.rulebook(version)
    posts = rules.participants(rulebook) | frozenset(access.SEES_ALL)
    book = rulebook.pack.books[name]
    return OpenBook(book, (rulebook.procedure.title,), posts, retired=True, joined=_joined(rulebook, book))


def _joined(rulebook: Rulebook, book: Book) -> frozenset[str]:
    """The columns that show a table's rows, or several receipts, in one line."""
    tables = {f"form.{name}" for name, one in rulebook.procedure.form.items() if one.type == "table"}
    return frozenset(
        name
        for name, column in book.columns.items()
        if any(source in tables or source.endswith(".receipt") for source in column.source)
    )


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


#: What stands in one line is put together with Chinese marks, in both languages.
_LATIN = str.maketrans({"；": "; ", "，": ", ", "、": ", ", "：": ": ", "（": " (", "）": ")"})


def cell(value: Any, *, joined: bool = False) -> str | int:
    """A cell as it is read: the reader's language with its marks, and only the mask of what is private.

    ``joined``: of parts that the house has put together; what somebody typed is left as they typed it.
    """
    if isinstance(value, dict):
        if "sealed" in value:
            return str(value.get("mask") or "")
        told = say(value)
        return told.translate(_LATIN) if told == value.get("en") else told
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    told = "" if value is None else str(value)
    return told.translate(_LATIN) if joined and (get_language() or "zh").startswith("en") else told
