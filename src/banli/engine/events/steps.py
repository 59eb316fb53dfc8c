"""A case's course: opened, its steps reached, done and undone, its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._event import Event


@dataclass(frozen=True)
class Opened(Event):
    """``settings``: those that conditions of the procedure ask for, as they were then."""

    kind = "opened"
    applicant: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FactsTaken(Event):
    """The facts the office supplied, taken again when the case was filed anew."""

    kind = "facts"
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filled(Event):
    kind = "filled"
    step: str = ""
    branch: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Named(Event):
    """The answer ``field`` names these of the staff: steps that are ``not_by`` it are not theirs."""

    kind = "named"
    step: str = ""
    branch: int | None = None
    field: str = ""
    persons: tuple[int, ...] = ()


@dataclass(frozen=True)
class Done(Event):
    """A step ended. ``signature`` is a SHA-256, ``paper`` or ``call``.

    ``filed``: it recorded what the case is about. Of an owner's consent: ``way`` how it was given, ``person`` by
    which owner, ``asked`` the identity questions they answered right, ``reference`` and ``scan`` of the paper.
    ``entered_by``: somebody else than ``by``, who entered it from the paper that ``by`` signed.
    """

    kind = "done"
    step: str = ""
    branch: int | None = None
    outcome: str = ""
    by: int | None = None
    post: str = ""
    deputy_for: int | None = None
    note: str = ""
    signature: str = ""
    filed: bool = False
    way: str = ""
    person: int | None = None
    asked: tuple[str, ...] = ()
    reference: str = ""
    scan: str = ""
    entered_by: int | None = None


@dataclass(frozen=True)
class BackEntered(Event):
    """What follows in this entry was done on paper at ``at`` (an ISO text in UTC) and entered afterwards.

    ``by``: the colleague who did it, where somebody else enters it, as ``post``, from the paper on ``scan``.
    ``reference``: where the paper is filed. ``reason``: why so late. ``sheet``: the serial of the empty form it was
    written on.
    """

    kind = "back_entered"
    at: str = ""
    by: int | None = None
    post: str = ""
    reference: str = ""
    scan: str = ""
    reason: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Attempted(Event):
    """A step was tried and stays open (nobody answered the telephone)."""

    kind = "attempted"
    step: str = ""
    branch: int | None = None
    outcome: str = ""
    by: int | None = None
    post: str = ""
    note: str = ""


@dataclass(frozen=True)
class Reached(Event):
    kind = "reached"
    step: str = ""
    branch: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class Skipped(Event):
    kind = "skipped"
    step: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Cancelled(Event):
    """An open step is no longer to be done, because the case went elsewhere or ended."""

    kind = "cancelled"
    step: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Lapsed(Event):
    """What these steps had decided or signed no longer stands."""

    kind = "lapsed"
    steps: tuple[str, ...] = ()
    branch: int | None = None


@dataclass(frozen=True)
class Assigned(Event):
    """``person`` does what the dispatch step ``step`` sends out."""

    kind = "assigned"
    step: str = ""
    person: int = 0


@dataclass(frozen=True)
class Agreed(Event):
    """Somebody will be called again at a moment they named: an ISO text in UTC."""

    kind = "agreed"
    step: str = ""
    branch: int | None = None
    at: str = ""


@dataclass(frozen=True)
class Reasoned(Event):
    """Why a supervisor intervened, or why the case was withdrawn."""

    kind = "reasoned"
    act: str = ""
    reason: str = ""
    by: int | None = None
    post: str = ""


@dataclass(frozen=True)
class Ended(Event):
    kind = "ended"
    end: str = ""


@dataclass(frozen=True)
class Reopened(Event):
    kind = "reopened"
