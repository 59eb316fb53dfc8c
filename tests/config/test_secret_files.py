"""The secrets of an installation."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from banli.config.secret_files import Secrets


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_for_their_owner_only(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets")
    assert len(secrets.secret_key) == 64
    assert len(secrets.blind_index_key) == 32
    assert [len(key) for key in secrets.vault_keys.values()] == [32]
    assert mode(tmp_path / "secrets") == 0o700
    made = sorted(path.name for path in (tmp_path / "secrets").iterdir())
    assert made == ["blind-index", "secret-key", "vault-1"]
    assert {mode(tmp_path / "secrets" / name) for name in made} == {0o600}


def test_a_restart_finds_the_same_secrets(tmp_path: Path) -> None:
    first, second = Secrets(tmp_path), Secrets(tmp_path)
    assert first.secret_key == second.secret_key
    assert first.vault_keys == second.vault_keys
    assert first.blind_index_key == second.blind_index_key


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Secrets(tmp_path).secret_key, range(32)))
    assert len(keys) == 1


def test_the_highest_vault_key_is_the_last(tmp_path: Path) -> None:
    old = Secrets(tmp_path).vault_keys["1"]
    (tmp_path / "vault-2").write_text("02" * 32)
    (tmp_path / "vault-10").write_text("10" * 32)
    keys = Secrets(tmp_path).vault_keys
    assert list(keys) == ["1", "2", "10"]
    assert keys["1"] == old
