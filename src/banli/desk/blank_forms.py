"""Empty forms on paper, for when there is no power: the very templates, with lines and boxes in place of answers.

What is written on has a serial; without one it is a specimen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone

from banli.cases import facts, rules
from banli.cases.models import Case, ProcedureVersion
from banli.cases.record import Record
from banli.engine import back_entry
from banli.engine.conditions import Atom, Condition
from banli.engine.fields import Field
from banli.engine.paper import PaperDefinition
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.wording import Wording
from banli.estate.own import in_force
from banli.papers import render, snapshot
from banli.papers.models import BlankBatch
from banli.people.access import Desk


def papers(book: Rulebook) -> dict[str, PaperDefinition]:
    return back_entry.sheets(book)


@dataclass(frozen=True)
class Form:
    """A paper that can be had empty, by the first procedure that issues it."""

    definition: PaperDefinition
    book: Rulebook


def forms() -> dict[str, Form]:
    """Every paper of the procedures in force that can be had empty. One query."""
    told: dict[str, Form] = {}
    for book in rules.every_current().values():
        for name, definition in papers(book).items():
            told.setdefault(name, Form(definition, book))
    return told


def numbered(desk: Desk, form: Form, batch: BlankBatch, copy: str) -> bytes:
    """A copy of every sheet of a batch as a PDF. 404 where the paper has no such copy."""
    if form.definition.copy_of(copy) is None:
        raise Http404
    serials = [form.definition.number.write_blank(batch.first + place) for place in range(batch.many)]
    return render.by_hand(form.definition, _printed(desk, form.book, form.definition), copy, serials)


def specimen(desk: Desk, procedure: str, paper: str, copy: str) -> bytes:
    """One copy as a PDF, to be looked at. 404 where the procedure in force issues no such paper or copy."""
    version = (
        ProcedureVersion.objects.filter(procedure=procedure[:50], current=True).defer("compiled").first()
    )
    if version is None:
        raise Http404
    book = rules.rulebook(version.pk)
    definition = papers(book).get(paper)
    if definition is None or definition.copy_of(copy) is None:
        raise Http404
    return render.by_hand(definition, _printed(desk, book, definition), copy)


def _printed(desk: Desk, book: Rulebook, definition: PaperDefinition) -> Mapping[str, Any]:
    """What stands on an empty form: the estate, its settings, and the answers to choose from, each with a box."""
    estate, form = desk.estate, book.procedure.form
    state = State(settings=facts.settings_of(book, estate))
    record = Record(Case(estate=estate, procedure=book.procedure.procedure), book, state, {}, facts.ZONE)
    told: dict[str, Any] = {
        "estate.name": estate.name,
        "estate.address": estate.address,
        "estate.phone": in_force(estate, timezone.localdate()).get("phone", ""),
    }
    for name in definition.names():
        room, _, rest = name.partition(".")
        if room == "setting":
            told[name] = snapshot.plain(record.value(name))
        elif room == "form" and form[rest].choices():
            told[name] = _boxes(Wording(book, "zh"), form[rest])
    return told


def _boxes(words: Wording, question: Field) -> str:
    """The answers to choose from, each with its box; what no case takes is not among them.

    Nobody hides a question on paper: before one that is not always asked stands when it is.
    """
    never = {answer for rule in question.refuses if rule.when is None for answer in rule.answer}
    boxes = "　".join(f"□{told.zh}" for answer, told in question.choices().items() if answer not in never)
    return boxes if question.when is None else f"{_told_when(words, question.when)}：{boxes}"


def _told_when(words: Wording, when: Condition) -> str:
    """A condition as a form says it: 大件物品的; where it is more than one answer of this form, in full."""
    atom = when.root
    if isinstance(atom, Atom) and atom.op == "in" and atom.name.startswith("form."):
        return "或".join(words.value(atom.name, value) for value in atom.value) + "的"
    return words.condition(when) + "的"
