"""One line of time for a home and for somebody: every case and contact, once, the newest first (P14)."""

import json
from datetime import timedelta
from importlib import import_module
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils import timezone

from banli.cases import actions, links
from banli.cases.audit import CHECKS
from banli.cases.models import Case, Contact
from banli.desk import contact_lines, time_line
from banli.desk.contact_lines import Line
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Occupancy, Person, Unit
from banli.messages.models import Delivery
from tests.cases import complaints
from tests.desk.at_the_desk import TELEPHONE, at, give_telephone, issued, key, open_goods, text
from tests.desk.test_resident_file import handled_complaint, moved_out
from tests.gate.test_visitors import do, receive
from tests.messages.telling import turn_on
from tests.messages.test_sms import SET
from tests.office import Office, today


def called(office: Office, unit: Unit | None = None) -> int:
    """The owner calls; nothing follows."""
    told = {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "caller": "业主张女士", "said": "楼道灯暗"}
    return actions.open_case(
        by=office["xiaowang"], procedure="call", unit=unit or office.unit, applicant=office.owner,
        applicant_role="owner", answers={**told, "leads_to": "nothing"}, key=key(),
    ).case_id  # fmt: skip


def visited(office: Office) -> int:
    """Somebody comes to the tenant, who says yes on the telephone; they have a pass."""
    case = receive(office)
    do(office, "xiaoliu", case, "confirm", "agreed")
    do(office, "xiaoliu", case, "pass", "issued")
    return case


def texted(office: Office) -> int:
    """The owner is sent a link for a tenant's goods."""
    turn_on(office, "sms", **SET)
    give_telephone(office, office.owner)
    case = open_goods(office, office.tenant)
    links.offer(
        by=office["xiaowang"], case=Case.objects.get(pk=case), step="consent", branch=None, owner=office.owner.pk,
        key=key(), by_sms=True,
    )  # fmt: skip
    return case


def every(of: Unit | Person, size: int, **more: Any) -> list[Line]:
    """The whole line, page by page."""
    told: list[Line] = []
    page = contact_lines.page(of, size=size, **more)
    while True:
        told += page.lines
        if page.following is None:
            return told
        page = contact_lines.page(of, size=size, after=page.following, **more)


def test_everything_that_passed_is_there_the_newest_first(office: Office) -> None:
    moved_out(office, "前租户")
    call, visit, link, slip = called(office), visited(office), texted(office), issued(office)
    case = handled_complaint(office)
    complaints.do(office, "xiaowang", case, "follow_up", "no_answer")
    lines = contact_lines.page(office.unit, size=50).lines
    assert lines[0].owed and lines[0].case is not None and lines[0].case.pk == case
    passed = lines[1:]
    assert [one.at for one in passed] == sorted((one.at for one in passed), reverse=True)
    told = {(one.kind, one.case.pk if one.case else None) for one in passed}
    assert told >= {
        ("call", call), ("visit", visit), ("reply", visit), ("paper", visit), ("message", link), ("case", link),
        ("case", slip), ("paper", slip), ("case", case), ("reply", case), ("move", None),
    }  # fmt: skip
    assert ("case", call) not in told and ("case", visit) not in told, "a call is not told twice"
    moves = [(one.person, str(one.title)) for one in passed if one.kind == "move"]
    assert ("前租户", "已迁入") in moves and ("前租户", "已迁出") in moves


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_miss_nothing_and_repeat_nothing(office: Office, size: int) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # all of it in one moment
        called(office)
        visited(office)
        texted(office)
        issued(office)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    moved_out(office, "前租户")
    Contact.objects.filter(kind="call").update(at=midnight - timedelta(days=9))  # at the moment of a day
    whole = contact_lines.page(office.unit, size=100).lines
    assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
    assert every(office.unit, size) == whole
    for kind in time_line.KINDS:
        narrowed = [one for one in whole if one.kind == kind]
        assert narrowed and every(office.unit, size, kinds=(kind,)) == narrowed


def test_somebodys_line_is_theirs_wherever_they_lived(office: Office) -> None:
    other = Unit.objects.create(
        estate=office.estate, building=office.unit.building, entrance="3", room="601", key="12-3-601"
    )
    told = Particulars("业主张女士", "13800571500")
    give_telephone(office, office.owner)
    lives = add_person(by=office["xiaowang"], unit=other, particulars=told, role="owner", since=today())
    assert lives.person == office.owner
    here, there, tenants = called(office), called(office, other), visited(office)
    lines = contact_lines.page(office.owner, size=50).lines
    seen = {one.case.pk for one in lines if one.case}
    assert {here, there} <= seen and tenants not in seen
    assert {one.unit.key for one in lines if one.unit} == {"12-3-502", "12-3-601"}
    page = text(at(office, "xiaowang").get(f"/persons/{office.owner.pk}/line/"))
    assert f"/cases/{there}/" in page and "12-3-601" in page and f"/cases/{tenants}/" not in page
    only = text(at(office, "xiaowang").get(f"/persons/{office.owner.pk}/line/", {"kind": "move"}))
    assert f"/cases/{there}/" not in only and "迁入" in only


def test_what_is_sent_is_said_with_how_it_went_and_no_number(office: Office) -> None:
    case = texted(office)
    page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/file/", {"kind": "message"}))
    assert "短信 138****1500" in page and "待发" in page and f"/cases/{case}/" in page
    assert TELEPHONE not in page
    Delivery.objects.update(state="arrived", ended_at=timezone.now(), secret="")
    page = text(at(office, "xiaowang").get(f"/persons/{office.owner.pk}/line/", {"kind": "message"}))
    assert "已送达" in page and TELEPHONE not in page


def test_what_is_said_on_the_telephone_is_read_in_its_case_only(office: Office) -> None:
    called(office)
    page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/file/"))
    assert "来电登记" in page and "楼道灯暗" not in page


def test_the_journal_knows_of_every_contact(office: Office) -> None:
    visited(office)
    assert [str(finding) for check in CHECKS.values() for finding in check()] == []
    gone = Contact.objects.filter(kind="call").get()
    gone.delete()
    assert any(
        "cases_contact" in str(finding) and str(gone.case_id) in str(finding)
        for check in CHECKS.values()
        for finding in check()
    )


def test_the_contacts_of_cases_that_were_there_before_are_written_down(office: Office) -> None:
    """By the migration, as if they had been written when they happened."""
    case = handled_complaint(office)
    complaints.do(office, "xiaowang", case, "follow_up", "no_answer")
    visited(office)
    issued(office)
    before = list(Contact.objects.order_by("pk").values(*_SAID))
    Contact.objects.all().delete()
    migration = import_module("banli.cases.migrations.0010_contacts_so_far")
    migration.so_far(None, SimpleNamespace(connection=connection))
    after = Contact.objects.order_by("pk").values(*_SAID)
    assert sorted(after, key=itemgetter("case")) == sorted(before, key=itemgetter("case"))
    assert [str(finding) for check in CHECKS.values() for finding in check()] == []


_SAID = ("estate", "unit", "person", "case", "kind", "step", "branch", "outcome", "number", "at", "by")


def _scanned(of: Unit | Person) -> int:
    """How many rows the query reads for a page, by PostgreSQL's own count."""
    seen = time_line.found(of)
    asked = {
        "of": of.pk, "most": time_line.PAGE + 1, "procedures": list(time_line.procedure_kinds()),
        **time_line._before(seen.following),
    }  # fmt: skip
    sql = time_line.statement(type(of), tuple(range(1, 7)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", asked)
        (plan,) = cursor.fetchone()
    return _rows((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])


def _rows(node: dict[str, Any]) -> int:
    told = sum(_rows(one) for one in node.get("Plans", ()))
    if "Relation Name" in node:
        left = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        told += int((node["Actual Rows"] + left) * node["Actual Loops"])
    return told


_MORE = """
    INSERT INTO {table} ({columns}) SELECT {cells} FROM {table}, generate_series(1, 1500) AS further
     WHERE {table}.id = ANY(%s)
"""


def _more(model: Any, moment: str, ids: list[int], **instead: str) -> None:
    names = [one.column for one in model._meta.concrete_fields if one.column != "id"]
    cells = {moment: f"{moment} - further * interval '1 minute'", **instead}
    told = ", ".join(cells.get(name, name) for name in names)
    sql = _MORE.format(table=model._meta.db_table, columns=", ".join(names), cells=told)
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids])
        cursor.execute(f"ANALYZE {model._meta.db_table}")


def test_a_page_reads_no_more_of_a_long_history(office: Office) -> None:
    for one in (called, visited, texted, issued):
        one(office)
    Occupancy.objects.update(until=F("since"))  # everybody came and left
    closed = {"ended_at": "opened_at", "status": "'done'", "wake_at": "NULL", "due_at": "NULL"}
    _more(Case, "opened_at", list(Case.objects.values_list("pk", flat=True)), **closed)
    _more(Contact, "at", list(Contact.objects.values_list("pk", flat=True)))
    _more(
        Delivery, "queued_at", list(Delivery.objects.values_list("pk", flat=True)), key="md5(key || further)"
    )
    most = (time_line.PAGE + 1) * (len(time_line.procedure_kinds()) + 5)
    assert 0 < _scanned(office.unit) <= most
    assert 0 < _scanned(office.owner) <= most
