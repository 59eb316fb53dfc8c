"""The data folder, and what is said when it or its database cannot be used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from banli.config.failures import StartFailure
from banli.config.installation import FORMAT, Installation, check_reachable


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANLI_DATA", "")  # restored afterwards: an installation sets it


def test_a_new_folder_is_made_with_its_format(tmp_path: Path) -> None:
    Installation(tmp_path / "data")
    assert (tmp_path / "data/FORMAT").read_text().strip() == FORMAT
    Installation(tmp_path / "data")


def test_a_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    Installation(tmp_path / "data")
    (tmp_path / "data/FORMAT").write_text("99\n")
    with pytest.raises(StartFailure) as refused:
        Installation(tmp_path / "data")
    assert "另一版本" in str(refused.value)
    assert "another version of Banli (format 99" in str(refused.value)


def test_a_folder_with_other_peoples_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear …")
    with pytest.raises(StartFailure, match="not a data folder"):
        Installation(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartFailure, match="cannot be written"):
        Installation(tmp_path / "file/data")


def test_two_cannot_run_on_one_folder(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    with installation.locked():
        code = (
            "import sys, pathlib; from banli.config.installation import Installation\n"
            "with Installation(pathlib.Path(sys.argv[1])).locked(): pass"
        )
        second = subprocess.run(
            [sys.executable, "-c", code, tmp_path / "data"],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": "src"},
            timeout=120,
        )
    assert second.returncode != 0
    assert f"in use by another Banli (process {os.getpid()})" in second.stderr


@pytest.mark.parametrize(
    "url", ["postgres://banli:geheim@127.0.0.1:1/banli", "postgres://banli:geheim@/banli?host=%2Fnowhere"]
)
def test_an_unreachable_database_is_named_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(StartFailure) as refused:
        check_reachable()
    assert "cannot be reached" in str(refused.value)
    assert "geheim" not in str(refused.value)


def banli(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "banli.config.command", *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "src", **environment},
        timeout=120,
    )


def test_an_unknown_command_shows_the_table(tmp_path: Path) -> None:
    asked = banli("dance", data=tmp_path / "data")
    assert asked.returncode == 2
    assert "serve" in asked.stderr
    assert not (tmp_path / "data").exists()


def test_help_is_no_error(tmp_path: Path) -> None:
    asked = banli("--help", data=tmp_path / "data")
    assert asked.returncode == 0
    assert "audit" in asked.stdout


def test_a_command_with_an_unreachable_database_fails_in_one_sentence(tmp_path: Path) -> None:
    asked = banli("migrate", data=tmp_path / "data", DATABASE_URL="postgres://banli@127.0.0.1:1/banli")
    assert asked.returncode == 1
    assert "Cannot start: The database of DATABASE_URL cannot be reached" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_commands_start_the_database_when_nobody_else_has(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "banli.config.command", "--data", str(tmp_path / "data"), "manage"]
    query = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT 40 + 2'); print(k.fetchone()[0])"
    asked = subprocess.run(
        [*command, "shell", "-v", "0", "-c", query],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": "src"},
        timeout=120,
    )
    place = tmp_path / "data/postgres-place"
    if place.exists():
        subprocess.run(["rm", "-r", place.read_text().strip()], check=True)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout.splitlines()[-1]) == 42
