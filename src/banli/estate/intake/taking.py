"""What a batch of rows means for the house: what is new, what changes, what stays as it is. Nothing is written here.

Trying and taking in go the same way, so that what was promised is what happens. A row is known again by what it is
about: a building and a home by their number, a person by their paper, else by name and telephone, else by name in the
same home; so taking in the same workbook twice changes nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from ..actions import Particulars, paper_index, set_particulars
from ..belongings import PaymentStanding, Vehicle
from ..models import Building, Estate, Occupancy, Person, Unit
from ..rooms import Room, key_of
from .known import Known, meets
from .sheets import Fault, Line

declare(
    {
        "no_such_building": Text(
            zh="没有 {building} 栋，请先在“楼栋”表里列出。",
            en="There is no building {building}; list it under Buildings first.",
        ),
        "no_such_unit": Text(
            zh="没有这套房：{key}。请写全楼栋、单元和房号，或先在“房屋”表里列出。",
            en="There is no home {key}. Give building, entrance and room, or list it under Homes first.",
        ),
        "said_before": Text(zh="与第 {row} 行说的是同一个。", en="This is the same as row {row}."),
        "paper_twice": Text(
            zh="这个证件号码在第 {row} 行写的是另一个姓名。", en="Row {row} gives this number under another name."
        ),
        "plate_elsewhere": Text(
            zh="这个车牌已登记在 {key}，请先在那里结束。", en="This plate is entered under {key}; end it there first."
        ),
        "another_estate": Text(
            zh="这里只能导入本小区（{estate}）。别的小区请在它自己那里导入。",
            en="Only this estate ({estate}) is taken in here; take in another one at its own desk.",
        ),
        "ends_before_it_begins": Text(zh="止不能早于起（{since}）。", en="It cannot end before it begins ({since})."),
    }
)  # fmt: skip


#: Stands for a name that is missing, which is told already.
UNSAID = "无名"


@dataclass
class Changed:
    """A row that is there and will say something else: what it said, by field."""

    row: Model
    before: dict[str, Any]


@dataclass
class Plan:
    """What a batch does: rows to make, rows to change, by kind of thing; and a word for each line."""

    made: list[Model] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    tally: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "same": 0})
    faults: list[Fault] = field(default_factory=list)

    def change(self, row: Model, told: dict[str, Any]) -> bool:
        """Bring a row to what was told, if it says anything else; whether it did."""
        before = {name: getattr(row, name) for name, value in told.items() if getattr(row, name) != value}
        if not before:
            return False
        for name in before:
            setattr(row, name, told[name])
        if row.pk is not None and not any(one.row is row for one in self.changed):
            self.changed.append(Changed(row, before))
        return True


@dataclass
class Taking:
    """One workbook on its way in: what its earlier rows said. ``dry``: nothing of it is in the database yet."""

    estate: Estate
    dry: bool
    today: date = field(default_factory=timezone.localdate)
    seen: dict[tuple[Any, ...], int] = field(default_factory=dict)
    papers: dict[str, tuple[str, int]] = field(default_factory=dict)
    buildings: dict[str, Building] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def plan(self, lines: list[Line]) -> Plan:
        """What lines of one kind do."""
        plan = Plan()
        sound = [line for line in lines if not line.faults]
        for line in lines:
            if line.faults and line.kind.key == "people":
                _particulars(line)  # told with the rest, so that a row is corrected once
        do = {
            "estate": self._estate, "buildings": self._buildings, "units": self._units, "people": self._people,
            "vehicles": self._vehicles, "standings": self._standings,
        }[lines[0].kind.key]  # fmt: skip
        do(plan, sound)
        plan.faults = [fault for line in lines for fault in line.faults]
        return plan

    def _once(self, line: Line, *about: Any, column: str) -> bool:
        """Whether no earlier row of the workbook said the same thing."""
        row = self.seen.setdefault((line.kind.key, *about), line.number)
        if row != line.number:
            line.wrong(column, Refusal("said_before", row=row))
        return row == line.number

    def _estate(self, plan: Plan, lines: list[Line]) -> None:
        for line in lines:
            told = dict(line.values)
            if told.pop("code") != self.estate.code:
                line.wrong("code", Refusal("another_estate", estate=self.estate.code))
            elif self._once(line, column="code"):
                plan.tally["changed" if plan.change(self.estate, told) else "same"] += 1

    def _buildings(self, plan: Plan, lines: list[Line]) -> None:
        held = {one.code: one for one in Building.objects.filter(estate=self.estate)}
        for line in lines:
            told = dict(line.values)
            code = told.pop("code")
            if not self._once(line, code, column="code"):
                continue
            building = held.get(code)
            if building is None:
                told = {"name": f"{code}栋", "aliases": [], **told}
                building = Building(estate=self.estate, code=code, **told)
                plan.made.append(building)
                plan.tally["new"] += 1
                if self.dry:
                    self.buildings[code] = building
            else:
                plan.tally["changed" if plan.change(building, told) else "same"] += 1

    def _units(self, plan: Plan, lines: list[Line]) -> None:
        codes = {line.values["building"] for line in lines}
        buildings = self.buildings | {
            one.code: one for one in Building.objects.filter(estate=self.estate, code__in=codes)
        }
        keys = {line.number: _key(line) for line in lines}
        held = {one.key: one for one in Unit.objects.filter(estate=self.estate, key__in=keys.values())}
        for line in lines:
            key, told = keys[line.number], dict(line.values)
            code, entrance = told.pop("building"), told.pop("entrance", "")
            if code not in buildings:
                line.wrong("building", Refusal("no_such_building", building=code))
            elif self._once(line, key, column="room"):
                unit = held.get(key)
                if unit is None:
                    unit = Unit(
                        estate=self.estate, building=buildings[code], entrance=entrance, key=key, **told
                    )
                    plan.made.append(unit)
                    plan.tally["new"] += 1
                    if self.dry:
                        self.units[key] = unit
                else:
                    told.pop("room")
                    plan.tally["changed" if plan.change(unit, told) else "same"] += 1

    def _standings(self, plan: Plan, lines: list[Line]) -> None:
        units = self._homes(lines)
        held = {
            (one.unit_id, one.as_of): one
            for one in PaymentStanding.objects.filter(unit__in=[one.pk for one in units.values() if one.pk])
        }
        for line in lines:
            unit, told = self._home(line, units), dict(line.values)
            told.pop("room")
            if unit is None or not self._once(line, unit.key, told["as_of"], column="as_of"):
                continue
            standing = held.get((unit.pk or 0, told["as_of"]))
            if standing is None:
                plan.made.append(PaymentStanding(estate=self.estate, unit=unit, **told))
                plan.tally["new"] += 1
            else:
                plan.tally["changed" if plan.change(standing, told) else "same"] += 1

    def _vehicles(self, plan: Plan, lines: list[Line]) -> None:
        units = self._homes(lines)
        found = Vehicle.objects.filter(
            estate=self.estate, plate__in=[line.values["plate"] for line in lines]
        ).select_related("unit")
        held: dict[str, list[Vehicle]] = {}
        for one in found.order_by("since"):
            held.setdefault(one.plate, []).append(one)
        for line in lines:
            unit, told = self._home(line, units), dict(line.values)
            told.pop("room")
            if unit is None or not self._once(line, told["plate"], column="plate"):
                continue
            begins = told.get("since") or self.today
            now = [one for one in held.get(told["plate"], []) if meets(one, begins, told.get("until"))]
            here = next((one for one in now if one.unit_id == unit.pk and unit.pk), None)
            if not self._in_order(line, here.since if here else begins):
                continue
            if here is not None:
                told.pop("since", None)
                plan.tally["changed" if plan.change(here, told) else "same"] += 1
            elif now:
                line.wrong("plate", Refusal("plate_elsewhere", key=now[0].unit.key))
            else:
                plan.made.append(Vehicle(estate=self.estate, unit=unit, **{"since": self.today, **told}))
                plan.tally["new"] += 1

    def _people(self, plan: Plan, lines: list[Line]) -> None:
        checked = [(line, told) for line in lines if (told := _particulars(line)) is not None]
        units = self._homes([line for line, _ in checked])
        known = Known.of(self.estate.pk, units.values(), [told for _, told in checked])
        for line, told in checked:
            unit = self._home(line, units)
            if unit is not None:
                self._person(plan, line, told, unit, known)

    def _person(self, plan: Plan, line: Line, told: Particulars, unit: Unit, known: "Known") -> None:
        role = line.values["role"]
        paper = paper_index(self.estate.pk, told.id_kind, told.id_number) if told.id_number else ""
        if paper:
            name, row = self.papers.setdefault(paper, (told.name, line.number))
            if name != told.name:
                line.wrong("id_number", Refusal("paper_twice", row=row))
                return
        begins = line.values.get("since")
        about = (unit.key, role, told.name, paper or told.phone, begins)
        if not self._once(line, *about, column="name"):
            return
        person = known.person(told, paper, unit)
        if person is not None and paper and person.id_index == paper and person.name != told.name:
            line.wrong("id_number", Refusal("paper_of_another", name=person.name))
            return
        lives = known.occupancy(unit, person, role, begins or self.today, line.values.get("until"))
        if not self._in_order(line, lives.since if lives else begins or self.today):
            return
        new = person is None
        if person is None:
            person = Person(estate=self.estate)
            set_particulars(person, told)
            plan.made.append(person)
            known.learn(person, told, unit)
        else:
            new = False
        changed = not new and self._corrected(plan, person, told)
        moved = self._lives(plan, line, unit, person, lives, known)
        plan.tally["new" if moved == "new" else "changed" if changed or moved else "same"] += 1

    def _corrected(self, plan: Plan, person: Person, told: Particulars) -> bool:
        """A person who is known, with what is told anew; what was left blank stays."""
        full = replace(told, phone=told.phone or _clear(person, "phone"))
        if not told.id_number:
            full = replace(full, id_kind=person.id_kind, id_number=_clear(person, "id_number"))
        before = Particulars(
            person.name, _clear(person, "phone"), person.id_kind, _clear(person, "id_number")
        )
        if full == before:
            return False
        set_particulars(person, full)
        if person.pk is not None and not any(one.row is person for one in plan.changed):
            plan.changed.append(Changed(person, {"particulars": before}))
        return True

    def _lives(
        self, plan: Plan, line: Line, unit: Unit, person: Person, lives: Occupancy | None, known: "Known"
    ) -> str:
        until: date | None = line.values.get("until")
        if lives is not None and (until is None or lives.until == until):
            return ""
        if lives is not None and until is not None and (lives.until is None or until < lives.until):
            return "changed" if plan.change(lives, {"until": until}) else ""
        # A lease that goes on is a row of its own: what was agreed before stays as it was.
        since = lives.until + timedelta(days=1) if lives is not None and lives.until else None
        goes_on = Occupancy(
            estate=self.estate, unit=unit, person=person, role=line.values["role"],
            since=since or line.values.get("since") or self.today, until=until,
        )  # fmt: skip
        plan.made.append(goes_on)
        known.moved_in(unit, goes_on)
        return "new"

    def _in_order(self, line: Line, begins: date) -> bool:
        until = line.values.get("until")
        if until is not None and until < begins:
            line.wrong("until", Refusal("ends_before_it_begins", since=begins.isoformat()))
            return False
        return True

    def _homes(self, lines: list[Line]) -> dict[str, Unit]:
        """The homes that the lines name, by key; of a workbook that is only tried, those it would make too."""
        keys = {key for line in lines for key in _keys(line.values["room"])}
        held = Unit.objects.filter(estate=self.estate, key__in=keys).select_related("building")
        planned = {key: self.units[key] for key in keys if key in self.units}
        return planned | {one.key: one for one in held}

    def _home(self, line: Line, units: dict[str, Unit]) -> Unit | None:
        room = line.values["room"]
        unit = next((units[key] for key in _keys(room) if key in units), None)
        if unit is None:
            line.wrong("room", Refusal("no_such_unit", key=room.key))
        return unit


def _key(line: Line) -> str:
    return key_of(line.values["building"], line.values.get("entrance", ""), line.values["room"])


def _keys(room: Room) -> list[str]:
    """The keys that a room may have: 12栋3502 may be the room 502 of entrance 3."""
    keys = [room.key]
    if room.entrance is None and len(room.room) in (4, 5) and room.room.isdigit():
        keys.append(key_of(room.building or "", room.room[0], room.room[1:]))
    return keys


def _particulars(line: Line) -> Particulars | None:
    """What a line says of a person, checked; None with the faults marked where it is wrong."""
    values = line.values
    kind = values.get("id_kind", "")
    if values.get("id_number") and not kind:
        kind = Person.Paper.CN_ID
    number = values.get("id_number", "")
    told = Particulars(values.get("name", UNSAID), values.get("phone", ""), kind if number else "", number)
    try:
        return told.checked()
    except Refusal as why:
        for name, reason in why.fields.items():
            line.wrong(name, reason)
        return None


def _clear(person: Person, name: str) -> str:
    return str(getattr(person, name) or "")
