"""What was held back, and what was erased because its time was over: the estates' own journals tell of both."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from banli.estate.actions import digest_of_note
from banli.estate.belongings import FormerParticulars, Vehicle
from banli.estate.keeping.models import HELD, KINDS, Hold
from banli.estate.models import NOBODY, Estate, Person
from banli.estate.own import SettingVersion
from banli.journal.models import Entry

from .estates import NOTHING, one_by_one
from .finding import CHUNK, UNSAYABLE, Finding, Ticker, named, unwatched
from .folding import of_no_estate

#: After these a person's row may say something again.
_WRITTEN_AGAIN = ("person_corrected", "moved_in")


def _placed(made: dict[str, Any], entry: Entry) -> None:
    body = entry.body
    made.update(
        estate_id=entry.estate_id, **{f"{name}_id": body.get(name) for name in HELD},
        why_told=body["reason"], until=date.fromisoformat(body["until"]) if body["until"] else None,
        placed_at=datetime.fromisoformat(body["placed_at"]), placed_by_id=entry.actor_id, lifted_at=None,
        lifted_by_id=None, lifted_told=NOTHING,
    )  # fmt: skip


def _lifted(made: dict[str, Any], entry: Entry) -> None:
    made.update(
        lifted_at=datetime.fromisoformat(entry.body["at"]), lifted_by_id=entry.actor_id,
        lifted_told=entry.body["reason"],
    )  # fmt: skip


def keeping(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every hold was placed by an entry, and lifted by one; what the calendar erased was let go before, and is gone."""
    handlers = {"hold_placed": _placed, "hold_lifted": _lifted}
    for estate in Estate.objects.order_by("pk"):
        rows = _with_digests(Hold.objects.filter(estate=estate))
        yield from one_by_one(estate.pk, "hold", handlers, Hold, rows, tick)
        yield from _let_go(estate)
        yield from _gone(estate)
        yield from _vehicles_gone(estate)
    yield from of_no_estate(Hold)


def _with_digests(rows: Any) -> Iterator[Hold]:
    for row in rows.order_by("pk").iterator(CHUNK):
        row.why_told, row.lifted_told = digest_of_note(row.reason), digest_of_note(row.lifted_reason)
        yield row


def _let_go(estate: Estate) -> Iterator[Finding]:
    """What nobody of the staff erased was confirmed by an entry that names it, or the estate waited for no word."""
    erased = Entry.objects.filter(
        stream=f"estate/{estate.pk}",
        kind__in=[f"{one}_erased" for one in KINDS],
        actor__isnull=True,
    )
    waited: dict[int, dict[str, Any]] = {}
    for entry in erased.order_by("seq").iterator(CHUNK):
        try:
            about = entry.kind.removesuffix("_erased")
            seq = entry.body["confirmation"]
            if seq is None:
                sound = not _waits(estate, entry)
            else:
                if seq not in waited:
                    waited[seq] = _confirmed(estate, seq)
                sound = seq < entry.seq and entry.body[about] in waited[seq].get(KINDS[about], ())
        except UNSAYABLE:
            sound = False
        if not sound:
            yield Finding(named(entry, str(entry)), "erased what nobody let go")


def _confirmed(estate: Estate, seq: int) -> dict[str, Any]:
    entry = Entry.objects.filter(stream=f"estate/{estate.pk}", seq=seq, kind="erasure_confirmed").first()
    return entry.body if entry is not None else {}


def _waits(estate: Estate, entry: Entry) -> bool:
    """Whether lists waited for a word when it was written, by the versions of the setting there were then."""
    set_before = SettingVersion.objects.filter(estate=estate, name="erasure_waits", set_at__lte=entry.at)
    holds = (
        set_before.filter(valid_from__lte=timezone.localdate(entry.at)).order_by("valid_from", "pk").last()
    )
    return holds is None or holds.value in (None, "yes")


def _gone(estate: Estate) -> Iterator[Finding]:
    """What was erased of a person, and not written again since, is not there."""
    entries = Entry.objects.filter(stream=f"estate/{estate.pk}", kind__in=("person_erased", *_WRITTEN_AGAIN))
    erased: dict[int, set[str]] = {}
    for entry in entries.order_by("seq").iterator(CHUNK):
        try:
            pk = entry.body.get("person")
            if entry.kind != "person_erased":
                erased.pop(pk, None)
            else:
                erased.setdefault(pk, set()).update(entry.body["erased"])
        except UNSAYABLE:
            continue  # the chain of the journal tells of that
    former = set(FormerParticulars.objects.filter(person__in=erased).values_list("person", flat=True))
    for person in Person.objects.filter(estate=estate, pk__in=erased).order_by("pk").iterator(CHUNK):
        there = {
            "person_name": person.name != NOBODY, "person_phone": bool(person.phone_index),
            "person_paper": bool(person.id_index), "person_corrections": person.pk in former,
        }  # fmt: skip
        back = [name for name in sorted(erased[person.pk]) if there.get(name)]
        if back:
            yield Finding(named(person), f"{', '.join(back)}: was erased, but is there")


def _vehicles_gone(estate: Estate) -> Iterator[Finding]:
    """What was erased of vehicles is not there, and nothing says so of another."""
    told = Entry.objects.filter(stream=f"estate/{estate.pk}", kind="vehicle_erased")
    erased = set(told.values_list("body__vehicle", flat=True))
    for row in Vehicle.objects.filter(estate=estate, erased_at__isnull=False).order_by("pk").iterator(CHUNK):
        if row.pk not in erased:
            yield Finding(named(row), "erased_at: the journal tells of no such thing")
    back = Vehicle.objects.filter(estate=estate, pk__in=erased).exclude(plate=NOBODY, erased_at__isnull=False)
    for row in back.order_by("pk").iterator(CHUNK):
        yield Finding(named(row), "plate, erased_at: was erased, but is there")
