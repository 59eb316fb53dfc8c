"""Every case, and every row of other tables that tells of it, beside what its entries make."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q

from banli.cases import private
from banli.cases.models import Attachment, Case, ProcedureVersion, Task
from banli.engine.turn import Rulebook
from banli.estate.models import AuthorityUse
from banli.journal import vault
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.registers.actions import digest_of
from banli.registers.models import RegisterRow

from . import papers, pictures
from .finding import UNSAYABLE, Finding, Ticker, compared, differing, keyed, named, unwatched
from .replay import Told, replay
from .versions import NotKept, rulebook

BATCH = 200  # cases, with all that is of them but the pictures, which are read one by one
OF_A_CASE: tuple[type[Any], ...] = (Task, Paper, RegisterRow, Attachment, AuthorityUse, Notice)
_ROWLESS = """
    SELECT stream FROM journal_entry entry WHERE seq = 1 AND stream LIKE 'case/%%'
       AND NOT EXISTS (SELECT FROM cases_case WHERE 'case/' || cases_case.id = entry.stream) ORDER BY id
"""


def cases(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every case's row, tasks, papers, rows of books, notices, pictures and letters are what its entries make of it."""
    kept = {(v.procedure, v.digest): v.pk for v in ProcedureVersion.objects.defer("compiled")}
    last = 0
    while batch := list(Case.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        streams = [case.stream for case in batch]
        entries = _by(Entry.objects.filter(stream__in=streams).order_by("stream", "seq"), "stream")
        rows = {
            model: _by(_rows(model, batch), "case_id") for model in (Task, RegisterRow, AuthorityUse, Notice)
        }
        slips = _by(_rows(Paper, batch), "case_id")
        told: dict[int, Told] = {}
        for case in batch:
            yield from _case(case, entries.get(case.stream, []), kept, told)
            if case.pk in told:
                for model, of_case in rows.items():
                    yield from _COMPARE[model](case, told[case.pk], of_case.get(case.pk, []))
                yield from papers.of_case(case, told[case.pk], slips.get(case.pk, []))
        yield from papers.printed([slip for of_case in slips.values() for slip in of_case])
        yield from pictures.of_cases(batch, told)
        tick(len(batch))


def strays(tick: Ticker = unwatched) -> Iterator[Finding]:
    """No row belongs to a case that is not there, and no journal to a case that has no row."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWLESS)
        for (stream,) in cursor.fetchall():
            yield Finding(f"cases_case {stream.removeprefix('case/')}", "has entries but no row")
    for model in OF_A_CASE:
        theirs = Exists(Case.objects.filter(pk=OuterRef("case_id")))
        for row in model.objects.filter(Q(case=None) | ~theirs).order_by("pk").only("pk").iterator():
            yield Finding(named(row), "is of no case")
    yield from papers.strays()


def _rows(model: type[Any], batch: Sequence[Case]) -> list[Any]:
    return list(model.objects.filter(case_id__in=[case.pk for case in batch]).order_by("case_id", "pk"))


def _by(rows: Any, name: str) -> dict[Any, list[Any]]:
    return {key: list(same) for key, same in groupby(rows, key=lambda row: getattr(row, name))}


def _case(case: Case, entries: list[Entry], kept: dict[Any, int], told: dict[int, Told]) -> Iterator[Finding]:
    row = named(case)
    if not entries:
        yield Finding(row, "has no journal")
        return
    body = entries[0].body
    version = body.get("procedure"), body.get("version")
    try:
        book = rulebook(*version)
        made = replay(entries, book)
        expected = made.case
    except NotKept:
        yield Finding(row, "its procedure's version is not kept")
        return
    except UNSAYABLE:
        yield Finding(row, "has a journal that says what no action can say")
        return
    told[case.pk] = made
    yield from differing(case, {**expected, "version_id": kept.get(version)})
    yield from _salt(case, made, book)


def _salt(case: Case, made: Told, book: Rulebook) -> Iterator[Finding]:
    """A case's salt opens its private answers; where it was destroyed, they are erased. One tells for all."""
    secret = book.procedure.private_fields()
    sealed = next(((k, v) for k, v in made.state.form.items() if v and k.split("@")[0] in secret), None)
    if sealed is None or not case.vault_salt:
        return
    try:
        private.open_answer(case, *sealed)
    except (vault.VaultError, *UNSAYABLE):
        yield Finding(named(case), "vault_salt: its private answers do not open")


def _tasks(case: Case, made: Told, rows: list[Model]) -> Iterator[Finding]:
    yield from compared(rows, made.tasks, table=Task, about=named(case))


def _notices(case: Case, made: Told, rows: list[Model]) -> Iterator[Finding]:
    yield from compared(rows, made.notices, table=Notice, about=named(case))


def _letters(case: Case, made: Told, rows: list[Model]) -> Iterator[Finding]:
    about = named(case)
    yield from keyed(rows, made.letters, key=lambda use: use.authority_id, table=AuthorityUse, about=about)


def _books(case: Case, made: Told, rows: list[RegisterRow]) -> Iterator[Finding]:
    for row in rows:
        row.digest = digest_of(row.cells, row.found)  # type: ignore[attr-defined]
    expected = {key: {**line, "estate_id": made.first.estate_id} for key, line in made.books.items()}
    about = named(case)
    yield from keyed(rows, expected, key=lambda row: (row.book, row.branch), table=RegisterRow, about=about)


_COMPARE: dict[type[Model], Any] = {
    Task: _tasks, RegisterRow: _books, AuthorityUse: _letters, Notice: _notices,
}  # fmt: skip
