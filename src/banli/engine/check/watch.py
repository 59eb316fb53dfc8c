"""A Turn that is watched: it does what it always does, and what must not happen is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from banli.engine import events as ev
from banli.engine import verbs
from banli.engine.check.subject import Keys, Subject
from banli.engine.money import held, receipt_of, spent_at
from banli.engine.procedure import Due
from banli.engine.turn import Turn


@dataclass(frozen=True)
class Sight:
    """Something that must not happen: the fault's code, where it stands in the file, its parameters."""

    code: str
    keys: Keys
    params: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True)
class Watched(Turn):
    """``asked``: the questions put so far, as ``name`` or ``name@row``. ``seen``: what must not happen."""

    subject: Subject
    asked: set[str] = field(default_factory=set)
    seen: list[Sight] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    started: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    _ending: bool = False

    def note(self, code: str, keys: Keys, **params: str) -> None:
        """Write down what must not happen."""
        self.seen.append(Sight(code, keys, tuple(params.items())))

    def fill(self, step: str, branch: int | None, answers: Mapping[str, Any]) -> None:
        for name, signers in self.subject.rewrites.get(step, {}).items():
            for signer in signers:
                if self.stands(signer, step, branch):
                    keys = self.subject.at(step, "asks")
                    self.note("signed_changed", keys, field=name, signer=signer)
        super().fill(step, branch, answers)
        self.asked.update(name if branch is None else f"{name}@{branch}" for name in self._asks(step))

    def _asks(self, step: str) -> tuple[str, ...]:
        return self.book.flow.steps[step].asks

    def was_asked(self, name: str, branch: int | None) -> bool:
        """Whether a question was put, in this row or before the rows."""
        plain = name.removeprefix("form.")
        return plain in self.asked or f"{plain}@{branch}" in self.asked

    def emit(self, event: ev.Event) -> None:
        if isinstance(event, ev.Reached):
            self._reached(event)
        elif isinstance(event, ev.Done):
            self._done(event)
        elif isinstance(event, ev.PaperIssued):
            self._issued(event)
        elif isinstance(event, ev.CaseStarted):
            self._handed_on(event)
        elif isinstance(event, ev.ClockStarted):
            self.started.add(event.clock)
        elif isinstance(event, ev.ClockStopped) and not self._ending:
            self.stopped.add(event.clock)
        super().emit(event)

    def _reached(self, event: ev.Reached) -> None:
        self.reached.add(event.step)
        step = self.book.flow.steps[event.step]
        if (step.to or "").startswith("form.") and not self.was_asked(step.to or "", event.branch):
            keys = self.subject.at(event.step, "to")
            self.note("post_unnamed", keys, field=(step.to or "").removeprefix("form."))
        sender = step.assigned_by()
        if sender and event.person is None:
            self.note("nobody_assigned", self.subject.at(event.step, "by"), name=sender)
        shown = step.paper if step.verb == "check_once" else step.holds
        if shown and not any(
            paper == shown and row in (event.branch, None) for paper, _, row in self.state.papers
        ):
            key = "holds" if step.holds else "paper"
            self.note("paper_not_issued", self.subject.at(event.step, key), paper=shown)

    def _done(self, event: ev.Done) -> None:
        verb = verbs.find(self.book.flow.steps[event.step].verb)
        self._settle(event)
        if verb.approves and verb.outcome(event.outcome).good and not self.state.filers:
            self.note("no_filer", self.subject.at(event.step, "verb"))

    def _issued(self, event: ev.PaperIssued) -> None:
        self._spend(event)
        paper = self.book.pack.papers[event.paper]
        sends = self.book.flow.steps[event.step].sends is not None
        keys = self.subject.at(event.step, *(("sends",) if sends else ()), "paper")
        for name in sorted(paper.fields()):
            when = self.book.procedure.form[name].when
            applies = when is None or when.holds(self.values(event.branch))
            if applies and not self.was_asked(name, event.branch):
                self.note("paper_unasked", keys, field=name)
        if paper.seal and not self.stands(paper.seal.step, event.step, event.branch):
            self.note("paper_unsealed", keys, step=paper.seal.step)

    def _handed_on(self, event: ev.CaseStarted) -> None:
        for to, given in self.book.flow.steps[event.step].handed_on().items():
            if not self.was_asked(f"form.{given}", event.branch):
                keys = self.subject.at(event.step, "gives", to)
                self.note("gives_unasked", keys, field=given)

    def _guard(self, done: ev.Done) -> None:
        """What would be refused is written down and goes on: the guard must not hide what it guards against."""
        for rule in self.broken(done):
            number = self.book.procedure.never.index(rule)
            self.note("safeguard", ("never", number), do=rule.do, before=rule.before)

    def must_be_consented(self, consent: str, step: str, branch: int | None) -> None:
        """As with a safeguard: it is written down, and what comes after is walked too."""
        if not self.stands(consent, step, branch):
            self.note("sent_unconsented", self.subject.at(step, "sends", "consent"), consent=consent)

    def end(self, name: str) -> None:
        if name == "done":
            for token in self.state.tokens:
                self.note("left_open", self.subject.at(token.step), name=token.step)
            for clock in self.state.clocks:
                if clock.on:
                    self.note("clock_left_running", ("clocks", clock.clock))
        left = next((p for p in self.state.paid if p.kind == "deposit"), None)
        if left is not None and held(self.state) > 0:
            self.note("deposit_left", self.subject.at(left.step, "fees"), step=left.step, end=name)
        self._ending = True
        super().end(name)

    def trigger(self, name: str, branch: int | None) -> None:
        before = len(self.events)
        super().trigger(name, branch)
        begun = {e.clock for e in self.events[before:] if isinstance(e, ev.ClockStarted)}
        for title, clock in self.book.starting.get(name, ()):
            if clock.late.step is None or title in begun:
                continue
            if self.state.clock(title, self.row_of(title, branch)):
                self.note("clock_stale", ("clocks", title), step=name.split(".")[0])

    def due(self, due: Due, branch: int | None, during: str | None = None) -> datetime | None:
        moment, field = super().due(due, branch, during), due.at or due.end_of or ""
        if moment is None or (due.at and due.within and not self.was_asked(field, branch)):
            self.note("due_unanswered", self._place(due), field=field)
        return moment

    def _place(self, due: Due) -> Keys:
        for name, clock in self.book.procedure.clocks.items():
            if clock.due is due:
                return ("clocks", name)
        return self.subject.at(self.here[0], "valid_until")

    def _charge(self, name: str, branch: int | None) -> None:
        fees = self.book.flow.steps[name].fees
        lines = self.charged(name, branch)
        for fee in lines:
            for key, code, source in (
                ("times", "count_unasked", fee.times),
                ("amount", "amount_unasked", fee.amount),
            ):
                if source and not self.was_asked(source, branch):
                    keys = self.subject.at(name, "fees", fees.index(fee), key)
                    self.note(code, keys, field=source.removeprefix("form."))
        if not lines:
            self.note("nothing_due", self.subject.at(name, "fees"))
        super()._charge(name, branch)

    def _spend(self, event: ev.PaperIssued) -> None:
        """A receipt's line is there to be used, and was not used before."""
        spends = self.book.flow.steps[event.step].spends
        if spends is None:
            return
        keys = self.subject.at(event.step, "spends")
        paid = receipt_of(self.state, self.book.flow, spends, event.step, event.branch)
        if not self.stands(spends, event.step, event.branch) or not paid:
            self.note("spends_unpaid", keys, step=spends)
        unit = event.branch if self.book.flow.each_around(spends) is None else None
        if any(spent_at(self.state, spends, one.branch, unit) for one in paid):
            self.note("spent_twice", keys, step=spends)

    def _settle(self, event: ev.Done) -> None:
        """A deduction was agreed to by somebody before the refund."""
        step = self.book.flow.steps[event.step]
        if step.of is None or step.deductions is None or not self.is_good(event.step, event.outcome):
            return
        if not self.was_asked(step.deductions, event.branch):
            keys = self.subject.at(event.step, "deductions")
            self.note("amount_unasked", keys, field=step.deductions.removeprefix("form."))
        rows = self.state.answer(step.deductions.removeprefix("form."), event.branch)
        if rows and not self.stands(step.second or "", event.step, event.branch):
            self.note("deduction_alone", self.subject.at(event.step, "second"), step=step.second or "")

    def _open_block(self, name: str, branch: int | None) -> None:
        over = self.book.flow.blocks[name].over
        if over and not self.was_asked(over, branch):
            self.note("count_unasked", self.subject.at(name, "each"), field=over)
        super()._open_block(name, branch)
