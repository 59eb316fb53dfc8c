"""A pack's folder → typed objects, or every fault with its file, line, key and advice."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from banli.engine.faults import Fault, Faulty, fault
from banli.engine.faults.reading import A_MAPPING, reading_faults
from banli.engine.pack import (
    Book,
    ContractKind,
    Pack,
    PackHeader,
    PetKind,
    Planned,
    PostDefinition,
    Price,
    Setting,
)
from banli.engine.paper import RECEIPTS, PaperDefinition
from banli.engine.privacy import Kept
from banli.engine.procedure import Procedure
from banli.engine.routine import Routine

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """A YAML file with the line of every key."""

    file: str
    data: Any
    text: str = ""

    def line(self, *keys: str | int) -> int:
        """The line on which the value at ``keys`` stands; of the nearest parent that has one."""
        node, line = self.data, 1
        for key in keys:
            if isinstance(node, CommentedMap):
                if key not in node:
                    break
                line = node.lc.key(key)[0] + 1
            elif isinstance(node, CommentedSeq):
                if not isinstance(key, int) or key >= len(node):
                    break
                line = node.lc.item(key)[0] + 1
            else:
                break
            node = node[key]
        return line

    def fault(self, keys: Iterable[str | int], code: str, path: Iterable[str] = (), **params: Any) -> Fault:
        """A fault at ``keys`` of this file."""
        keys = tuple(keys)
        return fault(self.file, self.line(*keys), keys, code, path, **params)


@dataclass(frozen=True)
class LoadedPack:
    """A pack, and the documents it was read from (by kind and name)."""

    folder: Path
    pack: Pack
    documents: dict[tuple[str, str], Document]

    @cached_property
    def versions(self) -> dict[str, str]:
        """Procedure → its text with all it uses of the pack: what a case is bound to for life."""
        return {name: _in_order(_compiled(self.pack, one)) for name, one in self.pack.procedures.items()}

    @cached_property
    def plans(self) -> dict[str, str]:
        """Routine → its text with all it uses of the pack: what its rounds are bound to."""
        return {name: _planned(self.pack, one) for name, one in self.pack.routines.items()}


def read(path: Path, shown: str | None = None) -> Document:
    """A YAML document. Raises Faulty for what is not YAML: a tab, a key twice, bytes that are no text."""
    shown = shown or str(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise Faulty([fault(shown, 1, (), "unreadable", why=why)]) from None
    return parse(text, shown)


def parse(text: str, shown: str) -> Document:
    """The document in ``text``. See :func:`read`."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = None
    try:
        data = yaml.load(text)
    except MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        problem = (why.problem or "?").strip().split("\n")[0].split(" with value")[0]
        raise Faulty([fault(shown, (mark.line + 1) if mark else 1, (), "yaml", why=problem)]) from None
    except Exception as why:
        raise Faulty([fault(shown, 1, (), "yaml", why=why)]) from None
    return Document(shown, data, text)


def plain(node: Any) -> Any:
    """Without ruamel's types; a date or time written bare becomes its text."""
    if isinstance(node, dict):
        return {str(k): plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [plain(v) for v in node]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return str(node)


def model(kind: type[M], document: Document, keys: tuple[str | int, ...] = ()) -> M:
    """The document's value at ``keys`` as a ``kind``. Raises Faulty with every fault pydantic finds."""
    node = document.data
    for key in keys:
        node = node[key]
    try:
        return kind.model_validate(plain(node))
    except ValidationError as why:
        raise Faulty(reading_faults(kind, document, keys, why)) from None


def load(folder: Path) -> LoadedPack:
    """Read a pack's folder. Raises Faulty with every fault of form; how parts fit is the checker's."""
    faults: list[Fault] = []
    documents: dict[tuple[str, str], Document] = {}
    shown = folder.name

    def single(name: str, needed: bool) -> Document | None:
        path = folder / f"{name}.yaml"
        if not path.exists():
            if needed:
                faults.append(fault(f"{shown}/{name}.yaml", 1, (), "missing"))
            return None
        return _collect(faults, documents, (name, ""), path, f"{shown}/{name}.yaml")

    header = _model(faults, PackHeader, single("pack", True))
    posts = _entries(faults, PostDefinition, single("posts", True))
    prices = _entries(faults, Price, single("prices", False))
    settings = _entries(faults, Setting, single("settings", False))
    privacy = _entries(faults, Kept, single("privacy", False))
    contracts = _entries(faults, ContractKind, single("contracts", False))
    pets = _entries(faults, PetKind, single("pets", False))
    books = _folder(faults, documents, folder, "registers", "book", Book)
    papers = _folder(faults, documents, folder, "papers", "paper", PaperDefinition)
    procedures = _folder(faults, documents, folder, "procedures", "procedure", Procedure)
    routines = _folder(faults, documents, folder, "routines", "routine", Routine)
    if faults or header is None:
        raise Faulty(faults)
    pack = Pack(
        header=header,
        posts=posts,
        prices=prices,
        settings=settings,
        books=books,
        papers=papers,
        procedures=procedures,
        routines=routines,
        privacy=privacy,
        contracts=contracts,
        pets=pets,
    )
    return LoadedPack(folder, pack, documents)


def _collect(
    faults: list[Fault],
    documents: dict[tuple[str, str], Document],
    key: tuple[str, str],
    path: Path,
    shown: str,
) -> Document | None:
    try:
        documents[key] = read(path, shown)
    except Faulty as why:
        faults.extend(why.faults)
        return None
    return documents[key]


def _model(faults: list[Fault], kind: type[M], document: Document | None) -> M | None:
    if document is None:
        return None
    try:
        return model(kind, document)
    except Faulty as why:
        faults.extend(why.faults)
        return None


def _entries(faults: list[Fault], kind: type[M], document: Document | None) -> dict[str, M]:
    told: dict[str, M] = {}
    if document is None or document.data is None:
        return told
    if not isinstance(document.data, dict):
        faults.append(document.fault((), "value", why=A_MAPPING))
        return told
    for name in document.data:
        try:
            told[str(name)] = model(kind, document, (name,))
        except Faulty as why:
            faults.extend(why.faults)
    return told


def _folder(
    faults: list[Fault],
    documents: dict[tuple[str, str], Document],
    folder: Path,
    sub: str,
    key: str,
    kind: type[M],
) -> dict[str, M]:
    """Every ``*.yaml`` of a sub-folder, by the name in its first key, which must be the file's name."""
    told: dict[str, M] = {}
    for path in sorted((folder / sub).glob("*.yaml")):
        if path.name.endswith(".scenarios.yaml"):
            continue
        shown = f"{folder.name}/{sub}/{path.name}"
        document = _collect(faults, documents, (sub, path.stem), path, shown)
        found = _with_template(faults, kind, document, path)
        if document is None or found is None:
            continue
        name = getattr(found, key)
        if name != path.stem:
            faults.append(document.fault((key,), "file_name", name=name, called=path.name))
        told[name] = found
    return told


def _with_template(faults: list[Fault], kind: type[M], document: Document | None, path: Path) -> M | None:
    """A paper carries the text of its template, so that a case prints on the form it began with."""
    if document is None or kind is not PaperDefinition or not isinstance(document.data, dict):
        return _model(faults, kind, document)
    template = path.with_suffix(".typ")
    if not template.exists():
        faults.append(document.fault((), "no_template", template=template.name))
        return None
    data = {**plain(document.data), "template": template.read_text("utf-8")}
    try:
        return kind.model_validate(data)
    except ValidationError as why:
        faults.extend(reading_faults(kind, document, (), why))
        return None


def _compiled(pack: Pack, procedure: Procedure) -> dict[str, Any]:
    used_papers = {s.paper for _, s in procedure.each_step() if s.paper}
    used_papers |= {s.sends.paper for _, s in procedure.each_step() if s.sends}
    used_papers |= {RECEIPTS[s.verb] for _, s in procedure.each_step() if s.verb in RECEIPTS}
    used_books = {s.book for _, s in procedure.each_step() if s.book}
    used_prices = {fee.price for _, s in procedure.each_step() for fee in s.fees}
    used_prices |= {line for _, s in procedure.each_step() for line in s.prices}
    used_prices |= {
        line for q in procedure.form.values() for c in (q.columns or {}).values() for line in c.lines
    }
    part = pack.model_copy(
        update={
            "papers": {k: v for k, v in pack.papers.items() if k in used_papers},
            "books": {k: v for k, v in pack.books.items() if k in used_books},
            "prices": {k: v for k, v in pack.prices.items() if k in used_prices},
            "procedures": {procedure.procedure: procedure},
            "routines": {},
            "privacy": {},
            "contracts": {},
            "pets": {},
            "titles": {k: pack.procedures[k].title for k in _named(procedure) if k in pack.procedures},
        }
    )
    told: dict[str, Any] = part.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return told


def _planned(pack: Pack, routine: Routine) -> str:
    default = str(pack.settings[routine.only].default) if routine.only else "yes"
    whole = Planned.model_validate({"pack": pack.header.pack, "routine": routine, "default": default})
    return _in_order(whole.model_dump(mode="json", exclude_defaults=True))


def _named(procedure: Procedure) -> list[str]:
    """The other procedures whose cases a procedure's steps wait for."""
    return sorted({name for _, step in procedure.each_step() for name in step.after_cases})


def _in_order(data: Any) -> str:
    """JSON that keeps the order of keys: the order of steps is the order of the work."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
