"""Many cards printed at once: one PDF with a card on each page, or sheets of A4 to be cut.

The cards are the kept files, seals and all: a seal is shown only where it is this office's and the file is unaltered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from banli.papers import seal

MM = 72 / 25.4
CARD = (85.60 * MM, 53.98 * MM)
A4 = (210 * MM, 297 * MM)
ACROSS, DOWN = 2, 5
#: The cutter's marks: how far from the cards they begin, and how long they are.
GAP, MARK = 2 * MM, 5 * MM
EDGE = ((A4[0] - ACROSS * CARD[0]) / 2, (A4[1] - DOWN * CARD[1]) / 2)


@dataclass
class _Pages:
    writer: PdfFileWriter
    office: seal.Office

    def add(
        self, size: tuple[float, float], cards: Sequence[tuple[bytes, float, float]], marks: str = ""
    ) -> None:
        """A page with cards, each by the place of its lower left corner."""
        drawn, known = [marks], generic.DictionaryObject()
        for number, (pdf, x, y) in enumerate(cards):
            drawn.append(f"q 1 0 0 1 {x:.3f} {y:.3f} cm /C{number} Do")
            reader = PdfFileReader(BytesIO(pdf))
            known[generic.pdf_name(f"/C{number}")] = self.writer.import_page_as_xobject(reader)
            if seal.verify(pdf, self.office).good:
                drawn.append(self._seal(reader, f"/S{number}", known))
            drawn.append("Q")
        stream = generic.StreamObject(stream_data="\n".join(drawn).encode())
        page = PageObject(
            contents=self.writer.add_object(stream),
            media_box=(0, 0, *size),
            resources=generic.DictionaryObject({generic.pdf_name("/XObject"): known}),
        )
        self.writer.insert_page(page)

    def _seal(self, reader: PdfFileReader, name: str, known: generic.DictionaryObject) -> str:
        """The seal as it stands on the card: the appearance of its signature."""
        field = reader.embedded_signatures[-1].sig_field
        look = field["/AP"]["/N"]
        left, bottom, right, _ = (float(side) for side in field["/Rect"])
        scale = (right - left) / float(look["/BBox"][2])
        known[generic.pdf_name(name)] = self.writer.add_object(self.writer.import_object(look))
        return f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {bottom:.3f} cm {name} Do Q"


def one_a_page(cards: Sequence[bytes], office: seal.Office) -> bytes:
    """For a printer of cards."""
    pages = _Pages(PdfFileWriter(), office)
    for pdf in cards:
        pages.add(CARD, [(pdf, 0, 0)])
    return _written(pages)


def on_sheets(cards: Sequence[bytes], office: seal.Office) -> bytes:
    """Ten on a sheet of A4, edge to edge, in reading order, with marks outside them where to cut."""
    pages = _Pages(PdfFileWriter(), office)
    for first in range(0, len(cards), ACROSS * DOWN):
        placed = [
            (pdf, EDGE[0] + at % ACROSS * CARD[0], A4[1] - EDGE[1] - (at // ACROSS + 1) * CARD[1])
            for at, pdf in enumerate(cards[first : first + ACROSS * DOWN])
        ]
        pages.add(A4, placed, _marks())
    return _written(pages)


def _marks() -> str:
    """Short hairlines at both ends of every cut."""
    lines = []
    for column in range(ACROSS + 1):
        x = EDGE[0] + column * CARD[0]
        for end in (EDGE[1] - GAP, A4[1] - EDGE[1] + GAP + MARK):
            lines.append(f"{x:.3f} {end:.3f} m {x:.3f} {end - MARK:.3f} l")
    for row in range(DOWN + 1):
        y = EDGE[1] + row * CARD[1]
        for end in (EDGE[0] - GAP, A4[0] - EDGE[0] + GAP + MARK):
            lines.append(f"{end:.3f} {y:.3f} m {end - MARK:.3f} {y:.3f} l")
    return f"q 0.3 w {' '.join(lines)} S Q"


def _written(pages: _Pages) -> bytes:
    out = BytesIO()
    pages.writer.write(out)
    return out.getvalue()
