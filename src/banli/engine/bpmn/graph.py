"""A procedure as BPMN sees it: tasks, gateways, events and the flows between them.

A block becomes a sub-process, because leaving it cancels what is still open in it: a way out of one of its branches
is an error that the sub-process throws, caught at its edge. An ``each`` block is one with an instance for each row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from banli.engine import verbs
from banli.engine.clock_wording import ClockWording
from banli.engine.flow import Block, Target
from banli.engine.procedure import ENDS, Clock
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text


@dataclass
class Node:
    """One element. ``row`` is its lane (or branch); ``host``: the element a boundary event sits on."""

    id: str
    kind: str
    name: str = ""
    row: str = ""
    told: str = ""
    host: str = ""
    timer: str = ""
    error: str = ""
    default: str = ""
    many: str = ""
    notes: list[str] = field(default_factory=list)
    inner: "Scope | None" = None


@dataclass
class Arrow:
    """A sequence flow. ``condition`` is what has to hold, in words."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""


@dataclass
class Scope:
    """The process, or the inside of a sub-process. ``block`` is empty for the process."""

    block: str
    nodes: dict[str, Node] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    exits: dict[str, Target] = field(default_factory=dict)


class Graph:
    """The whole of a procedure. Names carry both languages, Chinese on the first line."""

    def __init__(self, book: Rulebook) -> None:
        self.book, self.flow = book, book.flow
        self.zh, self.en = ClockWording(book, "zh"), ClockWording(book, "en")
        self._arrows = 0
        self.root = self._scope("", [self.flow.root.items])

    def both(self, zh: str, en: str) -> str:
        """Two lines, or one where both say the same."""
        return zh if zh == en else f"{zh}\n{en}"

    def text(self, text: Text) -> str:
        """A text in both languages."""
        return self.both(text.zh, text.en)

    def errors(self) -> list[str]:
        """The names of everything thrown out of a sub-process."""
        return sorted({node.error for scope in self.scopes() for node in scope.nodes.values() if node.error})

    def scopes(self) -> Iterator[Scope]:
        """The process and every sub-process."""
        waiting = [self.root]
        while waiting:
            scope = waiting.pop(0)
            yield scope
            waiting += [node.inner for node in scope.nodes.values() if node.inner is not None]

    # --- scopes ---

    def _scope(self, block: str, lines: list[tuple[str, ...]]) -> Scope:
        scope = Scope(block)
        rows = [self._row(line[0], block, number) for number, line in enumerate(lines)]
        begin = self._add(scope, Node(f"{block or 'case'}_begins", "startEvent", row=rows[0]))
        if len(lines) > 1:
            split = self._add(scope, Node(f"{block}_split", "parallelGateway", row=rows[0]))
            self._join_to(scope, begin.id, split.id)
            begin = split
        for line, row in zip(lines, rows, strict=True):
            self._join_to(scope, begin.id, self._entry(line[0]))
            for name in line:
                self._item(scope, name, self._row(name, block, rows.index(row)))
        if len(lines) > 1:
            joined = self._add(scope, Node(f"{block}_joined", "parallelGateway", row=rows[0]))
            end = self._add(scope, Node(f"{block}_ends", "endEvent", row=rows[0]))
            self._join_to(scope, joined.id, end.id)
        elif block:
            self._add(scope, Node(f"{block}_ends", "endEvent", row=rows[0]))
        self._ends(scope, rows[-1])
        return scope

    def _row(self, name: str, block: str, number: int) -> str:
        if block:
            return f"{block}_{number}"
        return self._hands(name)

    def _hands(self, name: str) -> str:
        """The lane of an item of the process."""
        step = self.flow.steps.get(name)
        if step is None:
            return self.both("多个岗位", "several posts")
        return self.both(self.zh.people(step), self.en.people(step))

    def _ends(self, scope: Scope, row: str) -> None:
        """The ends that arrows lead to, and what is thrown out of a sub-process."""
        if not scope.block:
            wanted = {arrow.target for arrow in scope.arrows} - set(scope.nodes)
            for name in sorted(wanted, key=lambda one: (one != "end_done", one)):
                end = self.text(ENDS[name.removeprefix("end_")])
                self._add(scope, Node(name, "endEvent", end, row=self._row_before(scope, name, row)))
        for name in scope.exits:
            self._add(scope, Node(name, "endEvent", row=self._row_before(scope, name, row), error=name))

    def _row_before(self, scope: Scope, name: str, row: str) -> str:
        """The lane of the first step that leads there."""
        sources = [arrow.source for arrow in scope.arrows if arrow.target == name]
        return scope.nodes[sources[0]].row if sources else row

    # --- items ---

    def _item(self, scope: Scope, name: str, row: str) -> None:
        if name in self.flow.blocks:
            self._block(scope, self.flow.blocks[name], row)
            return
        step = self.flow.steps[name]
        if step.when is not None:
            told = self.both(f"{self.zh.condition(step.when)}？", f"{self.en.condition(step.when)}?")
            gate = self._add(scope, Node(f"{name}_when", "exclusiveGateway", told, row))
            self._join_to(
                scope, gate.id, f"step_{name}", self.both("是", "yes"), self.zh.condition(step.when)
            )
            past = self._join_to(scope, gate.id, self._after(name), self.both("否", "no"))
            gate.default = past.id
        node = self._add(scope, self._task(name, row))
        self._ways(scope, name, node)

    def _task(self, name: str, row: str) -> Node:
        step = self.flow.steps[name]
        verb = verbs.find(step.verb)
        kind = "serviceTask" if verb.automatic else "intermediateCatchEvent" if verb.waits else "userTask"
        told = self.both(self.zh.people(step), self.en.people(step)) + f"\n{self.text(verb.title)}"
        clocks = [c for c in self.book.procedure.clocks.values() if name in c.beginnings]
        notes = [self.both(self.zh.clock(clock), self.en.clock(clock)) for clock in clocks]
        timer = ""
        if verb.waits:
            timer = next(self.zh.deadline(c.due) for c in self._given_to(name))
        return Node(
            f"step_{name}",
            kind,
            self.both(self.zh.step(name), self.en.step(name)),
            row,
            told,
            timer=timer,
            notes=notes,
        )

    def _given_to(self, step: str) -> list[Clock]:
        """The clocks that end a step when they run out."""
        return [clock for clock in self.book.procedure.clocks.values() if clock.late.step == step]

    def _ways(self, scope: Scope, name: str, node: Node) -> None:
        """One arrow for each way a step ends; a gateway where somebody chooses."""
        verb, targets = verbs.find(self.flow.steps[name].verb), self.flow.targets[name]
        if not verb.waits:
            for clock in self._given_to(name):
                self._boundary(scope, node, clock)
        chosen = {o: t for o, t in targets.items() if verb.waits or not verb.outcome(o).by_clock}
        source = node.id
        if len(chosen) > 1:
            source = self._add(scope, Node(f"{name}_outcome", "exclusiveGateway", row=node.row)).id
            self._join_to(scope, node.id, source)
        for outcome, target in chosen.items():
            told = self.both(self.zh.outcome(name, outcome), self.en.outcome(name, outcome))
            where = self._where(scope, name, target)
            self._join_to(
                scope, source, where, told if len(chosen) > 1 else "", outcome if len(chosen) > 1 else ""
            )

    def _boundary(self, scope: Scope, node: Node, clock: Clock) -> None:
        outcome, step = clock.late.outcome or "", node.id.removeprefix("step_")
        told = self.both(self.zh.outcome(step, outcome), self.en.outcome(step, outcome))
        timer = self.zh.deadline(clock.due)
        event = self._add(
            scope, Node(f"{step}_{outcome}", "boundaryEvent", told, node.row, host=node.id, timer=timer)
        )
        self._join_to(scope, event.id, self._where(scope, step, self.flow.targets[step][outcome]))

    def _block(self, scope: Scope, block: Block, row: str) -> None:
        name = self.both(self.zh.step(block.name), self.en.step(block.name))
        inner = self._scope(block.name, list(block.branches))
        many = f"form.{block.over}" if block.over else ""
        node = self._add(scope, Node(f"block_{block.name}", "subProcess", name, row, many=many, inner=inner))
        self._join_to(scope, node.id, self._after(block.name))
        for exit, target in inner.exits.items():
            event = self._add(
                scope, Node(f"caught_{exit}", "boundaryEvent", row=row, host=node.id, error=exit)
            )
            self._join_to(scope, event.id, self._where(scope, block.name, target))

    # --- arrows ---

    def _entry(self, name: str) -> str:
        if name in self.flow.blocks:
            return f"block_{name}"
        return f"{name}_when" if self.flow.steps[name].when is not None else f"step_{name}"

    def _after(self, name: str) -> str:
        line = self.flow.lines[name]
        following = line.after(name)
        if following is not None:
            return self._entry(following)
        if line.block is None:
            return "end_done"
        many = len(self.flow.blocks[line.block].branches) > 1
        return f"{line.block}_joined" if many else f"{line.block}_ends"

    def _where(self, scope: Scope, name: str, target: Target) -> str:
        """The element an outcome leads to; what leaves the scope leads to an exit of it."""
        if target.kind == "next":
            return self._after(name)
        if target.kind == "again":
            return f"step_{name}"
        if target.kind == "end" and not scope.block:
            return f"end_{target.name}"
        if target.kind == "step" and (self.flow.lines[target.name].block or "") == scope.block:
            return self._entry(target.name)
        exit = f"{scope.block}_exit_{target.kind}_{target.name}"
        scope.exits[exit] = target
        return exit

    def _add(self, scope: Scope, node: Node) -> Node:
        scope.nodes[node.id] = node
        return node

    def _join_to(self, scope: Scope, source: str, target: str, name: str = "", condition: str = "") -> Arrow:
        self._arrows += 1
        arrow = Arrow(f"flow_{self._arrows}", source, target, name, condition)
        scope.arrows.append(arrow)
        return arrow
