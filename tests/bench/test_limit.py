"""The limit that the bench measures against is the same work: the rows of the actions, a statement for each."""

import pytest
from django.db import connection

from banli.bench import limit
from banli.bench.office import Office
from banli.cases import audit
from banli.cases.models import Case
from tests.office import Office as Estate


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


def test_the_limit_writes_the_rows_that_the_actions_write(at_work: Office):
    ours = at_work.release()
    script = limit.script(limit.recorded(at_work))
    statements = script.split("\n")
    assert len(statements) == 6
    assert statements[0].endswith("\\gset")
    with connection.cursor() as cursor:
        cursor.execute(statements[0].removesuffix("\\gset"))
        case = cursor.fetchone()[0]
        for statement in statements[1:]:
            cursor.execute(statement.replace(":case", str(case)).replace("%", "%%"))
    assert limit.rows_per_case([case]) == limit.rows_per_case([ours])
    same = ("status", "seq", "procedure", "unit_id", "applicant_id", "form__goods")
    assert Case.objects.values(*same).get(pk=case) == Case.objects.values(*same).get(pk=ours)


def test_a_colon_is_no_variable_of_pgbench():
    assert limit._literal("10:20 it's \\ here") == "E'10\\07220 it\\'s \\\\ here'"
