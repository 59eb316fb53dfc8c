"""The audit by several processes says what one alone says; its memory does not grow with what it looks at."""

import random
import tracemalloc

import psycopg
import pytest
from django.db import connection

from banli.bench import town
from banli.cases import audit, command
from banli.cases.audit import several
from banli.cases.models import Case, Task
from banli.estate.models import Occupancy
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, issued, open_goods
from tests.office import Office, build, load_packs


@pytest.fixture
def worked(transactional_db: None) -> Office:
    """An office whose work is there for every process to see."""
    load_packs()
    office = build()
    for _ in range(7):
        do(office, "zhou", issued(office), "gate", "released", extra={"ticked": [0, 1]})
        open_goods(office)
    return office


def meanwhile(sql: str) -> None:
    """What somebody else does, who has a connection of their own."""
    told = connection.get_connection_params()
    with psycopg.connect(
        **{name: told[name] for name in ("dbname", "user", "host") if name in told}
    ) as theirs:
        theirs.execute(sql)


def alone() -> list[str]:
    return [str(finding) for check in audit.CHECKS.values() for finding in check()]


def together() -> list[str]:
    return [str(finding) for part, _ in several.every(processes=3) for finding in part.first]


def test_several_processes_find_what_one_finds(worked: Office, monkeypatch):
    monkeypatch.setattr(several, "STEP", 3)
    assert together() == alone() == []
    cases = list(Case.objects.order_by("pk"))
    Case.objects.filter(pk=cases[1].pk).update(applicant_role="tenant")
    Task.objects.filter(case=cases[5]).order_by("pk")[0].delete()
    RegisterRow.objects.filter(case__in=cases[8:]).update(found="x")
    Occupancy.objects.filter(unit=worked.unit).update(role="family")
    found = alone()
    assert sorted(together()) == sorted(found)
    for row in (cases[1].pk, cases[5].pk, *(case.pk for case in cases[8:])):
        assert (
            any(f"cases_case {row}" in line for line in found)
            or RegisterRow.objects.filter(case=row).count() == 0
        )


def test_every_case_is_looked_at_once(worked: Office, monkeypatch):
    monkeypatch.setattr(several, "STEP", 4)
    parts = [part for part, _ in several.every(processes=2) if part.title == several._of_cases()]
    assert len(parts) == Case.objects.count() // 4 + 1
    assert sum(part.rows for part in parts) == Case.objects.count() == 14


def test_the_command_prints_the_checks_in_order_and_counts_what_it_does_not_print(
    worked: Office, monkeypatch, capsys
):
    monkeypatch.setattr(several, "STEP", 2)
    monkeypatch.setattr(command, "SHOWN", 3)
    assert command.main(["audit"]) == 0
    Case.objects.update(applicant_role="tenant")
    assert command.main(["audit"]) == 1
    told = capsys.readouterr().out.splitlines()
    titles = [line.split(" ", 1)[1] for line in told if line.startswith("✓")]
    assert titles[: len(audit.CHECKS)] == list(audit.CHECKS)
    assert sum(line.startswith("  ✗ cases_case") for line in told) == 3
    assert any(line.startswith("✗ 14 ") for line in told)


def test_whoever_works_meanwhile_makes_no_row_look_wrong(worked: Office, monkeypatch):
    """All processes see the moment at which the audit began."""
    monkeypatch.setattr(several, "STEP", 1)
    found, parts = [], several.every(processes=1)
    for number, (part, _) in enumerate(parts):
        found += part.first
        if number == 0:
            meanwhile("UPDATE cases_case SET applicant_role = 'tenant'")
    assert found == []
    assert len(together()) == 14


@pytest.mark.django_db
def test_no_memory_grows_with_the_residents(office: Office, monkeypatch):
    monkeypatch.setattr("banli.cases.audit.estates.CHUNK", 50)

    def peak() -> int:
        tracemalloc.start()
        assert list(audit.CHECKS["住户与委托 / residents and authority"]()) == []
        told = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return told

    town.build(office.estate, 100, random.Random(1))
    peak()  # what is only kept once
    few = peak()
    town.build(office.estate, 900, random.Random(2))
    assert peak() < few * 1.3
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE estate_occupancy SET role = 'family' WHERE id = (SELECT max(id) FROM estate_occupancy)"
        )
    last = Occupancy.objects.latest("pk").pk
    told = [str(finding) for finding in audit.CHECKS["住户与委托 / residents and authority"]()]
    assert told == [f"estate_occupancy {last}: role: not what the journal says"]
