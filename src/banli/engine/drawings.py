"""Every drawing of a pack, by its file's name: charts in both languages, handbook pages, BPMN, and their index."""

from banli.engine import bpmn, draw
from banli.engine.draw import handbook
from banli.engine.load import LoadedPack
from banli.engine.rulebook import Rulebook


def drawings(loaded: LoadedPack) -> dict[str, str]:
    """File name (with the pack's folder) → text. The same pack gives the same texts."""
    pack = loaded.pack
    books = [Rulebook.of(procedure, pack) for procedure in pack.procedures.values()]
    told: dict[str, str] = {}
    for book in books:
        name = f"{pack.header.pack}/{book.procedure.procedure}"
        for language in ("zh", "en"):
            told[f"{name}.{language}.svg"] = draw.svg(book, language)
        source = f"packs/{loaded.folder.name}/procedures/{book.procedure.procedure}.yaml"
        told[f"{name}.md"] = handbook.page(book, source)
        told[f"{name}.bpmn"] = bpmn.export(book)
    if books:
        told[f"{pack.header.pack}/README.md"] = handbook.index(books)
    return told
