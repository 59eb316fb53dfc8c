"""Pictures that came with a form which was refused: held sealed for a while, so that nobody takes them again.

They are held for whoever sent them, known by the SHA-256 of their content, and forgotten by themselves.
"""

import base64
from collections.abc import Iterable

from django.core.cache import cache
from django.http import QueryDict

from banli.cases.attachments import Upload
from banli.journal import vault

HELD_FOR = 2 * 60 * 60  # seconds


def hold(staff_id: int, uploads: Iterable[Upload]) -> None:
    """Hold pictures for this person."""
    for one in uploads:
        text = f"{one.media_type}\n{base64.b64encode(one.content).decode()}"
        cache.set(_place(staff_id, one.sha256), vault.seal(text, _place(staff_id, one.sha256)), HELD_FOR)


def held(staff_id: int, sha256: str) -> Upload | None:
    """A picture this person sent, while it is held."""
    if len(sha256) != 64 or not sha256.isalnum() or not sha256.isascii():
        return None
    sealed = cache.get(_place(staff_id, sha256))
    if sealed is None:
        return None
    media_type, _, content = vault.open_sealed(sealed, _place(staff_id, sha256)).partition("\n")
    return Upload(base64.b64decode(content), media_type)


def forget(staff_id: int, uploads: Iterable[Upload], posted: QueryDict) -> None:
    """The pictures are kept with their case now. A form that was refused names what is held; from others nothing is."""
    if any(name.endswith("-kept") for name in posted):
        cache.delete_many([_place(staff_id, one.sha256) for one in uploads])


def _place(staff_id: int, sha256: str) -> str:
    return f"desk.held.{staff_id}.{sha256}"
