"""A pen that writes SVG: presentation attributes only, so that a page's content policy lets it stand."""

from html import escape

INK, SOFT, LINE, PAPER = "#1f2937", "#4b5563", "#94a3b8", "#ffffff"
BACK, AHEAD, STOP, GOOD, NOW = "#b45309", "#475569", "#b91c1c", "#15803d", "#1d4ed8"
#: One quiet hue for each post, in the order in which they appear.
HUES = ("#2563eb", "#0f766e", "#7c3aed", "#b45309", "#be185d", "#4d7c0f", "#0369a1", "#9f1239")
FONTS = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"


def width_of(words: str, size: float) -> float:
    """About how wide a text is drawn: what is Chinese fills its square, what is Latin about half of it."""
    return sum(_share(c) for c in words) * size


def _share(character: str) -> float:
    if ord(character) > 0x2E7F:
        return 1.0
    if character in " .,:;'|il!()[]":
        return 0.32
    if character.isupper() or character in "mw“”—…":
        return 0.72
    return 0.55


def wrapped(words: str, size: float, width: float) -> list[str]:
    """The text in lines of at most ``width``; Latin words stay whole, no line begins with a closing mark."""
    lines, line = [], ""
    for part in _parts(words):
        closing = part[0] in "，。；：、）”’！？,.;:)"
        if line and width_of(line + part.rstrip(), size) > width and not closing:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _parts(words: str) -> list[str]:
    told: list[str] = []
    for character in words:
        joins = told and ord(character) <= 0x2E7F and ord(told[-1][-1]) <= 0x2E7F and told[-1][-1] != " "
        if joins:
            told[-1] += character
        else:
            told.append(character)
    return told


class Pen:
    """Collects elements in two layers: lines lie under cards."""

    def __init__(self) -> None:
        self.under: list[str] = []
        self.over: list[str] = []

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str = PAPER, stroke: str = LINE,
        bold: float = 1.0, round_: float = 8.0, dashed: bool = False, under: bool = False,
    ) -> None:  # fmt: skip
        """A rounded rectangle."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self._put(
            under,
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{_n(round_)}" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="{_n(bold)}"{dash}/>',
        )

    def line(
        self, points: list[tuple[float, float]], *, colour: str = LINE, bold: float = 1.4,
        dashed: bool = False, arrow: bool = False, under: bool = True,
    ) -> None:  # fmt: skip
        """A line through points, with a head at its end if it is an arrow."""
        way = "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self._put(
            under,
            f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{_n(bold)}" '
            f'stroke-linejoin="round"{dash}/>',
        )
        if arrow:
            self.head(points[-2], points[-1], colour, under=under)

    def head(
        self, before: tuple[float, float], end: tuple[float, float], colour: str, *, under: bool
    ) -> None:
        """An arrow's head at ``end``, pointing away from ``before``; lines are level or upright."""
        (x, y), dx, dy = end, _sign(end[0] - before[0]), _sign(end[1] - before[1])
        left, right = (x - 6 * dx + 4 * dy, y - 6 * dy + 4 * dx), (x - 6 * dx - 4 * dy, y - 6 * dy - 4 * dx)
        corners = " ".join(f"{_n(a)},{_n(b)}" for a, b in (end, left, right))
        self._put(under, f'<polygon points="{corners}" fill="{colour}"/>')

    def text(
        self, x: float, y: float, words: str, *, size: float = 12, colour: str = INK, bold: bool = False,
        anchor: str = "start",
    ) -> None:  # fmt: skip
        """One line of text; ``y`` is its baseline."""
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.over.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{colour}"{weight}{place}>'
            f"{escape(words)}</text>"
        )

    def dot(self, x: float, y: float, r: float, colour: str, *, hollow: bool = False) -> None:
        """A disc, or a ring."""
        fill, stroke = (PAPER, colour) if hollow else (colour, colour)
        self.over.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>'
        )

    def clock(self, x: float, y: float, colour: str, *, stopped: bool = False) -> None:
        """A small clock; one that stops is crossed out."""
        self.dot(x, y, 5, colour, hollow=True)
        self.line([(x, y - 3), (x, y), (x + 2.5, y)], colour=colour, bold=1.2, under=False)
        if stopped:
            self.line([(x - 5, y + 5), (x + 5, y - 5)], colour=colour, bold=1.4, under=False)

    def tick(self, x: float, y: float) -> None:
        """A tick in a green disc."""
        self.dot(x, y, 8, GOOD)
        self.line([(x - 3.5, y), (x - 1, y + 3), (x + 4, y - 3)], colour=PAPER, bold=2, under=False)

    def picture(self, width: float, height: float, title: str, words: str) -> str:
        """The finished drawing. ``words`` is what somebody hears who cannot see it."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure-drawing" role="img" '
            f'aria-label="{escape(title)}" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
            f'height="{_n(height)}" font-family="{FONTS}">\n'
            f"<title>{escape(title)}</title>\n<desc>{escape(words)}</desc>\n"
            f'<rect width="{_n(width)}" height="{_n(height)}" rx="12" fill="#f8fafc"/>\n'
            + "\n".join([*self.under, *self.over])
            + "\n</svg>\n"
        )

    def _put(self, under: bool, element: str) -> None:
        (self.under if under else self.over).append(element)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _sign(number: float) -> int:
    return (number > 0.01) - (number < -0.01)
