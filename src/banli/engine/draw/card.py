"""A step as a card: who does it, what it is called, what it makes, which clocks it moves, how else it can end."""

from collections.abc import Iterator
from dataclasses import dataclass

from banli.engine import verbs
from banli.engine.clock_wording import ClockWording
from banli.engine.draw import pen
from banli.engine.draw.pen import Pen, width_of, wrapped
from banli.engine.flow import Target

PAD, STRIPE = 12.0, 5.0
TITLE, SMALL = 15.0, 11.5


@dataclass(frozen=True)
class Row:
    """One line of a card below its title. ``mark``: a dot, a clock or a stopped clock of ``colour``."""

    lines: tuple[str, ...]
    mark: str
    colour: str
    leads: Target | None = None


@dataclass
class Card:
    """A measured step; ``x`` and ``y`` are set when it is placed. ``rows_at``: where each way out begins."""

    name: str
    width: float
    head: list[str]
    title: list[str]
    rows: list[Row]
    hue: str
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        head = len(self.head) * 15 + len(self.title) * 20 + 14
        return head + sum(len(row.lines) * 15 + 4 for row in self.rows) + (6 if self.rows else 0)

    def ways(self) -> Iterator[tuple[float, Row]]:
        """Each row that leads to another step, with its height on the page."""
        y = self.y + len(self.head) * 15 + len(self.title) * 20 + 20
        for row in self.rows:
            if row.leads is not None and row.leads.kind == "step":
                yield y + 3, row
            y += len(row.lines) * 15 + 4


def card(wording: ClockWording, name: str, width: float, hue: str) -> Card:
    """Measure a step's card."""
    step = wording.book.flow.steps[name]
    inner = width - STRIPE - 2 * PAD
    verb = wording.say(verbs.find(step.verb).title)
    people = wording.people(step)
    title = wording.step(name)
    head = people if verb == title else f"{people} · {verb}"
    rows = [*_made(wording, name), *_clocks(wording, name), *_ends(wording, name)]
    return Card(
        name,
        width,
        wrapped(head, SMALL, inner - 14),
        wrapped(title, TITLE, inner),
        [Row(tuple(wrapped(r.lines[0], SMALL, inner - 16)), r.mark, r.colour, r.leads) for r in rows],
        hue,
    )


def _made(wording: ClockWording, name: str) -> Iterator[Row]:
    step, pack = wording.book.flow.steps[name], wording.book.pack
    if step.verb == "issue" and step.paper in pack.papers:
        paper = pack.papers[step.paper]
        copies = [c.title for c in paper.copies if step.copies is None or c.id in step.copies]
        told = f"{wording.say(paper.title)}（{wording.listed(wording.say(c) for c in copies)}）"
        yield Row((wording.both(told, told.replace("（", " (").replace("）", ")")),), "paper", pen.INK)
    if step.sends is not None and step.sends.paper in pack.papers:
        title = wording.say(pack.papers[step.sends.paper].title)
        yield Row((wording.both(f"{title}（加密附件）", f"{title} (encrypted)"),), "paper", pen.INK)
    if step.book in pack.books and step.title is not None:
        yield Row((wording.say(pack.books[step.book].title),), "paper", pen.INK)
    if step.starts is not None:
        yield Row((wording.both(f"另起：{step.starts}", f"starts {step.starts}"),), "dot", pen.AHEAD)
    for fee in step.fees:
        yield Row((wording.fee(fee),), "dot", pen.INK)
    yield from (Row((told,), "dot", pen.INK) for told in wording.money(step))


def _clocks(wording: ClockWording, name: str) -> Iterator[Row]:
    for clock in wording.book.procedure.clocks.values():
        if name in clock.beginnings:
            only = f" · {wording.condition(clock.when)}" if clock.when else ""
            yield Row((f"{wording.clock(clock)}{only}",), "clock", pen.NOW)
    order = wording.book.flow.order
    for clock in wording.book.procedure.clocks.values():
        began = min(order.get(step, -1) for step in clock.beginnings)
        if began < order[name] and any(stop.split(".")[0] == name for stop in clock.stops):
            title = wording.say(clock.title)
            yield Row((wording.both(f"{title}：停止计时", f"{title}: the clock stops"),), "stopped", pen.SOFT)


def _ends(wording: ClockWording, name: str) -> Iterator[Row]:
    flow = wording.book.flow
    for number, (outcome, target) in enumerate(flow.targets[name].items()):
        if target.kind == "next" and number == 0:
            continue
        colour, told = pen.AHEAD, f"{wording.outcome(name, outcome)} → {wording.target(target)}"
        if target.kind == "end":
            colour = pen.GOOD if target.name == "done" else pen.STOP
        elif target.kind == "step" and flow.order[target.name] <= flow.order[name]:
            colour = pen.BACK
        yield Row((told,), "dot", colour, target)


def paint(on: Pen, card: Card, *, done: bool, waiting: bool, label: str) -> None:
    """Draw a placed card."""
    fill, stroke, bold = pen.PAPER, "#cbd5e1", 1.0
    if done:
        fill, stroke = "#f0fdf4", pen.GOOD
    if waiting:
        fill, stroke, bold = "#eff6ff", pen.NOW, 2.5
    x, y = card.x, card.y
    on.box(x, y, card.width, card.height, fill=fill, stroke=stroke, bold=bold)
    on.box(x + 3, y + 6, STRIPE, card.height - 12, fill=card.hue, stroke="none", round_=2.5)
    left, base = x + STRIPE + PAD, y + 17
    for words in card.head:
        on.text(left, base, words, size=SMALL, colour=card.hue, bold=True)
        base += 15
    for words in card.title:
        on.text(left, base + 4, words, size=TITLE, bold=True)
        base += 20
    base += 6
    for row in card.rows:
        _mark(on, row, left + 4, base - 1)
        for words in row.lines:
            on.text(left + 16, base + 3, words, size=SMALL, colour=row.colour)
            base += 15
        base += 4
    if done:
        on.tick(x + card.width - 16, y + 15)
    elif waiting:
        wide = width_of(label, 10) + 12
        on.box(x + card.width - wide - 6, y + 6, wide, 17, fill=pen.NOW, stroke="none", round_=8.5)
        on.text(x + card.width - wide / 2 - 6, y + 18, label, size=10, colour=pen.PAPER, anchor="middle")


def _mark(on: Pen, row: Row, x: float, y: float) -> None:
    if row.mark == "clock":
        on.clock(x, y, row.colour)
    elif row.mark == "stopped":
        on.clock(x, y, row.colour, stopped=True)
    elif row.mark == "paper":
        on.box(x - 4, y - 5, 8, 10, stroke=row.colour, bold=1.2, round_=1)
        on.line([(x - 2, y - 1), (x + 2, y - 1)], colour=row.colour, bold=1, under=False)
        on.line([(x - 2, y + 2), (x + 2, y + 2)], colour=row.colour, bold=1, under=False)
    else:
        on.dot(x, y, 3, row.colour)
