"""Papers, their printings and their files, beside what the journal says of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from banli.journal import vault
from banli.journal.models import Entry
from banli.journal.vault import VaultError
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper, PaperFile, Printing

from . import rows
from .finding import UNSAYABLE, Finding, keyed, named
from .replay import Told

_SEALED: Any = Paper._meta.get_field("private")
_OF_PAPERS = "paper_id = ANY(%s) ORDER BY paper_id, id"


def of_case(case: Any, told: Told, found: list[Any]) -> Iterator[Finding]:
    """Every paper was issued by the case, is in the state the case left it in, and says what it said then."""
    for paper in found:
        paper.digest = fingerprint(paper)
    about = named(case)
    yield from keyed(
        found, told.papers, key=lambda paper: (paper.kind, paper.number), table=Paper, about=about
    )
    vouchers = {posting["number"] for posting in told.postings}
    for paper in found:
        if bool(paper.vault_salt) == (told.erased and paper.number not in vouchers):
            yield Finding(named(paper, paper.number), "vault_salt: is not there as long as the journal says")
        if paper.vault_salt and not _opens(paper):
            yield Finding(named(paper, paper.number), "private, vault_salt: its private part does not open")


def _opens(paper: Any) -> bool:
    if not paper.private:
        return True
    try:
        vault.open_sealed(paper.private, _SEALED.context, salt=_SEALED.salt_of(paper))
        return True
    except VaultError:
        return False


def printed(papers: list[Any]) -> Iterator[Finding]:
    """Every printing and every file of some papers is one that the journal tells of, and the other way round."""
    streams, ids = {f"paper/{paper.pk}": paper for paper in papers}, [paper.pk for paper in papers]
    found = rows.read(Entry, "stream = ANY(%s) ORDER BY stream, seq", [list(streams)])
    told = rows.by(found, "stream")
    printings = rows.by(rows.read(Printing, _OF_PAPERS, [ids]), "paper_id")
    # The database hashes what lies in it: the files themselves need not travel.
    hashed = {"hashed": "sha256(pdf)"}
    files = rows.by(rows.read(PaperFile, _OF_PAPERS, [ids], leave=["pdf"], reckoned=hashed), "paper_id")
    for stream, paper in streams.items():
        try:
            yield from _printings(paper, told.get(stream, []), printings.get(paper.pk, []))
            yield from _files(paper, told.get(stream, []), files.get(paper.pk, []))
        except UNSAYABLE:
            yield Finding(named(paper, paper.number), "has a journal that says what no action can say")


def strays() -> Iterator[Finding]:
    """No printing and no file is of a paper that is not there."""
    theirs = Exists(Paper.objects.filter(pk=OuterRef("paper_id")))
    for model in (Printing, PaperFile):
        strange: Any = model._default_manager.filter(~theirs)
        for row in strange.order_by("pk").only("pk").iterator():
            yield Finding(named(row), "is of no paper")


def _printings(paper: Any, entries: list[Any], found: list[Any]) -> Iterator[Finding]:
    expected = {
        (one.body["copy"], one.body["print"]): {
            "at": datetime.fromisoformat(one.body["at"]),
            "by_id": one.actor_id, "key": one.body["key"], "paper_number": one.body["number"],
        }
        for one in entries
        if one.kind == "print"
    }  # fmt: skip
    for row in found:
        row.paper_number = paper.number
    about = named(paper, paper.number)
    yield from keyed(found, expected, key=lambda row: (row.copy, row.number), table=Printing, about=about)


def _files(paper: Any, entries: list[Any], found: list[Any]) -> Iterator[Finding]:
    expected = {
        (one.body["copy"], one.body["print"]): {
            "sha256": one.body["sha256"], "pdf": one.body["sha256"], "sealed": one.body["sealed"],
            "made_at": datetime.fromisoformat(one.body["made_at"]), "paper_number": one.body["number"],
        }
        for one in entries
        if one.kind == "file" and paper.vault_salt  # one that was erased has no files any more
    }  # fmt: skip
    for row in found:
        row.pdf = row.hashed.hex()
        row.paper_number = paper.number
    about = named(paper, paper.number)
    yield from keyed(
        found, expected, key=lambda row: (row.copy, row.print_number), table=PaperFile, about=about
    )
