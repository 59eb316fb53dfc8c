"""The case on which another rests: the renovation's record, for its cards, extensions and permits (P2.1, P2.3).

The office hands its form over with the facts; None where there is none that stands.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.procedure import RestsOn, Step
    from banli.engine.turn import Turn


def named(form: Mapping[str, Any] | None) -> dict[str, Any]:
    """The record's answers by the names limits and conditions use: ``record.last_day``."""
    return {f"record.{name}": value for name, value in (form or {}).items() if "@" not in name}


def must_stand(turn: "Turn") -> None:
    """Refuses what rests on a record that is not there, or is over."""
    rule = turn.book.procedure.rests_on
    today = turn.now.astimezone(turn.facts.zone).date().isoformat()
    why = refusal_of(rule, turn.facts.record, today) if rule is not None else None
    if why is not None:
        raise why


def refusal_of(rule: "RestsOn", record: Mapping[str, Any] | None, today: str) -> Refusal | None:
    """Why nothing may rest on ``record`` on that day; None where it may."""
    if record is None:
        return Refusal("record_missing", record=rule.title) if rule.missing == "refused" else None
    last_day = record.get(rule.last_day or "")
    if rule.over == "refused" and last_day and today > str(last_day):
        return Refusal("record_over", record=rule.title, day=last_day)
    return None


def must_be_clear(turn: "Turn", step: "Step") -> None:
    """Refuses a step while cases that have to be over first still rest on this one (all cards are back)."""
    left = [name for name in step.after_cases if turn.facts.resting.get(name)]
    if left:
        count = sum(turn.facts.resting[name] for name in left)
        raise Refusal(
            "cases_resting", count=count, procedures=[turn.book.pack.titles.get(n, n) for n in left]
        )


def take(turn: "Turn", values: Mapping[str, Any], case: int | None, moves: Mapping[str, str]) -> None:
    """Another case changed this one: ``values`` go into the form, and steps that wait end as ``moves`` says.

    A case on an older version of its procedure, whose step does not know such an end, is left where it is.
    """
    turn.emit(ev.Amended(dict(values), case))
    for token in turn.state.tokens:
        outcome = moves.get(token.step)
        known = outcome is not None and outcome in turn.book.flow.targets.get(token.step, {})
        if outcome is not None and known and turn.state.token(token.step, token.branch) is not None:
            turn.finish(ev.Done(token.step, token.branch, outcome))
    turn.run_automatic()
