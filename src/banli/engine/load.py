"""A pack's folder → typed objects, or every fault with its file, line, key and advice."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from banli.engine.pack import Book, Pack, PackHeader, PostDefinition, Price, Setting
from banli.engine.paper import PaperDefinition
from banli.engine.procedure import Procedure

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a pack: ``line`` from 1, a stable ``code``, ``path``: the shortest way to it."""

    file: str
    line: int
    key: str
    message: str
    advice: str = ""
    code: str = "invalid"
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = (
            f"{self.file}:{self.line}: {self.key}: {self.message}"
            if self.key
            else f"{self.file}:{self.line}: {self.message}"
        )
        if self.advice:
            told += f"\n    → {self.advice}"
        if self.path:
            told += "\n    path: " + " → ".join(self.path)
        return told


class Faulty(Exception):
    """A pack with faults; it is not loaded, and what ran before goes on."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


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

    def fault(
        self,
        keys: Iterable[str | int],
        message: str,
        advice: str = "",
        code: str = "invalid",
        path: Iterable[str] = (),
    ) -> Fault:
        """A fault at ``keys`` of this file."""
        keys = tuple(keys)
        return Fault(
            self.file, self.line(*keys), ".".join(map(str, keys)), message, advice, code, tuple(path)
        )


@dataclass(frozen=True)
class LoadedPack:
    """A pack, the documents it was read from (by kind and name), and its content hash per procedure."""

    folder: Path
    pack: Pack
    documents: dict[tuple[str, str], Document]
    digests: dict[str, str]


def read(path: Path, shown: str | None = None) -> Document:
    """A YAML document. Raises Faulty for what is not YAML: a tab, a key twice, bytes that are no text."""
    shown = shown or str(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise Faulty([Fault(shown, 1, "", f"cannot be read: {why}", "save the file as UTF-8 text")]) from None
    return parse(text, shown)


def parse(text: str, shown: str) -> Document:
    """The document in ``text``. See :func:`read`."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = None
    try:
        data = yaml.load(text)
    except MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        problem = (why.problem or "not YAML").strip()
        advice = (
            "each key once in one mapping"
            if "duplicate" in problem
            else "check the indentation and the quotes"
        )
        raise Faulty([Fault(shown, (mark.line + 1) if mark else 1, "", problem, advice, "yaml")]) from None
    except Exception as why:
        raise Faulty([Fault(shown, 1, "", f"not YAML: {why}", code="yaml")]) from None
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
        raise Faulty([_fault(document, keys, error) for error in why.errors()]) from None


_TAGS = {"step", "together", "each", "several"}


def _fault(document: Document, keys: tuple[str | int, ...], error: Any) -> Fault:
    node, path = document.data, list(keys)
    for key in keys:
        node = node[key]
    for part in error["loc"]:
        # loc also names the union's branch and a dict's key; only what stands in the file is a place in it
        listed = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if listed or (isinstance(node, dict) and part in node):
            node = node[part]
            path.append(part)
        elif part not in _TAGS and part != "[key]" and part is error["loc"][-1]:
            path.append(part)
    message, advice = error["msg"].removeprefix("Value error, "), ""
    if error["type"] == "extra_forbidden":
        message, advice = "unknown key", "see docs/authoring.md for the keys, or remove it"
    elif error["type"] == "missing":
        message, advice = "is missing", "add it"
    return document.fault(path, message, advice, error["type"])


def load(folder: Path) -> LoadedPack:
    """Read a pack's folder. Raises Faulty with every fault of form; how parts fit is the checker's."""
    faults: list[Fault] = []
    documents: dict[tuple[str, str], Document] = {}
    shown = folder.name

    def single(name: str, needed: bool) -> Document | None:
        path = folder / f"{name}.yaml"
        if not path.exists():
            if needed:
                faults.append(
                    Fault(f"{shown}/{name}.yaml", 1, "", "is missing", "every pack has one", "missing")
                )
            return None
        return _collect(faults, documents, (name, ""), path, f"{shown}/{name}.yaml")

    header = _model(faults, PackHeader, single("pack", True))
    posts = _entries(faults, PostDefinition, single("posts", True))
    prices = _entries(faults, Price, single("prices", False))
    settings = _entries(faults, Setting, single("settings", False))
    books = _folder(faults, documents, folder, "registers", "book", Book)
    papers = _folder(faults, documents, folder, "papers", "paper", PaperDefinition)
    procedures = _folder(faults, documents, folder, "procedures", "procedure", Procedure)
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
    )
    return LoadedPack(folder, pack, documents, {name: _digest(pack, one) for name, one in procedures.items()})


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
        faults.append(document.fault((), "must be a mapping of names", code="type"))
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
            faults.append(
                document.fault((key,), f"is {name!r} in {path.name}", "give the file the same name", "name")
            )
        told[name] = found
    return told


def _with_template(faults: list[Fault], kind: type[M], document: Document | None, path: Path) -> M | None:
    """A paper carries the text of its template, so that a case prints on the form it began with."""
    if document is None or kind is not PaperDefinition or not isinstance(document.data, dict):
        return _model(faults, kind, document)
    template = path.with_suffix(".typ")
    if not template.exists():
        faults.append(
            document.fault((), f"has no template {template.name}", "put it beside the file", "missing")
        )
        return None
    data = {**plain(document.data), "template": template.read_text("utf-8")}
    try:
        return kind.model_validate(data)
    except ValidationError as why:
        faults.extend(_fault(document, (), error) for error in why.errors())
        return None


def _digest(pack: Pack, procedure: Procedure) -> str:
    return hashlib.sha256(in_order(compiled(pack, procedure)).encode()).hexdigest()


def compiled(pack: Pack, procedure: Procedure) -> dict[str, Any]:
    """A procedure with all it uses of its pack, as plain JSON: what a case is bound to for life."""
    used_papers = {s.paper for _, s in procedure.each_step() if s.paper}
    used_books = {s.book for _, s in procedure.each_step() if s.book}
    used_prices = {s.fee.price for _, s in procedure.each_step() if s.fee}
    part = pack.model_copy(
        update={
            "papers": {k: v for k, v in pack.papers.items() if k in used_papers},
            "books": {k: v for k, v in pack.books.items() if k in used_books},
            "prices": {k: v for k, v in pack.prices.items() if k in used_prices},
            "procedures": {procedure.procedure: procedure},
        }
    )
    told: dict[str, Any] = part.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return told


def in_order(data: Any) -> str:
    """JSON that keeps the order of keys: the order of steps is the order of the work."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
