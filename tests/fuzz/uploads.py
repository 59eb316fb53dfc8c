"""Files that pretend: polyglots, bombs, the wrong kind, cut short, with paths for names."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image

SCRIPT = b"<script>fz('fz7')</script>"


@dataclass(frozen=True)
class File:
    """A file as a browser says it is."""

    name: str
    content: bytes
    kind: str = "image/jpeg"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **saved)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel, complete and right: its zeros pack to a thousandth."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    whole, block = ((width + 7) // 8 + 1) * height, 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(b"\0" * block) + packer.flush(
        zlib.Z_FULL_FLUSH
    )  # stands for itself: it may be repeated
    rest = packer.compress(b"\0" * (whole % block)) + packer.flush()
    packed = b"\x78\xda" + one * (whole // block) + rest + struct.pack(">HH", whole % 65521, 1)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small picture whose comment unpacks to 64 MB."""
    whole = picture("PNG")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * (64 << 20), 9))
    return whole[:33] + text + whole[33:]


def exif_heavy() -> bytes:
    """A JPEG with as much beside its picture as its segments hold: 60 of 64 kB, with a script in each."""
    whole = picture()
    segment = (
        b"\xff\xe1"
        + struct.pack(">H", 65000)
        + b"Exif\0\0"
        + (SCRIPT + b"\0" * 100)[:64992].ljust(64992, b"\0")
    )
    return whole[:2] + segment * 60 + whole[2:]


def frames(count: int) -> bytes:
    """A moving WEBP of that many frames."""
    first, *rest = [Image.new("RGB", (32, 32), (n % 256, 0, 0)) for n in range(count)]
    out = io.BytesIO()
    first.save(out, "WEBP", save_all=True, append_images=rest)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.py", SCRIPT)
    return out.getvalue()


@cache
def refused() -> dict[str, bytes]:
    """What is no picture that the house takes, or one too large to open."""
    gif = picture("GIF")
    return {
        "gif that is also javascript": gif[:6] + b"*/=1;fz('fz7');/*" + gif[6:],
        "gif": gif,
        "pdf that is also a zip": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(fz())>>>>endobj\n"
        + zipped(),
        "svg with a script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="fz()">' + SCRIPT + b"</svg>",
        "html": b"<!doctype html>" + SCRIPT,
        "tiff": picture("TIFF"),
        "bmp": picture("BMP"),
        "ico": picture("ICO"),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(fz) run\n",
        "mpo": b"\xff\xd8\xff\xe2\x00\x06MPF\0",
        "png of 50000 by 50000": png_bomb(50_000, 50_000),
        "png of 5000 by 4001": png_bomb(5_000, 4_001),
        "png of nothing": png_bomb(0, 0),
        "jpeg cut short": picture(size=(640, 480))[:900],
        "png cut short": picture("PNG", (640, 480))[:400],
        "webp cut short": picture("WEBP", (640, 480))[:60],
        "head of a jpeg": b"\xff\xd8\xff",
        "empty": b"",
        "zeros": b"\0" * 5000,
        "zip": zipped(),
        "text that unpacks to much": text_bomb(),
        "program": b"\x7fELF" + b"\0" * 500,
        "more than 10 MB": picture() + b"\0" * (11 << 20),
    }


@cache
def kept() -> dict[str, bytes]:
    """Real pictures with something hidden in them: kept as a picture made anew, and nothing else."""
    jpeg, png = picture(), picture("PNG")
    return {
        "jpeg with a script behind": jpeg + SCRIPT,
        "jpeg with a zip behind": jpeg + zipped(),
        "jpeg with much beside it": exif_heavy(),
        "jpeg with a script as its comment": picture(comment=SCRIPT),
        "png with a script behind": png + SCRIPT,
        "png with a script in its text": png[:33] + chunk(b"tEXt", b"Comment\0" + SCRIPT) + png[33:],
        "webp of many frames": frames(40),
        "webp": picture("WEBP"),
        "png of as much as may be": png_bomb(4_472, 4_472),
        "jpeg of as much as may be": picture(size=(8_000, 6_250)),
        "jpeg of one pixel": picture(size=(1, 1)),
        "jpeg of a line": picture(size=(6000, 1)),
    }


NAMES = (
    "photo.jpg",
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/cron.d/fz7",
    "photo.jpg\x00.php",
    "fz7.php",
    "<script>fz('fz7').jpg",
    "",
    ".",
    "..",
    "a" * 5000,
    "\u202egpj.exe",
    "con.jpg",
    "photo.svg",
    "照片 fz7.jpg",
    "\ud800.jpg",
    "a;b=c.jpg",
    "%2e%2e%2ffz7",
)
KINDS = ("image/jpeg", "image/png", "image/svg+xml", "text/html", "", "fz7/fz7", "image/jpeg; charset=fz7")


def any_file(random: Random) -> File:
    """One of them all, under some name and kind. The large ones come rarely."""
    pool = kept() if random.random() < 0.6 else refused()
    content = random.choice([c for c in pool.values() if len(c) < 300_000 or random.random() < 0.02])
    return File(random.choice(NAMES), content, random.choice(KINDS))
