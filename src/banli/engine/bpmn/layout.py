"""Where each element of the diagram lies: a column for each element, a row for each lane, arrows in between.

Elements fill the middle of their cells, so that the strips between columns and along the rows are free: every
arrow runs in those strips and crosses no element.
"""

from dataclasses import dataclass, field

from banli.engine.bpmn.graph import Arrow, Node, Scope

TASK, GATE, EVENT = (128.0, 76.0), (46.0, 46.0), (36.0, 36.0)
COLUMN, ROW, STRIP = 62.0, 64.0, 5.0
NOTE = (170.0, 44.0)
HEAD = 30.0
#: A gateway's question and an event's name are written below it.
BELOW = 26.0


@dataclass
class Place:
    """A rectangle."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass
class Layout:
    """Places by id: elements, lanes (by row), notes (by the element they belong to); ways by arrow."""

    places: dict[str, Place] = field(default_factory=dict)
    lanes: dict[str, Place] = field(default_factory=dict)
    notes: dict[str, Place] = field(default_factory=dict)
    ways: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def lay_out(scope: Scope, x: float, y: float) -> Layout:
    """Lay out a scope with its corner at (x, y); sub-processes are laid out inside their element."""
    layout = Layout()
    inner = {node.id: lay_out(node.inner, 0, 0) for node in scope.nodes.values() if node.inner is not None}
    nodes = [node for node in scope.nodes.values() if not node.host]
    rows = list(dict.fromkeys(node.row for node in nodes))
    tops = _rows(layout, nodes, rows, inner, x, y)
    across = x + COLUMN / 2
    for node in nodes:
        w, h = _size(node, inner)
        top, height = tops[node.row]
        note = NOTE[1] + 14 if any(other.notes and other.row == node.row for other in nodes) else 0
        middle = top + note + (height - note) / 2
        layout.places[node.id] = Place(across, middle - h / 2, w, h)
        if node.notes:
            tall = max(NOTE[1], 18.0 * sum(n.count("\n") + 1 for n in node.notes))
            layout.notes[node.id] = Place(across - 10, top + 8, NOTE[0], tall)
        across += max(w, NOTE[0] - 40 if node.notes else w) + COLUMN
    layout.width = across - x
    for place in layout.lanes.values():
        place.w = layout.width
    layout.height = sum(place.h for place in layout.lanes.values())
    _boundaries(layout, scope)
    for number, arrow in enumerate(scope.arrows):
        layout.ways[arrow.id] = _way(layout, scope, arrow, number, tops)
    for name in inner:
        corner = layout.places[name]
        _take_in(layout, lay_out(scope.nodes[name].inner or scope, corner.x + 8, corner.y + HEAD))
    return layout


def _rows(
    layout: Layout, nodes: list[Node], rows: list[str], inner: dict[str, Layout], x: float, y: float
) -> dict[str, tuple[float, float]]:
    tops: dict[str, tuple[float, float]] = {}
    for row in rows:
        members = [node for node in nodes if node.row == row]
        tallest = max(_size(node, inner)[1] for node in members)
        height = max(tallest, TASK[1]) + ROW + BELOW
        notes = [18.0 * sum(n.count("\n") + 1 for n in node.notes) for node in members if node.notes]
        height += max([NOTE[1] + 14, *notes]) if notes else 0
        tops[row] = (y, height)
        layout.lanes[row] = Place(x, y, 0, height)
        y += height
    return tops


def _size(node: Node, inner: dict[str, Layout]) -> tuple[float, float]:
    if node.id in inner:
        return inner[node.id].width + 16, inner[node.id].height + HEAD + 8
    if node.kind.endswith("Gateway"):
        return GATE
    return EVENT if node.kind.endswith("Event") else TASK


def _boundaries(layout: Layout, scope: Scope) -> None:
    """Boundary events sit on the lower edge of their element, from the right."""
    taken: dict[str, int] = {}
    for node in scope.nodes.values():
        if node.host:
            host, number = layout.places[node.host], taken.get(node.host, 0)
            taken[node.host] = number + 1
            x = host.right - 46 - 44 * number
            layout.places[node.id] = Place(x, host.bottom - EVENT[1] / 2, *EVENT)


def _way(
    layout: Layout, scope: Scope, arrow: Arrow, number: int, tops: dict[str, tuple[float, float]]
) -> list[tuple[float, float]]:
    """Straight to a neighbour; else out, along the strip at the foot of the row, and in from the left."""
    source, target = layout.places[arrow.source], layout.places[arrow.target]
    node, other = scope.nodes[arrow.source], scope.nodes[arrow.target]
    end = (target.x, target.middle[1])
    gap = target.x - COLUMN / 2 + STRIP * (number % 5)
    top, height = tops[node.row]
    strip = top + height - 8 - STRIP * (number % 4)
    if node.host:
        begin = (source.middle[0], source.bottom)
        return [begin, (begin[0], strip), (gap, strip), (gap, end[1]), end]
    begin = (source.right, source.middle[1])
    if 0 < target.x - source.right <= COLUMN + 1 or _free(layout, scope, source, target):
        if node.row == other.row:
            return [begin, end]
        return [begin, (gap, begin[1]), (gap, end[1]), end]
    out = source.right + COLUMN / 2 - STRIP * (number % 5)
    return [begin, (out, begin[1]), (out, strip), (gap, strip), (gap, end[1]), end]


def _free(layout: Layout, scope: Scope, source: Place, target: Place) -> bool:
    """Whether nothing lies between two elements in the row of the first."""
    if target.x <= source.right:
        return False
    level = source.middle[1]
    return not any(
        source.right <= place.x < target.x and place.y <= level <= place.bottom
        for name, place in layout.places.items()
        if name in scope.nodes and place is not target
    )


def _take_in(layout: Layout, inside: Layout) -> None:
    layout.places |= inside.places
    layout.notes |= inside.notes
    layout.ways |= inside.ways
