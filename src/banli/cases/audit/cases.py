"""Every case, and every row of other tables that tells of it, beside what its entries make."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q

from banli.cases import private
from banli.cases.models import Attachment, Case, Contact, ProcedureVersion, Reservation, Task
from banli.cashier.models import Posting, Spend
from banli.engine.rulebook import Rulebook
from banli.estate.belongings import HeldPlace
from banli.estate.models import AuthorityUse
from banli.journal import vault
from banli.journal.models import Entry
from banli.messages.models import CONFLICT, OF_ROUNDS, Mail, Notice
from banli.papers.models import BlankSheet, Paper
from banli.registers.actions import digest_of
from banli.registers.models import RegisterRow

from . import mails, money, papers, pictures, rows
from .chains import OF_NO_CASE, follows
from .finding import UNSAYABLE, Finding, Ticker, compared, differing, keyed, named, unwatched
from .replay import Told, replay
from .versions import NotKept, rulebook

BATCH = 500  # cases, with all that is of them but the pictures, which are read one by one
OF_A_CASE: tuple[type[Any], ...] = (
    Task,
    Contact,
    Paper,
    RegisterRow,
    Attachment,
    AuthorityUse,
    Notice,
    Spend,
    Mail,
    Reservation,
    HeldPlace,
)
_ROWLESS = f"SELECT stream FROM journal_entry WHERE seq = 1 AND {OF_NO_CASE} ORDER BY id"


def cases(tick: Ticker = unwatched, among: range | None = None) -> Iterator[Finding]:
    """Every case's journal is whole, and its row, tasks, papers, rows of books, pictures … are what it makes of them.

    ``among``: only the cases with these ids.
    """
    kept = {(v.procedure, v.digest): v.pk for v in ProcedureVersion.objects.defer("compiled")}
    first, until = (among.start, among.stop) if among is not None else (-(2**63), 2**63 - 1)
    while batch := rows.read(Case, f"id >= %s AND id < %s ORDER BY id LIMIT {BATCH}", [first, until]):
        first = batch[-1].pk + 1
        yield from _batch(batch, kept)
        tick(len(batch))


def _batch(batch: Sequence[Any], kept: dict[Any, int]) -> Iterator[Finding]:
    streams = {case.pk: f"case/{case.pk}" for case in batch}
    found = rows.read(Entry, "stream = ANY(%s) ORDER BY stream, seq", [list(streams.values())])
    entries = rows.by(found, "stream")
    of_cases = {model: _of(model, batch) for model in _COMPARE}
    told: dict[int, Told] = {}
    for case in batch:
        of_case = entries.get(streams[case.pk], [])
        yield from follows(streams[case.pk], of_case)
        yield from _case(case, of_case, kept, told)
        if case.pk in told:
            for model, compare in _COMPARE.items():
                yield from compare(case, told[case.pk], of_cases[model].get(case.pk, []))
    yield from money.of_cases(batch, told, of_cases[Paper])
    yield from mails.of_cases(batch, told, of_cases[Paper], _of(Mail, batch))
    yield from papers.printed([slip for of_case in of_cases[Paper].values() for slip in of_case])
    yield from pictures.of_cases(batch, told)


def strays(tick: Ticker = unwatched) -> Iterator[Finding]:
    """No row belongs to a case that is not there, and no journal to a case that has no row."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWLESS)
        for (stream,) in cursor.fetchall():
            yield Finding(f"cases_case {stream.removeprefix('case/')}", "has entries but no row")
    for model in OF_A_CASE:
        theirs = Exists(Case.objects.filter(pk=OuterRef("case_id")))
        rows_of = (
            model.objects.exclude(Q(code__startswith=OF_ROUNDS) | Q(code=CONFLICT), case=None)
            if model is Notice
            else model.objects
        )
        for row in rows_of.filter(Q(case=None) | ~theirs).order_by("pk").only("pk").iterator():
            yield Finding(named(row), "is of no case")
    theirs = Exists(Case.objects.filter(pk=OuterRef("case_id")))
    for model in (Posting, BlankSheet):
        for row in model.objects.filter(~theirs, case__isnull=False).order_by("pk"):
            yield Finding(named(row), "is of no case")
    yield from papers.strays()


def _of(model: type[Any], batch: Sequence[Any]) -> dict[int, list[Any]]:
    ids = [case.pk for case in batch]
    return rows.by(rows.read(model, "case_id = ANY(%s) ORDER BY case_id, id", [ids]), "case_id")


def _case(case: Any, entries: list[Any], kept: dict[Any, int], told: dict[int, Told]) -> Iterator[Finding]:
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


def _salt(case: Any, made: Told, book: Rulebook) -> Iterator[Finding]:
    """A case's salt is the one it was opened with, and opens its private answers; destroyed, they are erased. One tells
    for all. Cases from before the salt was journalled do not say which they had."""
    gone = not case.vault_salt
    if gone != made.erased:
        told = "is gone, but nobody let it go" if gone else "was erased, but is there"
        yield Finding(named(case), f"vault_salt: {told}")
        return
    mark = made.first.body.get("salt")
    if mark and case.vault_salt and mark != vault.salt_mark(bytes(case.vault_salt)):
        yield Finding(named(case), "vault_salt: is not the one it was opened with")
        return
    secret = book.procedure.private_fields()
    sealed = next(((k, v) for k, v in made.state.form.items() if v and k.split("@")[0] in secret), None)
    if sealed is None or not case.vault_salt:
        return
    try:
        private.open_answer(case, *sealed)
    except (vault.VaultError, *UNSAYABLE):
        yield Finding(named(case), "vault_salt: its private answers do not open")


def _tasks(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    yield from compared(found, made.tasks, table=Task, about=named(case))


def _contacts(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    yield from compared(found, made.contacts, table=Contact, about=named(case))


def _notices(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    yield from compared(found, made.notices, table=Notice, about=named(case))


def _slots(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    expected = [
        {"step": one.step, "branch": one.branch, "pool": one.pool, "person_id": one.person, "seat": seat,
         "slot": datetime.fromisoformat(one.slot), "estate_id": made.first.estate_id}
        for one in made.state.reserved
        for seat in one.seats
    ]  # fmt: skip
    yield from compared(found, expected, table=Reservation, about=named(case))


def _places(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    expected = [
        {"step": one.step, "branch": one.branch, "place": one.place, "vehicle_id": one.vehicle,
         "entered": one.entered, "since": date.fromisoformat(one.since), "until": date.fromisoformat(one.until),
         "estate_id": made.first.estate_id}
        for one in made.state.allotted
    ]  # fmt: skip
    yield from compared(found, expected, table=HeldPlace, about=named(case))


def _sheets(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    about = named(case)
    yield from keyed(found, made.sheets, key=lambda sheet: sheet.serial, table=BlankSheet, about=about)


def _letters(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    about = named(case)
    yield from keyed(found, made.letters, key=lambda use: use.authority_id, table=AuthorityUse, about=about)


def _books(case: Any, made: Told, found: list[Any]) -> Iterator[Finding]:
    for row in found:
        row.digest = digest_of(row.cells, row.found)
    expected = {key: {**line, "estate_id": made.first.estate_id} for key, line in made.books.items()}
    about = named(case)
    yield from keyed(found, expected, key=lambda row: (row.book, row.branch), table=RegisterRow, about=about)


_COMPARE: dict[type[Model], Any] = {
    Task: _tasks, Contact: _contacts, RegisterRow: _books, AuthorityUse: _letters, Notice: _notices,
    Paper: papers.of_case, Reservation: _slots, HeldPlace: _places, BlankSheet: _sheets,
}  # fmt: skip
