"""What a case does to another, and other cases to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._event import Event


@dataclass(frozen=True)
class CaseStarted(Event):
    """Another case was started from this one; ``values`` are handed on to its form, ``carried`` deposits with it."""

    kind = "case_started"
    step: str = ""
    branch: int | None = None
    procedure: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    carried: Mapping[str, int] = field(default_factory=dict)
    case: int | None = None


@dataclass(frozen=True)
class RecordChanged(Event):
    """The case this one rests on takes ``values`` into its form; steps that wait in it, or rest on it, end so.

    ``moves``: step of a procedure → outcome, as in :attr:`banli.engine.procedure.Step.moves`.
    """

    kind = "record_changed"
    step: str = ""
    branch: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Amended(Event):
    """Another case, ``case``, changed what is written here: answers, or which steps are over."""

    kind = "amended"
    values: Mapping[str, Any] = field(default_factory=dict)
    case: int | None = None


@dataclass(frozen=True)
class JoinedTo(Event):
    """This report repeats the matter of ``case``, where it is followed up."""

    kind = "joined_to"
    case: int = 0


@dataclass(frozen=True)
class PartedFrom(Event):
    """It was joined to ``case`` by mistake: it is open again and followed up by itself."""

    kind = "parted_from"
    case: int = 0


@dataclass(frozen=True)
class Parted(Event):
    """``case``, which was joined to this one, is another matter after all."""

    kind = "parted"
    case: int = 0


@dataclass(frozen=True)
class Repeated(Event):
    """``case`` reported the same matter again, and was joined to this one."""

    kind = "repeated"
    case: int = 0
