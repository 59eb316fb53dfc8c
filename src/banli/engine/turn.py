"""One decision while it is being made: events are emitted, the state follows, the flow is walked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banli.engine import events as ev
from banli.engine import places, slots, verbs
from banli.engine.flow import Target
from banli.engine.money import Line, line_of
from banli.engine.money import settled as with_paid
from banli.engine.procedure import Fee, Never
from banli.engine.refusals import Refusal
from banli.engine.timekeeping import Timekeeping


@dataclass
class Turn(Timekeeping):
    """One action: what follows from it is worked out, until the case waits for somebody."""

    _opening: list[str] = field(default_factory=list)
    _automatic: list[tuple[str, int | None]] = field(default_factory=list)

    def at(self, step: str, branch: int | None) -> "Turn":
        """The turn, told which step is being done."""
        self.here = (step, branch)
        return self

    def begin(self, applicant: str, *, begun: bool = False) -> None:
        """A case is opened: its first step waits. ``begun``: for whoever takes it up, since something else began it."""
        bound = {
            name: self.book.setting(name, self.facts.settings) for name in sorted(self.book.bound_settings)
        }
        self.emit(ev.Opened(applicant, dict(self.facts.taken), bound))
        if self.facts.brought:
            self.emit(ev.Brought(dict(self.facts.brought)))
        for what in ("opened", "begun") if begun else ("opened",):
            self.trigger(what, None)
        self.reach(self.book.flow.root.items[0], None)
        self.run_automatic()

    def send_back(self, target: str) -> None:
        """A supervisor sends the case back to ``target``, or opens it again there.

        Clocks hear of it first: what waited is still running then, and what is owed once more starts.
        """
        was_open = self.state.status == "open"
        if not was_open:
            self.emit(ev.Reopened())
        self.trigger("sent_back" if was_open else "reopened", None)
        self.jump(target, None, None)
        self.run_automatic()

    def fill(self, step: str, branch: int | None, answers: Mapping[str, Any]) -> None:
        """A step's answers, already judged to be good, go into the form."""
        if answers:
            self.emit(ev.Filled(step, branch, dict(answers)))

    def conclude(self, done: ev.Done, extra: Mapping[str, Any]) -> None:
        """A step ends so: what follows from it happens, then what the system does by itself."""
        step = self.book.flow.steps[done.step]
        verb = verbs.find(step.verb)
        taken = dict(self.facts.taken)
        if done.filed and self.is_good(done.step, done.outcome) and taken and taken != dict(self.state.facts):
            self.emit(ev.FactsTaken(taken))
        for event in verb.effects(self.at(done.step, done.branch), done.outcome, extra):
            self.emit(event)
        if self.book.flow.targets[done.step][done.outcome].kind == "again":
            self.emit(ev.Attempted(done.step, done.branch, done.outcome, done.by, done.post, done.note))
            self.trigger(f"{done.step}.{done.outcome}", done.branch)
        else:
            self.finish(done)
        self.run_automatic()

    def finish(self, done: ev.Done) -> None:
        """A step ended: mark it, stop and start clocks, go where the outcome leads."""
        self._guard(done)
        self.emit(done)
        self._take_back(done)
        if self.is_good(done.step, done.outcome):
            slots.reserve(self, done.step, done.branch)
            places.allot(self, done.step, done.branch)
            places.vacate(self, done.step, done.branch)
        for what in dict.fromkeys((done.outcome, "done")):
            self.trigger(f"{done.step}.{what}", done.branch)
        self.go(self.book.flow.targets[done.step][done.outcome], done.step, done.branch)

    def _guard(self, done: ev.Done) -> None:
        """Safeguards hold whatever the file's steps say (the checker proves that this never refuses)."""
        for rule in self.broken(done):
            title = self.book.step_title
            raise Refusal("safeguard", step=title(rule.do), before=title(rule.before))

    def broken(self, done: ev.Done) -> list[Never]:
        """The safeguards that ``done`` would break: a good end of a step before which another had to stand."""
        target = self.book.flow.targets[done.step][done.outcome]
        if (target.kind == "end" and target.name != "done") or not self.is_good(done.step, done.outcome):
            return []
        return [
            rule
            for rule in self.book.procedure.never
            if rule.do == done.step
            and (rule.when is None or rule.when.holds(self.values(done.branch)))
            and not self.stands(rule.before, rule.do, done.branch)
        ]

    def stands(self, step: str, seen_from: str, branch: int | None) -> bool:
        """Whether a step was done with a good outcome and has not lapsed; seen from outside, in every row."""
        each = self.book.flow.each_around(step)
        if each in (None, self.book.flow.each_around(seen_from)):
            mark = self.state.mark(step, branch)
            return mark is not None and self.is_good(step, mark.outcome)
        rows = self.state.form.get(self.book.flow.blocks[each].over or "") or ()
        good = {m.branch for m in self.state.marks if m.step == step and self.is_good(step, m.outcome)}
        return good >= set(range(len(rows)))

    def must_be_consented(self, consent: str, step: str, branch: int | None) -> None:
        """Nothing is sent without a consent that stands (the checker proves that this never refuses)."""
        if not self.stands(consent, step, branch):
            title = self.book.step_title
            raise Refusal("safeguard", step=title(step), before=title(consent))

    def is_good(self, step: str, outcome: str) -> bool:
        """Whether an outcome is the favourable one of a step's verb."""
        return verbs.find(self.book.flow.steps[step].verb).outcome(outcome).good

    def go(self, target: Target, step: str, branch: int | None) -> None:
        """Go where an outcome leads."""
        if target.kind == "next":
            self._past(step, branch)
        elif target.kind == "step":
            self.jump(target.name, step, branch)
        else:
            self.end(target.name)

    def jump(self, target: str, source: str | None, branch: int | None) -> None:
        """Go to ``target``: branches that are left are cancelled, and what stood after a return lapses."""
        flow = self.book.flow
        kept = set(flow.around(target))
        inner = branch if flow.each_around(target) else None
        left = [b for b in flow.around(source) if b not in kept] if source else []
        for token in self.state.tokens:
            if source is None or (
                left and token.step in flow.inside(left[-1]) and inner in (None, token.branch)
            ):
                self.emit(ev.Cancelled(token.step, token.branch))
        if source is None or flow.order[target] <= flow.order[source]:
            self._lapse(target, inner, renewed=source is not None and self._renews(source, branch))
        self.reach(target, inner)

    def _renews(self, source: str, branch: int | None) -> bool:
        """Whether the way goes back to make something anew, and not because something was wrong."""
        mark = self.state.mark(source, branch)
        if mark is None:
            return False
        outcome = verbs.find(self.book.flow.steps[source].verb).outcome(mark.outcome)
        return outcome.good or outcome.by_record

    def _lapse(self, target: str, branch: int | None, *, renewed: bool = False) -> None:
        flow = self.book.flow
        gone = flow.lapses(target)
        here = tuple(
            sorted(
                {m.step for m in self.state.marks if m.step in gone and branch in (None, m.branch)},
                key=flow.order.__getitem__,
            )
        )
        if here:
            self.emit(ev.Lapsed(here, branch))
        self._void(gone, branch, renewed=renewed)
        slots.free(self, frozenset(gone), branch)
        places.free(self, frozenset(gone), branch)

    def _void(
        self, steps: frozenset[str], branch: int | None, *,
        expired: bool = False, back: bool = False, renewed: bool = False,
    ) -> None:  # fmt: skip
        issued = {p[1] for p in self.state.papers if p[1] in steps and branch in (None, p[2])}
        if issued:
            self.emit(ev.PapersVoided(tuple(sorted(issued)), branch, expired, back, renewed))

    def _take_back(self, done: ev.Done) -> None:
        """The papers a step takes back are void (P2: when a card is returned, it is void)."""
        gone = self.book.flow.steps[done.step].voids
        if gone and self.is_good(done.step, done.outcome):
            issuing = {name for name, step in self.book.flow.steps.items() if step.paper in gone}
            self._void(frozenset(issuing), done.branch, back=True)

    def reach(self, name: str, branch: int | None) -> None:
        """Open an item: a step whose condition holds, or every branch of a block."""
        flow = self.book.flow
        if name in flow.blocks:
            self._open_block(name, branch)
            return
        step = flow.steps[name]
        if step.when is not None and not step.when.holds(self.values(branch)):
            self.emit(ev.Skipped(name, branch))
            self._past(name, branch)
            return
        sender = step.assigned_by()
        self.emit(ev.Reached(name, branch, self.state.assigned.get(sender) if sender else None))
        self.trigger(f"{name}.opened", branch)
        if step.fees:
            self._charge(name, branch)
        verb = verbs.find(step.verb)
        for event in verb.opens(self.at(name, branch)):
            self.emit(event)
        if verb.automatic:
            self._automatic.append((name, branch))

    def _open_block(self, name: str, branch: int | None) -> None:
        block = self.book.flow.blocks[name]
        self._opening.append(name)
        if block.kind == "each":
            rows = self.state.form.get(block.over or "") or []
            for row in range(len(rows)):
                self.reach(block.branches[0][0], row)
        else:
            for line in block.branches:
                self.reach(line[0], branch)
        self._opening.remove(name)
        self._join(name, branch)

    def _past(self, name: str, branch: int | None) -> None:
        """What follows an item that is over: the next of its line, or the end of its branch."""
        line = self.book.flow.lines[name]
        following = line.after(name)
        if following is not None:
            self.reach(following, branch)
        elif line.block is None:
            self.end("done")
        elif line.block not in self._opening:
            self._join(line.block, branch)

    def _join(self, name: str, branch: int | None) -> None:
        """Go past a block once no step of it is open."""
        flow = self.book.flow
        block = flow.blocks[name]
        inside = flow.inside(name)
        if any(t.step in inside and (block.kind == "each" or t.branch == branch) for t in self.state.tokens):
            return
        if self.back:
            self._catch_up(inside)
        self._past(name, None if block.kind == "each" else branch)

    def _catch_up(self, inside: frozenset[str]) -> None:
        """Branches may be entered in any order: what follows them happens when the last of them was done."""
        last = max((mark.at for mark in self.state.marks if mark.step in inside), default="")
        if last > self.now_text:
            self.set_back(ev.BackEntered(at=last))

    def run_automatic(self) -> None:
        """Do the steps that the system does, as long as there are any."""
        while self._automatic:
            name, branch = self._automatic.pop(0)
            if self.state.token(name, branch) is None:
                continue
            verb = verbs.find(self.book.flow.steps[name].verb)
            for event in verb.effects(self.at(name, branch), verb.outcomes[0].name, {}):
                self.emit(event)
            self.finish(ev.Done(name, branch, verb.outcomes[0].name))

    def end(self, name: str) -> None:
        """The case is over: nothing stays open, no clock runs on; papers are void unless it came to good."""
        for token in self.state.tokens:
            self.emit(ev.Cancelled(token.step, token.branch))
        for clock in self.state.clocks:
            if clock.on:
                self._stop(clock)
        if name != "done":
            self._void(frozenset(self.book.flow.steps), None, expired=name == "expired")
            places.free(self, frozenset(self.book.flow.steps), None)
        slots.free(self, frozenset(self.book.flow.steps), None)
        self.emit(ev.Ended(name))

    def assign(self, step: str, person: int) -> None:
        """Send ``person``; open steps, and the slot, of the one sent before become theirs."""
        held = [one.branch for one in self.state.reserved if one.step == step and one.person is not None]
        slots.free(self, frozenset({step}), None)
        self.emit(ev.Assigned(step, person))
        for branch in held:
            slots.reserve(self, step, branch)
        self.emit(ev.Told((), person, "assigned", step))
        for token in self.state.tokens:
            if self.book.flow.steps[token.step].assigned_by() == step:
                self.emit(ev.Cancelled(token.step, token.branch))
                self.emit(ev.Reached(token.step, token.branch, person))

    def _charge(self, name: str, branch: int | None) -> None:
        lines = [self._line(fee, branch) for fee in self.charged(name, branch)]
        told = with_paid(self.state, name, branch, lines, anew=self.book.flow.steps[name].anew)
        due = sum(line.due for line in told)
        self.emit(ev.Charged(name, branch, due, tuple(line.to_json() for line in told)))

    def charged(self, name: str, branch: int | None) -> list[Fee]:
        """The lines of a step's charge whose condition holds now."""
        values = self.values(branch)
        return [fee for fee in self.book.flow.steps[name].fees if fee.when is None or fee.when.holds(values)]

    def _line(self, fee: Fee, branch: int | None) -> Line:
        count: Any = 1
        if fee.times:
            count = self.state.answer(fee.times.removeprefix("form."), branch)
            count = len(count) if isinstance(count, (list, tuple)) else count or 0
        agreed = self.state.answer(fee.amount.removeprefix("form."), branch) if fee.amount else None
        price = self.book.pack.prices[fee.price]
        return line_of(fee.price, price, self.book.tariff(fee.price, self.facts.prices), count, agreed)
