"""One PostgreSQL for all tests: DATABASE_URL's, or an embedded one that lives as long as the session."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import hypothesis
import psycopg
import pytest

from banli.config.postgres import Server

pytest_plugins = ["tests.office"]


def start_database() -> None:
    """Starts the embedded server in the first process; the workers of xdist inherit its address."""
    folder = Path(tempfile.mkdtemp(prefix="banli-tests-", dir="/tmp"))
    folder.chmod(0o755)  # as root, the server runs as nobody
    server = Server(folder / "postgres", folder / "log", durable=False)
    server.start()
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            "GRANT SET ON PARAMETER session_replication_role TO banli"
        )  # see journal_can_be_emptied
    os.environ["DATABASE_URL"] = server.url()
    atexit.register(shutil.rmtree, folder)
    atexit.register(server.stop)  # runs first


# How long one example takes says more about the machine than about the office.
hypothesis.settings.register_profile("office", deadline=None)
hypothesis.settings.load_profile("office")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banli.config.settings")
os.environ.pop("BANLI_DATA", None)  # tests never touch a real data folder
if "DATABASE_URL" not in os.environ:
    start_database()
django.setup()


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Argon2 as in use, with little work: the tests sign people in hundreds of times."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
    Argon2PasswordHasher.memory_cost = 8


@pytest.fixture(autouse=True, scope="session")
def procedures_read_once() -> None:
    """In each test a version is another row of the same text: it is read back once a process, not once a test."""
    from banli.cases import rules
    from banli.cases.models import ProcedureVersion

    read = rules.compile_version

    @cache
    def of_text(procedure: str, text: str) -> rules.Rulebook:
        return read(ProcedureVersion(procedure=procedure, compiled=text))

    rules.compile_version = lambda version: of_text(version.procedure, version.compiled)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request in English leaves its language to whatever the same thread does next."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def journal_can_be_emptied() -> None:
    """Between tests that commit, the tables are emptied; the journal's own triggers would refuse it."""
    from django.db import connections, transaction
    from django.db.backends.base.operations import BaseDatabaseOperations

    def flush(self: BaseDatabaseOperations, statements: list[str]) -> None:
        connection = connections["default"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
