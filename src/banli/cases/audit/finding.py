"""What an audit finds, and how a row is compared with what the journal makes of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

CHUNK = 500  # rows of one batch

#: Told after every batch how many rows were looked at: so that somebody who waits sees it move.
Ticker = Callable[[int], None]
Expected = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """Something that does not follow from the journal: which row, and what is wrong with it."""

    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.row}: {self.what}"


Check = Callable[..., Iterator[Finding]]
#: What a check raises over an entry that was made up: it says what no action can say.
UNSAYABLE = (KeyError, TypeError, AttributeError, ValueError, IndexError)


def unwatched(rows: int) -> None:
    """Nobody waits."""


def named(row: Model, about: str = "") -> str:
    """A row by its table and number: ``papers_paper 12 (FX-2026-000012)``."""
    told = f"{row._meta.db_table} {row.pk}"
    return f"{told} ({about})" if about else told


def wrong_in(row: Model, expected: Expected) -> list[str]:
    """The columns that are not what they ought to be."""
    return [name for name, value in expected.items() if _plain(getattr(row, name)) != value]


def differing(row: Model, expected: Expected, about: str = "") -> Iterator[Finding]:
    """One finding that names every column that does not follow from the journal; none where all do."""
    wrong = wrong_in(row, expected)
    if wrong:
        yield Finding(named(row, about), f"{', '.join(wrong)}: not what the journal says")


def compared(
    rows: Sequence[Model], expected: Sequence[Expected], *, table: type[Model], about: str
) -> Iterator[Finding]:
    """Rows in the order they were written beside what the journal makes, in the same order.

    Where their number differs, each is first paired with its like, and the rest told of one by one.
    """
    if len(rows) == len(expected):
        for row, wanted in zip(rows, expected, strict=True):
            yield from differing(row, wanted, about)
        return
    missing = list(expected)
    for row in rows:
        like = next((wanted for wanted in missing if not wrong_in(row, wanted)), None)
        if like is None:
            yield Finding(named(row, about), "the journal tells of no such row")
        else:
            missing.remove(like)
    for wanted in missing:
        told = ", ".join(f"{name} {value}" for name, value in list(wanted.items())[:3])
        yield Finding(f"{table._meta.db_table} of {about}", f"a row is missing: {told}")


def keyed(
    rows: Iterable[Model], expected: Mapping[Any, Expected], *, key: Callable[[Any], Any], table: type[Model],
    about: str,
) -> Iterator[Finding]:  # fmt: skip
    """Rows that are known by a key the journal names, each beside what the journal makes of it."""
    missing = dict(expected)
    for row in rows:
        wanted = missing.pop(key(row), None)
        if wanted is None:
            yield Finding(named(row, about), "the journal tells of no such row")
        else:
            yield from differing(row, wanted, about)
    for name in missing:
        yield Finding(f"{table._meta.db_table} {name} of {about}", "is missing")


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
