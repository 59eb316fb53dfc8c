"""Pictures that somebody brings, before they are kept: judged by content, cleaned.

A photograph is decoded and written anew: what hides in a file beside its picture (a place, a script, a second
format) is gone, and a file that only pretends to be one is refused.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from banli.engine.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
#: A JPEG is made small while it is read; the others are unpacked whole, at 4 bytes a pixel.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 20_000_000, "WEBP": 20_000_000}
LONGEST_SIDE = 1600


@dataclass(frozen=True)
class Upload:
    """A cleaned picture, not yet kept."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def photo(content: bytes) -> Upload:
    """A photograph as it will be kept: JPEG, upright, at most 1600 pixels a side, without its metadata.

    Refuses with ``file_too_large`` or ``file_kind``.
    """
    return jpeg(cleaned(content), quality=82)


def cleaned(content: bytes) -> Image.Image:
    image = opened(content, MAX_BYTES).convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = _upright(image)
    upright.info.clear()  # a comment would be written again
    return upright


def jpeg(image: Image.Image, **saved: Any) -> Upload:
    out = io.BytesIO()
    image.save(out, "JPEG", optimize=True, **saved)
    return Upload(out.getvalue(), "image/jpeg")


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held. What a camera notes beside its picture may be anything; then as it lies."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def opened(content: bytes, most: int) -> Image.Image:
    if len(content) > most:
        raise Refusal("file_too_large", max=most // (1024 * 1024))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=list(MAX_PIXELS))
            if image.width * image.height > MAX_PIXELS[image.format or ""]:
                raise Refusal("file_too_large", max=most // (1024 * 1024))
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Refusal("file_kind") from None
    return image
