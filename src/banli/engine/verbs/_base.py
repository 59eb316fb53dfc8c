"""What a verb is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from banli.engine.text import Text

if TYPE_CHECKING:
    from banli.engine.events import Event
    from banli.engine.turn import Turn

Leads = Literal["next", "again", "back", "end", "written"]


@dataclass(frozen=True)
class Outcome:
    """One way a step can end.

    ``leads``: on to what follows, ``again`` (the step stays open), ``back`` (to ``back_to``; offered only
    where the file says where), ``end`` (of the case, at ``end``), or ``written`` (offered only where the
    file says where it leads).
    ``reason``: a note is obligatory. ``good``: the favourable way, for which the form must be complete.
    ``by_clock``: nobody can choose it; a clock that runs out gives it. ``by_record``: nor this; a case that
    rests on the same record gives it (``moves``). ``by_system``: nor this; the system gives it for what it has done.
    ``answered``: the step's questions are answered with it too, though it is not a good one.
    ``said``: what is said of it once it has come about, where that is not the word on its button.
    """

    name: str
    title: Text
    leads: Leads = "next"
    end: str = ""
    reason: bool = False
    good: bool = True
    by_clock: bool = False
    by_record: bool = False
    by_system: bool = False
    answered: bool = False
    said: Text | None = None

    @property
    def told(self) -> Text:
        """What it is called where it is told and not chosen: Approved, not Approve."""
        return self.said or self.title

    @property
    def asks(self) -> bool:
        """Whether the step's questions are answered with it."""
        return self.good or self.answered

    @property
    def chosen(self) -> bool:
        """Whether somebody chooses it."""
        return not (self.by_clock or self.by_record or self.by_system)


@dataclass(frozen=True)
class Verb:
    """A kind of step. Subclass to add rules or effects.

    ``approves``: whoever filed the case may never do it. ``files``: it records what the case is about.
    ``signs``: a signature is given. ``automatic``: done by the system the moment it is reached.
    ``needs`` / ``may``: keys a step of this verb must / may have besides the common ones.
    """

    name: str
    title: Text
    outcomes: tuple[Outcome, ...]
    approves: bool = False
    files: bool = False
    signs: bool = False
    automatic: bool = False
    waits: bool = False
    outsiders: bool = False
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    def outcome(self, name: str) -> Outcome:
        """The outcome called ``name``; KeyError if there is none."""
        return next(o for o in self.outcomes if o.name == name)

    def opens(self, turn: "Turn") -> "list[Event]":
        """Events that come with the step being reached."""
        return []

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        """Raise a Refusal if this step may not end so now. ``extra``: what was sent beside the answers."""

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> "list[Event]":
        """Events beside the step's own end."""
        return []


def done(zh: str, en: str, name: str = "done", *, said: str = "") -> Outcome:
    """The one ordinary outcome of a verb; ``said``: its English once it has come about."""
    return Outcome(name, Text(zh=zh, en=en), said=Text(zh=zh, en=said) if said else None)


def returned() -> Outcome:
    """Sent back for correction."""
    return Outcome(
        "returned", Text(zh="退回补正", en="Return for correction"), leads="back", reason=True, good=False,
        said=Text(zh="退回补正", en="Returned for correction"),
    )  # fmt: skip


def rejected() -> Outcome:
    """Refused for good."""
    return Outcome(
        "rejected", Text(zh="不同意", en="Reject"), leads="end", end="rejected", reason=True, good=False,
        said=Text(zh="不同意", en="Rejected"),
    )  # fmt: skip


def renewed() -> Outcome:
    """The record it rests on was extended: whatever bears the old date is made anew (P3.5, P3.6)."""
    return Outcome(
        "renewed", Text(zh="延期换新", en="To be renewed"), leads="written", good=False, by_record=True
    )
