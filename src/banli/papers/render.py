"""A paper's definition and its values become a PDF. Pure: the same input gives the same bytes.

Values go to Typst as JSON (a drawing as its bytes), never as source: ``#`` or a quote in a name is just text.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from banli.engine.paper import PaperDefinition
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.papers import fonts, signatures
from banli.papers.snapshot import is_picture

TYPST = Path(__file__).parent / "typst"
PREVIEW_DPI = 120
#: How the library drew the code at first, a rectangle for each run; papers keep the library they were issued on.
DRAWS_RUNS = "data.qr.enumerate()"

declare(
    {
        "paper_template": Text(
            zh="单据“{title}”的模板有误，无法打印：{fault}",
            en="The template of the paper “{title}” is wrong, so it cannot be printed: {fault}",
        ),
        "unknown_copy": Text(zh="这张单据没有“{copy}”联。", en="This paper has no copy “{copy}”."),
    }
)


@dataclass(frozen=True)
class SealPlace:
    """Where the seal goes: page from 1, corner and side in points from the page's top left."""

    page: int
    x: float
    y: float
    side: float


@cache
def library() -> str:
    """The parts papers are made of, as this version of Banli has them; kept with each paper's form."""
    return (TYPST / "slip.typ").read_text(encoding="utf-8")


def render(
    definition: PaperDefinition, snapshot: Mapping[str, Any], copy: str, *, parts: str | None = None
) -> bytes:
    """One copy as a PDF. ``snapshot`` holds the values by name; ``paper.issued_at`` is its creation date.

    ``parts`` is the library the paper was issued with, the present one if not given. Refuses with
    ``unknown_copy``, ``font_missing``, or ``paper_template`` for any fault or warning of Typst.
    """
    files, inputs = _project(definition, snapshot, copy, parts or library(), preview=False)
    return _pdf(definition, files, inputs, snapshot)


def render_for_seal(
    definition: PaperDefinition, snapshot: Mapping[str, Any], copy: str, *, parts: str | None = None
) -> tuple[bytes, SealPlace]:
    """One copy as a PDF, and where its template puts the seal: `render` and `seal_place` at the cost of one.

    Typst remembers the layout it has just made, so long as it is asked for with the very same input.
    """
    files, inputs = _project(definition, snapshot, copy, parts or library(), preview=False)
    return _pdf(definition, files, inputs, snapshot), _seal_place(definition, files, inputs)


def preview(
    definition: PaperDefinition, snapshot: Mapping[str, Any], copy: str, *, parts: str | None = None
) -> list[bytes]:
    """The pages of one copy as PNG for the screen, marked as a preview, without the pass's code."""
    files, inputs = _project(definition, snapshot, copy, parts or library(), preview=True)
    pages = _compile(definition, files, inputs, format="png", ppi=PREVIEW_DPI)
    return pages if isinstance(pages, list) else [pages]


def by_hand(
    definition: PaperDefinition, values: Mapping[str, Any], copy: str, serials: Sequence[str] = ()
) -> bytes:
    """Empty forms of one copy as a PDF, to be written on when there is no power: no number, no code, no seal.

    One for each of ``serials``; without any it is a specimen. ``values`` are the few that are printed all the same:
    the estate, its settings, what there is to tick. Refuses with ``unknown_copy``, ``font_missing`` or
    ``paper_template``.
    """
    files, inputs = _project(
        definition, values, copy, library(), preview=False, by_hand=True, serials=serials
    )
    return bytes(_compile(definition, files, inputs, format="pdf", timestamp=0))


def to_sign(definition: PaperDefinition, values: Mapping[str, Any], copy: str) -> bytes:
    """A paper that people sign by hand, as a PDF: what is known is printed and ticked, the rest is left to be written.

    It is no specimen, and has neither serial nor number. Refuses as :func:`by_hand` does.
    """
    files, inputs = _project(
        definition, values, copy, library(), preview=False, by_hand=True, for_signing=True
    )
    return bytes(_compile(definition, files, inputs, format="pdf", timestamp=0))


def seal_place(
    definition: PaperDefinition, snapshot: Mapping[str, Any], copy: str, *, parts: str | None = None
) -> SealPlace:
    """Where the template puts the seal; ``paper_template`` unless there is exactly one place."""
    return _seal_place(definition, *_project(definition, snapshot, copy, parts or library(), preview=False))


def _pdf(
    definition: PaperDefinition, files: dict[str, bytes], inputs: dict[str, str], snapshot: Mapping[str, Any]
) -> bytes:
    created = datetime.fromisoformat(snapshot["paper.issued_at"])
    return bytes(_compile(definition, files, inputs, format="pdf", timestamp=int(created.timestamp())))


def _seal_place(definition: PaperDefinition, files: dict[str, bytes], inputs: dict[str, str]) -> SealPlace:
    sources: Any = files  # typst's stubs know one file, the function takes several
    own = fonts.load(fonts.folder())
    try:
        found = json.loads(typst.query(sources, "<seal>", field="value", font_paths=own, sys_inputs=inputs))
    except RuntimeError as broken:
        raise Refusal("paper_template", title=definition.title, fault=str(broken)) from broken
    if len(found) != 1:
        fault = f"#seal-here() must stand exactly once, it stands {len(found)} times"
        raise Refusal("paper_template", title=definition.title, fault=fault)
    return SealPlace(**found[0])


def _project(
    definition: PaperDefinition,
    snapshot: Mapping[str, Any],
    copy: str,
    parts: str,
    *,
    preview: bool,
    by_hand: bool = False,
    serials: Sequence[str] = (),
    for_signing: bool = False,
) -> tuple[dict[str, bytes], dict[str, str]]:
    chosen = definition.copy_of(copy)
    if chosen is None:
        raise Refusal("unknown_copy", copy=copy)
    files = {"main.typ": definition.template.encode(), "slip.typ": parts.encode()}
    images: dict[str, list[int]] = {}
    values: dict[str, Any] = {}
    for name in definition.names():
        value = snapshot.get(name)
        if isinstance(value, Mapping) and is_picture(value):
            value = _picture(name, next(iter(value.values())), images)
        values[name] = printable(value)
    values["paper.title"] = definition.title.zh
    values["paper.copy"] = chosen.title.zh
    told: dict[str, Any] = {
        "values": values,
        "images": images,
        "size": definition.size,
        "copy": {
            "id": chosen.id,
            "title": chosen.title.zh,
            "keeper": chosen.keeper.zh if chosen.keeper else None,
        },
        "copies": [one.id for one in definition.copies],
        "qr": None,
        "preview": preview,
        "by_hand": by_hand,
        "serials": list(serials),
        "to_sign": for_signing,
    }
    if copy == definition.qr and not preview and snapshot.get("paper.pass"):
        told["qr"] = _qr(snapshot["paper.pass"], parts)
    return files, {"data": json.dumps(told, ensure_ascii=False)}


def printable(value: Any) -> Any:
    """A value with every character that the fonts lack made visible, however deep it lies."""
    if isinstance(value, str):
        return fonts.printable(value)
    if isinstance(value, Mapping):
        return {name: printable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(part) for part in value]
    return value


def _picture(name: str, encoded: object, images: dict[str, list[int]]) -> str:
    """What a template gets to print in words where a picture is; the picture itself goes to ``images``."""
    what = "签名" if name.startswith("step.") else "照片"
    try:
        content = base64.b64decode(str(encoded), validate=True)
    except binascii.Error:
        content = b""
    if signatures.kind_of(content) is None:
        return f"（{what}图像损坏）"
    images[name] = list(content)
    return what


def _qr(text: str, parts: str) -> str | list[list[list[int]]]:
    """The code as an SVG of one path; a paper issued on an older library gets the dark runs of each row."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    rows = [_dark_runs(row) for row in matrix]
    if DRAWS_RUNS in parts:
        return rows
    path = "".join(f"M{at} {y}h{long}v1h-{long}z" for y, row in enumerate(rows) for at, long in row)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}"><path d="{path}"/></svg>'


def _dark_runs(row: Iterable[int]) -> list[list[int]]:
    """The dark runs of a row, as (start, length)."""
    runs: list[list[int]] = []
    for at, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == at:
            runs[-1][1] += 1
        else:
            runs.append([at, 1])
    return runs


def _compile(
    definition: PaperDefinition, files: dict[str, bytes], inputs: dict[str, str], **options: Any
) -> Any:
    try:
        made, warnings = typst.compile_with_warnings(
            files,
            font_paths=fonts.load(fonts.folder()),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            **options,
        )
    except RuntimeError as fault:
        raise Refusal("paper_template", title=definition.title, fault=str(fault)) from fault
    if warnings:
        raise Refusal("paper_template", title=definition.title, fault="; ".join(str(w) for w in warnings))
    return made
