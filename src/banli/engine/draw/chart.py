"""The flow chart: one column from the counter to the end, returns at the right, what is skipped at the left."""

from collections.abc import Collection
from dataclasses import dataclass, field

from banli.engine.clock_wording import ClockWording
from banli.engine.draw import pen
from banli.engine.draw.card import Card, card, paint
from banli.engine.draw.pen import Pen, width_of, wrapped
from banli.engine.flow import Block
from banli.engine.procedure import ENDS, ROLES
from banli.engine.rulebook import Rulebook

WIDTH, EDGE, LEFT, GAP, LANE = 360.0, 10.0, 18.0, 24.0, 11.0
NARROWEST, BETWEEN = 132.0, 10.0


def svg(book: Rulebook, language: str = "zh", done: Collection[str] = (), open: Collection[str] = ()) -> str:
    """The drawing of a procedure. ``done``, ``open``: the steps of a running case to be shown so."""
    return _Chart(book, language, frozenset(done), frozenset(open)).drawn()


@dataclass
class _Chart:
    book: Rulebook
    language: str
    done: frozenset[str]
    open: frozenset[str]
    on: Pen = field(default_factory=Pen)
    cards: dict[str, Card] = field(default_factory=dict)
    tops: dict[str, float] = field(default_factory=dict)
    wide: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = ClockWording(self.book, self.language)
        self.flow = self.book.flow
        posts = [self.words.people(step) for step in self.flow.steps.values()]
        self.hues = {who: pen.HUES[n % len(pen.HUES)] for n, who in enumerate(dict.fromkeys(posts))}
        lanes = len(self._targets())
        self.right = 8 + LANE * lanes if lanes else 0
        needed = max((self._needed(block) for block in self.flow.blocks.values()), default=0.0)
        self.width = max(WIDTH, needed + 2 * EDGE + LEFT + self.right)

    def drawn(self) -> str:
        """The whole picture."""
        inner = self.width - 2 * EDGE - LEFT - self.right
        y = self._heading()
        y = self._column(self.flow.root.items, EDGE + LEFT, y, inner, wide=True)
        y = self._ending(EDGE + LEFT + inner / 2, y)
        self._jumps(EDGE + LEFT + inner)
        for name, one in self.cards.items():
            label = self.words.both("办理中", "now")
            paint(self.on, one, done=name in self.done, waiting=name in self.open, label=label)
        title = self.words.say(self.book.procedure.title)
        return self.on.picture(self.width, y + EDGE, title, self._told())

    def _heading(self) -> float:
        procedure, y = self.book.procedure, 34.0
        for line in wrapped(self.words.say(procedure.title), 18, self.width - 2 * EDGE - 8):
            self.on.text(EDGE + 4, y, line, size=18, bold=True)
            y += 24
        for line in (
            wrapped(self.words.say(procedure.purpose), 12, self.width - 28) if procedure.purpose else ()
        ):
            self.on.text(EDGE + 4, y - 3, line, size=12, colour=pen.SOFT)
            y += 17
        posts = self.words.posts(procedure.opened_by)
        roles = self.words.listed(self.words.say(ROLES[role]) for role in procedure.applicant.roles)
        told = self.words.both(f"{posts}受理；申请人：{roles}", f"Taken in by: {posts}. Applicant: {roles}")
        for line in wrapped(told, 11.5, self.width - 28):
            self.on.text(EDGE + 4, y - 1, line, size=11.5, colour=pen.SOFT)
            y += 16
        return y

    # --- columns ---

    def _column(self, items: tuple[str, ...], x: float, y: float, width: float, *, wide: bool) -> float:
        """Draw items one under the other; returns where the next may begin."""
        before = ""
        for name in items:
            if self._leads_on(before):
                self.on.line([(x + width / 2, y), (x + width / 2, y + GAP - 2)], arrow=True)
            before, y = name, y + GAP
            if name in self.flow.blocks:
                y = self._block(self.flow.blocks[name], x, y, width, wide=wide)
            else:
                y = self._step(name, x, y, width, wide=wide)
        return y

    def _leads_on(self, name: str) -> bool:
        """Whether what follows in the column can come next."""
        step = self.flow.steps.get(name)
        if step is None or step.when is not None:
            return True
        return any(target.kind == "next" for target in self.flow.targets[name].values())

    def _step(self, name: str, x: float, y: float, width: float, *, wide: bool) -> float:
        step = self.flow.steps[name]
        self.tops[name] = y
        begins = y
        if step.when is not None:
            y = self._condition(self.words.condition(step.when), x, y, width)
        one = card(self.words, name, width, self.hues[self.words.people(step)])
        one.x, one.y = x, y
        self.cards[name], self.wide[name] = one, wide
        if step.when is not None:
            self._bypass(x, begins + 12, y + one.height + 9, width)
        return y + one.height

    def _condition(self, told: str, x: float, y: float, width: float) -> float:
        """What has to hold for the next card; what it says when it does not is the dashed line beside it."""
        lines = wrapped(self.words.both(f"仅当{told}", f"only if {told}"), 11.5, width - 20)
        height = len(lines) * 15 + 9
        self.on.box(x, y, width, height, fill="#fefce8", stroke="#ca8a04", dashed=True, round_=height / 2)
        for number, line in enumerate(lines):
            self.on.text(
                x + width / 2, y + 16 + number * 15, line, size=11.5, colour="#713f12", anchor="middle"
            )
        self.on.line([(x + width / 2, y + height), (x + width / 2, y + height + 8)])
        return y + height + 9

    def _bypass(self, x: float, top: float, bottom: float, width: float) -> None:
        side = x - min(11.0, BETWEEN - 2)
        self.on.line(
            [(x, top), (side, top), (side, bottom), (x + width / 2, bottom)], dashed=True, colour="#ca8a04"
        )

    def _block(self, block: Block, x: float, y: float, width: float, *, wide: bool) -> float:
        self.tops[block.name] = y
        title = self.words.step(block.name)
        self.on.text(x + width / 2, y + 13, title, size=12, colour=pen.SOFT, bold=True, anchor="middle")
        top = y + 20
        if block.kind == "each":
            end = self._column(block.branches[0], x + 8, top, width - 16, wide=wide) + 10
            self.on.box(x + 4, y + 3, width, end - y, fill="none", stroke=pen.LINE, under=True)
            self.on.box(x, y - 1, width, end - y, fill="none", stroke=pen.LINE, under=True)
            return end
        count = len(block.branches)
        each = (width - BETWEEN * (count - 1)) / count
        self.on.line([(x, top), (x + width, top)], colour=pen.INK, bold=3)
        ends = [
            self._column(branch, x + n * (each + BETWEEN), top, each, wide=False)
            for n, branch in enumerate(block.branches)
        ]
        end = max(ends) + 16
        for number, one in enumerate(ends):
            middle = x + number * (each + BETWEEN) + each / 2
            self.on.line([(middle, one), (middle, end)])
        self.on.line([(x, end), (x + width, end)], colour=pen.INK, bold=3)
        return end

    def _needed(self, block: Block) -> float:
        if block.kind == "each":
            return NARROWEST + 16
        widths = [
            max(
                (self._needed(self.flow.blocks[n]) for n in branch if n in self.flow.blocks),
                default=NARROWEST,
            )
            for branch in block.branches
        ]
        return max(widths) * len(widths) + BETWEEN * (len(widths) - 1)

    def _ending(self, middle: float, y: float) -> float:
        told = self.words.say(ENDS["done"])
        wide = width_of(told, 13) + 36
        self.on.line([(middle, y), (middle, y + GAP - 2)], arrow=True)
        y += GAP
        self.on.box(middle - wide / 2, y, wide, 28, fill=pen.GOOD, stroke="none", round_=14)
        self.on.text(middle, y + 19, told, size=13, colour=pen.PAPER, bold=True, anchor="middle")
        return y + 28

    # --- jumps ---

    def _targets(self) -> list[str]:
        """Where steps of the one column lead to beside the next: each has a lane of its own."""
        told = [
            target.name
            for name, targets in self.flow.targets.items()
            if self._stands_wide(name)
            for target in targets.values()
            if target.kind == "step"
        ]
        return list(dict.fromkeys(told))

    def _stands_wide(self, name: str) -> bool:
        return all(self.flow.blocks[block].kind == "each" for block in self.flow.around(name))

    def _jumps(self, edge: float) -> None:
        """Side arrows: one lane for each step that is led to, the widest span outermost."""
        sources: dict[str, list[tuple[float, float]]] = {name: [] for name in self._targets()}
        for name, one in self.cards.items():
            for y, row in one.ways() if self.wide[name] else ():
                if row.leads is not None:
                    sources[row.leads.name].append((one.x + one.width, y))
        spans: dict[str, float] = {}
        for name, points in sources.items():
            heights = [*(y for _, y in points), self._door(name)[1]]
            spans[name] = max(heights) - min(heights)
        for number, name in enumerate(sorted(spans, key=lambda name: (spans[name], name))):
            lane, door = edge + 10 + LANE * number, self._door(name)
            for x, y in sources[name]:
                colour = pen.BACK if door[1] < y else pen.AHEAD
                self.on.line([(x, y), (lane, y), (lane, door[1]), door], colour=colour, arrow=True)

    def _door(self, name: str) -> tuple[float, float]:
        """Where side arrows come in."""
        one = self.cards.get(name)
        if one is not None:
            return one.x + one.width + 1, one.y + 14
        return self.width - EDGE - self.right + 1, self.tops[name] + 20

    def _told(self) -> str:
        steps = [f"{self.words.step(n)}: {self.words.people(s)}" for n, s in self.flow.steps.items()]
        return "; ".join(steps)
