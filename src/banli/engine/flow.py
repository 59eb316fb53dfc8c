"""The control graph of a procedure: where a step leads when it ends.

A procedure is a sequence; an item of it is a step, a ``together`` block of branches, or an ``each`` block of
one branch per table row. A position is a step's name and, inside an ``each`` block, the row's number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from banli.engine import verbs
from banli.engine.procedure import Each, Item, Procedure, Several, Step, Together


@dataclass(frozen=True)
class Block:
    """Branches. ``kind`` is ``together`` or ``each``; ``over`` is the table field of an ``each``."""

    name: str
    kind: str
    branches: tuple[tuple[str, ...], ...]
    over: str | None = None


@dataclass(frozen=True)
class Line:
    """A sequence of items (steps and blocks by name), and the block it is a branch of, if any."""

    items: tuple[str, ...]
    block: str | None

    def after(self, name: str) -> str | None:
        """The item that follows ``name`` in this line."""
        place = self.items.index(name) + 1
        return self.items[place] if place < len(self.items) else None


@dataclass(frozen=True)
class Target:
    """Where an outcome leads: ``next``, ``again``, ``step`` (with its name) or ``end`` (with its name)."""

    kind: str
    name: str = ""


@dataclass
class Flow:
    """The graph. Build it with :func:`flow_of`."""

    procedure: Procedure
    steps: dict[str, Step] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    root: Line = Line((), None)

    @cached_property
    def targets(self) -> Mapping[str, Mapping[str, Target]]:
        """For each step, each outcome it offers and where that leads."""
        return {name: _targets(step) for name, step in self.steps.items()}

    def block_of(self, name: str) -> Block | None:
        """The block whose branch this item stands in."""
        block = self.lines[name].block
        return self.blocks[block] if block else None

    def around(self, name: str) -> tuple[str, ...]:
        """The blocks around an item, innermost first."""
        found: list[str] = []
        block = self.block_of(name)
        while block:
            found.append(block.name)
            block = self.block_of(block.name)
        return tuple(found)

    def inside(self, block: str) -> frozenset[str]:
        """Every step inside a block."""
        return frozenset(name for name in self.steps if block in self.around(name))

    def each_around(self, name: str) -> str | None:
        """The ``each`` block around an item: its tokens carry a row number."""
        return next((b for b in self.around(name) if self.blocks[b].kind == "each"), None)

    def precedes(self, name: str, later: str) -> bool:
        """Whether ``later`` is the step itself or comes after it on the way, without a return or a jump."""
        for mine in (name, *self.around(name)):
            for theirs in (later, *self.around(later)):
                if self.lines[mine] is self.lines[theirs]:
                    same = mine == theirs  # a block: its branches do not wait for each other
                    return mine == name == later if same else self.order[mine] < self.order[theirs]
        return False

    def may_jump(self, source: str, target: str) -> bool:
        """A jump stays in its line or leaves blocks; it never enters one, nor another branch of its own."""
        return self.lines[target] in {self.lines[item] for item in (source, *self.around(source))}

    def lapses(self, target: str) -> frozenset[str]:
        """What a return to ``target`` makes void: it and everything that comes after it in the file.

        Inside a block only its own branch: what stands in the other branches was not touched.
        """
        first, line = self.order[target], self.lines[target]
        outer = self.around(target)[-1:]
        return frozenset(
            name
            for name in self.steps
            if self.order[name] >= first
            and (self._within(name, line) or not set(outer) & set(self.around(name)))
        )

    def _within(self, name: str, line: Line) -> bool:
        """Whether an item stands in ``line`` or in a block of it."""
        return any(item in line.items for item in (name, *self.around(name)))


def flow_of(procedure: Procedure) -> Flow:
    """Build the control graph. Raises ValueError for a name used twice."""
    flow = Flow(procedure)
    flow.root = _lay(flow, procedure.steps, None)
    return flow


def _lay(flow: Flow, items: "dict[str, Item]", block: str | None) -> Line:
    line = Line(tuple(items), block)
    for name, item in items.items():
        if name in flow.order:
            raise ValueError(f"the name {name!r} is used twice in steps")
        flow.order[name] = len(flow.order)
        flow.lines[name] = line
        if isinstance(item, Step):
            flow.steps[name] = item
        elif isinstance(item, Together):
            branches = tuple(
                _lay(flow, part.steps if isinstance(part, Several) else {child: part}, name).items
                for child, part in item.together.items()
            )
            flow.blocks[name] = Block(name, "together", branches)
        elif isinstance(item, Each):
            inner = _lay(flow, item.steps, name)
            flow.blocks[name] = Block(name, "each", (inner.items,), item.each.removeprefix("form."))
        else:
            raise ValueError(f"{name!r}: steps alone stands only directly under together")
    return line


def _targets(step: Step) -> dict[str, Target]:
    verb = verbs.find(step.verb)
    told: dict[str, Target] = {}
    for outcome in verb.outcomes:
        if step.outcomes is not None and outcome.name not in step.outcomes and outcome.name not in step.on:
            continue
        target = _target(step, outcome)
        if target is not None:
            told[outcome.name] = target
    return told


def _target(step: Step, outcome: "verbs.Outcome") -> Target | None:
    written = step.on.get(outcome.name)
    if written is not None:
        return parse_target(written)
    if outcome.leads == "back":
        return Target("step", step.back_to) if step.back_to else None
    if outcome.leads == "end":
        return Target("end", outcome.end)
    if outcome.leads == "written":
        return None
    return Target(outcome.leads)


def parse_target(written: str) -> Target:
    """``next``, ``again``, ``end``, ``end.rejected``, ``end.not_done``, ``end.expired`` or a step's name."""
    if written in ("next", "again"):
        return Target(written)
    if written == "end":
        return Target("end", "done")
    if written.startswith("end."):
        return Target("end", written.removeprefix("end."))
    return Target("step", written)
