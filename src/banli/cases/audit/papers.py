"""Papers, their printings and their files, beside what the journal says of them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import BinaryField, Exists, F, Func, OuterRef

from banli.cases.models import Case
from banli.journal.models import Entry
from banli.journal.vault import VaultError
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper, PaperFile, Printing

from .finding import Finding, keyed, named
from .replay import Told


def of_case(case: Case, told: Told, rows: list[Paper]) -> Iterator[Finding]:
    """Every paper was issued by the case, is in the state the case left it in, and says what it said then."""
    for paper in rows:
        paper.digest = fingerprint(paper)  # type: ignore[attr-defined]
    yield from keyed(
        rows, told.papers, key=lambda paper: (paper.kind, paper.number), table=Paper, about=named(case)
    )
    for paper in rows:
        if paper.vault_salt and not _opens(paper):
            yield Finding(named(paper, paper.number), "private, vault_salt: its private part does not open")


def _opens(paper: Paper) -> bool:
    try:
        return isinstance(paper.private, str)
    except VaultError:
        return False


def printed(papers: list[Paper]) -> Iterator[Finding]:
    """Every printing and every file of some papers is one that the journal tells of, and the other way round."""
    streams = {f"paper/{paper.pk}": paper for paper in papers}
    entries = Entry.objects.filter(stream__in=streams).order_by("stream", "seq")
    told = {stream: list(same) for stream, same in groupby(entries, key=lambda entry: entry.stream)}
    printings = _by_paper(Printing.objects.filter(paper__in=papers))
    # The database hashes what lies in it: the files themselves need not travel.
    hashed = Func(F("pdf"), function="sha256", output_field=BinaryField())
    files = _by_paper(PaperFile.objects.filter(paper__in=papers).defer("pdf").annotate(hashed=hashed))
    for stream, paper in streams.items():
        yield from _printings(paper, told.get(stream, []), printings.get(paper.pk, []))
        yield from _files(paper, told.get(stream, []), files.get(paper.pk, []))


def strays() -> Iterator[Finding]:
    """No printing and no file is of a paper that is not there."""
    theirs = Exists(Paper.objects.filter(pk=OuterRef("paper_id")))
    for model in (Printing, PaperFile):
        rows: Any = model._default_manager.filter(~theirs)
        for row in rows.order_by("pk").only("pk").iterator():
            yield Finding(named(row), "is of no paper")


def _by_paper(rows: Any) -> dict[int, list[Any]]:
    ordered = rows.order_by("paper_id", "pk")
    return {paper: list(same) for paper, same in groupby(ordered, key=lambda row: row.paper_id)}


def _printings(paper: Paper, entries: list[Entry], rows: list[Printing]) -> Iterator[Finding]:
    expected = {
        (one.body["copy"], one.body["print"]): {
            "at": datetime.fromisoformat(one.body["at"]),
            "by_id": one.actor_id, "key": one.body["key"], "paper_number": one.body["number"],
        }
        for one in entries
        if one.kind == "print"
    }  # fmt: skip
    for row in rows:
        row.paper_number = paper.number  # type: ignore[attr-defined]
    about = named(paper, paper.number)
    yield from keyed(rows, expected, key=lambda row: (row.copy, row.number), table=Printing, about=about)


def _files(paper: Paper, entries: list[Entry], rows: list[PaperFile]) -> Iterator[Finding]:
    expected = {
        (one.body["copy"], one.body["print"]): {
            "sha256": one.body["sha256"], "pdf": one.body["sha256"], "sealed": one.body["sealed"],
            "made_at": datetime.fromisoformat(one.body["made_at"]), "paper_number": one.body["number"],
        }
        for one in entries
        if one.kind == "file"
    }  # fmt: skip
    for row in rows:
        row.pdf = bytes(row.hashed).hex()  # type: ignore[attr-defined]
        row.paper_number = paper.number  # type: ignore[attr-defined]
    about = named(paper, paper.number)
    yield from keyed(
        rows, expected, key=lambda row: (row.copy, row.print_number), table=PaperFile, about=about
    )
