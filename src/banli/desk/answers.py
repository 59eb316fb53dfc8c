"""What a case says: the form's answers as people read them, the private ones masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from banli.cases import private
from banli.cases.purging import Purged, purged
from banli.cases.record import Record
from banli.engine.clock_wording import ClockWording
from banli.engine.fields import PICTURES, Column, Field
from banli.engine.text import Text
from banli.journal.vault import VaultError

from . import matter


@dataclass(frozen=True)
class Gone:
    """Why a copy of an identity paper was purged: its ``purpose`` ended with the case, and it was ``kept`` so long."""

    at: datetime
    ended_at: datetime
    kept: Text
    purpose: Text


@dataclass(frozen=True)
class Answer:
    """One answer. ``place`` is its name, with the row it belongs to (``card@2``) inside an ``each``; ``row`` from 1,
    ``whose``: the worker of it.

    ``type`` of a private one is ``private``; ``kind``: what it is then. ``total``: what a table's rows cost together.
    ``named``: who of the staff is known by it, and kept from some steps; or that nobody is.
    """

    place: str
    label: Text
    type: str
    value: Any = None
    mask: str = ""
    picture: str = ""
    columns: list[Text] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    row: int | None = None
    whose: str = ""
    gone: Gone | None = None
    kind: str = ""
    total: str = ""
    named: str = ""

    @property
    def wide(self) -> bool:
        return self.type in ("table", "long_text", *PICTURES)


def answers(record: Record) -> list[Answer]:
    """Everything that was answered, in the form's order; what is of one row stands together, after what is of none.

    One query where copies of identity papers may be gone.
    """
    told, gone = [], purged(record.case, record.book)
    for name, asked in record.book.procedure.form.items():
        for branch in _branches(record, name):
            answer = _answer(record, name, asked, branch, gone)
            if answer is not None:
                told.append(replace(answer, whose=_whose(record, name, branch)))
    return sorted(told, key=lambda answer: answer.row or 0)


def _whose(record: Record, name: str, branch: int | None) -> str:
    """Whose row it is that the answer belongs to."""
    step = next((step for step, rule in record.book.flow.steps.items() if name in rule.asks), "")
    return matter.whose(record.book, record.state.form, step, branch) if step else ""


def _branches(record: Record, name: str) -> list[int | None]:
    own = [place.partition("@")[2] for place in record.state.form if place.startswith(f"{name}@")]
    return [*([None] if name in record.state.form else []), *sorted(int(row) for row in own)]


def _answer(
    record: Record, name: str, asked: Field, branch: int | None, gone: Mapping[str, Purged]
) -> Answer | None:
    record.branch = branch
    value = record.value(f"form.{name}")
    record.branch = None
    if value is None:
        return None
    place = name if branch is None else f"{name}@{branch}"
    row = None if branch is None else branch + 1
    if asked.private:
        why = _gone(record, name, value["sealed"], gone) if gone and asked.purpose else None
        mask = "" if why else value["mask"]
        return Answer(place, asked.label, "private", mask=mask, row=row, gone=why, kind=asked.type)
    if asked.type in PICTURES and record.case.erased:
        return Answer(place, asked.label, "text", value="—", row=row)
    if asked.type in PICTURES:
        picture = reverse("desk:attachment", args=[record.case.pk, value])
        return Answer(place, asked.label, asked.type, picture=picture, row=row)
    if asked.type == "table":
        return table(place, asked, value, row)
    return Answer(place, asked.label, asked.type, value=value, row=row, named=_named(record, name, branch))


def _named(record: Record, name: str, branch: int | None) -> str:
    """Whom of the staff an answer names that keeps somebody from a step."""
    if name not in record.book.kept_from:
        return ""
    who = [record.names[pk] for pk in record.state.persons(name, branch) if pk in record.names]
    if not who:
        return _("员工名单里没有这个名字；是本小区员工的，退回写全名")
    return _("员工 %(who)s，不经办这件") % {"who": _("、").join(who)}


def table(place: str, asked: Field, value: Sequence[Mapping[str, Any]], row: int | None = None) -> Answer:
    """A table's rows, each cell as people read it."""
    columns = asked.columns or {}
    rows = [[line.get(one) for one in columns] for line in value]
    labels, total = [column.label for column in columns.values()], _total(columns, value)
    return Answer(place, asked.label, "table", columns=labels, rows=rows, row=row, total=total)


def _total(columns: Mapping[str, Column], rows: Sequence[Mapping[str, Any]]) -> str:
    """What the rows come to in all: as they were reckoned, or so many times so much where there is one column of each;
    else empty.
    """
    sums = [name for name, column in columns.items() if column.reckoned]
    if sums:
        return f"{sum(Decimal(str(row.get(sums[0]) or 0)) for row in rows):.2f}"
    many = [name for name, column in columns.items() if column.type == "integer"]
    much = [name for name, column in columns.items() if column.type == "money"]
    if len(many) != 1 or len(much) != 1:
        return ""
    told = sum(int(row.get(many[0]) or 0) * Decimal(str(row.get(much[0]) or 0)) for row in rows)
    return f"{told:.2f}"


def _gone(record: Record, name: str, sealed: str, gone: Mapping[str, Purged]) -> Gone | None:
    """Why a copy of an identity paper is not there any more; None for one that is, or whose case was erased."""
    try:
        found = gone.get(private.open_answer(record.case, name, sealed))
    except VaultError:
        return None
    purpose = record.book.procedure.form[name].purpose
    if found is None or purpose is None:
        return None
    zh, en = (ClockWording(record.book, language).duration(found.kept) for language in ("zh", "en"))
    return Gone(found.at, found.ended_at, Text(zh=zh, en=en), purpose)
