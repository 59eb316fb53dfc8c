"""The loader's cases are copies that nobody can tell from worked ones: the audit finds nothing to say."""

import pytest
from django.core.management import call_command
from django.db import connection

from banli.bench import load
from banli.cases import audit
from banli.cases.models import Case
from banli.config.demo import load as load_demo
from banli.estate.models import Estate
from banli.papers.models import Paper
from tests.office import load_packs

pytestmark = pytest.mark.django_db(transaction=True)


class _Here:
    """The tests' database, in the place of the bench's own."""

    def url(self, *_: str) -> str:
        told = connection.settings_dict
        return f"postgresql://{told['USER']}@/{told['NAME']}?host={told['HOST']}"


def test_a_hundred_copies_audit_green(settings, tmp_path):
    settings.DATA = tmp_path
    call_command("createcachetable", verbosity=0)
    load_packs()
    load_demo()
    estate = Estate.objects.get(code="cuihu")
    load.load(_Here(), estate, 150)
    assert Case.objects.count() == 150
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []
    assert Paper.objects.filter(estate=estate).values("case").distinct().count() > 50
    assert Case.objects.filter(status="open").exists()
