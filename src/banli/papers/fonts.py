"""The fonts papers are set in: Noto Sans SC and Noto Serif SC, from a package, never from the machine.

A missing font is silent in Typst, and so is a character that no font has. Both are found here.
"""

import struct
from functools import cache
from pathlib import Path

import typst

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

FAMILIES = ("Noto Sans SC", "Noto Serif SC")
PACKAGE = "pylopdf-fonts-zh-cn"

declare(
    {
        "font_missing": Text(
            zh="缺少打印字体“{family}”，请安装字体包 {package} 后再启动。",
            en="The font “{family}” for printing is missing. Install the package {package} and start again.",
        )
    }
)


def folder() -> Path:
    """Where the fonts are. Refuses with ``font_missing`` when the package is not installed."""
    try:
        import pylopdf_fonts_zh_cn
    except ImportError:
        raise Refusal("font_missing", family=FAMILIES[0], package=PACKAGE) from None
    return Path(pylopdf_fonts_zh_cn.__file__).parent


def check() -> None:
    """Whether papers can be printed at all; called when Banli starts. Refuses with ``font_missing``."""
    found = load(folder()).families()
    for family in FAMILIES:
        if family not in found:
            raise Refusal("font_missing", family=family, package=PACKAGE)


@cache
def load(where: Path) -> typst.Fonts:
    """The fonts of one folder and no others: the same paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(where)])


@cache
def covered(where: Path) -> frozenset[int]:
    """The characters the sans font can print, by code point (its cmap subtables of formats 4 and 12)."""
    data = (where / "NotoSansSC-Regular.otf").read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    for place in range(12, 12 + 16 * tables, 16):
        if data[place : place + 4] == b"cmap":
            return frozenset(_characters(data, struct.unpack_from(">I", data, place + 8)[0]))
    raise Refusal("font_missing", family=FAMILIES[0], package=PACKAGE)


def _characters(data: bytes, cmap: int) -> set[int]:
    found: set[int] = set()
    for place in range(cmap + 4, cmap + 4 + 8 * struct.unpack_from(">H", data, cmap + 2)[0], 8):
        table = cmap + struct.unpack_from(">I", data, place + 4)[0]
        if struct.unpack_from(">H", data, table)[0] == 12:
            for group in range(struct.unpack_from(">I", data, table + 12)[0]):
                first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found


def printable(text: str) -> str:
    """The text with each character that has no glyph written as ``〔U+2A6A5〕``: seen, never silent."""
    known = covered(folder())
    return "".join(c if ord(c) in known or c in "\n\t" else f"〔U+{ord(c):04X}〕" for c in text)
