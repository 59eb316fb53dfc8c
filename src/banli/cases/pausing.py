"""Pausing a case's clock and letting it go on (the rule: banli.engine.pausing)."""

from datetime import date, datetime
from functools import partial
from typing import Any

from banli.engine import events as ev
from banli.engine import pausing
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.operation.happenings import action
from banli.people.access import Desk

from . import facts
from .actions import Outcome, actor_of, on_case, request_of
from .models import Case


@action("pause")
def pause_clock(
    *, by: Desk, case_id: int, clock: str, branch: int | None, reason: str, until: date | None, key: str,
    now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """A clock stands still from now on, for a reason that is journalled, and is expected to go on after a day."""
    rule = partial(pausing.pause, until=until)
    return _turn(
        rule, ("pause", until.isoformat() if until else ""), by, case_id, clock, branch, reason, key, now
    )


@action("resume")
def resume_clock(
    *, by: Desk, case_id: int, clock: str, branch: int | None, reason: str, key: str, now: datetime | None = None
) -> Outcome:  # fmt: skip
    """A paused clock goes on; it is due later by the pause."""
    return _turn(pausing.resume, ("resume",), by, case_id, clock, branch, reason, key, now)


def _turn(
    rule: Any, what: tuple[str, ...], by: Desk, case_id: int, clock: str, branch: int | None, reason: str, key: str,
    now: datetime | None,
) -> Outcome:  # fmt: skip
    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        known = facts.gather(book, case.estate, now=at)
        return rule(book, state, clock, branch, reason, actor_of(by), known, at)[0], None

    request = request_of(*what, case_id, clock, branch, reason)
    return on_case(by, case_id, what[0], decided, key=key, request=request, clock=now)
