"""Every way a case can go: all reachable situations of a procedure, found by running the engine itself.

What a condition cannot tell apart is one situation: answers are abstract (see :mod:`choices`), people and times are
left out, and a situation is known by its open steps, the marks and answers that still matter, the clocks that run and
the questions that were put. Breadth first, so that the first way found to anything is a shortest one.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from banli.engine import events as ev
from banli.engine import verbs
from banli.engine.allowed import has_been_at
from banli.engine.check.choices import NOW, Choices
from banli.engine.check.subject import Subject
from banli.engine.check.watch import Sight, Watched
from banli.engine.decide import Facts
from banli.engine.money import position
from banli.engine.state import State, Token

#: More situations than this are not walked.
LIMIT = 40_000
SOMEBODY = 1
#: What any verb may want to be told beside the form.
EXTRA = {"assignee": SOMEBODY, "method": "cash"}


@dataclass
class Situation:
    """A state of the case, how it was come to, and the situations one act leads to."""

    state: State
    asked: frozenset[str]
    before: int | None
    label: str
    after: list[int] = field(default_factory=list)


@dataclass
class Ways:
    """What was found. ``seen``: each thing that must not happen, with the way to it."""

    situations: list[Situation] = field(default_factory=list)
    seen: dict[Sight, tuple[str, ...]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    started: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    complete: bool = True

    def way(self, number: int | None, last: str = "") -> tuple[str, ...]:
        """The acts that lead to a situation, and one more."""
        told = [last] if last else []
        while number is not None:
            told.append(self.situations[number].label)
            number = self.situations[number].before
        return tuple(reversed(told))


class Explorer:
    """Walks one procedure. ``overrides``: with what supervisors may do besides, and withdrawal."""

    def __init__(self, subject: Subject, *, overrides: bool) -> None:
        self.subject, self.overrides = subject, overrides
        self.book, self.flow = subject.book, subject.flow
        self.choices = Choices(subject.book)
        self.ways = Ways()
        self._known: dict[Hashable, int] = {}
        self._waiting: deque[int] = deque()
        self._marks = self._marks_that_matter()
        self._asked = self._questions_that_matter()
        self._papers = {
            s.holds or s.paper for s in self.flow.steps.values() if s.verb == "check_once" or s.holds
        }
        self._deciding = {n for n, c in subject.procedure.clocks.items() if c.late.step is not None}
        self._money = any(step.fees for step in self.flow.steps.values())
        self._apart = self._rows_apart()
        self._from_outside = self._seen_from_outside()
        self._facts = Facts()

    def walk(self) -> Ways:
        """Every situation, or as many as LIMIT allows."""
        for opening in self.choices.openings():
            self._facts = Facts(taken=opening.facts, settings=opening.settings)
            turn = self._turn(State(), frozenset())
            turn.begin(opening.applicant, begun=True)  # opened by hand, no more clocks run than these
            self._arrive(turn, None, opening.label())
        while self._waiting:
            number = self._waiting.popleft()
            for label, turn, ordinary in self._acts(self.ways.situations[number]):
                found = self._arrive(turn, number, label)
                if ordinary:
                    self.ways.situations[number].after.append(found)
            if len(self.ways.situations) > LIMIT:
                self.ways.complete = False
                break
        return self.ways

    # --- acts ---

    def _acts(self, here: Situation) -> Iterator[tuple[str, Watched, bool]]:
        state = here.state
        if state.status == "open":
            turns = self._in_turn(state)
            for token in state.tokens:
                if self._has_turn(token.step, token.branch, turns):
                    yield from ((label, turn, True) for label, turn in self._done(here, token))
            yield from ((label, turn, True) for label, turn in self._run_out(here))
        if self.overrides:
            yield from ((label, turn, False) for label, turn in self._overridden(here))

    def _in_turn(self, state: State) -> dict[str, int]:
        """Of each block whose rows cannot touch one another, the row that acts: the first that is still open.

        What happens in one row changes nothing in the others, and nothing outside while the block is open: whatever
        the order, each row passes through the same situations, and the block ends in the same one. So one order is
        walked instead of all.
        """
        told: dict[str, int] = {}
        for token in state.tokens:
            each = self.flow.each_around(token.step)
            if each in self._apart and token.branch is not None:
                told[each] = min(told.get(each, token.branch), token.branch)
        return told

    def _has_turn(self, step: str, branch: int | None, turns: dict[str, int]) -> bool:
        each = self.flow.each_around(step)
        return each is None or branch is None or turns.get(each, branch) == branch

    def _rows_apart(self) -> frozenset[str]:
        """The each blocks out of which nothing leads but their end: no outcome, intervention, withdrawal or clock."""
        procedure, flow = self.subject.procedure, self.flow
        if procedure.override is not None or any(c.late.step for c in procedure.clocks.values()):
            return frozenset()
        told = set()
        for name, block in flow.blocks.items():
            if block.kind != "each":
                continue
            inside = flow.inside(name)
            first = min(flow.order[step] for step in inside)
            before = procedure.withdraw.before if procedure.withdraw else ""
            settled = procedure.withdraw is None or bool(before and flow.order[before] < first)
            ways = (target for step in inside for target in flow.targets[step].values())
            if settled and all(t.kind in ("next", "again") or t.name in inside for t in ways):
                told.add(name)
        return frozenset(told)

    def _done(self, here: Situation, token: Token) -> Iterator[tuple[str, Watched]]:
        step = self.flow.steps[token.step]
        verb = verbs.find(step.verb)
        for name in self.flow.targets[token.step]:
            outcome = verb.outcome(name)
            if outcome.by_clock or verb.automatic:
                continue
            values = here.state.values(token.branch)
            answered = outcome.asks and not outcome.by_system
            answers = self.choices.answers(step, values) if answered else iter([{}])
            facts = self.choices.facts() if verb.files and outcome.good else [dict(here.state.facts)]
            for told in answers:
                for taken in facts:
                    turn = self._turn(here.state, here.asked, taken)
                    if answered:
                        turn.fill(token.step, token.branch, told)
                    done = ev.Done(token.step, token.branch, name, SOMEBODY, filed=verb.files)
                    turn.conclude(done, EXTRA)
                    changed = taken if taken != dict(here.state.facts) else {}
                    yield _label(token, name, told, changed), turn

    def _run_out(self, here: Situation) -> Iterator[tuple[str, Watched]]:
        for clock in here.state.clocks:
            if clock.on and clock.clock in self._deciding and clock.state != "late":
                turn = self._turn(here.state, here.asked)
                turn.run_out(clock, self.subject.procedure.clocks[clock.clock])
                turn.run_automatic()
                yield f"time: {_placed(clock.clock, clock.branch)} runs out", turn

    def _overridden(self, here: Situation) -> Iterator[tuple[str, Watched]]:
        procedure, state = self.subject.procedure, here.state
        withdraw = procedure.withdraw
        late = withdraw is None or any(mark.step == withdraw.before for mark in state.marks)
        if state.status == "open" and not late:
            turn = self._turn(state, here.asked)
            turn.end("withdrawn")
            yield "withdraw", turn
        for target in procedure.override.to if procedure.override else ():
            if has_been_at(self.book, state, target):
                turn = self._turn(state, here.asked)
                turn.send_back(target)
                yield f"{'send back' if state.status == 'open' else 'reopen'}: {target}", turn

    def _turn(self, state: State, asked: frozenset[str], taken: dict[str, str] | None = None) -> Watched:
        facts = self._facts if taken is None else Facts(taken=taken, settings=self._facts.settings)
        return Watched(self.book, state, facts, NOW, subject=self.subject, asked=set(asked))

    # --- situations ---

    def _arrive(self, turn: Watched, before: int | None, label: str) -> int:
        ways = self.ways
        for sight in turn.seen:
            if sight not in ways.seen:
                ways.seen[sight] = ways.way(before, label)
        ways.reached |= turn.reached
        ways.started |= turn.started
        ways.stopped |= turn.stopped
        asked = frozenset(turn.asked & self._asked)
        key = self._key(turn.state, asked)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(ways.situations)
            ways.situations.append(Situation(turn.state, asked, before, label))
            self._waiting.append(known)
        return known

    def _key(self, state: State, asked: frozenset[str]) -> Hashable:
        """All of a state that can make a difference later."""
        if state.status != "open" and not self.overrides:
            return state.status
        over = self._rows_over(state)
        marks = {
            (m.step, m.branch, m.outcome)
            for m in state.marks
            if m.step in self._marks and (m.branch not in over or m.step in self._from_outside)
        }
        been = max((self.flow.order[m.step] for m in state.marks), default=-1) if self.overrides else 0
        clocks = {
            (c.clock, c.branch, c.state == "late" and c.clock in self._deciding) for c in state.clocks if c.on
        }
        return (
            state.status,
            state.applicant,
            frozenset(state.facts.items()),
            frozenset(state.settings.items()),
            frozenset((n, _plain(value)) for n, value in state.form.items() if _row_of(n) not in over),
            frozenset((t.step, t.branch) for t in state.tokens),
            frozenset(marks),
            been,
            frozenset(clocks),
            frozenset(state.assigned),
            bool(state.filers),
            frozenset(paper for paper in state.papers if paper[0] in self._papers),
            position(state) if self._money else None,
            frozenset(name for name in asked if _row_of(name) not in over),
        )

    def _rows_over(self, state: State) -> frozenset[int]:
        """The rows of the one block whose rows are apart that are done: what they said makes no difference any more."""
        blocks = [name for name, block in self.flow.blocks.items() if block.kind == "each"]
        if len(blocks) != 1 or blocks[0] not in self._apart:
            return frozenset()
        inside = self.flow.inside(blocks[0])
        begun = {m.branch for m in state.marks if m.step in inside}
        still = {t.branch for t in state.tokens if t.step in inside}
        return frozenset(row for row in begun - still if row is not None)

    def _seen_from_outside(self) -> frozenset[str]:
        """Steps of rows that something outside the rows asks about: a safeguard, a seal, a condition, a withdrawal."""
        procedure, flow = self.subject.procedure, self.flow
        outside = {name: step for name, step in flow.steps.items() if flow.each_around(name) is None}
        told = {rule.before for rule in procedure.never if rule.do in outside}
        told |= {procedure.withdraw.before or ""} if procedure.withdraw else set()
        for step in outside.values():
            paper = self.book.pack.papers.get(step.paper or "")
            told |= {paper.seal.step} if paper and paper.seal else set()
            told |= {step.second or ""} | ({step.sends.consent} if step.sends else set())
            told |= {atom.name.removeprefix("outcome.") for atom in step.when.atoms()} if step.when else set()
        return frozenset(told)

    def _marks_that_matter(self) -> frozenset[str]:
        procedure, flow = self.subject.procedure, self.flow
        told = {rule.before for rule in procedure.never}
        told |= {name.removeprefix("outcome.") for name in self.choices.names if name.startswith("outcome.")}
        told |= {procedure.withdraw.before} if procedure.withdraw and procedure.withdraw.before else set()
        for step in flow.steps.values():
            paper = self.book.pack.papers.get(step.paper or "")
            if paper and paper.seal:
                told.add(paper.seal.step)
            if step.sends:
                told.add(step.sends.consent)
        for fields in self.subject.rewrites.values():
            told |= {signer for signers in fields.values() for signer in signers}
            told |= {one for one in (step.second, step.spends) if one}
        return frozenset(told)

    def _questions_that_matter(self) -> frozenset[str]:
        flow = self.flow
        told = set(self.choices.counted)
        since = (clock.due.at for clock in self.subject.procedure.clocks.values() if clock.due.within)
        told |= {at.removeprefix("form.") for at in since if at}
        for step in flow.steps.values():
            paper = self.book.pack.papers.get(step.issues() or "")
            if paper:
                told |= paper.fields()
            told |= set(step.handed_on().values())
            told |= {step.to.removeprefix("form.")} if step.to and step.to.startswith("form.") else set()
            sources = [source for fee in step.fees for source in (fee.times, fee.amount)]
            told |= {s.removeprefix("form.") for s in (*sources, step.deductions) if s}
        longest = max(
            (len(v) for f in told for v in self.choices.values(f) if isinstance(v, list)), default=0
        )
        rows = range(max(longest, 3)) if any(b.kind == "each" for b in flow.blocks.values()) else ()
        return frozenset(told | {f"{name}@{row}" for name in told for row in rows})


def _row_of(name: str) -> int | None:
    """The row a field's answer belongs to: ``name@row``."""
    row = name.partition("@")[2]
    return int(row) if row else None


def _plain(value: Any) -> Hashable:
    if isinstance(value, list):
        return tuple(value) if value and isinstance(value[0], str) else len(value)
    return value if isinstance(value, Hashable) else str(value)


def _label(token: Token, outcome: str, answers: dict[str, Any], facts: dict[str, str]) -> str:
    told = [f"form.{name}={_shown(value)}" for name, value in answers.items()]
    told += [f"fact.{name}={value}" for name, value in facts.items()]
    placed = _placed(token.step, token.branch)
    return f"{placed}: {outcome}" + (f" ({', '.join(told)})" if told else "")


def _placed(name: str, branch: int | None) -> str:
    """A name with its row, the first being 1, as scenarios write it."""
    return name if branch is None else f"{name}@{branch + 1}"


def _shown(value: Any) -> str:
    if value is None:
        return "not answered"
    if isinstance(value, list):
        return "+".join(value) if value and isinstance(value[0], str) else f"{len(value)} row(s)"
    return str(value)
