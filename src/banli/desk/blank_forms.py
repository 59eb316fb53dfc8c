"""Empty forms on paper, for when there is no power: the very templates, with lines and boxes in place of answers."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone

from banli.cases import facts, rules
from banli.cases.models import Case, ProcedureVersion
from banli.cases.record import Record
from banli.engine import verbs
from banli.engine.paper import PaperDefinition
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.own import in_force
from banli.papers import render, snapshot
from banli.people.access import Desk


def papers(book: Rulebook) -> dict[str, PaperDefinition]:
    """The papers of a procedure that can be had empty. Cards are made, not written; a receipt has its own pad."""
    issued = [
        step.paper
        for step in book.flow.steps.values()
        if step.paper and verbs.find(step.verb).name == "issue"
    ]
    found = {name: book.pack.papers[name] for name in issued}
    return {name: one for name, one in found.items() if one.size != "card"}


def blank_form(desk: Desk, procedure: str, paper: str, copy: str) -> bytes:
    """One copy as a PDF. 404 where the procedure in force issues no such paper, or the paper has no such copy."""
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
        elif room == "form" and form[rest].choices() and form[rest].when is None:
            told[name] = "　".join(f"□{option.zh}" for option in form[rest].choices().values())
    return told
