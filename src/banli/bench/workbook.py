"""Excel in: a workbook of a whole estate tried, taken in, tried again and undone, by the worker's own code."""

import io
import random
import time
from collections.abc import Iterator, Sequence

import xlsxwriter

from banli.config.year.words import GIVEN, SURNAMES
from banli.engine.identity import check_digit
from banli.estate.intake import actions, work
from banli.estate.intake.kinds import KINDS
from banli.estate.intake.models import Intake
from banli.estate.models import Estate
from banli.people.access import Desk, desk_of
from banli.people.models import Staff

from .pages import Timed

SEED = 20261128
FIRST = 800  # the first building's number, of three digits: the pages' part of the bench begins at 100
FLOORS, DOORS = 30, 4
HOMES = FLOORS * DOORS  # of a building


def measure(estate: Estate, rows: int) -> tuple[int, list[Timed]]:
    """So many rows, rounded down to whole buildings: how many they were, and the milliseconds of each thing done."""
    by = desk_of(Staff.objects.get(username="chen"), estate.pk, strict=True)
    buildings = max(1, rows // rows_of_a_building())
    content = _content(buildings)
    timed = [Timed("tried"), Timed("taken in"), Timed("tried again, nothing new"), Timed("undone")]
    first = _tried(by, content, timed[0])
    _worked(actions.confirm(by=by, intake=first), timed[1], Intake.State.DONE)
    again = _tried(by, content, timed[2])
    if any(told["new"] or told["changed"] for told in again.tally.values()):
        raise RuntimeError(f"the same workbook again would change something: {again.tally}")
    actions.drop(by=by, intake=again)
    _worked(actions.undo(by=by, intake=first), timed[3], Intake.State.UNDONE)
    return buildings * rows_of_a_building(), timed


def rows_of_a_building() -> int:
    """Itself; each home with an owner, one of the family and how it has paid; for every second home a vehicle."""
    return 1 + HOMES * 4 + HOMES // 2


def _tried(by: Desk, content: bytes, timed: Timed) -> Intake:
    return _worked(actions.send_in(by=by, name="estate.xlsx", content=content), timed, Intake.State.CHECKED)


def _worked(intake: Intake, timed: Timed, wanted: Intake.State) -> Intake:
    """What the worker does with it, timed; it must end as it should."""
    began = time.perf_counter()
    work.go_on(intake.pk)
    timed.took.append((time.perf_counter() - began) * 1000)
    intake.refresh_from_db()
    if intake.state != wanted:
        raise RuntimeError(f"the workbook is {intake.state}, not {wanted}: {intake.faults[:3]}")
    return intake


def _content(buildings: int) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    for kind in KINDS[1:]:  # the estate itself stays as it is
        page = book.add_worksheet(kind.title.zh)
        page.write_row(0, 0, [column.title.zh for column in kind.columns])
        for at, row in enumerate(_rows(kind.key, buildings), 1):
            page.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def _rows(kind: str, buildings: int) -> Iterator[Sequence[str]]:
    """The rows of a sheet, its columns as the template has them; seeded."""
    chance = random.Random(f"{SEED} {kind}")
    for building in range(FIRST, FIRST + buildings):
        if kind == "buildings":
            yield str(building), f"{building}栋", ""
            continue
        for home in range(HOMES):
            floor, door = divmod(home, DOORS)
            room = f"{floor + 1}0{door + 1}"
            at, which = f"{building}-{room}", (building - FIRST) * HOMES + home
            if kind == "units":
                yield str(building), "", room, str(floor + 1), f"{chance.randrange(6000, 14000) / 100:.2f}"
            elif kind == "people":
                yield _person(chance, at, "业主", 2 * which)
                yield _person(chance, at, "家庭成员", 2 * which + 1)
            elif kind == "vehicles" and which % 2:
                yield at, f"浙F{which:05}", "白色 大众", "", "2024-06-01", ""
            elif kind == "standings":
                yield at, "2026-06-30", "2026-06-30", "0.00", ""


def _person(chance: random.Random, home: str, role: str, which: int) -> Sequence[str]:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
    born, ordinal = divmod(which // 2, 999)
    paper = f"330199{1940 + born}0101{ordinal:03}"  # of an area that does not exist
    number = paper + check_digit(paper) if role == "业主" else ""
    return home, role, name, f"137{which:08}", "", number, "2024-06-01", ""
