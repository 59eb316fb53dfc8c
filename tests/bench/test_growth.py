"""No list reads more rows in a house with eight times the cases: each goes by an index, and only as far as is shown.

Counted are the rows that PostgreSQL itself says it fetched, by index or past an index, from the tables that grow.
"""

from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from banli.bench import load
from banli.bench.pages import Addresses
from banli.config.demo import load as load_demo
from banli.estate.models import Estate
from banli.people.models import Staff
from banli.registers.queries import FEW
from tests.bench.test_load import _Here
from tests.office import load_packs

pytestmark = pytest.mark.django_db(transaction=True)
GROWING = [*load.TABLES, "estate_unit", "estate_person", "estate_occupancy"]
READ = """
    SELECT coalesce(sum(seq_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0) FROM pg_stat_xact_user_tables
     WHERE relname = ANY(%s)
"""
#: What a larger house has more of on the very same page: a longer list of matches, up to a page of them.
SLACK = 200
#: Read up to so many rows at first, to know whether what is looked for is rare.
UP_TO = {"register by words": FEW, "register by one letter": FEW}
#: Still grow, and are held to no more than the house itself: the inbox counts its piles.
NOT_YET = {"inbox", "inbox of the front desk"}


def rows_read() -> dict[str, int]:
    """Page → the rows of growing tables that the database fetched for it."""
    pages = Addresses(1).every()
    pages["register by one letter"] = ("xiaowang", lambda: f"/registers/goods-release/?q={quote('衣')}")
    pages["register, what was withdrawn"] = ("xiaowang", lambda: "/registers/goods-release/?status=withdrawn")
    pages["search, room without a building"] = ("xiaowang", lambda: "/?q=2909")
    told = {}
    for name, (who, address) in pages.items():
        browser = Client()
        browser.force_login(Staff.objects.get(username=who), backend=settings.AUTHENTICATION_BACKENDS[0])
        path = address()
        browser.get(path)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(READ, [GROWING])
            before = cursor.fetchone()[0]
            assert browser.get(path).status_code in (200, 302), path
            cursor.execute(READ, [GROWING])
            told[name] = int(cursor.fetchone()[0] - before)
    return told


def test_no_page_reads_more_in_a_larger_house(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(load, "OPEN_SHARE", 0.2)  # a large inbox
    monkeypatch.setattr(load, "CASES_A_HOME", 3)
    call_command("createcachetable", verbosity=0)
    load_packs()
    load_demo()
    estate = Estate.objects.get(code="cuihu")
    load.load(_Here(), estate, 400)
    connection.close()  # with the plans it has kept
    with connection.cursor() as cursor:
        for quicker_in_small_tables in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET enable_{quicker_in_small_tables} = off")
        cursor.execute("SET plan_cache_mode = force_generic_plan")  # as from a statement's sixth time on
    few = rows_read()
    load.load(_Here(), estate, 3200)
    many = rows_read()
    connection.close()
    grown = {
        name: (few[name], many[name])
        for name in few
        if many[name] > 1.5 * few[name] + SLACK + UP_TO.get(name, 0)
    }
    assert set(grown) <= NOT_YET, grown
    assert all(many[name] <= 8 * few[name] + 1500 for name in NOT_YET), grown
