"""Whom an answer names does not do a step that is ``not_by`` them: nobody handles the complaint about themselves (P13),
nobody calls about their own work (P18).

The answer is said at the counter, and may name several, or nobody of the office. When it is written down, whoever of
the estate's staff bears such a name is kept by their number: what somebody is called later changes nothing. Of two
namesakes both are kept away. Whoever came to the staff since is known by their name.
"""

import re
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.rulebook import Rulebook
    from banli.engine.state import State

_BETWEEN = re.compile(r"[、,，;；/\n]+")


def note_persons(
    book: "Rulebook", state: "State", name: str, branch: int | None, answers: Mapping[str, Any],
    staff: Mapping[str, Set[int]],
) -> list[ev.Event]:  # fmt: skip
    """Who of the ``staff`` (plain name → their numbers) is named by answers that keep somebody from a step."""
    told: list[ev.Event] = []
    fields = {(step.not_by or "").removeprefix("form.") for step in book.flow.steps.values()}
    for field in sorted(fields & answers.keys()):
        found = {pk for one in names_in(answers[field]) for pk in staff.get(one, ())}
        if found or state.persons(field, branch):
            told.append(ev.Named(name, branch, field, tuple(sorted(found))))
    return told


def keep_away(
    book: "Rulebook", state: "State", name: str, branch: int | None, person: int | None, who: str
) -> None:
    """Refuses ``person``, called ``who``, where the step is not by whoever an answer names."""
    if is_kept_away(book, state, name, branch, person, who):
        label = book.procedure.form[_field(book, name)].label
        raise Refusal("not_by", step=book.step_title(name), field=label, who=who)


def is_kept_away(
    book: "Rulebook", state: "State", name: str, branch: int | None, person: int | None, who: str
) -> bool:
    """Whether ``person``, called ``who``, is named by the answer that the step ``name`` is not by."""
    field = _field(book, name)
    if not field:
        return False
    return person in state.persons(field, branch) or plainly(who) in names_in(state.answer(field, branch))


def names_in(told: Any) -> list[str]:
    """The names that an answer holds, as they are compared."""
    return [plain for one in _BETWEEN.split(str(told or "")) if (plain := plainly(one))]


def plainly(name: str) -> str:
    """A name as it is compared: without spaces, and without regard to capitals."""
    return "".join(name.split()).casefold()


def _field(book: "Rulebook", name: str) -> str:
    return (book.flow.steps[name].not_by or "").removeprefix("form.")
