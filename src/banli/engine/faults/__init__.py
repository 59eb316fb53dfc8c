"""What can be wrong with a pack: a stable code, a sentence and an advice in both languages, and the place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from banli.engine.faults import fit, form, names, scenario, ways
from banli.engine.faults._saying import Saying
from banli.engine.text import Text

#: Every fault there is. Codes are stable; docs/authoring.md lists them.
FAULTS: dict[str, Saying] = {**form.FAULTS, **names.FAULTS, **fit.FAULTS, **ways.FAULTS, **scenario.FAULTS}


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a pack: ``line`` from 1, a stable ``code``, ``path``: the shortest way to it."""

    file: str
    line: int
    key: str
    code: str
    params: tuple[tuple[str, str], ...] = field(default=(), compare=True)
    path: tuple[str, ...] = ()

    @property
    def message(self) -> Text:
        """What is wrong."""
        return self._filled(FAULTS[self.code].message)

    @property
    def advice(self) -> Text:
        """What to write instead."""
        return self._filled(FAULTS[self.code].advice)

    def _filled(self, text: Text) -> Text:
        told = dict(self.params)
        zh = {name: value.split(" / ")[0] for name, value in told.items()}
        en = {name: value.split(" / ")[-1] for name, value in told.items()}
        return Text(zh=text.zh.format_map(zh), en=text.en.format_map(en))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.key}: " if self.key else f"{self.file}:{self.line}: "
        told = f"{place}{self.message.zh} / {self.message.en}"
        told += f"\n    → {self.advice.zh} / {self.advice.en}"
        if self.path:
            told += "\n    经过 path: " + " → ".join(self.path)
        return told


class Faulty(Exception):
    """A pack with faults; it is not loaded, and what ran before goes on."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


def fault(
    file: str, line: int, keys: Iterable[str | int], code: str, path: Iterable[str] = (), **params: Any
) -> Fault:
    """A fault of a known ``code``; a parameter "zh / en" says the same in both languages."""
    if code not in FAULTS:
        raise KeyError(f"no sentence for fault code {code!r}")
    told = tuple((name, _words(value)) for name, value in params.items())
    return Fault(file, line, ".".join(map(str, keys)), code, told, tuple(path))


def _words(value: Any) -> str:
    if isinstance(value, Text):
        return f"{value.zh} / {value.en}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "— / nothing"
    return str(value)
