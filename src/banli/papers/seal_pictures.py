"""The estate's own picture of a seal: a PNG with transparency, or a scan whose white paper is taken away.

Whoever seals puts on what was in force then: a paper that is printed again has the seal it was sealed with. A page
shows the picture only as the appearance of a signature; the screen shows it struck through.
"""

import base64
import io
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image, ImageChops, ImageDraw, ImageOps

from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.journal import actions as journal
from banli.journal.pictures import MAX_BYTES, opened
from banli.operation.happenings import action
from banli.papers.models import SealPicture
from banli.people.access import Acting, Desk

declare(
    {
        "seal_small": Text(
            zh="图样太小，印出来不清楚：去掉白边后每边至少 {least} 像素。",
            en="The picture is too small to be printed clearly: without its margin {least} pixels a side at least.",
        ),
        "seal_empty": Text(
            zh="图上没有看到印章：请用透明底的 PNG，或盖在白纸上扫描。",
            en="No seal is seen on the picture: use a PNG with transparency, or a scan of it on white paper.",
        ),
        "seal_full": Text(
            zh="图的底色不是白纸，去不掉：请盖在白纸上重新扫描，不要拍到纸以外。",
            en="The ground is not white paper: scan the seal on white paper, and nothing beside it.",
        ),
        "seal_drawn": Text(zh="现在用的就是系统画的章。", en="The drawn seal is in force already."),
        "seal_same": Text(zh="和现在用的图样一样。", en="That is the picture in force."),
    }
)

#: Pixels: the least that is clear on 34 mm, and what is more than a printer shows.
LEAST, LONGEST = 200, 1200
#: A scan's paper is what is lighter than so much of its lightest; of a seal no more than this part is inked.
PAPER, MOST_INK = 0.86, 0.85
PREVIEW = 320


def prepared(content: bytes) -> bytes:
    """The picture as it will be kept: a PNG, cut to the seal, with nothing of the file but what is seen.

    Refuses with ``file_too_large``, ``file_kind``, ``seal_small``, ``seal_empty`` or ``seal_full``.
    """
    image = ImageOps.exif_transpose(opened(content, MAX_BYTES)).convert("RGBA")
    ground = not any(image.getchannel("A").histogram()[:1])
    if ground:
        image.putalpha(_ink(image.convert("RGB")))
    # Dust of the scan counts for nothing where the seal is looked for.
    seen = image.getchannel("A").point(lambda level: 255 if level > 40 else 0)
    place = seen.getbbox()
    if place is None:
        raise Refusal("seal_empty")
    image, seen = image.crop(place), seen.crop(place)
    if ground and seen.histogram()[255] > MOST_INK * seen.width * seen.height:
        raise Refusal("seal_full")
    if min(image.size) < LEAST:
        raise Refusal("seal_small", least=LEAST)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    clean = Image.frombytes("RGBA", image.size, image.tobytes())
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()


def _ink(scan: Image.Image) -> Image.Image:
    """How much ink stands on each point of a scan: none on the paper, all where it is darkest in some colour."""
    red, green, blue = scan.split()
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    counted, dots, white = least.histogram(), 0, 255
    while (
        white > 0 and dots < least.width * least.height // 50
    ):  # the lightest fiftieth is the paper's own white
        dots += counted[white]
        white -= 1
    edge = max(1, int(white * PAPER))
    return least.point(lambda level: max(0, min(255, round((edge - level) * 255 / (edge * 0.7)))))


@action("seal_picture")
def change(
    *, by: Desk, acting: Acting, post: str, content: bytes | None, reason: str, now: datetime | None = None
) -> SealPicture:
    """From the next minute on the seal of ``post`` looks so on what is sealed; None: drawn again.

    Papers say the minute at which they were sealed; so none has another seal on its second printing than on its first.
    Refuses as `prepared` does, with ``reason_required``, and with what is in force already.
    """
    now = now or timezone.now()
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > 200 or not printable(reason):
        raise Refusal("bad_characters")
    png = prepared(content) if content is not None else b""
    digest = sha256(png).hexdigest() if png else ""
    with transaction.atomic():
        Estate.objects.select_for_update(no_key=True).only("pk").get(pk=by.estate.pk)
        newest = versions(by.estate, post).first()
        if digest == (newest.sha256 if newest else ""):
            raise Refusal("seal_same" if digest else "seal_drawn")
        row = SealPicture.objects.create(
            estate=by.estate, post=post, sha256=digest, picture=base64.b64encode(png).decode(), reason=reason,
            since=now.replace(second=0, microsecond=0) + timedelta(minutes=1), set_at=now, set_by=by.staff,
        )  # fmt: skip
        body = {
            "version": row.pk, "post": post, "sha256": digest, "since": row.since.isoformat(), "reason": reason,
            "set_at": now.isoformat(),
        }  # fmt: skip
        journal.append(
            estate_id=by.estate.pk, stream=f"settings/{by.estate.pk}", kind="seal_picture", body=body, by=by.staff,
            post=acting.post, deputy_for=acting.deputy_for, at=now,
        )  # fmt: skip
    return row


def versions(estate: Estate, post: str) -> QuerySet[SealPicture]:
    """Every version of a seal's picture, newest first."""
    return SealPicture.objects.filter(estate=estate, post=post).select_related("set_by").order_by("-pk")


def picture_at(estate: Estate, post: str, at: datetime) -> bytes | None:
    """The picture that was put on at a moment; None where the seal was drawn."""
    found = versions(estate, post).filter(since__lte=at).first()
    return content(found) if found is not None and found.sha256 else None


def content(version: SealPicture) -> bytes:
    """The picture in clear, a PNG. Raises VaultError where it does not open."""
    return base64.b64decode(version.picture)


def struck(png: bytes) -> bytes:
    """The picture as the screen shows it: small, on white, with lines across it that nobody takes away again."""
    seal = Image.open(io.BytesIO(png)).convert("RGBA")
    seal.thumbnail((PREVIEW, PREVIEW))
    shown = Image.new("RGB", (PREVIEW, PREVIEW), "white")
    shown.paste(seal, ((PREVIEW - seal.width) // 2, (PREVIEW - seal.height) // 2), seal)
    lines = ImageDraw.Draw(shown)
    for start in range(-PREVIEW, PREVIEW, 40):
        lines.line((start, PREVIEW, start + PREVIEW, 0), fill="white", width=5)
        lines.line((start + 6, PREVIEW, start + 6 + PREVIEW, 0), fill="#8a8a8a", width=1)
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()
