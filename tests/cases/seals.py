"""Pictures of seals: scanned on white paper, or drawn with transparency."""

import io
from datetime import datetime

from PIL import Image, ImageDraw

from banli.papers import seal_pictures
from banli.papers.models import SealPicture
from tests.office import Office


def scan(side: int = 600, paper: str = "#f4f2ec", ink: str = "#c8202a", kind: str = "JPEG") -> bytes:
    """A ring with a bar, stamped on paper and scanned."""
    page = Image.new("RGB", (side, side), paper)
    pen, edge = ImageDraw.Draw(page), side // 10
    pen.ellipse((edge, edge, side - edge, side - edge), outline=ink, width=max(1, side // 30))
    pen.rectangle((side // 4, side // 2 - 10, side * 3 // 4, side // 2 + 10), fill=ink)
    return written(page, kind)


def transparent(side: int = 500) -> bytes:
    """A blue square seal on nothing."""
    seal = Image.new("RGBA", (side, side))
    ImageDraw.Draw(seal).rectangle((40, 40, side - 40, side - 40), outline="#1d3fae", width=24)
    return written(seal, "PNG")


def written(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def change(
    office: Office, content: bytes | None, reason: str = "换了新刻的章", post: str = "director",
    now: datetime | None = None,
) -> SealPicture:  # fmt: skip
    """陈主任 changes the seal's picture, or goes back to the drawn one."""
    chen = office["chen"]
    return seal_pictures.change(
        by=chen, acting=chen.posts["director"], post=post, content=content, reason=reason, now=now
    )
