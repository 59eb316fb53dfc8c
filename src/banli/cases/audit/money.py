"""The ledger, the shifts and the prices beside what the journals say of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, groupby, pairwise
from typing import Any

from django.db.models import Exists, OuterRef

from banli.cashier import ledger
from banli.cashier.models import LedgerEntry, Posting, PriceVersion, Shift, Spend
from banli.estate.models import Estate
from banli.journal.models import Entry

from . import rows
from .finding import CHUNK, UNSAYABLE, Finding, Ticker, compared, differing, named, unwatched
from .replay import Row, Told


def of_cases(
    batch: Sequence[Any], told: Mapping[int, Told], slips: Mapping[int, list[Any]]
) -> Iterator[Finding]:
    """Every posting of some cases, with its entries, is one that their journals tell of; so is every line used up."""
    ids = [case.pk for case in batch]
    mine = "case_id = ANY(%s) ORDER BY case_id, id"
    postings, spends = (rows.by(rows.read(model, mine, [ids]), "case_id") for model in (Posting, Spend))
    entries = _entries([row.pk for of_case in postings.values() for row in of_case])
    for case in batch:
        if case.pk not in told:
            continue
        numbers = {slip.pk: slip.number for slip in slips.get(case.pk, ())}
        posted = [_Posted(row, numbers, entries) for row in postings.get(case.pk, ())]
        yield from _posted(posted, told[case.pk].postings, named(case))
        used = [
            {
                "of": one.of, "of_branch": one.of_branch, "unit": one.unit, "step": one.step, "branch": one.branch,
                "at": datetime.fromisoformat(one.at),
            }
            for one in told[case.pk].state.spent
        ]  # fmt: skip
        yield from compared(spends.get(case.pk, []), used, table=Spend, about=named(case))


def _entries(postings: list[int]) -> dict[int, list[Any]]:
    found = rows.read(LedgerEntry, "posting_id = ANY(%s) ORDER BY posting_id, id", [postings])
    return rows.by(found, "posting_id")


class _Posted:
    """A posting with the numbers of its papers and its entries; the rest is the row's."""

    pk: int
    shift_id: int | None
    paper_id: int | None
    reverses_id: int | None

    def __init__(self, row: Any, numbers: Mapping[int, str], entries: Mapping[int, list[Any]]) -> None:
        self.__dict__.update(row.__dict__)
        self._meta = row._meta
        self.number = numbers.get(row.paper_id, f"papers_paper {row.paper_id}") if row.paper_id else ""
        self.kept = entries.get(row.pk, [])


def _posted(posted: list[Any], expected: list[Row], about: str) -> Iterator[Finding]:
    """Postings beside what the journal makes, then their entries; those are known by the posting they stand in."""
    ids = {row.pk: row for row in posted}
    for row in posted:
        row.reversed_number = ids[row.reverses_id].number if row.reverses_id in ids else row.reverses_id or ""
    bare = [{name: value for name, value in one.items() if name != "sides"} for one in expected]
    yield from compared(posted, bare, table=Posting, about=about)
    entries = [entry for row in posted for entry in row.kept]
    sides = [_sides(one) for one in expected]
    if len(posted) != len(expected):
        yield from compared(entries, list(chain.from_iterable(sides)), table=LedgerEntry, about=about)
        return
    for row, its in zip(posted, sides, strict=True):
        yield from compared(row.kept, its, table=LedgerEntry, about=f"{named(row)} of {about}")
    for before, entry in pairwise(entries):
        if entry.pk < before.pk:
            yield Finding(named(entry, about), f"written before {before.pk}, of an earlier posting")


def _sides(posting: Row) -> list[dict[str, Any]]:
    return [
        {"account": side.account, "fen": side.fen, "price": side.price, "case_id": side.case}
        for side in posting["sides"]
    ]


def shifts(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every shift was opened by an entry and closed by one; what was missing at its end is posted."""
    last = 0
    while batch := list(Shift.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = batch[-1].pk
        streams = [f"shift/{shift.pk}" for shift in batch]
        entries = Entry.objects.filter(stream__in=streams).order_by("stream", "seq")
        told = {stream: list(same) for stream, same in groupby(entries, key=lambda one: one.stream)}
        ids = [shift.pk for shift in batch]
        found = rows.read(Posting, "shift_id = ANY(%s) AND case_id IS NULL ORDER BY id", [ids])
        kept = _entries([row.pk for row in found])
        gaps = [_Posted(row, {}, kept) for row in found]
        for shift in batch:
            mine = [row for row in gaps if row.shift_id == shift.pk]
            yield from _shift(shift, told.get(f"shift/{shift.pk}", []), mine)
        tick(len(batch))
    theirs = Exists(Shift.objects.filter(pk=OuterRef("shift_id")))
    for row in Posting.objects.filter(~theirs, case=None).order_by("pk"):
        yield Finding(named(row), "is of no case and no shift")
    known = {f"shift/{pk}" for pk in Shift.objects.values_list("pk", flat=True)}
    for entry in Entry.objects.filter(kind="shift_opened").order_by("pk").iterator(CHUNK):
        if entry.stream not in known:
            yield Finding(f"cashier_shift {entry.stream.removeprefix('shift/')}", "is missing")


def _shift(shift: Shift, entries: list[Entry], gaps: list[_Posted]) -> Iterator[Finding]:
    if not entries:
        yield Finding(named(shift), "the journal tells of no such row")
        return
    try:
        first, body = entries[0], entries[0].body
        expected: dict[str, Any] = {
            "estate_id": first.estate_id, "cashier_id": first.actor_id, "float_fen": body["float"],
            "opened_at": datetime.fromisoformat(body["opened_at"]), "closed_at": None, "counted": {}, "expected": {},
            "explanation": "", "signed": False,
        }  # fmt: skip
        posted: list[dict[str, Any]] = []
        for entry in entries[1:]:
            told = entry.body
            expected |= {name: told[name] for name in ("counted", "expected", "explanation", "signed")}
            expected["closed_at"] = datetime.fromisoformat(told["closed_at"])
            sides = ledger.of_difference(told["counted"], told["expected"])
            if sides:
                posted.append({
                    "kind": "difference", "step": "", "branch": None, "number": "", "method": "", "reference": "",
                    "reason": "", "reversed_number": "", "fen": ledger.till_of(sides),
                    "at": expected["closed_at"], "by_id": entry.actor_id, "estate_id": first.estate_id,
                    "sides": sides,
                })  # fmt: skip
    except UNSAYABLE:
        yield Finding(named(shift), "has a journal that says what no action can say")
        return
    yield from differing(shift, expected)
    yield from _posted(gaps, posted, named(shift))


def prices(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every version of a price was set by an entry."""
    for estate in Estate.objects.order_by("pk"):
        told = {}
        for entry in Entry.objects.filter(stream=f"prices/{estate.pk}").order_by("seq").iterator(CHUNK):
            try:
                body = entry.body
                told[body["version"]] = {
                    **{name: body[name] for name in ("pack", "price", "fen", "low", "high", "cap", "source")},
                    "valid_from": date.fromisoformat(body["valid_from"]), "set_by_id": entry.actor_id,
                    "set_at": datetime.fromisoformat(body["set_at"]), "estate_id": entry.estate_id,
                }  # fmt: skip
            except UNSAYABLE:
                yield Finding(named(entry, str(entry)), "says what no action can say")
            tick(1)
        for row in PriceVersion.objects.filter(estate=estate).order_by("pk").iterator(CHUNK):
            expected = told.pop(row.pk, None)
            if expected is None:
                yield Finding(named(row), "the journal tells of no such row")
            else:
                yield from differing(row, expected)
        for pk in told:
            yield Finding(f"cashier_priceversion {pk}", "is missing")
    for row in PriceVersion.objects.exclude(estate__in=Estate.objects.values("pk")).order_by("pk"):
        yield Finding(named(row), "is of no estate")


def entries(tick: Ticker = unwatched) -> Iterator[Finding]:
    """No entry is of a posting that is not there."""
    theirs = Exists(Posting.objects.filter(pk=OuterRef("posting_id")))
    for row in LedgerEntry.objects.filter(~theirs).order_by("pk"):
        yield Finding(named(row), "is of no posting")
    tick(1)
