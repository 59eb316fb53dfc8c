"""Exactly what an owner is asked to agree to: who asks, for what, and every answer of the form; private ones masked."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from banli.cases import facts, rules, store
from banli.cases.models import ConsentLink
from banli.cases.record import Record
from banli.cases.said import given
from banli.engine.fields import PICTURES
from banli.engine.text import Text


@dataclass(frozen=True)
class Line:
    """One answer: its words, its ``rows`` under ``columns``, or the address of its picture."""

    label: Text
    value: Any = ""
    columns: list[Text] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    picture: str = ""


@dataclass(frozen=True)
class Sheet:
    """The application as the owner sees it."""

    title: Text
    step: Text
    purpose: Text | None
    role: Text
    lines: list[Line]


def sheet_of(link: ConsentLink, token: str) -> Sheet:
    """What the case says now; a case that has changed since the link was sent is not shown at all."""
    case = link.case
    book, state = rules.rulebook(case.version_id), store.state_of(case)
    record = Record(case, book, state, {}, facts.ZONE, given=given(case))
    asked = book.procedure
    return Sheet(
        title=asked.title, step=book.step_title(link.step), purpose=asked.purpose,
        role=Text(**record.value("case.applicant_role")),
        lines=[line for name in asked.form for line in _lines(record, name, token)],
    )  # fmt: skip


def _lines(record: Record, name: str, token: str) -> list[Line]:
    """The answers to one question: one, or one of each row it was put for."""
    own = [place.partition("@")[2] for place in record.state.form if place.startswith(f"{name}@")]
    told = []
    for branch in (None, *sorted(map(int, own))):
        record.branch = branch
        line = _line(record, name, token) if branch is not None or name in record.state.form else None
        told += [line] if line is not None else []
    record.branch = None
    return told


def _line(record: Record, name: str, token: str) -> Line | None:
    asked, value = record.book.procedure.form[name], record.value(f"form.{name}")
    if value is None or value == "":
        return None
    if asked.private:
        return Line(asked.label, value["mask"]) if value["mask"] else None
    if asked.type in PICTURES:
        return Line(asked.label, picture=reverse("portal:picture", args=[token, value]))
    if asked.type == "table":
        columns = asked.columns or {}
        rows = [[line.get(one) or "" for one in columns] for line in value]
        return Line(asked.label, columns=[column.label for column in columns.values()], rows=rows)
    if asked.type == "money":
        return Line(asked.label, f"¥{value}")
    return Line(asked.label, value)
