"""The pass in the QR code: what it claims, signed with Ed25519, in characters a QR code packs densely.

The code proves only that this office wrote it. Whether the goods may go is for the gate to judge, from the
paper's state in the database. Layout in bytes, big-endian: version 1, key 1, estate 4, paper 6, valid-until
in minutes 4 (0: none), nonce 6, signature 64; base32 in capitals without padding, after ``…/G/``.
"""

import os
import re
import unicodedata
from base64 import b32decode, b32encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from banli.engine.refusals import Refusal
from banli.papers.keys import read_or_make

VERSION = 1
SIGNED, SIGNATURE = 22, 64
LENGTH = -(-(SIGNED + SIGNATURE) * 8 // 5)
LONGEST = 600
_TOKEN = re.compile(rf"(?:^|/G/)([A-Z2-7]{{{LENGTH}}})/?$")


@dataclass(frozen=True)
class Claims:
    """What a pass says of itself. ``token`` is its one and only spelling."""

    estate_id: int
    paper_id: int
    valid_until: datetime | None
    token: str


def new_token(*, estate_id: int, paper_id: int, valid_until: datetime | None) -> str:
    """A pass for this paper. ``valid_until`` counts in whole minutes."""
    return Writer().write(estate_id=estate_id, paper_id=paper_id, valid_until=valid_until)


class Writer:
    """Writes passes under the newest key, which it reads once."""

    def __init__(self) -> None:
        self.number = _writing_key()
        self.key = _key(_secret(self.number))

    def write(self, *, estate_id: int, paper_id: int, valid_until: datetime | None) -> str:
        """A pass for this paper. ``valid_until`` counts in whole minutes."""
        minutes = int(valid_until.timestamp()) // 60 if valid_until else 0
        claims = b"".join(
            (
                bytes((VERSION, self.number)),
                estate_id.to_bytes(4, "big"),
                paper_id.to_bytes(6, "big"),
                minutes.to_bytes(4, "big"),
                os.urandom(6),
            )
        )
        return b32encode(claims + self.key.sign(claims)).decode().rstrip("=")


def address(token: str, origin: str) -> str:
    """What stands in the QR code: in capitals throughout, so that it fits a small code."""
    return f"{origin.rstrip('/')}/G/{token}".upper() if origin else token


def check_token(text: str) -> Claims:
    """The claims of a scanned text: a whole address or the bare token, in any case and width.

    Refuses with ``pass_malformed`` for what is no pass, ``pass_forged`` where the signature is not ours.
    """
    found = _TOKEN.search(_keyed(text)) if len(text) <= LONGEST else None
    if not found:
        raise Refusal("pass_malformed")
    token = found.group(1)
    raw = b32decode(token + "=" * (-len(token) % 8))
    signed, signature = raw[:SIGNED], raw[SIGNED:]
    if b32encode(raw).decode().rstrip("=") != token or signed[0] != VERSION:
        raise Refusal("pass_malformed")
    try:
        _key(_secret(signed[1], make=False)).public_key().verify(signature, signed)
    except (InvalidSignature, FileNotFoundError):
        raise Refusal("pass_forged") from None
    minutes = int.from_bytes(signed[12:16], "big")
    return Claims(
        estate_id=int.from_bytes(signed[2:6], "big"),
        paper_id=int.from_bytes(signed[6:12], "big"),
        valid_until=datetime.fromtimestamp(minutes * 60, UTC) if minutes else None,
        token=token,
    )


def public_keys() -> dict[int, bytes]:
    """The keys that passes are verified with, by their number: for whoever verifies without this house."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    numbers = sorted({_writing_key(), *_key_numbers()})
    return {number: _key(_secret(number)).public_key().public_bytes(*raw) for number in numbers}


def fingerprint(token: str) -> str:
    """A pass in a few letters, out of which nobody makes the pass: of SHA-256 the first twelve bytes."""
    return urlsafe_b64encode(sha256(token.encode()).digest()[:12]).decode()


def _keyed(text: str) -> str:
    """As it was printed: a hand scanner types in whatever input method is on, full-width and with 、 for /."""
    return "".join(unicodedata.normalize("NFKC", text).upper().replace("、", "/").split())


def _writing_key() -> int:
    """The highest number among the files ``pass-N``: with pass-2 added, passes under pass-1 still hold."""
    return max(_key_numbers(), default=1)


def _key_numbers() -> list[int]:
    return [int(file.name.removeprefix("pass-")) for file in Path(settings.BANLI_SECRETS).glob("pass-*")]


def _secret(number: int, *, make: bool = True) -> bytes:
    name = f"pass-{number}"
    if not make and not (Path(settings.BANLI_SECRETS) / name).exists():
        raise FileNotFoundError(name)
    return read_or_make(name, _new_key)


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )


@cache
def _key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)
