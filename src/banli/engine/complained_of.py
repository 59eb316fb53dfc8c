"""Whom an answer names does not do a step that is ``not_by`` them: nobody handles the complaint about themselves (P13).

The answer is a name, as the person at the counter said it; it may name somebody who is not on the staff. So names are
compared: a namesake is kept away too, and somebody else does it.
"""

from typing import TYPE_CHECKING

from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.state import State
    from banli.engine.turn import Rulebook


def keep_away(book: "Rulebook", state: "State", name: str, branch: int | None, who: str) -> None:
    """Refuses ``who`` where the step is not by whoever an answer names."""
    if is_kept_away(book, state, name, branch, who):
        label = book.procedure.form[_field(book, name)].label
        raise Refusal("not_by", step=book.step_title(name), field=label, who=who)


def is_kept_away(book: "Rulebook", state: "State", name: str, branch: int | None, who: str) -> bool:
    """Whether ``who`` is named by the answer that the step ``name`` is not by."""
    field = _field(book, name)
    told = state.answer(field, branch) if field and who else None
    return told is not None and _plainly(str(told)) == _plainly(who)


def _field(book: "Rulebook", name: str) -> str:
    return (book.flow.steps[name].not_by or "").removeprefix("form.")


def _plainly(name: str) -> str:
    """A name as it is compared: without spaces, and without regard to capitals."""
    return "".join(name.split()).casefold()
