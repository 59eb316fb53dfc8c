"""Where a procedure names a setting, when each place reads it, and whether the values an estate sets go together.

The walk of the checker holds for every value a setting can have: conditions are explored for all of them. What it
cannot know is how the numbers an estate sets lie to one another. :func:`conflicts` judges that, before they are set.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from banli.engine import back_entry, consent
from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.conditions import Condition
from banli.engine.fields import Field, setting_of, settled
from banli.engine.limits import parse_limit
from banli.engine.procedure import Due
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text

_LENGTHS = {
    "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "month": timedelta(days=30),
}  # fmt: skip


@dataclass(frozen=True)
class Use:
    """A place that names a setting. ``kind``: what it is there; ``title``: the clock, question, step or paper."""

    kind: Literal["clock", "question", "condition", "paper", "act"]
    title: Text

    @property
    def frozen(self) -> bool:
        """Whether a case keeps the value it was opened under. A clock takes what holds when it starts, an act what
        holds when it is done."""
        return self.kind not in ("clock", "act")


def uses(book: Rulebook) -> dict[str, tuple[Use, ...]]:
    """Setting → the places of a procedure that name it, each once, in the order of the file."""
    told: dict[str, dict[Use, None]] = {}
    for name, use in _every(book):
        if name.startswith("setting."):
            told.setdefault(name.removeprefix("setting."), {})[use] = None
    return {name: tuple(found) for name, found in told.items()}


def _every(book: Rulebook) -> Iterator[tuple[str, Use]]:
    for field in book.procedure.form.values():
        use = Use("question", field.label)
        for named in (field.known, field.kept):
            yield named or "", Use("act", field.label)
        for named in (
            field.needed,
            field.at_least,
            field.at_most,
            setting_of(field.earliest),
            setting_of(field.latest),
        ):
            yield named or "", use
        for column in (field.columns or {}).values():
            for named in (column.at_least, *column.sorts.values()):
                yield named or "", use
        yield str(field.reckoned.begun) if field.reckoned else "", use
        for hours in field.hours:
            yield hours.within, use
            yield from _asked(hours.when, use)
        for when in (field.when, *(rule.when for rule in field.refuses)):
            yield from _asked(when, use)
    for name, step in book.flow.steps.items():
        use = Use("condition", book.step_title(name))
        for setting in consent.named(step):
            yield f"setting.{setting}", Use("act", book.step_title(name))
        for named in (step.sends.to, step.sends.whose, step.sends.password) if step.sends else ():
            yield named, Use("act", book.step_title(name))
        slots = step.reserves
        among = step.allots.among if step.allots else None
        for named in (step.hours, among, *((slots.slot, slots.most, slots.offers) if slots else ())):
            yield str(named or ""), Use("act", book.step_title(name))
        for when in (step.when, *(fee.when for fee in step.fees)):
            yield from _asked(when, use)
        yield (
            (step.valid_until.within if step.valid_until else None) or "",
            Use("clock", book.step_title(name)),
        )
    yield f"setting.{back_entry.LIMIT}", Use("act", book.step_title(book.flow.root.items[0]))
    if back_entry.sheets(book):
        yield f"setting.{back_entry.UNNUMBERED}", Use("act", book.step_title(book.flow.root.items[0]))
    if book.procedure.repeats is not None:
        yield book.procedure.repeats.within, Use("act", book.step_title(book.flow.root.items[0]))
    for clock in book.procedure.clocks.values():
        yield clock.due.within or clock.due.before or "", Use("clock", clock.title)
        yield clock.during or "", Use("clock", clock.title)
        yield from _asked(clock.when, Use("condition", clock.title))
    for rule in book.procedure.never:
        yield from _asked(rule.when, Use("condition", book.step_title(rule.do)))
    for paper in book.pack.papers.values():
        for named in paper.prints:
            yield named, Use("paper", paper.title)


def _asked(when: Condition | None, use: Use) -> Iterator[tuple[str, Use]]:
    for atom in when.atoms() if when is not None else ():
        yield atom.name, use


def conflicts(book: Rulebook, values: Mapping[str, Any]) -> list[Text]:
    """Why a procedure could not be done as written with these settings; nothing where it can.

    ``values``: every setting by name. A question whose least is above its most cannot be answered; one whose earliest
    is after its latest neither; a clock that would warn at its start, or before, warns nobody.
    """
    named = {f"setting.{name}": value for name, value in values.items()}
    told = []
    for field in book.procedure.form.values():
        told += _unanswerable(settled(field, named, lambda name: book.setting(name, values)))
    for name, step in book.flow.steps.items():
        if step.ways and not consent.ways(book, step, values):
            title = book.step_title(name)
            told.append(Text(zh=f"“{title.zh}”没有一种方式可用", en=f"no way would be left for “{title.en}”"))
    for clock in book.procedure.clocks.values():
        for warn in filter(None, (clock.warn, *(one.before for one in clock.remind))):
            if not _too_soon(clock.due, warn, values):
                continue
            told.append(Text(
                zh=f"时限“{clock.title.zh}”要提前 {warn} 提醒，不能这么短",
                en=f"the clock “{clock.title.en}” warns {warn} ahead and cannot be so short",
            ))  # fmt: skip
    return told


def _unanswerable(field: Field) -> list[Text]:
    label, told = field.label, []
    if field.type in ("integer", "money") and None not in (field.min, field.max) and field.min > field.max:  # type: ignore[operator]
        told.append(Text(
            zh=f"“{label.zh}”至少 {field.min}、最多 {field.max}，没有数可填",
            en=f"“{label.en}” would be at least {field.min} and at most {field.max}: no number is both",
        ))  # fmt: skip
    for column in (field.columns or {}).values():
        if None not in (column.min, column.max) and column.min > column.max:  # type: ignore[operator]
            told.append(Text(
                zh=f"“{label.zh}”的“{column.label.zh}”至少 {column.min}、最多 {column.max}，没有数可填",
                en=f"“{column.label.en}” of “{label.en}” would be at least {column.min} and at most {column.max}",
            ))  # fmt: skip
    early, late = (_after(limit) for limit in (field.earliest, field.latest))
    if early is not None and late is not None and early[0] == late[0] and early[1] > late[1]:
        told.append(Text(
            zh=f"“{label.zh}”的最早晚于最迟，没有时间可填",
            en=f"“{label.en}” would have to be later than its latest",
        ))  # fmt: skip
    return told


def _after(limit: str | None) -> tuple[str, timedelta] | None:
    if limit is None:
        return None
    base, span = parse_limit(limit)
    return base, _length(span) if span else timedelta()


def _too_soon(due: Due, warn: str, values: Mapping[str, Any]) -> bool:
    within = due.within or ""
    if due.end_of or not within.startswith("setting."):
        return False
    written = str(values[within.removeprefix("setting.")])
    return written != SAME_DAY and _length(written) <= _length(warn)


def _length(written: str) -> timedelta:
    much = parse_duration(written)
    return timedelta() if much.unit == SAME_DAY else _LENGTHS[much.unit] * much.number
