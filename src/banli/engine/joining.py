"""A report that repeats the matter of another case is joined to it, or parted from it again; who hears of that (P8)."""

from datetime import datetime

from banli.engine import events as ev
from banli.engine.allowed import must_be_open, post_for
from banli.engine.decide import Actor, Facts, written
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.turn import Turn


def join(
    book: Rulebook, state: State, main: int, note: str, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """The report repeats the matter of the open case ``main``: it is over, and followed up there (P8)."""
    must_be_open(state)
    rule = book.procedure.withdraw
    if rule is None or rule.joins != "yes":
        raise Refusal("not_permitted")
    post, _ = post_for(actor, rule.by, "withdraw_post", book)
    if rule.before and any(mark.step == rule.before for mark in state.marks):
        raise Refusal("withdraw_late", step=book.step_title(rule.before))
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Reasoned("join", written(note, "reason"), actor.id, post))
    turn.emit(ev.JoinedTo(main))
    for step, person in _sent(state):  # need not go there any more
        turn.emit(ev.Told((), person, "joined", step))
    turn.end("withdrawn")
    return turn.events, turn.state


def repeated(
    book: Rulebook, state: State, case: int, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """``case`` was joined to this one: whoever this one waits for, and whoever was sent, hears of it."""
    must_be_open(state)
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Repeated(case))
    _tell(turn, "repeated")
    return turn.events, turn.state


def parted(
    book: Rulebook, state: State, case: int, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """``case`` was joined to this one by mistake and goes on by itself; who has this one in hand hears of it.

    This one may be over by now: then there is nobody to be told.
    """
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Parted(case))
    if state.status == "open":
        _tell(turn, "parted")
    return turn.events, turn.state


def _sent(state: State) -> list[tuple[str, int]]:
    """Who was sent, by which step, as long as that stands."""
    return [(step, person) for step, person in state.assigned.items() if state.mark(step) is not None]


def _tell(turn: Turn, code: str) -> None:
    """Whoever the case waits for hears of it, each once, and whoever was sent, also while it waits for another."""
    state, steps = turn.state, turn.book.flow.steps
    heard: set[tuple[tuple[str, ...], int | None]] = set()
    waits = [(token.step, token.person) for token in state.tokens]
    for step, person in (*waits, *_sent(state)):
        whom = () if person else steps[step].posts(), person
        if whom not in heard and (whom[0] or whom[1]):
            heard.add(whom)
            turn.emit(ev.Told(whom[0], whom[1], code, step))
