"""The loader's cases are copies that nobody can tell from worked ones: the audit finds nothing to say."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from banli.bench import bulk, load
from banli.bench.town import Home
from banli.cases import audit
from banli.cases.models import Case
from banli.config.demo import load as load_demo
from banli.config.postgres import Server
from banli.config.year import words
from banli.estate.models import Estate
from banli.papers.models import NumberSeries, Paper
from banli.papers.passes import check_token
from banli.registers.models import RegisterRow
from tests.office import load_packs

pytestmark = pytest.mark.django_db(transaction=True)
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s) ORDER BY 1"


class _Here:
    """The tests' database, in the place of the bench's own."""

    def url(self, *_: str) -> str:
        told = connection.settings_dict
        return f"postgresql://{told['USER']}@/{told['NAME']}?host={told['HOST']}"


@pytest.fixture
def estate(settings, tmp_path) -> Estate:
    settings.DATA = tmp_path
    call_command("createcachetable", verbosity=0)
    load_packs()
    load_demo()
    return Estate.objects.get(code="cuihu")


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [list(load.TABLES)])
        return [row[0] for row in cursor.fetchall()]


def findings() -> list[str]:
    return [str(finding) for check in audit.CHECKS.values() for finding in check()]


def test_copies_audit_green_and_a_second_load_goes_on_from_the_first(estate: Estate, monkeypatch):
    monkeypatch.setattr(load, "BATCH", 40)  # several batches, by several processes
    before = indexes()
    load.load(_Here(), estate, 200)
    assert Case.objects.count() == 200
    load.load(_Here(), estate, 330)
    assert Case.objects.count() == 330
    assert indexes() == before
    assert findings() == []
    assert (
        NumberSeries.objects.filter(estate=estate, kind="goods-release-slip").count() > 3
    )  # of several years
    for slip in Paper.objects.exclude(token=None):
        assert check_token(slip.token).paper_id == slip.pk


def test_copies_are_of_every_procedure_and_differ_in_their_words(estate: Estate):
    load.load(_Here(), estate, 400)
    kinds = set(Case.objects.values_list("procedure", flat=True))
    assert kinds == {"goods-release", "home-repair", "home-cleaning", "stairs-lift", "visitor"}
    assert Case.objects.filter(status="open").exists()
    for wanted in (
        words.GOODS,
        words.CARRIERS,
        words.OPINIONS,
        [row[0] for row in words.REPAIRS["kitchen", "water"]],
    ):
        met = [word for word in wanted if RegisterRow.objects.filter(found__contains=word).exists()]
        assert len(met) > len(wanted) // 2, f"of {wanted} only {met} were said"
    days = set(Case.objects.values_list("opened_at__date", flat=True))
    assert (max(days) - min(days)).days > 365 * (load.YEARS - 1)
    assert Case.objects.values("unit").distinct().count() > 5


def test_every_process_plans_the_same():
    homes = [Home({}) for _ in range(9)]
    plan = load.Plan([None] * 5, [None] * 2, homes, 500)  # type: ignore[list-item]
    assert plan.of(100, 50) == plan.of(100, 50) != plan.of(150, 50)
    assert {which for which, _, _ in plan.of(0, 400)} == set(range(5))
    assert {which for which, days, _ in plan.of(499, 1)} <= {5, 6}


def test_a_load_that_broke_leaves_every_index(estate: Estate):
    before = indexes()
    with (
        psycopg.connect(_Here().url(), autocommit=True) as own,
        pytest.raises(RuntimeError, match="broke"),
        bulk.without_indexes(own, load.TABLES),
    ):
        assert len(indexes()) == len(load.TABLES)  # the primary keys
        raise RuntimeError("broke")
    assert indexes() == before


def test_the_server_is_durable_again_after_a_load():
    open_place = Path(mkdtemp(prefix="banli-load-", dir="/tmp"))
    open_place.chmod(0o755)  # as root, PostgreSQL runs as nobody
    server = Server(open_place / "postgres", open_place / "log")
    server.start()
    try:
        with bulk.relaxed(server):
            with psycopg.connect(server.url()) as own:
                assert own.execute("SHOW synchronous_commit").fetchone() == ("off",)
            with pytest.raises(RuntimeError, match="not durable"):
                bulk.must_be_durable(server)
        bulk.must_be_durable(server)
    finally:
        server.stop()
        shutil.rmtree(open_place, ignore_errors=True)
