"""Secrets are files in the data folder, made on first use, readable by their owner only."""

import os
import secrets
from functools import cached_property
from pathlib import Path


class Secrets:
    """The secrets of one installation. Whoever has this folder and the database has everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def secret_key(self) -> str:
        """Signs sessions and forms."""
        return self._read_or_make("secret-key").decode()

    @cached_property
    def vault_keys(self) -> dict[str, bytes]:
        """Key id → AES-256 key, by number. A file vault-2 laid beside vault-1 makes 2 the current key."""
        self._read_or_make("vault-1")
        files = sorted(self.folder.glob("vault-*"), key=lambda file: int(file.name.removeprefix("vault-")))
        return {file.name.removeprefix("vault-"): bytes.fromhex(file.read_text()) for file in files}

    @cached_property
    def blind_index_key(self) -> bytes:
        """Keys the HMAC under which private fields are looked up."""
        return bytes.fromhex(self._read_or_make("blind-index").decode())

    @cached_property
    def journal_key(self) -> bytes:
        """The seed of the Ed25519 key that seals the journal's days."""
        return bytes.fromhex(self._read_or_make("journal-key").decode())

    def _read_or_make(self, name: str) -> bytes:
        """64 hexadecimal digits; when several processes make it at once, all read the one that came first."""
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{name}-{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_bytes()
