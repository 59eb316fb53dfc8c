"""Conditions as data: equality, membership and comparison over declared names, joined by all, any, not.

There is no expression language, so that the checker can reason about every path::

    when: {applicant: tenant}
    when: {form.urgency: now, fact.authority: "no"}      # several keys: all of them
    when: {any: [{form.kind: [wall, facade]}, {not: {form.height: {under: 200}}}]}
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "over": operator.gt,
    "under": operator.lt,
}
COMPARISONS = tuple(_COMPARE)


@dataclass(frozen=True)
class Atom:
    """``name`` compared with ``value``. ``op`` is ``in``, ``given`` or one of COMPARISONS."""

    name: str
    op: str
    value: Any

    def holds(self, values: Mapping[str, Any]) -> bool:
        have = values.get(self.name)
        if self.op == "given":
            given: bool = have not in (None, "", [], ())
            return given is (self.value == "yes")
        if self.op == "in":
            several = have if isinstance(have, (list, tuple)) else (have,)
            return any(item in self.value for item in several)
        if not isinstance(have, int):
            return False
        return _COMPARE[self.op](have, self.value)


@dataclass(frozen=True)
class Join:
    """``all``, ``any`` or ``not`` (one part) of ``parts``."""

    how: str
    parts: tuple["Atom | Join", ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        told = [part.holds(values) for part in self.parts]
        if self.how == "not":
            return not told[0]
        return all(told) if self.how == "all" else any(told)


class Condition:
    """A parsed condition; ``data`` is what stood in the file."""

    __slots__ = ("data", "root")

    def __init__(self, data: Any) -> None:
        self.data = data
        self.root = _parse(data)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true of ``values`` (name → value; a missing name counts as not given)."""
        return self.root.holds(values)

    def ruled_out(self, known: Mapping[str, Any]) -> bool:
        """Whether what is known beside the form (facts, settings, who applies) keeps it from holding in any case."""
        parts = self.root.parts if isinstance(self.root, Join) and self.root.how == "all" else (self.root,)
        outside = (one for one in parts if isinstance(one, Atom) and not one.name.startswith("form."))
        return any(not one.holds(known) for one in outside)

    def atoms(self) -> Iterator[Atom]:
        """Every comparison in it."""
        yield from _atoms(self.root)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.root == other.root

    def __hash__(self) -> int:
        return hash(repr(self.root))

    def __repr__(self) -> str:
        return f"Condition({self.data!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda data: data if isinstance(data, cls) else cls(data),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda c: c.data),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "description": "name: value | [values] | {at_least|at_most|over|under: number} | "
            "{given: yes|no}; "
            "all: [..], any: [..], not: {..}",
        }


def _atoms(node: Atom | Join) -> Iterator[Atom]:
    if isinstance(node, Atom):
        yield node
    else:
        for part in node.parts:
            yield from _atoms(part)


def _parse(data: Any) -> Atom | Join:
    if not isinstance(data, Mapping) or not data:
        raise ValueError(
            "条件写成 {applicant: tenant} 这样 / a condition is a mapping such as {applicant: tenant}"
        )
    parts = tuple(_one(str(name), value) for name, value in data.items())
    return parts[0] if len(parts) == 1 else Join("all", parts)


def _one(name: str, value: Any) -> Atom | Join:
    if name in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"{name} 后面是条件的列表 / {name} takes a list of conditions")
        return Join(name, tuple(_parse(part) for part in value))
    if name == "not":
        return Join("not", (_parse(value),))
    if isinstance(value, Mapping):
        return _comparison(name, value)
    options = tuple(value) if isinstance(value, list) else (value,)
    if not options or not all(isinstance(o, (str, int)) for o in options):
        raise ValueError(
            f"{name} 只能与词、整数或它们的列表比较"
            f" / compare {name} with a word, a whole number or a list of them"
        )
    return Atom(name, "in", options)


def _comparison(name: str, value: Mapping[str, Any]) -> Atom | Join:
    atoms = []
    for op, limit in value.items():
        if op == "given":
            limit = {True: "yes", False: "no"}.get(limit, limit)
            if limit not in ("yes", "no"):
                raise ValueError(f"{name}：given 只写 yes 或 no / {name}: given takes yes or no")
        elif op not in COMPARISONS:
            raise ValueError(
                f"{name}：没有“{op}”这种比较，可写 {', '.join(COMPARISONS)}、given"
                f" / {name}: there is no comparison “{op}”; write {', '.join(COMPARISONS)} or given"
            )
        elif not isinstance(limit, int) or isinstance(limit, bool):
            raise ValueError(
                f"{name}：{op} 后面是整数（金额以分计） / {name}: {op} takes a whole number (money in fen)"
            )
        atoms.append(Atom(name, op, limit))
    if not atoms:
        raise ValueError(f"{name}：没写与什么比较 / {name}: says nothing to compare with")
    return atoms[0] if len(atoms) == 1 else Join("all", tuple(atoms))
