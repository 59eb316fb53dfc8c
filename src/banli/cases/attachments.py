"""Photographs, copies of identity papers, drawn signatures: judged by content, cleaned, kept sealed."""

import base64
import binascii
import io
import json
from collections.abc import Container, Iterable
from datetime import date, datetime

from PIL import Image, ImageOps

from banli.engine.fields import PICTURES, Field
from banli.engine.refusals import Refusal
from banli.journal import vault
from banli.journal.pictures import MAX_BYTES, Upload, cleaned, jpeg, opened, photo
from banli.journal.statement import Part
from banli.people.models import Staff

from . import watermark
from .models import Attachment, Case

__all__ = ["MAX_BYTES", "Upload", "photo"]
SIGNATURE_SIDE = 1200
#: One inch as offices here know it: 25 x 35 mm at 300 dots to the inch; and what is too small to be printed so.
PORTRAIT, LEAST_PORTRAIT = (295, 413), (147, 206)
#: The types of answers that are pictures, and what each is kept as.
MEDIA_TYPES = dict.fromkeys(PICTURES, "image/jpeg") | {"signature": "image/png"}
_KEPT = """
    INSERT INTO cases_attachment (case_id, sha256, media_type, size, sealed, identity_copy, at, by_id)
    SELECT moved.id, told.sha256, told.media_type, told.size, told.sealed, told.identity_copy, %(kept_at)s, %(kept_by)s
      FROM moved, jsonb_to_recordset(%(kept_rows)s::jsonb)
                  AS told(sha256 text, media_type text, size int, sealed text, identity_copy bool)
    ON CONFLICT DO NOTHING
"""
_DATA_URL = "data:image/png;base64,"


def portrait(content: bytes) -> Upload:
    """A one-inch photograph of a person, cut to its shape around the middle unless it came so.

    Refuses as `photo` does, and with ``portrait_too_small``.
    """
    upright = cleaned(content)
    width, height = PORTRAIT
    across = min(upright.width, upright.height * width // height)
    if across < LEAST_PORTRAIT[0]:
        raise Refusal("portrait_too_small", width=LEAST_PORTRAIT[0], height=LEAST_PORTRAIT[1])
    cut = ImageOps.fit(upright, PORTRAIT, Image.Resampling.LANCZOS)
    return jpeg(cut, quality=90, dpi=(300, 300))


def id_copy(content: bytes, told: str) -> Upload:
    """A picture of an identity paper with ``told`` (what for, where, when) written all across it.

    Only the marked picture is ever kept. Refuses as `photo` does.
    """
    return jpeg(watermark.across(cleaned(content), told), quality=86)


def read(asked: Field, content: bytes, *, estate: str, day: date) -> Upload:
    """The picture that a field asks for, as it will be kept. Refuses with what is wrong with it."""
    if asked.type == "portrait":
        return portrait(content)
    if asked.type == "id_copy":
        purpose = asked.purpose.zh if asked.purpose else ""
        return id_copy(content, f"仅供{purpose}使用　{estate}　{day.isoformat()}")
    return photo(content)


def signature(data_url: str) -> Upload:
    """A drawn signature from the pad (a PNG data URL), as black ink on nothing: it stands on coloured paper too.

    A blank one: ``signature_required``.
    """
    if not data_url.startswith(_DATA_URL):
        raise Refusal("signature_required")
    try:
        content = base64.b64decode(data_url.removeprefix(_DATA_URL), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("signature_required") from None
    image = opened(content, MAX_BYTES // 4).convert("RGBA")
    if image.width > 4096 or image.height > 4096:
        raise Refusal("signature_required")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    ink = ImageOps.invert(flat.convert("L"))
    drawn = ink.getbbox()
    if drawn is None:
        raise Refusal("signature_required")
    ink = ink.crop(drawn)
    ink.thumbnail((SIGNATURE_SIDE, SIGNATURE_SIDE))
    out = io.BytesIO()
    Image.merge("LA", (Image.new("L", ink.size), ink)).save(out, "PNG", optimize=True)
    return Upload(out.getvalue(), MEDIA_TYPES["signature"])


def keeping(
    case: Case, uploads: Iterable[Upload], *, copies: Container[str], by: Staff | None, at: datetime
) -> Part:
    """Keep the pictures of one action, sealed to their case; the same picture twice is kept once.

    ``copies``: which of them are copies of identity papers, and go when what they were taken for is over.
    A part of the statement that brings the case up to date.
    """
    uploads = list(uploads)
    if uploads and case.erased:
        raise Refusal("erased")
    told = [
        {
            "sha256": one.sha256, "media_type": one.media_type, "size": len(one.content),
            "identity_copy": one.sha256 in copies,
            "sealed": vault.seal(
                base64.b64encode(one.content).decode(), _context(one.sha256), salt=bytes(case.vault_salt)
            ),
        }
        for one in uploads
    ]  # fmt: skip
    return Part(
        "kept", _KEPT, {"kept_at": at, "kept_by": by.pk if by else None, "kept_rows": json.dumps(told)}
    )


def content(attachment: Attachment, case: Case) -> bytes:
    """The picture in clear."""
    clear = vault.open_sealed(attachment.sealed, _context(attachment.sha256), salt=bytes(case.vault_salt))
    return base64.b64decode(clear)


def _context(sha256: str) -> str:
    return f"case.attachment.{sha256}"
