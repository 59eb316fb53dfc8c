"""What a supervisor may do about a case beside its own steps: send somebody else, send it back, open it again."""

from dataclasses import dataclass, field
from datetime import datetime

from banli.cases import access, facts
from banli.cases.able import unable
from banli.cases.models import Case
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.people.access import Desk
from banli.web.templatetags.say import say


@dataclass(frozen=True)
class Interventions:
    """``reassign``: ``step:person`` → whom to send instead. ``targets``: the steps it can go back to, by name."""

    reassign: dict[str, str] = field(default_factory=dict)
    targets: dict[str, Text] = field(default_factory=dict)
    open: bool = True

    def __bool__(self) -> bool:
        return bool(self.reassign or self.targets)


def interventions(desk: Desk, case: Case, book: Rulebook, state: State, now: datetime) -> Interventions:
    """What this desk may do; nothing where its posts do not allow it."""
    rule = book.procedure.override
    if rule is None or not access.may_intervene(desk, book):
        return Interventions()
    order = book.flow.order
    been = [t.step for t in state.tokens] + [m.step for m in state.marks]
    furthest = max((order[name] for name in been), default=-1)
    is_open = state.status == "open"
    reassign = _others(desk, book, state, now) if is_open else {}
    targets = {name: book.step_title(name) for name in rule.to if order[name] <= furthest}
    return Interventions(reassign, targets, is_open)


def _others(desk: Desk, book: Rulebook, state: State, now: datetime) -> dict[str, str]:
    """Who else could be sent, for each step that has sent somebody; the step is named where there are several."""
    sent = [name for name in state.assigned if name in book.flow.steps]
    told = {}
    for name in sent:
        title = say(book.step_title(name))
        held = facts.sendable(desk.estate, book, state, name, None, now)
        out = unable(book, state, name, None, desk.estate.pk, held, now)
        for pk, who in held.items():
            if pk != state.assigned[name] and pk not in out:
                told[f"{name}:{pk}"] = f"{title} · {who}" if len(sent) > 1 else who
    return told
