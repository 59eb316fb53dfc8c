"""What is kept about one person, for themselves (PIPL 45): a PDF to read, a spreadsheet and JSON to take elsewhere."""

import io
import json
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from banli.cases import private, rules
from banli.cases.models import Case
from banli.engine.paper import PERSON_FILE
from banli.estate import privacy
from banli.estate.belongings import FormerParticulars, Vehicle
from banli.estate.contracts import queries as contracts
from banli.estate.contracts.pages import pages_of
from banli.estate.disclosure import Clear, clear_of
from banli.estate.models import Authority, Occupancy, Person
from banli.estate.parking import with_periods
from banli.estate.pets import queries as pets
from banli.estate.pets.kinds import licence_of
from banli.estate.scopes import scope_titles
from banli.journal.vault import VaultError
from banli.papers import render
from banli.people.access import Desk
from banli.web.spreadsheet import Sheet, write
from banli.web.states import named

from . import office_papers
from .resident_paper import contract, pet, places_of

Line = dict[str, Any]


def exported(desk: Desk, person: Person, clear: Clear) -> bytes:
    """The zip file. Papers and words are Chinese, as all papers are. Fourteen queries."""
    with translation.override("zh-hans"):
        told = _told(person, clear)
        out = io.BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as bundle:
            bundle.writestr("person.pdf", _printed(desk, told))
            bundle.writestr("person.xlsx", write(*_sheets(told)).file.read())
            bundle.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=1))
            for name, page in pages_of(contract__parties__person=person):
                bundle.writestr(name, page)
    return out.getvalue()


def _told(person: Person, clear: Clear) -> dict[str, Any]:
    return {
        "person": {
            "name": person.name, "phone": clear.phone, "paper": str(person.get_id_kind_display()),
            "number": clear.id_number, "since": _at(person.created_at),
        },
        "people": [_home(one) for one in _homes(person)],
        "corrections": [_correction(one) for one in FormerParticulars.objects.filter(person=person).order_by("until")],
        "letters": _letters(person),
        "contracts": [
            {"home": one.contract.unit.key, **contract(one)} for one in contracts.of_person(person)
        ],
        "vehicles": [
            {"home": one.unit.key, "plate": one.plate, "place": places_of(one), "days": _days(one.since, one.until)}
            for one in with_periods(
                list(Vehicle.objects.filter(person=person).select_related("unit").order_by("since", "pk"))
            )
        ],
        "pets": [
            {"home": one.pet.unit.key, **pet(one, licence_of(one.pet))} for one in pets.of_person(person)
        ],
        "cases": [_case(one) for one in person.cases.select_related("unit").order_by("pk")],
        "kept": [
            {
                "title": one.title.zh, "why": one.why.zh, "ground": one.ground_title.zh, "law": one.law.zh,
                "kept": "；".join(told.zh for told in one.kept_for), "erased": one.erased_title.zh,
            }
            for one in privacy.kept().values()
        ],
    }  # fmt: skip


def _homes(person: Person) -> Any:
    return Occupancy.objects.filter(person=person).select_related("unit").order_by("since", "pk")


def _home(one: Occupancy) -> Line:
    why = (one.get_arrival_display(), one.arrival_note, one.get_departure_display(), one.departure_note)
    return {
        "home": one.unit.key, "role": str(one.get_role_display()), "days": _days(one.since, one.until),
        "why": " / ".join(str(part) for part in why if part),
    }  # fmt: skip


def _correction(one: FormerParticulars) -> Line:
    clear = clear_of(one)
    return {"at": _at(one.until), "name": one.name, "phone": clear.phone, "paper": clear.id_number}


def _letters(person: Person) -> list[Line]:
    titles = scope_titles()
    named_in = Authority.objects.filter(Q(principal=person) | Q(delegate=person))
    return [
        {
            "home": one.unit.key, "who": one.between,
            "matters": "、".join(titles[scope].zh if scope in titles else scope for scope in one.scopes),
            "days": _days(one.valid_from, one.valid_to),
        }
        for one in named_in.select_related("unit", "principal", "delegate").order_by("pk")
    ]  # fmt: skip


def _case(case: Case) -> Line:
    book = rules.rulebook(case.version_id)
    hidden = book.procedure.private_fields()
    answers = {}
    for place, value in case.form.items():
        name = place.partition("@")[0]
        label = book.procedure.form[name].label.zh if name in book.procedure.form else name
        answers[f"{label}（{place}）"] = _opened(case, place, value) if name in hidden else value
    return {
        "number": str(case.pk), "home": case.unit.key if case.unit else "", "title": book.procedure.title.zh,
        "opened": _at(case.opened_at), "state": str(named(case.status).label), "answers": answers,
    }  # fmt: skip


def _opened(case: Case, place: str, value: str | None) -> Any:
    try:
        return private.open_answer(case, place, value)
    except VaultError:
        return None


def _printed(desk: Desk, told: dict[str, Any]) -> bytes:
    who = told["person"]
    parts = (who["name"], who["phone"], f"{who['paper']} {who['number']}".strip() if who["number"] else "")
    values = {
        f"file.{name}": told[name]
        for name in ("people", "corrections", "letters", "contracts", "vehicles", "pets", "cases", "kept")
    }
    values |= {
        "file.home": "　".join(part for part in parts if part), "estate.name": desk.estate.name, "paper.print": 1,
        "paper.issued_at": timezone.localtime().isoformat(), "paper.issued_by": desk.staff.name,
    }  # fmt: skip
    definition = office_papers.definition(PERSON_FILE)
    return render.render(definition, values, definition.copies[0].id)


def _sheets(told: dict[str, Any]) -> list[Sheet]:
    title = told["person"]["name"]
    names = {
        "people": (_("房屋"), ["home", "role", "days", "why"], [_("房号"), _("身份"), _("时间"), _("原因")]),
        "letters": (
            _("委托"), ["home", "who", "matters", "days"], [_("房号"), _("谁委托谁"), _("委托事项"), _("时间")],
        ),
        "contracts": (
            _("合同"), ["home", "title", "number", "parties", "days", "state"],
            [_("房号"), _("合同种类"), _("合同编号"), _("当事人"), _("时间"), _("状态")],
        ),
        "vehicles": (_("车辆"), ["home", "plate", "place", "days"], [_("房号"), _("车牌号"), _("固定车位"), _("时间")]),
        "pets": (
            _("宠物"), ["home", "kind", "look", "licence", "vaccinated", "days"],
            [_("房号"), _("宠物种类"), _("品种和毛色"), _("登记证号"), _("免疫日期"), _("时间")],
        ),
        "cases": (
            _("办件"), ["number", "home", "title", "opened", "state"],
            [_("号"), _("房号"), _("流程"), _("受理"), _("状态")],
        ),
    }  # fmt: skip
    who = told["person"]
    first = Sheet(
        _("本人"), title, [_("项目"), _("内容")],
        [
            [_("姓名"), who["name"]], [_("电话"), who["phone"]], [_("证件类型"), who["paper"]],
            [_("证件号码"), who["number"]],
        ],
    )  # fmt: skip
    return [first, *(
        Sheet(name, title, heads, [[str(line[key]) for key in keys] for line in told[part]])
        for part, (name, keys, heads) in names.items()
    )]  # fmt: skip


def _days(since: Any, until: Any) -> str:
    return f"{since} – {until or ''}"


def _at(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
