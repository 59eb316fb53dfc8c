"""The limits that the bench measures against are the same work: the rows of the actions, in as many transactions."""

import re
from collections.abc import Callable

import pytest
from django.db import connection

from banli.bench import flow, limit
from banli.bench.office import Office
from banli.cases import audit
from banli.cases.models import Case
from tests.office import Office as Estate

Limit = Callable[[list[list[limit.Change]]], str]


@pytest.fixture
def at_work(office: Estate) -> Office:
    """The bench's office in the tests' estate."""
    return Office("test")


def test_a_whole_case_is_worked_as_people_work_it(at_work: Office):
    seen: list[str] = []
    case = at_work.release(lambda: seen.append(Case.objects.latest("pk").status))
    assert seen == ["open"] * 5 + ["done"]
    assert Case.objects.get(pk=case).seq == 6
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


def written(script: str) -> int:
    """What a limit's script writes: the case's key. Names are set and put in as pgbench does it."""
    known: dict[str, str] = {}
    with connection.cursor() as cursor:
        for line in script.split("\n"):
            if line in ("BEGIN;", "COMMIT;"):
                continue  # the test is one transaction
            sql = re.sub(r":(case|last)\b", lambda name: known[name[1]], line.removesuffix("\\gset"))
            cursor.execute(sql.replace("%", "%%"))
            if line.endswith("\\gset"):
                (column,), (value,) = cursor.description, cursor.fetchone()
                known[column.name] = str(value)
    return int(known["case"])


@pytest.mark.parametrize("limited", flow.LIMITS.values(), ids=["a statement an action", "a statement a row"])
def test_a_limit_writes_the_rows_that_the_actions_write(at_work: Office, limited: Limit):
    ours = at_work.release()
    case = written(limited(limit.recorded(at_work)))
    assert limit.rows_per_case([case]) == limit.rows_per_case([ours])
    same = ("status", "seq", "procedure", "unit_id", "applicant_id", "form__goods")
    assert Case.objects.values(*same).get(pk=case) == Case.objects.values(*same).get(pk=ours)


def test_a_limit_has_as_many_transactions_as_the_case_has_actions(at_work: Office):
    actions = limit.recorded(at_work)
    assert len(actions) == len(limit.script(actions).split("\n")) == 6
    lines = limit.row_by_row(actions).split("\n")
    assert lines.count("BEGIN;") == lines.count("COMMIT;") == 6
    assert len(lines) == 12 + sum(map(len, actions))


def test_a_colon_is_no_variable_of_pgbench():
    assert limit._literal("10:20 it's \\ here") == "E'10\\07220 it\\'s \\\\ here'"
