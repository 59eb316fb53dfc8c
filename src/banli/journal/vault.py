"""Private fields: sealed one by one, found again only by a blind index, shown masked.

Law: 个人信息保护法 art. 51 (encryption, de-identification), 47 (erasure). Rules kept here:

* AES-256-GCM under a key derived from the vault key and a salt that belongs to the owner of the text (a
  person's row, a case's stream). Destroying the salt makes every copy unreadable, also those in the journal.
* The context (which field) is authenticated: a sealed text moved to another field, or to a row with another
  salt, does not open.
* A sealed text names its key. The last key of `VAULT_KEYS` writes, every key in it opens.
* A text with a NUL byte is refused: PostgreSQL could not give it back.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

FORMAT = "v1"
SALT_BYTES = 16
NONCE_BYTES = 12
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
PAPER_KINDS = frozenset({"cn_id", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent"})


class VaultError(Exception):
    """A text cannot be sealed, or a sealed text does not open. Never carries the text itself."""


def new_salt() -> bytes:
    """A fresh salt for one owner of private texts; destroying it erases them."""
    return os.urandom(SALT_BYTES)


def salt_mark(salt: bytes) -> str:
    """What the journal may say of a salt, so that another one is noticed: nobody finds the salt again by it."""
    return hashlib.sha256(b"salt:" + salt).hexdigest()[:32]


def seal(text: str, context: str, *, salt: bytes = b"") -> str:
    """Seal `text` for the field named by `context`; raises VaultError on a NUL byte."""
    if "\x00" in text:
        raise VaultError("a private text may not contain a NUL byte")
    key_id = _writing_key_id()
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key_id, salt).encrypt(nonce, text.encode(), _associated(key_id, context))
    return f"{FORMAT}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def open_sealed(sealed: str, context: str, *, salt: bytes = b"") -> str:
    """The text of a sealed one; raises VaultError if it was altered, moved, or its key is not at hand."""
    key_id, raw = _parts(sealed)
    if key_id not in settings.VAULT_KEYS:
        raise VaultError(f"the vault key {key_id!r} is not configured")
    try:
        clear = _cipher(key_id, salt).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], _associated(key_id, context)
        )
    except InvalidTag:
        raise VaultError("a sealed text does not belong to this place, or was altered") from None
    return clear.decode()


def key_id_of(sealed: str) -> str:
    """Which vault key sealed it, so that a rotation can find what is still under an old key."""
    return _parts(sealed)[0]


def blind_index(text: str, purpose: str = "") -> str:
    """HMAC-SHA256 of an already normalised text, 64 hex digits.

    Equal texts of one purpose have equal indexes; nothing else can be told from one. Every field has its own
    purpose, so that columns cannot be compared.
    """
    key: bytes = settings.BLIND_INDEX_KEY
    return hmac.new(key, f"{purpose}\x1f{text}".encode(), hashlib.sha256).hexdigest()


def mask(kind: str, text: str) -> str:
    """What may be shown without a reason: the last four of a paper's number, 138****5678, else 张**."""
    if not text:
        return ""
    if kind in PAPER_KINDS:
        shown = 4 if len(text) >= 8 else 2 if len(text) >= 5 else 0
        return "*" * (len(text) - shown) + text[len(text) - shown :]
    if kind == "phone":
        start = text[:3] if len(text) >= 11 else ""
        return f"{start}****{text[-4:]}" if len(text) >= 7 else "****"
    return f"{text[0]}**"


class Sealed:
    """A private text as it came from the database, not yet opened. Its repr shows nothing."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class _OpenOnRead:
    """Opens the text only when somebody reads the attribute: a list of people decrypts nothing."""

    def __init__(self, field: "EncryptedText") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            return open_sealed(value.token, self.field.context, salt=self.field.salt_of(instance))
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedText(models.TextField):
    """A private text, sealed to its row by the row's salt, a BinaryField named by `salt_field`.

    It cannot be searched: keep a blind index beside it. `QuerySet.update()` is refused, as the row's salt is
    not known there; `values()` gives the sealed thing, never the text. An empty text is stored as "".
    """

    def __init__(self, *args: Any, salt_field: str = "vault_salt", **kwargs: Any) -> None:
        self.salt_field = salt_field
        super().__init__(*args, **kwargs)

    @property
    def context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def salt_of(self, instance: models.Model) -> bytes:
        salt = bytes(getattr(instance, self.salt_field) or b"")
        if len(salt) < SALT_BYTES:
            raise VaultError("this row's salt was destroyed: its private texts are erased")
        return salt

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.salt_field != "vault_salt":
            kwargs["salt_field"] = self.salt_field
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _OpenOnRead(self))

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed | str | None:
        return Sealed(value) if value else value

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        sealed = Sealed(seal(str(value), self.context, salt=self.salt_of(model_instance)))
        model_instance.__dict__[self.attname] = sealed
        return sealed

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.token
        if value:
            raise FieldError(
                f"{self.name} is sealed: it is written by save(), and searched by its blind index"
            )
        return value


def _writing_key_id() -> str:
    key_ids = list(settings.VAULT_KEYS)
    if not key_ids:
        raise VaultError("no vault key is configured")
    return str(key_ids[-1])


def _cipher(key_id: str, salt: bytes) -> AESGCM:
    key = settings.VAULT_KEYS[key_id]
    if len(key) != 32:
        raise VaultError(f"the vault key {key_id!r} must have 32 bytes")
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=salt or None, info=b"banli.vault." + FORMAT.encode()
    )
    return AESGCM(derived.derive(key))


def _associated(key_id: str, context: str) -> bytes:
    return f"{FORMAT}.{key_id}.{context}".encode()


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, payload = rest.partition(".")
    if version != FORMAT or not KEY_ID.fullmatch(key_id):
        raise VaultError("not a sealed text")
    try:
        raw = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise VaultError("not a sealed text") from None
    if len(raw) < NONCE_BYTES + 16:
        raise VaultError("not a sealed text")
    return key_id, raw
