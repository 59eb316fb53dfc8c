"""What a case says: the form's answers as people read them, the private ones masked."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from banli.cases.record import Record
from banli.engine.fields import PICTURES, Field
from banli.engine.text import Text


@dataclass(frozen=True)
class Answer:
    """One answer. ``place`` is its name, with the row it belongs to (``card@2``) inside an ``each``; ``row`` from 1."""

    place: str
    label: Text
    type: str
    value: Any = None
    mask: str = ""
    picture: str = ""
    columns: list[Text] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    row: int | None = None

    @property
    def wide(self) -> bool:
        return self.type in ("table", "long_text", *PICTURES)


def answers(record: Record) -> list[Answer]:
    """Everything that was answered, in the form's order. No query."""
    told = []
    for name, asked in record.book.procedure.form.items():
        for branch in _branches(record, name):
            answer = _answer(record, name, asked, branch)
            if answer is not None:
                told.append(answer)
    return told


def _branches(record: Record, name: str) -> list[int | None]:
    own = [place.partition("@")[2] for place in record.state.form if place.startswith(f"{name}@")]
    return [*([None] if name in record.state.form else []), *sorted(int(row) for row in own)]


def _answer(record: Record, name: str, asked: Field, branch: int | None) -> Answer | None:
    record.branch = branch
    value = record.value(f"form.{name}")
    record.branch = None
    if value is None:
        return None
    place = name if branch is None else f"{name}@{branch}"
    row = None if branch is None else branch + 1
    if asked.private:
        return Answer(place, asked.label, "private", mask=value["mask"], row=row)
    if asked.type in PICTURES:
        picture = reverse("desk:attachment", args=[record.case.pk, value])
        return Answer(place, asked.label, asked.type, picture=picture, row=row)
    if asked.type == "table":
        columns = asked.columns or {}
        rows = [[line.get(one) for one in columns] for line in value]
        return Answer(
            place, asked.label, "table", columns=[c.label for c in columns.values()], rows=rows, row=row
        )
    return Answer(place, asked.label, asked.type, value=value, row=row)
