"""What every event is: a small frozen fact with a name, that can be written down."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

_NAMES: dict[type[Any], tuple[str, ...]] = {}


def names_of(kept: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass, looked up once: every event and mark that is written asks."""
    if kept not in _NAMES:
        _NAMES[kept] = tuple(one.name for one in fields(kept))
    return _NAMES[kept]


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``kind`` names it in the journal."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; what is None or empty is left out."""
        told: dict[str, Any] = {"event": self.kind}
        for name in names_of(type(self)):
            value = getattr(self, name)
            if (
                value is not None and value is not False and value not in ("", (), {})
            ):  # nought says something
                told[name] = list(value) if isinstance(value, tuple) else value
        return told
