"""Running clocks by the calendar as it is now: which would move, and moving them (the rule: banli.engine.recount)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from banli.engine.recount import moved
from banli.engine.recount import recount as decide_anew
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.journal.chain import not_before
from banli.operation.happenings import action

from . import actions, facts, rules, store
from .holidays import RestDays, rest_days
from .models import Case

log = logging.getLogger("banli.clocks")
BATCH = 200


@dataclass(frozen=True)
class Moving:
    """A running clock that the calendar moves: of which case, from when to when."""

    case: Case
    procedure: Text
    clock: Text
    before: datetime
    after: datetime


def moving(estate: Estate, rest: RestDays) -> Iterator[Moving]:
    """The running clocks of an estate that would move if these were its rest days. One query for every batch."""
    known = replace(facts.NONE, holidays=rest)  # type: ignore[arg-type]  # only asked whether a day is in it
    for case in _running(estate):
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        for clock in state.clocks:
            rule = book.procedure.clocks.get(clock.clock)
            after = moved(rule, clock, state, known) if rule is not None else None
            if rule is not None and after is not None:
                before = datetime.fromisoformat(clock.due)
                yield Moving(case, book.procedure.title, rule.title, before, after)


def _running(estate: Estate) -> Iterator[Case]:
    """Open cases that a clock waits for, oldest first."""
    last = 0
    waiting = Case.objects.filter(estate=estate, status="open", wake_at__isnull=False).select_related("unit")
    while batch := list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


@action("recount")
def recount(*, case_id: int, now: datetime | None = None) -> actions.Outcome | None:
    """Move a case's clocks as its estate's calendar wants it. None where none moves, so twice is harmless."""
    clock = now or timezone.now()

    def once() -> actions.Outcome | None:
        case, earliest, _ = store.read(case_id)
        at = not_before(clock, earliest)
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        events, _after = decide_anew(book, state, facts.gather(book, case.estate, now=at), at)
        if not events:
            return None
        return actions.commit_alone(case, book, state, events, kind="recount", at=at)

    return actions.until_not_overtaken(once)


def recount_all(estate: Estate, now: datetime | None = None) -> int:
    """Every case of an estate, each in a transaction of its own; in how many a clock moved."""
    count = 0
    for case_id in sorted({one.case.pk for one in moving(estate, rest_days(estate))}):
        try:
            count += recount(case_id=case_id, now=now) is not None
        except Exception:
            log.exception("the clocks of case %s cannot be counted anew", case_id)
    return count
