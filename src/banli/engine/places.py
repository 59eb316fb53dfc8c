"""Fixed places that a vehicle is given for days that are paid for, each once (P20).

A step that ``allots`` gives a place from a first day to a last one, both included. It is anybody's again when the case
goes back to before that step or comes to nothing; after its last day; and earlier where a step ``vacates`` it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from banli.engine import events as ev
from banli.engine.plates import check_plate
from banli.engine.procedure import Allots
from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.turn import Turn

DAY = timedelta(days=1)
#: The most places that a range such as A001~A999 is read as, and that are read of an estate's list.
MOST_IN_A_RANGE, MOST = 2_000, 20_000
_RANGE = re.compile(r"^(?P<head>.*?)(?P<first>\d+)(?:[~～至]|—+)(?P<again>.*?)(?P<last>\d+)$")


@dataclass(frozen=True)
class Held:
    """What others hold: ``place`` is ``plate``'s from ``since`` to ``until`` (None: no end is known).

    ``home``: another home's number, under which the vehicle is entered; the place is empty where it has none there.
    ``free_of_case``: it was written down without a case, before places were given for days.
    """

    place: str
    plate: str
    since: date
    until: date | None
    home: str = ""
    free_of_case: bool = False

    def overlaps(self, since: date, until: date) -> bool:
        return self.since <= until and (self.until is None or self.until >= since)


#: (place, plate, day) → everything that is held of either, by other cases, on the day before that day or later.
Places = Callable[[str, str, date], Sequence[Held]]


def nothing_held(place: str, plate: str, since: date) -> Sequence[Held]:
    """Nobody holds anything."""
    return ()


def one_way(text: str) -> str:
    """A place as it is written one way: half-width, capitals, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).upper())


def listed(text: str) -> list[str]:
    """The places an estate lists, in their order: ``A001~A120, B1-01~B1-60, 地面3``. A hyphen is part of a place."""
    told: dict[str, None] = {}
    for part in re.split(r"[,，、;；\n]", text):
        told.update(dict.fromkeys(_spread(one_way(part))))
    return list(told)[:MOST]


def _spread(part: str) -> list[str]:
    found = _RANGE.match(part)
    if found is None or found["again"] not in ("", found["head"]):
        return [part] if part else []
    first, last, wide = int(found["first"]), int(found["last"]), len(found["first"])
    if not 0 <= last - first < MOST_IN_A_RANGE:
        return [part]
    return [f"{found['head']}{number:0{wide}}" for number in range(first, last + 1)]


def allot(turn: "Turn", step: str, branch: int | None) -> None:
    """Give the place that a step allots, unless something of it is not answered."""
    rule = turn.book.flow.steps[step].allots
    if rule is None:
        return
    told = {key: turn.state.answer(name, branch) for key, name in rule.fields().items()}
    if not all(told[key] for key in ("place", "plate", "since", "until")):
        return
    place, plate = one_way(str(told["place"])), _plate(turn, step, rule, str(told["plate"]))
    since, until = date.fromisoformat(told["since"]), date.fromisoformat(told["until"])
    known = listed(
        str(turn.book.setting(rule.among.removeprefix("setting."), turn.facts.settings) if rule.among else "")
    )
    if known and place not in known:
        raise _at(turn, step, rule.place, Refusal("place_unknown", place=place))
    key, why = _why_not(turn, place, plate, since, until)
    if why is not None:
        raise _at(turn, step, getattr(rule, key), why)
    written = {rule.place.removeprefix("form."): place, rule.plate.removeprefix("form."): plate}
    turn.fill(
        step,
        branch,
        {name: said for name, said in written.items() if turn.state.answer(name, branch) != said},
    )
    turn.emit(ev.Allotted(step, branch, place, plate, since.isoformat(), until.isoformat()))


def _plate(turn: "Turn", step: str, rule: Allots, typed: str) -> str:
    try:
        return check_plate(typed)
    except Refusal as why:
        raise _at(turn, step, rule.plate, why) from None


def _why_not(turn: "Turn", place: str, plate: str, since: date, until: date) -> tuple[str, Refusal | None]:
    """Which answer stands in the way, and why: the home, what the vehicle has, who has the place, the day to go on."""
    today = turn.now.astimezone(turn.facts.zone).date()
    held = sorted(turn.facts.places(place, plate, min(since, today)), key=lambda one: one.since)
    own = [one for one in held if one.plate == plate and not one.free_of_case]
    for one in held:
        if not one.overlaps(since, until):
            continue
        if one.plate == plate and one.home:
            return "plate", Refusal("vehicle_elsewhere", plate=plate, home=one.home)
        if one.place == place and one.plate != plate:
            if one.until is None:
                return "place", Refusal("place_held", place=place)
            return "place", Refusal("place_held_until", place=place, since=one.since, until=one.until)
        if one in own and one.place and one.place != place:
            return "plate", Refusal("vehicle_has_place", plate=plate, place=one.place, until=one.until)
    ends = [one.until for one in own if one.place == place and one.until and one.until >= min(since, today)]
    goes_on = max(ends, default=None)
    if goes_on is not None and since != goes_on + DAY:
        return "since", Refusal("place_goes_on", place=place, day=goes_on + DAY)
    return "", None


def _at(turn: "Turn", step: str, name: str, why: Refusal) -> Refusal:
    """The refusal, at the question where that is asked in this very step."""
    field = name.removeprefix("form.")
    if field in turn.book.flow.steps[step].asks:
        return Refusal("form_invalid", count=1, fields={field: why})
    return why


def vacate(turn: "Turn", step: str, branch: int | None) -> None:
    """What the case was allotted stands no longer than the day a step names."""
    name = turn.book.flow.steps[step].vacates
    last = turn.state.answer(name.removeprefix("form."), branch) if name else None
    if not last:
        return
    for one in turn.state.allotted:
        if one.branch in (None, branch) and last < one.until:
            turn.emit(ev.Vacated(one.step, one.branch, last if last >= one.since else ""))


def free(turn: "Turn", steps: frozenset[str], branch: int | None) -> None:
    """What these steps had allotted never was. ``branch`` None means every row."""
    for one in turn.state.allotted:
        if one.step in steps and branch in (None, one.branch):
            turn.emit(ev.Vacated(one.step, one.branch))
