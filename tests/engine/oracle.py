"""A second opinion on a procedure, reached by brute force and without the checker.

Every way a case can go is tried through the engine's own door (``decide``), with concrete answers and people, without
the checker's abstractions. Whether a safeguard was broken is judged from the events alone, with the engine's guard
taken off: what it guards against is left out of the file, and looked for here.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from banli.engine import decide, verbs
from banli.engine import events as ev
from banli.engine.decide import Act, Actor, Facts
from banli.engine.fields import Field
from banli.engine.folding import apply
from banli.engine.pack import Pack
from banli.engine.procedure import Never, Procedure
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State
from banli.engine.turn import Turn
from banli.engine.verbs.refund import due_back

from .office import NOW, POSTS

ANYBODY = {who: Actor(who, dict.fromkeys(POSTS)) for who in (1, 2)}
EXTRA = {
    "assignee": 2, "method": "cash", "ticked": ["a", "identified", "told", 0, 1, 2], "reference": "in the files",
}  # fmt: skip
PUT_OFF = "2099-01-01T00:00:00+00:00"
MANY = 1500


@dataclass
class Opinion:
    """``broken``: numbers of safeguards; ``dead``: steps never reached; ``lost``: whether a case can be endless."""

    broken: set[int] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    lost: bool = False
    whole: bool = True


def due_at(book: Rulebook, state: State, step: str, branch: int | None) -> int:
    """What is to change hands at a step."""
    charge = state.charge(step, branch)
    if book.flow.steps[step].of is None:
        return charge.due if charge else 0
    backs, kept = due_back(Turn(book, state, Facts(), NOW, here=(step, branch)))
    return sum(back.fen for back in backs) - kept


def opinion_of(procedure: Procedure, pack: Pack) -> Opinion:
    """Try every way."""
    return _Oracle(procedure, pack).look()


def safeguards_broken(
    book: Rulebook, events: Iterable[ev.Event], good: frozenset[tuple[str, int | None]], before: State
) -> tuple[set[int], frozenset[tuple[str, int | None]]]:
    """Which safeguards (by number) some events break, and what stands done well after them. ``good``: before them."""
    judge = _Oracle(book.procedure, book.pack)
    after = judge._read(list(events), good, before)
    return judge.told.broken, after


#: An answer of each kind that is good.
GOOD: dict[str, Any] = {
    "text": "事", "long_text": "事", "person_name": "张小明", "cn_id": "11010519491231002X", "phone": "13800138000",
    "date": "2026-05-02", "datetime": "2026-05-02T15:00", "integer": 1, "money": 100,
}  # fmt: skip


class _Oracle:
    def __init__(self, procedure: Procedure, pack: Pack) -> None:
        self.rules = procedure.never
        bare = procedure.model_copy(update={"never": (), "apart": ()})
        self.book = Rulebook.of(bare, pack)
        self.told = Opinion(dead=set(self.book.flow.steps))
        self.holders = {post: {2} for post in pack.posts}
        names = {atom.name for when in _conditions(procedure) for atom in when.atoms()}
        self.asked = {name.removeprefix("form.") for name in names if name.startswith("form.")}
        self.facts = ("yes", "no") if "fact.authority" in names else ("yes",)
        self.roles = procedure.applicant.roles if "applicant" in names else procedure.applicant.roles[:1]
        asked = [name.removeprefix("setting.") for name in names if name.startswith("setting.")]
        asked = [name for name in asked if pack.settings[name].type == "yes_no"]
        self.settings = [
            dict(zip(asked, one, strict=True)) for one in product(("yes", "no"), repeat=len(asked))
        ]

    def look(self) -> Opinion:
        known: dict[Any, int] = {}
        after: list[set[int]] = []
        ended: set[int] = set()
        waiting: deque[tuple[State, frozenset[tuple[str, int | None]], int]] = deque()

        def arrive(state: State, good: frozenset[tuple[str, int | None]]) -> int:
            key = (_key(state), good)
            if key not in known:
                known[key] = len(after)
                after.append(set())
                if state.status != "open":
                    ended.add(known[key])
                waiting.append((state, good, known[key]))
            return known[key]

        for state, events in self._openings():
            arrive(state, self._read(events, frozenset(), State()))
        while waiting:
            state, good, number = waiting.popleft()
            for then, events in self._acts(state) if state.status == "open" else ():
                after[number].add(arrive(then, self._read(events, good, state)))
            if len(after) > MANY:
                self.told.whole = False
                return self.told
        self.told.lost = len(_reaching(after, ended)) < len(after)
        return self.told

    def _openings(self) -> Iterator[tuple[State, list[ev.Event]]]:
        for role, fact, settings in product(self.roles, self.facts, self.settings):
            facts = Facts(taken={"authority": fact}, holders=self.holders, settings=settings)
            events, state = decide.open_case(self.book, role, None, ANYBODY[1], facts, NOW)
            yield state, events

    def _acts(self, state: State) -> Iterator[tuple[State, list[ev.Event]]]:
        for token in state.tokens:
            step = self.book.flow.steps[token.step]
            for outcome in self.book.flow.targets[token.step]:
                for answers in self._answers(step.asks):
                    for fact in self.facts if step.verb == "fill" else (state.facts["authority"],):
                        facts = Facts(taken={"authority": fact}, holders=self.holders)
                        extra = {**EXTRA, "fen": due_at(self.book, state, token.step, token.branch)}
                        act = Act(token.step, outcome, token.branch, answers, "because", "paper", extra)
                        yield from self._tried(state, act, facts)
        for clock in state.clocks:
            if clock.on and clock.state != "late":
                yield self._alone(state, clock)

    def _alone(self, state: State, clock: Running) -> tuple[State, list[ev.Event]]:
        """This clock runs out and no other: the others are put off until it has."""
        later = NOW.replace(year=NOW.year + 1)
        others = tuple(c if c is clock else replace(c, due=PUT_OFF, warn="") for c in state.clocks)
        events, then = decide.tick(self.book, replace(state, clocks=others), Facts(), later)
        dues = {(c.clock, c.branch): (c.due, c.warn) for c in state.clocks}
        back = [
            replace(c, due=dues[c.clock, c.branch][0], warn=dues[c.clock, c.branch][1])
            if c.due == PUT_OFF
            else c
            for c in then.clocks
        ]
        return replace(then, clocks=tuple(back)), events

    def _tried(self, state: State, act: Act, facts: Facts) -> Iterator[tuple[State, list[ev.Event]]]:
        """Done by whoever may: somebody else than filed, so that four eyes are no obstacle."""
        for who in ANYBODY.values():
            try:
                events, then = decide.act(self.book, state, act, who, facts, NOW)
            except Refusal:
                continue
            yield then, events
            return

    def _answers(self, asks: tuple[str, ...]) -> list[dict[str, Any]]:
        names, values = [], []
        for name in asks:
            question = self.book.procedure.form[name]
            if question.sums:
                continue  # reckoned, not asked
            if question.type == "table":
                row = self._row(question)
                options: list[Any] = [[row], [row, row]] if self._counted(name) else [[row]]
            elif question.choices():
                options = list(question.choices())
                options = options if name in self.asked else options[:1]
            elif not question.required and question.latest == "now":
                options = [None]  # what is over has no moment that is good for every question
            else:
                options = [GOOD.get(question.type)]
            names.append(name)
            values.append(options)
        return [dict(zip(names, one, strict=True)) for one in product(*values)]

    def _row(self, table: Field) -> dict[str, Any]:
        """A good row; one that charges by the price list, at the list's price or the least of its range."""
        columns = {name: one for name, one in (table.columns or {}).items() if not one.reckoned}
        row = {
            name: next(iter(one.options)) if one.options else GOOD[one.type] for name, one in columns.items()
        }
        for line in [row[name] for name, one in columns.items() if one.lines]:
            tariff = self.book.tariff(line, {})
            agreed = tariff.low if tariff.fen is None else None
            row |= {name: agreed for name, one in columns.items() if one.type == "money"}
        return row

    def _counted(self, name: str) -> bool:
        return any(block.over == name for block in self.book.flow.blocks.values())

    def _read(
        self, events: list[ev.Event], good: frozenset[tuple[str, int | None]], before: State
    ) -> frozenset[tuple[str, int | None]]:
        """What was done well and stands, from the events alone; a safeguard that breaks on the way is told."""
        standing, state = set(good), before
        for event in events:
            if isinstance(event, ev.Reached):
                self.told.dead.discard(event.step)
            elif isinstance(event, ev.Lapsed):
                standing = {
                    (s, row)
                    for s, row in standing
                    if s not in event.steps or (event.branch is not None and row != event.branch)
                }
            elif isinstance(event, ev.Done):
                standing.discard((event.step, event.branch))
                if self._well(event):
                    for number, rule in enumerate(self.rules):
                        if rule.do == event.step and self._breaks(rule, event, standing, state):
                            self.told.broken.add(number)
                if verbs.find(self.book.flow.steps[event.step].verb).outcome(event.outcome).good:
                    standing.add((event.step, event.branch))
            state = apply(state, event, "2026-05-01T01:00:00+00:00")
        return frozenset(standing)

    def _well(self, event: ev.Done) -> bool:
        target = self.book.flow.targets[event.step][event.outcome]
        good = verbs.find(self.book.flow.steps[event.step].verb).outcome(event.outcome).good
        return good and not (target.kind == "end" and target.name != "done")

    def _breaks(
        self, rule: Never, event: ev.Done, standing: set[tuple[str, int | None]], state: State
    ) -> bool:
        if rule.when is not None and not rule.when.holds(state.values(event.branch)):
            return False
        flow = self.book.flow
        each, here = flow.each_around(rule.before), flow.each_around(rule.do)
        if each is None:
            return (rule.before, None) not in standing
        if each == here:
            return (rule.before, event.branch) not in standing
        rows = state.form.get(flow.blocks[each].over or "") or ()
        return any((rule.before, row) not in standing for row in range(len(rows)))


def _conditions(procedure: Procedure) -> Iterator[Any]:
    for _, step in procedure.each_step():
        if step.when is not None:
            yield step.when
    for clock in procedure.clocks.values():
        if clock.when is not None:
            yield clock.when
    for rule in procedure.never:
        if rule.when is not None:
            yield rule.when
    for question in procedure.form.values():
        if question.when is not None:
            yield question.when


def _key(state: State) -> Any:
    return (
        state.status,
        state.applicant,
        tuple(sorted(state.facts.items())),
        repr(sorted(state.form.items(), key=lambda one: one[0])),
        frozenset((t.step, t.branch) for t in state.tokens),
        frozenset((m.step, m.branch, m.outcome) for m in state.marks),
        frozenset((c.clock, c.branch, c.state == "late") for c in state.clocks if c.on),
        frozenset(state.assigned),
        state.filers,
    )


def _reaching(after: list[set[int]], ended: set[int]) -> set[int]:
    """All situations from which one of ``ended`` can be reached."""
    before: list[set[int]] = [set() for _ in after]
    for number, others in enumerate(after):
        for other in others:
            before[other].add(number)
    found, waiting = set(ended), list(ended)
    while waiting:
        for number in before[waiting.pop()] - found:
            found.add(number)
            waiting.append(number)
    return found
