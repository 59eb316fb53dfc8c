"""Backup and restore, for real: into an empty folder, onto a server, and never over anything.

banli-0.1.0.backup is a data folder of that release, with the demo in it; how it was made says make_fixture.sh. Every
later version restores it, upgrades it and audits it: that is the test of the upgrade.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from banli.config.backup import members, sealed

KEPT = sorted(Path(__file__).parent.glob("banli-*.backup"))
SECRET = "a long enough passphrase"


def banli(
    *arguments: str, data: Path, database: str | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """One command. Without ``database`` the embedded one."""
    kept = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "BANLI_DATA", "BANLI_PASSPHRASE")
    }
    if database is not None:
        kept["DATABASE_URL"] = database
    return subprocess.run(
        [sys.executable, "-m", "banli.config.command", "--data", str(data), *arguments],
        capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": "src", **environment},
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    record = tmp_path / "data/postgres-place"
    if record.exists():
        shutil.rmtree(record.read_text().strip())


@pytest.fixture
def servers() -> Iterator[list[str]]:
    """Two empty databases on a server, by their addresses."""
    url = os.environ["DATABASE_URL"]
    names = [f"restored_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield [urlsplit(url)._replace(path=f"/{name}").geturl() for name in names]
        for name in (
            names
        ):  # not by force: that would have to end the server's own autovacuum, which is not ours to end
            connection.execute(f"DROP DATABASE IF EXISTS {name}")


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            table: sorted(row[0] for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall())
            for (table,) in tables
        }


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_the_data_of_an_earlier_release_is_restored_upgraded_and_audited(kept: Path, data: Path) -> None:
    told = banli("restore", str(kept), data=data, BANLI_PASSPHRASE=SECRET)
    assert told.returncode == 0, told.stderr
    assert "everything agrees" in told.stderr
    assert {path.name for path in (data / "secrets").iterdir()} >= {
        "vault-1",
        "journal-key",
        "blind-index",
        "secret-key",
    }
    assert (data / "secrets/vault-1").stat().st_mode & 0o777 == 0o600
    read = "from banli.estate.models import Person; print(sorted(p.phone for p in Person.objects.all()))"
    opened = banli("manage", "shell", "-v", "0", "-c", read, data=data)
    assert "13800571500" in opened.stdout, opened.stderr
    again = banli("restore", str(kept), data=data, BANLI_PASSPHRASE=SECRET)
    assert again.returncode == 1
    assert "is not empty; nothing was restored" in again.stderr


def test_it_moves_to_a_server_and_from_there_as_it_is(servers: list[str], data: Path, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text(f"{SECRET}\n")
    secret = ("--passphrase-file", str(tmp_path / "passphrase"))
    told = banli("restore", str(KEPT[-1]), *secret, data=data, database=servers[0])
    assert told.returncode == 0, told.stderr
    assert not (data / "postgres").exists()
    file = tmp_path / "moved.backup"
    told = banli("backup", str(file), *secret, data=data, database=servers[0])
    assert told.returncode == 0, told.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    told = banli("restore", str(file), *secret, data=tmp_path / "other", database=servers[1])
    assert told.returncode == 0, told.stderr
    before, after = contents(servers[0]), contents(servers[1])
    assert len(before["cases_case"]) == len(after["cases_case"]) == 10
    assert before == after
    for path in (data / "secrets").iterdir():
        assert (tmp_path / "other/secrets" / path.name).read_bytes() == path.read_bytes()

    again = banli("restore", str(file), *secret, data=tmp_path / "third", database=servers[1])
    assert again.returncode == 1
    assert "database of DATABASE_URL is not empty" in again.stderr
    assert not (tmp_path / "third").exists()
    assert contents(servers[1]) == after
    again = banli("backup", str(file), *secret, data=data, database=servers[0])
    assert "exists and is not overwritten" in again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "moved.backup", "other", "passphrase"]


def test_a_backup_of_a_newer_version_leaves_the_place_empty(
    servers: list[str], data: Path, tmp_path: Path
) -> None:
    """One migration that is not known here, and another layout of the data folder."""
    told = {
        "banli": "9.0",
        "data": "1",
        "made_at": "2030-01-01",
        "postgres": 15,
        "migrations": [["cases", "0999_later"]],
    }
    for change in ({}, {"data": "2", "migrations": []}):
        file = tmp_path / "newer.backup"
        out = io.BytesIO()
        packer = members.Packer(sealed.Writer(out, SECRET), lambda count: None)
        packer.add(members.MANIFEST, [json.dumps({**told, **change}).encode()])
        packer.add(members.DATABASE, [b"PGDMP"])
        packer.close()
        file.write_bytes(out.getvalue())
        refused = banli("restore", str(file), data=data, database=servers[0], BANLI_PASSPHRASE=SECRET)
        assert refused.returncode == 1
        assert "更新版本" in refused.stderr and "newer version of Banli: upgrade first" in refused.stderr
        assert not data.exists()
        assert contents(servers[0]) == {}


def test_what_cannot_be_opened_leaves_the_place_empty(data: Path, tmp_path: Path) -> None:
    whole = KEPT[-1].read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content, secret, sentence in (
        (whole, "another passphrase", "passphrase is wrong"),
        (whole[:-1], SECRET, "cut or was changed"),
        (bytes(flipped), SECRET, "cut or was changed"),
        (b"letter", SECRET, "not a backup of Banli"),
    ):
        file = tmp_path / "file.backup"
        file.write_bytes(content)
        refused = banli("restore", str(file), data=data, BANLI_PASSPHRASE=secret)
        assert refused.returncode == 1
        assert sentence in refused.stderr and "Traceback" not in refused.stderr
        assert not data.exists()


def test_without_a_terminal_the_passphrase_must_be_given(data: Path) -> None:
    refused = banli("restore", str(KEPT[-1]), data=data)
    assert refused.returncode == 1
    assert "没有终端" in refused.stderr and "--passphrase-file or BANLI_PASSPHRASE" in refused.stderr
