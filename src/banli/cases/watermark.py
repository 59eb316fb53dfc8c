"""What a copy of an identity paper is for, written across it, so that it is good for nothing else."""

from functools import cache
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from banli.papers import fonts

#: Degrees the lines rise, and how much of what is below a line's ink covers (of 255).
RISE, INK = 24, 120
#: Below this tone (of 255) a place is dark, and the ink light.
DARK = 100


def across(image: Image.Image, told: str) -> Image.Image:
    """A new picture with ``told`` repeated in slanting lines over all of it, dark on light and light on dark.

    Letters are a twenty-fourth of the longer side high: still legible on a copy of the copy.
    """
    size = max(14, max(image.size) // 24)
    # Turned, the sheet of lines must still reach every corner.
    side = ceil((image.width**2 + image.height**2) ** 0.5) + 4 * size
    ink = Image.new("L", (side, side), 0)
    pen, font, line = ImageDraw.Draw(ink), _font(size), f"{fonts.printable(told)}　　"
    step = max(1, round(font.getlength(line)))
    for number, top in enumerate(range(0, side, size * 3)):
        for left in range(-(number % 2) * step // 2 - step, side, step):
            pen.text((left, top), line, font=font, fill=INK)
    ink = ink.rotate(RISE, resample=Image.Resampling.BICUBIC)
    corner = ((side - image.width) // 2, (side - image.height) // 2)
    mask = ink.crop((*corner, corner[0] + image.width, corner[1] + image.height))
    dark = image.convert("L").point([255] * DARK + [0] * (256 - DARK))
    light, strong = (Image.new("RGB", image.size, colour) for colour in ("#f4f4f4", "#7d1015"))
    return Image.composite(Image.composite(light, strong, dark), image, mask)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.folder() / "NotoSansSC-Regular.otf"), size)
