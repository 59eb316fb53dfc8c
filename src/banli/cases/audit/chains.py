"""The journal itself: every entry's hash, every stream from its first entry to its last, every sealed day."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from banli.estate.models import Estate
from banli.journal import chain, seals
from banli.journal.models import DaySeal, Entry, Head

from .finding import CHUNK, Finding, Ticker, named, unwatched

#: Of an entry of the journal: it is a case's, and there is no such case. Each asks for its case by the key: joined, as
#: NOT EXISTS may be, a database that knows little of its tables (after a restore) would go past all of them each time.
OF_NO_CASE = """
    journal_entry.stream LIKE 'case/%%' AND (
        SELECT id FROM cases_case WHERE cases_case.id =
          CASE WHEN journal_entry.stream ~ '^case/[1-9][0-9]{0,17}$' THEN substr(journal_entry.stream, 6)::bigint END
    ) IS NULL
"""
_ENDS = """
    SELECT coalesce(head.stream, ends.stream), ends.stream IS NULL, head.stream IS NULL
      FROM (SELECT * FROM journal_head WHERE stream NOT LIKE 'seals/%%') head
      FULL JOIN (SELECT DISTINCT ON (stream) stream, seq, hash FROM journal_entry
                  WHERE stream NOT LIKE 'case/%%' ORDER BY stream, seq DESC) ends USING (stream)
     WHERE (head.seq, head.hash) IS DISTINCT FROM (ends.seq, ends.hash) ORDER BY 1
"""


def chains(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every stream but the cases', which are looked at with their cases; of those only what is of no case there is."""
    of_none = Entry.objects.filter(RawSQL(OF_NO_CASE, (), output_field=BooleanField()))
    for entries in (Entry.objects.exclude(stream__startswith="case/"), of_none):
        ordered = _ticking(entries.order_by("stream", "seq").iterator(CHUNK), tick)
        for stream, same in groupby(ordered, key=lambda entry: entry.stream):
            yield from follows(stream, same)


def follows(stream: str, entries: Iterable[Any]) -> Iterator[Finding]:
    """A stream counts from 1 without gaps, never back in time; each hash covers its entry and the one before."""
    seq, prev, last, at = 0, chain.GENESIS, 0, None
    for entry in entries:
        about = f"{stream} #{entry.seq}"
        if entry.seq != seq + 1:
            yield Finding(named(entry, about), f"entry #{seq + 1} of the stream is missing")
        elif bytes(entry.prev) != prev:
            yield Finding(named(entry, about), "does not follow the entry before it")
        elif entry.pk < last:
            yield Finding(named(entry, about), "was written before the entry it follows")
        if not isinstance(entry.at, datetime) or hash_of(entry) != bytes(entry.hash):
            yield Finding(named(entry, about), "was changed: its hash does not cover what it says")
        elif at is not None and entry.at < at:
            yield Finding(named(entry, about), "is earlier than the entry before it")
        seq, prev, last = entry.seq, bytes(entry.hash), entry.pk
        at = entry.at if isinstance(entry.at, datetime) else at


def _ticking(entries: Iterable[Entry], tick: Ticker) -> Iterator[Entry]:
    for looked_at, entry in enumerate(entries, 1):
        yield entry
        if looked_at % CHUNK == 0:
            tick(CHUNK)


def hash_of(entry: Any) -> bytes:
    """The hash an entry ought to have."""
    return chain.digest(
        prev=bytes(entry.prev), estate=entry.estate_id, stream=entry.stream, seq=entry.seq, kind=entry.kind,
        at=entry.at, actor=entry.actor_id, post=entry.post, deputy_for=entry.deputy_for_id, key=entry.key,
        body=entry.body,
    )  # fmt: skip


def heads(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every stream that is no case's ends where its head says. A case's own row is the head of its stream."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDS)
        for stream, ended, headless in cursor.fetchall():
            row = f"journal_head {stream}"
            if headless:
                yield Finding(row, "is missing, though the stream has entries")
            else:
                yield Finding(row, "has no entries" if ended else "the stream does not end where it ended")


def day_seals(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every sealed day still has the heads it was sealed with; the seals are chained, signed by us, and all there."""
    kept = dict(Head.objects.filter(stream__startswith="seals/").values_list("stream", "hash"))
    counted = dict(Head.objects.filter(stream__startswith="seals/").values_list("stream", "seq"))
    for estate_id in Estate.objects.order_by("pk").values_list("pk", flat=True):
        prev, count = chain.GENESIS, 0
        for seal in DaySeal.objects.filter(estate_id=estate_id).order_by("day").iterator(CHUNK):
            yield from _day_seal(seal, prev)
            prev, count = bytes(seal.digest), count + 1
            tick(1)
        stream = seals.stream_of(estate_id)
        head, seq = bytes(kept.pop(stream, chain.GENESIS)), counted.get(stream, 0)
        if (seq, head) != (count, prev):
            yield Finding(
                f"journal_head {stream}", f"{count} journal_dayseal; the last one sealed was number {seq}"
            )
    for stream in kept:
        yield Finding(f"journal_head {stream}", "is of no estate")
    for seal in DaySeal.objects.exclude(estate__in=Estate.objects.values("pk")):
        yield Finding(named(seal), "is of no estate")


def _day_seal(seal: DaySeal, prev: bytes) -> Iterator[Finding]:
    row = named(seal, str(seal.day))
    heads, entries, last = seals.heads_of(seal.estate_id, seal.day)
    if bytes(seal.prev) != prev:
        yield Finding(row, "does not follow the seal before it")
    if (len(heads), entries) != (seal.streams, seal.entries):
        told = f"{len(heads)} streams, {entries} entries"
        yield Finding(row, f"{told}; sealed were {seal.streams} and {seal.entries}")
    elif seals.seal_digest(prev, seal.estate_id, seal.day, heads) != bytes(seal.digest):
        yield Finding(row, "the day's entries are not those that were sealed")
    elif last != seal.last_entry:
        yield Finding(row, "its last entry is another")
    elif not seals.signature_holds(seal):
        yield Finding(row, "its signature is not ours")
