"""Drawn pictures for the year's forms: faces, papers, plans. Nobody's, and small; the same again every time."""

import io
from datetime import date
from functools import lru_cache

from PIL import Image, ImageDraw

from banli.cases import attachments
from banli.cases.attachments import Upload
from banli.engine.fields import Field

#: Ground and figure.
FACES = (
    ("#c9d6df", "#52616b"), ("#e4d9c8", "#6b4f3a"), ("#d7e3d4", "#3c5a48"), ("#dcd3e6", "#4a3f5c"),
    ("#e8d5d5", "#5c3f3f"),
)  # fmt: skip

#: Wall, floor and what stands there, of a hall, a garage, a garden.
PLACES = (
    ("#e9e4da", "#b9b2a4", "#7d6b58"),
    ("#cfd3d6", "#8b9196", "#4f5b66"),
    ("#cfe3ea", "#8fae7b", "#4c6b45"),
)


def read(asked: Field, *, number: int, estate: str, day: date) -> Upload:
    """What the desk would keep of a picture for this field."""
    if asked.type == "portrait":
        return _portrait(number % len(FACES))
    if asked.type == "id_copy":
        return _marked(asked, estate, day)
    if "plan" in asked.label.en.lower():
        return _sheet(number % 3)
    return scene(number)


def scene(number: int) -> Upload:
    """A photograph of a place."""
    return _place(number % len(PLACES))


def page(number: int) -> Upload:
    """A scanned page of a contract."""
    return _page(number % 3)


@lru_cache(maxsize=3)
def _page(number: int) -> Upload:
    image = Image.new("RGB", (420, 594), "#fbfaf6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((130, 44, 290, 62), fill="#52616b")
    for line in range(16):
        pen.rectangle(
            (50, 100 + 24 * line, 370 - 37 * ((line * 7 + number) % 4), 106 + 24 * line), fill="#a9b2b8"
        )
    for left in (60, 250):
        pen.line((left, 540, left + 110, 540), fill="#52616b", width=2)
        pen.arc((left + 10, 505, left + 90, 550), 190, 350, fill="#2d4a7a", width=3)
    return attachments.photo(_png(image))


@lru_cache(maxsize=16)
def _portrait(number: int) -> Upload:
    ground, figure = FACES[number]
    image = Image.new("RGB", attachments.PORTRAIT, ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((88, 90, 207, 240), fill=figure)
    pen.ellipse((20, 265, 275, 620), fill=figure)
    return attachments.portrait(_png(image))


@lru_cache(maxsize=512)
def _marked(asked: Field, estate: str, day: date) -> Upload:
    image = Image.new("RGB", (340, 214), "#eef3f7")
    pen = ImageDraw.Draw(image)
    pen.rectangle((8, 8, 331, 205), outline="#8fa3b5", width=2)
    for top in (40, 68, 96, 150):
        pen.line((28, top, 190, top), fill="#8fa3b5", width=4)
    pen.rectangle((228, 40, 304, 140), fill="#c9d6df")
    return attachments.read(asked, _png(image), estate=estate, day=day)


@lru_cache(maxsize=8)
def _place(number: int) -> Upload:
    """A place seen from where somebody stands: floor and walls run together at the far end."""
    wall, floor, thing = PLACES[number]
    image = Image.new("RGB", (480, 360), wall)
    pen = ImageDraw.Draw(image)
    pen.polygon(((0, 360), (480, 360), (300, 190), (180, 190)), fill=floor)
    pen.rectangle((180, 80, 300, 190), fill="#f4f1ea", outline=thing, width=3)
    for near, far in ((0, 180), (480, 300)):
        pen.line((near, 0, far, 80), fill=thing, width=3)
        pen.line((near, 360, far, 190), fill=thing, width=3)
    left = 60 + 130 * number
    pen.rectangle((left, 210, left + 70, 320), fill=thing)
    pen.ellipse((left - 14, 308, left + 84, 334), outline="#c0392b", width=5)
    return attachments.photo(_png(image))


@lru_cache(maxsize=8)
def _sheet(number: int) -> Upload:
    image = Image.new("RGB", (420, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, 399, 279), outline="#52616b", width=3)
    pen.line((150 + 40 * number, 20, 150 + 40 * number, 279), fill="#52616b", width=3)
    pen.line((20, 140, 399, 140), fill="#52616b", width=2)
    return attachments.photo(_png(image))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
