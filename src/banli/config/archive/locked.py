"""A file locked into a zip under a passphrase, as 7-Zip, WinZip, Keka and others open it: WinZip's AE-2, AES-256.

Described by WinZip in "AES Encryption Information" (AE-2): the member is told of with method 99 and the extra field
0x9901; its bytes are a salt (16), two to tell a wrong passphrase by, the content under AES-256 in counter mode (the
counter little-endian, from 1), and ten of HMAC-SHA1 over that. The keys come by PBKDF2-HMAC-SHA1, 1,000 times: so
little that the passphrase itself has to be strong (see :mod:`banli.estate.takeout.passphrase`).
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SALT, CHECK, CODE, KEY = 16, 2, 10, 32
ROUNDS, BLOCK = 1000, 16
CHUNK = 256 * 1024  # bytes, a multiple of a block
_STORED, _AES, _VERSION = 0, 99, 51
_ENCRYPTED = 1  # the flag of a member
_ZIP64 = 0xFFFFFFFF


def locked(content: IO[bytes], size: int, name: str, passphrase: str, at: datetime) -> Iterator[bytes]:
    """A zip with one member, ``name`` (ASCII), in pieces; ``content`` has exactly ``size`` bytes."""
    salt = os.urandom(SALT)
    derived = hashlib.pbkdf2_hmac("sha1", passphrase.encode("ascii"), salt, ROUNDS, 2 * KEY + CHECK)
    cipher = _Counting(derived[:KEY])
    code = hmac.new(derived[KEY : 2 * KEY], digestmod="sha1")
    held = SALT + CHECK + size + CODE
    local = _local(name.encode("ascii"), size, held, at)
    yield local + salt + derived[-CHECK:]
    left = size
    while piece := content.read(min(CHUNK, left)):
        left -= len(piece)
        sealed = cipher.over(piece)
        code.update(sealed)
        yield sealed
    if left:
        raise ValueError(f"{left} bytes are missing")
    yield code.digest()[:CODE]
    yield _end(name.encode("ascii"), size, held, at, len(local) + held)


class _Counting:
    """AES in counter mode with a little-endian counter, which the library does not have: the counter's own blocks are
    encrypted, and laid over the content."""

    def __init__(self, key: bytes) -> None:
        self.blocks = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # of a counter, never of content
        self.number = 1

    def over(self, piece: bytes) -> bytes:
        """Every piece but the last is a whole number of blocks."""
        many = -(-len(piece) // BLOCK)
        numbers = b"".join(n.to_bytes(BLOCK, "little") for n in range(self.number, self.number + many))
        self.number += many
        pad = self.blocks.update(numbers)[: len(piece)]
        laid = int.from_bytes(piece, "big") ^ int.from_bytes(pad, "big")
        return laid.to_bytes(len(piece), "big")


def _local(name: bytes, size: int, held: int, at: datetime) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, size, held) + _aes()
    return struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, _VERSION, _ENCRYPTED, _AES, *_moment(at), 0, _ZIP64, _ZIP64, len(name), len(extra)
    ) + name + extra  # fmt: skip


def _end(name: bytes, size: int, held: int, at: datetime, place: int) -> bytes:
    """The list of members, and where it is: in both forms, as the content may be longer than 4 GB."""
    extra = struct.pack("<HHQQ", 1, 16, size, held) + _aes()
    entry = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 0x0300 | _VERSION, _VERSION, _ENCRYPTED, _AES, *_moment(at), 0, _ZIP64,
        _ZIP64, len(name), len(extra), 0, 0, 0, 0o100600 << 16, 0,
    ) + name + extra  # fmt: skip
    whole = struct.pack(
        "<IQHHIIQQQQ", 0x06064B50, 44, 0x0300 | _VERSION, _VERSION, 0, 0, 1, 1, len(entry), place
    )
    where = struct.pack("<IIQI", 0x07064B50, 0, place + len(entry), 1)
    last = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(entry), min(place, _ZIP64), 0)
    return entry + whole + where + last


def _aes() -> bytes:
    return struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, _STORED)


def _moment(at: datetime) -> tuple[int, int]:
    """As MS-DOS wrote it: the time, then the date."""
    return (
        at.hour << 11 | at.minute << 5 | at.second // 2,
        (at.year - 1980) << 9 | at.month << 5 | at.day,
    )
