"""Photographs and drawn signatures: each came with an action, and is still the picture that came."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from banli.cases import attachments, private
from banli.cases.models import Attachment
from banli.journal.vault import VaultError

from .finding import UNSAYABLE, Finding, keyed, named
from .replay import Told

_BEGINS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n"}


def of_cases(batch: Sequence[Any], told: Mapping[int, Told]) -> Iterator[Finding]:
    """The pictures of some cases, read one by one: they are the largest thing in the database."""
    by_id = {case.pk: case for case in batch}
    rows: dict[int, list[Attachment]] = {}
    for picture in Attachment.objects.filter(case__in=by_id).order_by("case_id", "pk").iterator(10):
        yield from _content(picture, by_id[picture.case_id])
        picture.sealed = ""
        rows.setdefault(picture.case_id, []).append(picture)
    for pk, made in told.items():
        if by_id[pk].vault_salt:
            copies = set(_copies(by_id[pk], made))
            for sha256, row in made.files.items():
                row["identity_copy"] = sha256 in copies
        yield from keyed(
            rows.get(pk, []), made.files, key=lambda row: row.sha256, table=Attachment, about=named(by_id[pk])
        )


def _copies(case: Any, made: Told) -> Iterator[str]:
    """The copies of identity papers among a case's pictures, by SHA-256."""
    for name, sealed in made.copies:
        try:
            yield str(private.open_answer(case, name, sealed))
        except (VaultError, *UNSAYABLE):
            continue  # a case whose answers do not open is found by itself


def _content(picture: Attachment, case: Any) -> Iterator[Finding]:
    """The picture is the one its digest names. One whose case was erased cannot be looked at any more; of one that was
    purged nothing is there but that it was a photograph."""
    row = named(picture, named(case))
    if picture.purged_at is not None:
        if picture.sealed or picture.size or picture.media_type != "image/jpeg":
            yield Finding(row, "sealed, size, media_type: was purged, and is not")
        return
    if not case.vault_salt:
        return
    try:
        clear = attachments.content(picture, case)
    except (VaultError, *UNSAYABLE):
        yield Finding(row, "sealed, sha256: does not open")
        return
    if hashlib.sha256(clear).hexdigest() != picture.sha256 or len(clear) != picture.size:
        yield Finding(row, "sha256, size: is another picture")
    elif not clear.startswith(_BEGINS.get(picture.media_type, b"\0")):
        yield Finding(row, "media_type: is of another kind than it says")
