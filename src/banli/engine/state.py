"""Where a case stands, told by the fold of its events (:mod:`banli.engine.folding`) and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banli.engine.money import Charge, Out, Payment, Spent


@dataclass(frozen=True)
class Token:
    """A step that is waiting to be done. ``person`` is set where somebody was assigned to it."""

    step: str
    branch: int | None = None
    person: int | None = None
    since: str = ""


@dataclass(frozen=True)
class Mark:
    """A step that was done and still stands: who, as what, when. ``way`` and ``person``: how which owner agreed.

    ``entered_by``: who entered it afterwards, where that is somebody else.
    """

    step: str
    branch: int | None
    outcome: str
    by: int | None
    post: str
    at: str
    deputy_for: int | None = None
    note: str = ""
    signature: str = ""
    way: str = ""
    person: int | None = None
    entered_by: int | None = None


@dataclass(frozen=True)
class Running:
    """A clock that was started. ``state``: running, warned, late, paused or stopped. Times are ISO texts in UTC.

    ``within``, ``during``, ``since``, ``period`` and ``trigger`` as in :class:`banli.engine.events.ClockStarted`.
    ``paused``: since when it is, or was when it stopped, ``until``: when it is expected to go on; ``pauses``: those
    that are over, from when to when.
    ``reminders``: those still to be given.
    """

    clock: str
    branch: int | None
    started: str
    due: str
    warn: str = ""
    state: str = "running"
    stopped: str = ""
    was_late: bool = False
    within: str = ""
    during: str = ""
    since: str = ""
    paused: str = ""
    pauses: tuple[tuple[str, str], ...] = ()
    reminders: tuple[str, ...] = ()
    until: str = ""
    period: bool = False
    trigger: str = ""

    @property
    def on(self) -> bool:
        return self.state != "stopped"

    @property
    def counts(self) -> bool:
        """Whether its time passes: it was not stopped, and is not paused."""
        return self.state not in ("stopped", "paused")

    @property
    def red_at(self) -> str:
        """From when somebody has to look: it is due; a pause lasts longer than was expected. Empty for never.

        A period is waited out: nobody has to look.
        """
        if self.period:
            return ""
        if self.counts:
            return self.due
        return self.until if self.state == "paused" else ""


@dataclass(frozen=True)
class Reservation:
    """A slot this case holds; as in :class:`banli.engine.events.Reserved`."""

    step: str
    branch: int | None
    pool: str
    person: int | None
    slot: str
    units: int
    seats: tuple[int, ...] = ()


@dataclass(frozen=True)
class Allotment:
    """A place this case gave a vehicle; as in :class:`banli.engine.events.Allotted`."""

    step: str
    branch: int | None
    place: str
    plate: str
    since: str
    until: str
    vehicle: int
    entered: bool = False


@dataclass(frozen=True)
class State:
    """A case. ``form`` keeps a branch's answers under ``name@row``; ``settings``: those it was opened under."""

    status: str = "new"
    applicant: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    tokens: tuple[Token, ...] = ()
    marks: tuple[Mark, ...] = ()
    clocks: tuple[Running, ...] = ()
    assigned: Mapping[str, int] = field(default_factory=dict)
    filers: tuple[int, ...] = ()
    papers: tuple[tuple[str, str, int | None], ...] = ()
    books: tuple[tuple[str, int | None], ...] = ()
    charges: tuple[Charge, ...] = ()
    paid: tuple[Payment, ...] = ()
    outs: tuple[Out, ...] = ()
    spent: tuple[Spent, ...] = ()
    brought: Mapping[str, int] = field(default_factory=dict)
    refunds: tuple[tuple[str, int | None, int], ...] = ()
    reserved: tuple[Reservation, ...] = ()
    allotted: tuple[Allotment, ...] = ()
    joined_to: int | None = None
    repeats: tuple[int, ...] = ()
    mails: tuple[tuple[str, int | None, str], ...] = ()
    agreed: tuple[tuple[str, int | None, str], ...] = ()
    named: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def mail(self, step: str, branch: int | None) -> str | None:
        """The Message-ID of what a step laid in the outbox, the last time it was reached."""
        return next((m[2] for m in self.mails if m[:2] == (step, branch)), None)

    def persons(self, field: str, branch: int | None) -> tuple[int, ...]:
        """Whom of the staff an answer named when it was written down, the branch's own first."""
        own = f"{field}@{branch}"
        return self.named[own] if branch is not None and own in self.named else self.named.get(field, ())

    def call_at(self, step: str, branch: int | None) -> str:
        """When somebody wants to be called again, as an ISO text in UTC; empty where nothing was agreed."""
        return next((at for name, row, at in self.agreed if (name, row) == (step, branch)), "")

    def charge(self, step: str, branch: int | None) -> Charge | None:
        """What a pay step asks for, since it was reached."""
        return next((c for c in self.charges if (c.step, c.branch) == (step, branch)), None)

    def token(self, step: str, branch: int | None) -> Token | None:
        """The open step, if it is open."""
        return next((t for t in self.tokens if t.step == step and t.branch == branch), None)

    def mark(self, step: str, branch: int | None = None) -> Mark | None:
        """The standing mark of a step, if it was done."""
        return next((m for m in self.marks if m.step == step and m.branch in (branch, None)), None)

    def clock(self, name: str, branch: int | None) -> Running | None:
        """The clock, if it runs."""
        return next((c for c in self.clocks if c.clock == name and c.branch == branch and c.on), None)

    def answer(self, name: str, branch: int | None = None) -> Any:
        """A field's answer, the branch's own first."""
        own = f"{name}@{branch}"
        return self.form[own] if branch is not None and own in self.form else self.form.get(name)

    def values(self, branch: int | None = None) -> dict[str, Any]:
        """The names conditions may refer to."""
        told: dict[str, Any] = {"applicant": self.applicant}
        told.update((f"setting.{k}", v) for k, v in self.settings.items())
        told.update((f"fact.{k}", v) for k, v in self.facts.items())
        told.update((f"form.{k}", v) for k, v in self.form.items() if "@" not in k)
        if branch is not None:
            told.update(
                (f"form.{k.split('@')[0]}", v) for k, v in self.form.items() if k.endswith(f"@{branch}")
            )
        told.update((f"outcome.{m.step}", m.outcome) for m in self.marks if m.branch in (branch, None))
        return told
