"""The database's part: pg_dump writes it as it stood at one moment, pg_restore reads it, in one transaction."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

import psycopg

from banli.config.binaries import find_binaries
from banli.config.database import django_database

from .failures import BackupFailure

#: Sign-ins and counted attempts stay behind: their tables travel empty.
LEFT_BEHIND = ("django_session", "banli_cache")
_OPTIONS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def dumped() -> Iterator[bytes]:
    """The database of DATABASE_URL, as it stands now, whoever is at work meanwhile."""
    command = [
        find_binaries() / "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
    ]
    command += [f"--exclude-table-data={table}" for table in LEFT_BEHIND]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL, env=_environment()
        )
        assert process.stdout is not None
        try:
            while block := process.stdout.read(65536):
                yield block
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        if status:
            _failed("数据库无法导出", "The database could not be dumped", said)


def restored(blocks: Iterable[bytes]) -> None:
    """Into the empty database of DATABASE_URL: all of it, or nothing."""
    command = [
        find_binaries() / "pg_restore", "--format=custom", "--no-owner", "--no-privileges", "--single-transaction",
        "--exit-on-error", "--dbname", _database(),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=_environment()
        )
        assert process.stdin is not None
        try:
            for block in blocks:
                process.stdin.write(block)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it says itself why it went
        except BaseException:
            process.kill()
            raise
        finally:
            status = process.wait()
        if status:
            _failed("数据库无法恢复", "The database could not be restored", said)


def check_empty() -> None:
    """Nothing is restored over what is there."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT EXISTS"
            " (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
        ).fetchone()
    if found and found[0]:
        raise BackupFailure(
            "DATABASE_URL 指向的数据库不是空的，没有恢复任何内容。",
            "The database of DATABASE_URL is not empty; nothing was restored.",
        )


def server_version() -> int:
    """The major version of the PostgreSQL that DATABASE_URL leads to."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return connection.info.server_version // 10000


def _database() -> str:
    return str(django_database(os.environ["DATABASE_URL"])["NAME"])


def _environment() -> dict[str, str]:
    """Where the database is, in the environment: on a command line others could read the password."""
    told = django_database(os.environ["DATABASE_URL"])
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    address = {name: str(told[key]) for name, key in names.items() if told[key]}
    options = {name: str(told["OPTIONS"][key]) for key, name in _OPTIONS.items() if key in told["OPTIONS"]}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **address, **options}


def _failed(zh: str, en: str, said: IO[bytes]) -> None:
    said.seek(0)
    reason = " ".join(said.read().decode(errors="replace").split())[:500]
    raise BackupFailure(f"{zh}：{reason}", f"{en}: {reason}")
