"""Whoever is sent can do what the case asks for: a dispatch step's ``able: form.trade`` (P8)."""

from typing import TYPE_CHECKING

from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text

if TYPE_CHECKING:
    from banli.engine.decide import Facts


def work(book: Rulebook, step: str) -> tuple[str, Text, dict[str, Text]] | None:
    """The kind of work whoever a step sends has to be able to do, its title, and every answer there may be."""
    known = book.flow.steps.get(step)
    if known is None or known.able is None:
        return None
    name = known.able.removeprefix("form.")
    question = book.procedure.form[name]
    return name, question.label, dict(question.options or {})


def wanted(book: Rulebook, state: State, step: str, branch: int | None = None) -> tuple[str, str] | None:
    """The kind of work and which of it the case asks for at a step; None where anybody may be sent."""
    told = work(book, step)
    answer = state.answer(told[0], branch) if told else None
    return (told[0], str(answer)) if told and answer else None


def named(book: Rulebook, state: State, step: str, branch: int | None = None) -> Text | None:
    """What that work is called."""
    told, asked = work(book, step), wanted(book, state, step, branch)
    if told is None or asked is None:
        return None
    return told[2].get(asked[1]) or Text(zh=asked[1], en=asked[1])


def must_be_able(
    book: Rulebook, state: State, step: str, branch: int | None, person: int, facts: "Facts"
) -> None:
    """Refuses to send somebody who does not do that work."""
    if person in facts.unable:
        what = named(book, state, step, branch)
        raise Refusal("assignee_unable", who=facts.names.get(person, ""), what=what)
