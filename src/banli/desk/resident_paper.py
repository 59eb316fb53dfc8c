"""The resident file on paper, A4: what the screen shows, with all cases and contacts. Masked, unless it was opened."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from banli.engine.paper import RESIDENT_FILE
from banli.estate.belongings import Vehicle
from banli.estate.contracts import queries as contracts
from banli.estate.disclosure import Clear
from banli.estate.pets import queries as pets
from banli.estate.queries import Resident
from banli.papers import render
from banli.people.access import Desk
from banli.web.clocks import written, written_end
from banli.web.states import named
from banli.web.templatetags.banli import yuan
from banli.web.templatetags.say import say

from . import contact_lines, office_papers, time_line
from .contact_lines import Line as Passed
from .resident_file import Deposit, ResidentFile
from .unit_sheet import ValidPaper

#: So many of the newest are printed; that there are more is said.
CASES, CONTACTS = 500, 500

Line = dict[str, str]


def printed(desk: Desk, file: ResidentFile, clear: Mapping[int, Clear] | None = None) -> bytes:
    """The file as a PDF, in Chinese as all papers. ``clear``: everybody's private fields, opened and journalled."""
    definition = office_papers.definition(RESIDENT_FILE)
    with translation.override("zh-hans"):
        values = _values(desk, file, clear)
    return render.render(definition, values, definition.copies[0].id)


def _values(desk: Desk, file: ResidentFile, clear: Mapping[int, Clear] | None) -> dict[str, Any]:
    past = contact_lines.page(file.unit, kinds=("case",), size=CASES)
    others = [kind for kind in time_line.KINDS if kind != "case"]
    passed = contact_lines.page(file.unit, kinds=others, size=CONTACTS)
    told = file.history
    more = []
    if past.following:
        more.append(_("办件只印最近 %(n)s 件。") % {"n": CASES})
    if passed.following:
        more.append(_("往来记录只印最近 %(n)s 条。") % {"n": CONTACTS})
    return {
        "paper.issued_at": timezone.localtime().isoformat(), "paper.issued_by": desk.staff.name, "paper.print": 1,
        "estate.name": desk.estate.name, "case.unit": file.unit.address, "file.home": _home(file),
        "file.people": [_person(one, clear) for one in (*told.present, *told.gone)],
        "file.corrections": [
            {
                "at": written(one.former.until), "person": one.person, "name": one.former.name, "phone": one.phone,
                "paper": one.id_number,
            }
            for one in told.corrections
        ],
        "file.letters": [
            {
                "who": one.authority.between,
                "matters": "、".join(matter.zh for matter in one.matters),
                "days": _days(one.authority.valid_from, one.authority.valid_to), "state": _LETTERS[one.state],
            }
            for one in told.letters
        ],
        "file.contracts": [contract(one) for one in told.contracts],
        "file.vehicles": [
            {
                "plate": one.plate, "look": one.look, "place": places_of(one),
                "person": one.person.name if one.person else "", "days": _days(one.since, one.until),
            }
            for one in told.vehicles
        ],
        "file.pets": [pet(one) for one in told.pets],
        "file.standings": [
            {
                "as_of": f"{one.as_of}", "paid_until": f"{one.paid_until or ''}", "yuan": yuan(one.owed),
                "note": one.note,
            }
            for one in told.standings
        ],
        "file.passes": [_pass(one) for one in file.papers],
        "file.deposits": [_deposit(one) for one in file.deposits or ()],
        "file.cases": [_case(one) for one in past.lines],
        "file.contacts": [_contact(one) for one in passed.lines],
        "file.more": "".join(more), "file.clear": "yes" if clear is not None else "",
    }  # fmt: skip


_LETTERS = {
    "ahead": "未开始",
    "standing": "有效",
    "spent": "已用完",
    "expired": "已过期",
    "revoked": "已撤销",
}


def contract(one: contracts.Line) -> Line:
    """A contract as papers write it: kind, number, parties, days and how it stands."""
    held = one.contract
    days = _days(held.since, held.until) + (f"（{held.ended} 提前结束）" if held.ended else "")
    return {
        "title": one.title.zh, "number": held.number, "parties": one.named, "days": days, "pages": str(one.pages),
        "state": contracts.STATES[one.state],
    }  # fmt: skip


def pet(one: pets.Line, licence: str | None = None) -> Line:
    """A pet as papers write it; its licence's number masked, unless it is given in clear."""
    told = one.pet
    return {
        "kind": one.title.zh, "look": one.look, "licence": one.licence if licence is None else licence,
        "vaccinated": f"{told.vaccinated or ''}", "person": told.person.name, "days": _days(told.since, told.until),
    }  # fmt: skip


def places_of(vehicle: Vehicle) -> str:
    """The fixed places a vehicle had, each with its days; the one it was entered with, where none was given since."""
    periods = [f"{one.place}（{_days(one.since, one.until)}）" for one in getattr(vehicle, "periods", ())]
    return "、".join(periods) or vehicle.place


def _home(file: ResidentFile) -> str:
    unit, told = file.unit, [f"房号 {file.unit.key}"]
    if unit.floor is not None:
        told.append(f"{unit.floor} 层")
    if unit.area is not None:
        told.append(f"建筑面积 {unit.area} 平方米")
    return "　".join(told)


def _person(one: Resident, clear: Mapping[int, Clear] | None) -> Line:
    known = clear.get(one.person.pk) if clear is not None else None
    phone, number = (known.phone, known.id_number) if known else (one.phone, one.id_number)
    why = (one.occupancy.get_arrival_display(), one.occupancy.get_departure_display())
    return {
        "name": one.person.name, "role": one.role_label, "days": _days(one.occupancy.since, one.occupancy.until),
        "why": " / ".join(part for part in why if part), "phone": phone,
        "paper": f"{one.paper} {number}".strip() if number else "",
    }  # fmt: skip


def _pass(one: ValidPaper) -> Line:
    end = one.paper.valid_until
    return {
        "title": one.title.zh, "number": one.paper.number, "case": str(one.paper.case_id),
        "until": written_end(end) if end else "",
    }  # fmt: skip


def _deposit(one: Deposit) -> Line:
    return {"title": one.title.zh, "case": str(one.case), "yuan": yuan(one.fen)}


def _case(one: Passed) -> Line:
    assert one.case is not None  # asked for cases alone
    return {
        "number": str(one.case.pk), "title": say(one.title), "applicant": one.person, "opened": written(one.at),
        "state": str(named(one.state).label),
    }  # fmt: skip


def _contact(one: Passed) -> Line:
    title = " · ".join(filter(None, (str(one.kind_title), say(one.title), one.more)))
    return {
        "at": f"{timezone.localdate(one.at)}" if one.dated else written(one.at), "title": title,
        "case": str(one.case.pk) if one.case else "", "who": one.by or one.person,
        "outcome": say(one.said) or (str(named(one.state).label) if one.state else ""),
    }  # fmt: skip


def _days(since: date, until: date | None) -> str:
    return f"{since} – {until or ''}"
