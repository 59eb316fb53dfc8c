"""Drawn signatures are PNG pictures, photographs JPEG; one that cannot be read must not stop a paper's printing."""

import io
import struct
import zlib

from PIL import Image

MAX_BYTES = 256 * 1024
MAX_SIDE = 4096
_MAGIC = b"\x89PNG\r\n\x1a\n"
#: colour type → channels; the types a drawing pad makes, and grey.
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def is_png(content: bytes) -> bool:
    """Whether it is a whole, uninterlaced 8-bit PNG of a sensible size whose picture data is all there."""
    if not content.startswith(_MAGIC) or len(content) > MAX_BYTES:
        return False
    try:
        chunks = list(_chunks(content))
        width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
        if chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or depth != 8 or interlaced:
            return False
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
            return False
        expected = height * (1 + width * _CHANNELS[colour])
        inflate = zlib.decompressobj()
        picture = inflate.decompress(b"".join(data for name, data in chunks if name == b"IDAT"), expected + 1)
        return len(picture) == expected
    except (struct.error, zlib.error, KeyError, IndexError, ValueError):
        return False


def kind_of(content: bytes) -> str | None:
    """``png`` or ``jpeg`` where it is a whole picture of that kind, else None."""
    if is_png(content):
        return "png"
    return "jpeg" if _is_jpeg(content) else None


def _is_jpeg(content: bytes) -> bool:
    if not content.startswith(b"\xff\xd8\xff") or len(content) > MAX_BYTES * 4:
        return False
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            if max(image.size) > MAX_SIDE:
                return False
            image.load()
    except (OSError, ValueError, SyntaxError):
        return False
    return True


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    place = len(_MAGIC)
    while place < len(content):
        length = struct.unpack_from(">I", content, place)[0]
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        if struct.unpack_from(">I", content, place + 8 + length)[0] != zlib.crc32(name + data):
            raise ValueError("a chunk was altered")
        found.append((name, data))
        place += 12 + length
    return found
