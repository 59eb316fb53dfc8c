"""Contracts of homes, their parties and pages: rows that the estates' own journals tell of."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import F

from banli.estate import scans
from banli.estate.actions import digest_of_note
from banli.estate.contracts.models import Contract, ContractPage, ContractParty
from banli.estate.models import NOBODY, Estate
from banli.journal.models import Entry
from banli.journal.vault import VaultError

from .estates import NOTHING, one_by_one
from .finding import CHUNK, UNSAYABLE, Finding, Ticker, named, unwatched
from .folding import of_no_estate

#: A contract, and the number of a party or page in it.
Place = tuple[int, int]


def _entered(made: dict[str, Any], entry: Entry) -> None:
    body = entry.body
    made.update(
        estate_id=entry.estate_id, unit_estate=entry.estate_id, unit_key=body["unit"], kind=body["kind"],
        number_told=body["number"], other_told=body["other"], since=date.fromisoformat(body["since"]),
        until=_day(body["until"]), follows_id=body["follows"], ended=None, why_told=NOTHING,
        entered_at=datetime.fromisoformat(body["entered_at"]), entered_by_id=entry.actor_id, erased_at=None,
    )  # fmt: skip


def _ended(made: dict[str, Any], entry: Entry) -> None:
    made["ended"], made["why_told"] = date.fromisoformat(entry.body["ended"]), entry.body["reason"]


def _erased(made: dict[str, Any], entry: Entry) -> None:
    """Its words are gone; what was told of its end is only that there was an early one."""
    made.update(number_told=NOTHING, other_told=NOTHING, erased_at=datetime.fromisoformat(entry.body["at"]))
    if made["ended"] is not None:
        made["why_told"] = digest_of_note(NOBODY)


def contracts(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every contract was entered by an entry, with its parties and pages, and ended by one."""
    in_unit = {"unit_key": F("unit__key"), "unit_estate": F("unit__estate")}
    handlers = {"contract_entered": _entered, "contract_ended": _ended, "contract_erased": _erased}
    for estate in Estate.objects.order_by("pk"):
        rows = _with_digests(Contract.objects.filter(estate=estate).annotate(**in_unit))
        yield from one_by_one(estate.pk, "contract", handlers, Contract, rows, tick)
    parties, pages = _told()
    yield from _parties(parties)
    yield from _pages(pages)
    yield from of_no_estate(Contract)


def _with_digests(rows: Any) -> Iterator[Contract]:
    for row in rows.order_by("pk").iterator(CHUNK):
        row.number_told, row.other_told = digest_of_note(row.number), digest_of_note(row.other)
        row.why_told = digest_of_note(row.ended_reason)
        yield row


def _told() -> tuple[dict[Place, tuple[int, int]], dict[Place, str]]:
    """The person and estate of each party, the SHA-256 of each page, as the journals say."""
    parties: dict[Place, tuple[int, int]] = {}
    pages: dict[Place, str] = {}
    count: dict[int, int] = defaultdict(int)
    entries = Entry.objects.filter(
        stream__startswith="estate/", kind__in=("contract_entered", "contract_pages", "contract_erased")
    )
    for entry in entries.order_by("stream", "seq").iterator(CHUNK):
        try:
            pk = entry.body["contract"]
            if entry.kind == "contract_erased":
                for place in [one for one in (*parties, *pages) if one[0] == pk]:
                    parties.pop(place, None)
                    pages.pop(place, None)
                continue
            for number, person in enumerate(entry.body.get("parties", ()), 1):
                parties[pk, number] = person, entry.estate_id
            for sha256 in entry.body["pages"]:
                count[pk] += 1
                pages[pk, count[pk]] = sha256
        except UNSAYABLE:
            continue  # the chain of the journal tells of that
    return parties, pages


def _parties(told: dict[Place, tuple[int, int]]) -> Iterator[Finding]:
    for row in ContractParty.objects.order_by("pk").iterator(CHUNK):
        if told.pop((row.contract_id, row.number), None) != (row.person_id, row.estate_id):
            yield Finding(
                named(row), "contract_id, number, person_id, estate_id: the journal tells of no such party"
            )
    for contract, number in told:
        yield Finding(f"estate_contractparty of estate_contract {contract}", f"party {number} is missing")


def _pages(told: dict[Place, str]) -> Iterator[Finding]:
    for row in ContractPage.objects.order_by("pk").iterator(10):
        if told.pop((row.contract_id, row.number), None) != row.sha256:
            yield Finding(named(row), "contract_id, number, sha256: the journal tells of no such page")
        try:
            same = hashlib.sha256(scans.content(row)).hexdigest() == row.sha256
        except (VaultError, *UNSAYABLE):
            same = False
        if not same:
            yield Finding(named(row), "picture, vault_salt: is not the page that came")
    for contract, number in told:
        yield Finding(f"estate_contractpage of estate_contract {contract}", f"page {number} is missing")


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
