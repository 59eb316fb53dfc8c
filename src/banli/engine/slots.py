"""Slots of time that are given once (P8: a booked slot cannot be given twice).

A day is divided from midnight on into slots of one length; a moment belongs to the one it lies in. How many may be
given in a slot is a setting of the estate, or one for each person who is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from banli.engine import events as ev
from banli.engine.clocks import Duration, parse_duration
from banli.engine.hours import Hours, parse_hours
from banli.engine.procedure import Reserves
from banli.engine.refusals import Refusal
from banli.engine.text import Text

if TYPE_CHECKING:
    from banli.engine.turn import Turn

DAY = 24 * 60
#: How many free slots a refusal names, and how far away, in days, they are looked for.
NAMED, REACH = 4, 7
#: (the person, or 0 where it is nobody's own; the slot's beginning, ISO in UTC) → how many are given.
Given = Mapping[tuple[int, str], int]


@dataclass(frozen=True)
class Slot:
    """From ``begins`` (aware) on, ``minutes`` long."""

    begins: datetime
    minutes: int

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def key(self) -> str:
        """Its beginning, as it is kept."""
        return self.begins.astimezone(UTC).isoformat()

    def told(self, zone: ZoneInfo) -> Text:
        """5月6日 14:00–16:00."""
        local, end = self.begins.astimezone(zone), self.ends.astimezone(zone)
        until = "24:00" if end.time() == time() else f"{end:%H:%M}"
        return Text(
            zh=f"{local.month}月{local.day}日 {local:%H:%M}–{until}", en=f"{local:%-d %b %H:%M}–{until}"
        )


def slot_at(moment: datetime, length: Duration, zone: ZoneInfo) -> Slot:
    """The slot a moment (aware) lies in. What is not measured in minutes or hours is a whole day."""
    minutes = min({"m": 1, "h": 60}.get(length.unit, DAY) * max(length.number, 1), DAY)
    local = moment.astimezone(zone)
    since = (local.hour * 60 + local.minute) // minutes * minutes
    midnight = datetime.combine(local.date(), time(), zone)
    return Slot(midnight + timedelta(minutes=since), min(minutes, DAY - since))


def reserve(turn: "Turn", step: str, branch: int | None) -> None:
    """Give the slot that a step reserves. Refuses with ``slot_taken``, which names free ones nearby.

    Nothing is given where no time was asked for, or where that time is over.
    """
    rule = turn.book.flow.steps[step].reserves
    asked = turn.state.answer(rule.at.removeprefix("form."), branch) if rule else None
    if rule is None or not asked or not _asked_now(turn, rule.at, branch):
        return
    zone = turn.facts.zone
    length = parse_duration(str(_said(turn, rule.slot)))
    slot = slot_at(datetime.fromisoformat(asked).replace(tzinfo=zone), length, zone)
    if slot.ends <= turn.now:
        return
    person = turn.state.assigned.get(step) if rule.each else None
    units = turn.state.answer(rule.units.removeprefix("form."), branch) if rule.units else 1
    book = _Book(turn, rule, person, int(units or 1), length)
    if not book.free(slot):
        raise book.why_not(slot, step)
    turn.emit(ev.Reserved(step, branch, rule.pool, person, slot.key, book.units, book.most))


def _asked_now(turn: "Turn", at: str, branch: int | None) -> bool:
    """Whether the time still applies: what was booked before it became urgent is not."""
    when = turn.book.procedure.form[at.removeprefix("form.")].when
    return when is None or when.holds(turn.values(branch))


def free(turn: "Turn", steps: frozenset[str], branch: int | None) -> None:
    """What these steps had reserved is free again. ``branch`` None means every row."""
    for one in turn.state.reserved:
        if one.step in steps and branch in (None, one.branch):
            turn.emit(ev.Freed(one.step, one.branch))


class _Book:
    """What is given of one pool, seen by whoever wants ``units`` of it."""

    def __init__(
        self, turn: "Turn", rule: Reserves, person: int | None, units: int, length: Duration
    ) -> None:
        self.turn, self.rule, self.person, self.units, self.length = turn, rule, person, units, length
        self.most = int(_said(turn, rule.most))
        self.given: Given = turn.facts.given.get(rule.pool, {})
        self.offers: Hours | None = parse_hours(str(_said(turn, rule.offers))) if rule.offers else None

    def free(self, slot: Slot) -> bool:
        """Whether it still has room; what this case holds already counts."""
        own = (r for r in self.turn.state.reserved if (r.pool, r.person, r.slot) == self._here(slot))
        taken = self.given.get((self.person or 0, slot.key), 0) + sum(one.units for one in own)
        return taken + self.units <= self.most

    def _here(self, slot: Slot) -> tuple[str, int | None, str]:
        return self.rule.pool, self.person, slot.key

    def why_not(self, slot: Slot, step: str) -> Refusal:
        """The refusal, at the question that asked for the time where it is asked in this very step."""
        zone = self.turn.facts.zone
        near = [one.told(zone) for one in self._near(slot)]
        code = "slot_person" if self.person else "slot_taken" if near else "slot_none"
        why = Refusal(code, slot=slot.told(zone), free=near or ["—"], days=REACH)
        field = self.rule.at.removeprefix("form.")
        if field in self.turn.book.flow.steps[step].asks:
            return Refusal("form_invalid", count=1, fields={field: why})
        return why

    def _near(self, slot: Slot) -> list[Slot]:
        """The nearest free slots in the hours in which they are offered, in their order."""
        zone, found = self.turn.facts.zone, []
        for away in range(1, REACH * DAY // slot.minutes + 1):
            for minutes in (-away * slot.minutes, away * slot.minutes):
                near = slot_at(slot.begins + timedelta(minutes=minutes), self.length, zone)
                if near.begins > self.turn.now and self._offered(near) and self.free(near):
                    found.append(near)
            if len(found) >= NAMED:
                break
        return sorted(set(found[:NAMED]), key=lambda one: one.begins)

    def _offered(self, slot: Slot) -> bool:
        wall = slot.begins.astimezone(self.turn.facts.zone)
        return self.offers is None or self.offers.hold_on(wall, self.turn.facts.holidays)


def _said(turn: "Turn", written: str | int) -> str | int:
    """What is written, or what the estate has set today."""
    if isinstance(written, int) or not written.startswith("setting."):
        return written
    told: str | int = turn.book.setting(written.removeprefix("setting."), turn.facts.settings)
    return told
