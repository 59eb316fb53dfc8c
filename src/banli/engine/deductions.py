"""What damage keeps of a deposit: told to whoever itemises it, agrees to it or pays out, and held to what is there.

A table of deductions is judged where it is filled in, not first at the refund. Damage that comes to more than the
deposit has to be said to do so (``claims``): then all of the deposit is kept, the rest is no deduction but a claim, and
the refund slip tells it apart (a deposit is kept only by agreement and itemised, Shandong 2021 art. 40(5)).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from banli.engine.money import Back, deducted, deposits
from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.rulebook import Rulebook
    from banli.engine.state import State
    from banli.engine.turn import Turn


@dataclass(frozen=True)
class Deduction:
    """``held``: the deposit, in fen; ``damage``: what was itemised; ``claims``: more than is held is meant."""

    held: int
    damage: int = 0
    claims: bool = False

    @property
    def kept(self) -> int:
        """What is deducted; more than is held only where nobody said what becomes of the rest."""
        return min(self.damage, self.held) if self.claims else self.damage

    @property
    def claimed(self) -> int:
        """What the deposit does not cover and is asked for beside it."""
        return self.damage - self.kept

    @property
    def left(self) -> int:
        """What goes back; below nought: so much more is kept than is held."""
        return self.held - self.kept


def of_refund(book: "Rulebook", state: "State", refund: str, branch: int | None) -> Deduction:
    """What is deducted at a refund step as it stands now."""
    step = book.flow.steps[refund]
    held = sum(back.fen for back in backs_at(book, state, refund, branch))
    if step.deductions is None:
        return Deduction(held)
    field = step.deductions.removeprefix("form.")
    damage = deducted(state.answer(field, branch), money_column(book, field))
    claims = step.claims is not None and state.answer(step.claims.removeprefix("form."), branch) == "yes"
    return Deduction(held, damage, claims)


def backs_at(book: "Rulebook", state: "State", refund: str, branch: int | None) -> tuple[Back, ...]:
    """The deposits that can go out at a refund step."""
    return deposits(state, book.flow, book.flow.steps[refund].of or "", refund, branch)


def seen_at(book: "Rulebook", state: "State", step: str, branch: int | None) -> Deduction | None:
    """What concerns a step that itemises deductions or agrees to them; None for any other, and where none is held."""
    for refund, field in _tables(book):
        if step == book.flow.steps[refund].second or field in book.flow.steps[step].asks:
            told = of_refund(book, state, refund, branch)
            return told if told.held else None
    return None


def must_fit(turn: "Turn", step: str, branch: int | None, told: Mapping[str, Any]) -> None:
    """Refuse more than the deposit where nobody says that the rest is claimed, and a claim where there is no rest."""
    for refund, field in _tables(turn.book):
        if field not in told or not told[field]:
            continue
        found = of_refund(turn.book, turn.state, refund, branch)
        claims = (turn.book.flow.steps[refund].claims or "").removeprefix("form.")
        if not turn.stands(turn.book.flow.steps[refund].of or "", step, branch):
            continue  # it is itemised before anything was paid: the refund will say
        if found.left < 0:
            raise _at(field, _too_large(found))
        if found.claims and not found.claimed:
            raise _at(claims, Refusal("nothing_beyond", held=_yuan(found.held), kept=_yuan(found.damage)))


def must_be_held(found: Deduction) -> None:
    """Refuse to pay out where more is kept than is held."""
    if found.left < 0:
        raise _too_large(found)


def money_column(book: "Rulebook", field: str) -> str:
    """The column of a table of deductions that holds the amounts."""
    columns = book.procedure.form[field].columns or {}
    return next((name for name, column in columns.items() if column.type == "money"), "")


def _tables(book: "Rulebook") -> Iterator[tuple[str, str]]:
    for name, step in book.flow.steps.items():
        if step.deductions is not None:
            yield name, step.deductions.removeprefix("form.")


def _too_large(found: Deduction) -> Refusal:
    return Refusal("deduction_too_large", held=_yuan(found.held), kept=_yuan(found.kept))


def _at(field: str, why: Refusal) -> Refusal:
    return Refusal("form_invalid", count=1, fields={field: why})


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"
