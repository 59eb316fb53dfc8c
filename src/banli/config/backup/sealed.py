"""The encryption of a backup: AES-256-GCM in chunks under a key from the passphrase, so that any size streams.

Layout, version 1, numbers big-endian: ``BANLI-BACKUP`` and a line feed; version (1 byte); log2 of scrypt's N, its r,
its p (1 byte each); salt (16); nonce prefix (7); check (16). Then chunks of 65,536 bytes, the last one shorter or as
long, each followed by its tag (16). A chunk's nonce is the prefix, its number (4), and 1 for the last chunk, else 0
(1 byte): chunks cannot be exchanged, left out or cut off. The whole header is authenticated with every chunk. scrypt
gives 64 bytes: the first 32 are the key; the SHA-256 of the rest begins with the check, which tells a wrong passphrase
from a broken file.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from .failures import BackupFailure, broken, newer

MAGIC = b"BANLI-BACKUP\n"
VERSION = 1
LOG_N, R, P = 16, 8, 1  # 64 MB of memory, about a quarter of a second
MOST_LOG_N = 18  # a made-up header must not take more than 256 MB
CHUNK, TAG, SALT, PREFIX, CHECK = 65536, 16, 16, 7, 16
HEADER = len(MAGIC) + 4 + SALT + PREFIX + CHECK


@dataclass(frozen=True)
class _Key:
    cipher: AESGCM
    header: bytes
    prefix: bytes

    def nonce(self, number: int, last: bool) -> bytes:
        return self.prefix + number.to_bytes(4, "big") + bytes((last,))


class Writer:
    """Seals what is written to it. ``close`` writes the last chunk: without it the file cannot be opened."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        salt, prefix = os.urandom(SALT), os.urandom(PREFIX)
        key, check = _derive(passphrase, salt, LOG_N, R, P)
        header = MAGIC + bytes((VERSION, LOG_N, R, P)) + salt + prefix + check
        self.out, self.key, self.number, self.held = out, _Key(AESGCM(key), header, prefix), 0, bytearray()
        out.write(header)

    def write(self, data: bytes) -> None:
        self.held += data
        while len(self.held) > CHUNK:  # one chunk at least is kept: it may be the last
            self._chunk(bytes(self.held[:CHUNK]), last=False)
            del self.held[:CHUNK]

    def close(self) -> None:
        self._chunk(bytes(self.held), last=True)
        self.held.clear()

    def _chunk(self, data: bytes, last: bool) -> None:
        self.out.write(self.key.cipher.encrypt(self.key.nonce(self.number, last), data, self.key.header))
        self.number += 1


class Reader:
    """Opens a sealed file. Raises BackupFailure for a wrong passphrase, a newer version, a cut or changed file."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        header = source.read(HEADER)
        if not header.startswith(MAGIC):
            raise BackupFailure("这不是 Banli 的备份文件。", "This is not a backup of Banli.")
        if len(header) > len(MAGIC) and header[len(MAGIC)] > VERSION:
            raise newer()
        if len(header) < HEADER:
            raise broken()
        _, log_n, r, p = header[len(MAGIC) : len(MAGIC) + 4]
        salt, prefix = header[-SALT - PREFIX - CHECK : -PREFIX - CHECK], header[-PREFIX - CHECK : -CHECK]
        if not (1 <= log_n <= MOST_LOG_N and 1 <= r <= 8 and 1 <= p <= 4):
            raise broken()
        key, check = _derive(passphrase, salt, log_n, r, p)
        if not hmac.compare_digest(check, header[-CHECK:]):
            raise BackupFailure("口令不对。", "The passphrase is wrong.")
        self.key = _Key(AESGCM(key), header, prefix)
        self.source, self.number, self.held = source, 0, bytearray()
        self.following = source.read(CHUNK + TAG)
        self.ended = False

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes; a file that ends before them is broken."""
        while len(self.held) < size:
            if self.ended:
                raise broken()
            self.held += self._chunk()
        told = bytes(self.held[:size])
        del self.held[:size]
        return told

    def at_end(self) -> bool:
        """Whether everything was read; the last chunk was one that says so."""
        while not self.held and not self.ended:
            self.held += self._chunk()
        return self.ended and not self.held

    def _chunk(self) -> bytes:
        data, self.following = self.following, self.source.read(CHUNK + TAG)
        self.ended = not self.following
        try:
            told = self.key.cipher.decrypt(self.key.nonce(self.number, self.ended), data, self.key.header)
        except (InvalidTag, ValueError):
            raise broken() from None
        self.number += 1
        return told


def _derive(passphrase: str, salt: bytes, log_n: int, r: int, p: int) -> tuple[bytes, bytes]:
    told = Scrypt(salt=salt, length=64, n=2**log_n, r=r, p=p).derive(passphrase.encode())
    return told[:32], hashlib.sha256(told[32:]).digest()[:CHECK]
