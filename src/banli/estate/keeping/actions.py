"""What may be done about what is kept: hold it back, lift that, let a day's list go; and the erasing (PIPL 47).

Each takes the lock of the estate's stream first, so that none of them waits for another that waits for it.
"""

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.journal.actions import lock
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from ..actions import digest_of_note
from ..models import Estate
from . import configured, reckoning
from .matters import MATTERS
from .models import HELD, KINDS, Expiry, Hold
from .spans import Due

log = logging.getLogger("banli.keeping")
BATCH = 200
declare(
    {
        "hold_past": Text(
            zh="暂缓到的那天不能早于今天。", en="The last day of a hold cannot be before today."
        ),
        "hold_lifted": Text(zh="已经恢复删除。", en="It was lifted already."),
        "hold_erased": Text(zh="已经删除，没有可以暂缓的。", en="It was erased; there is nothing to hold back."),
        "nothing_due": Text(
            zh="没有可以确认的：名单是空的，或者都有原因暂不删除。",
            en="Nothing to confirm: the list is empty, or something stands in the way of everything.",
        ),
    }
)  # fmt: skip


@action("place_hold")
@transaction.atomic
def place(
    *, by: Desk, what: Any, reason: str, until: date | None = None, acting: Acting | None = None,
    key: str | None = None,
) -> Hold:  # fmt: skip
    """Keep what is known of a person, contract, letter or case. Refusals: reason_required, hold_past, hold_erased."""
    _alone(by.estate.pk)
    before = done_before(estate_id=by.estate.pk, key=key, kind="hold_placed")
    if before is not None:
        return Hold.objects.get(pk=before["hold"])
    if not reason.strip():
        raise Refusal("reason_required")
    if until is not None and until < timezone.localdate():
        raise Refusal("hold_past")
    name = next(one for one in HELD if isinstance(what, MATTERS[one].table))
    if MATTERS[name].erased(what):
        raise Refusal("hold_erased")
    hold = Hold.objects.create(
        estate=by.estate, reason=reason.strip()[:200], until=until, placed_by=by.staff, **{name: what}
    )
    body = {
        "hold": hold.pk, name: what.pk, "reason": digest_of_note(hold.reason),
        "until": until.isoformat() if until else None, "placed_at": hold.placed_at.isoformat(),
    }  # fmt: skip
    record(estate_id=by.estate.pk, kind="hold_placed", body=body, by=by.staff, acting=acting, key=key)
    _look_again(hold)
    return hold


@action("lift_hold")
@transaction.atomic
def lift(*, by: Desk, hold: Hold, reason: str, acting: Acting | None = None) -> None:
    """Let its time run again. Refusals: reason_required, hold_lifted."""
    if not reason.strip():
        raise Refusal("reason_required")
    _alone(by.estate.pk)
    held = Hold.objects.select_for_update().get(pk=hold.pk)
    if held.lifted_at is not None:
        raise Refusal("hold_lifted")
    held.lifted_at, held.lifted_by, held.lifted_reason = timezone.now(), by.staff, reason.strip()[:200]
    held.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    body = {
        "hold": held.pk, "at": held.lifted_at.isoformat(), "reason": digest_of_note(held.lifted_reason),
    }  # fmt: skip
    record(estate_id=by.estate.pk, kind="hold_lifted", body=body, by=by.staff, acting=acting)
    _look_again(held)


@action("confirm_erasure")
@transaction.atomic
def confirm(*, by: Desk, upto: int, acting: Acting | None = None, key: str | None = None) -> int:
    """Let what was on the list go, up to the row that was last added when it was looked at; how many.

    The worker erases them; what comes in between stays, and is asked about anew. Refusals: nothing_due.
    """
    _alone(by.estate.pk)
    before = done_before(estate_id=by.estate.pk, key=key, kind="erasure_confirmed")
    if before is not None:
        return sum(len(before.get(many, ())) for many in KINDS.values())
    rows = list(ready(by.estate, timezone.localdate()).select_for_update().filter(pk__lte=upto))
    if not rows:
        raise Refusal("nothing_due")
    body = {
        many: [getattr(one, f"{name}_id") for one in rows if one.about == name]
        for name, many in KINDS.items()
    }
    entry = journal.append(
        estate_id=by.estate.pk, stream=f"estate/{by.estate.pk}", kind="erasure_confirmed", body=body, by=by.staff,
        post=acting.post if acting else "", deputy_for=acting.deputy_for if acting else None, key=key,
    )  # fmt: skip
    Expiry.objects.filter(pk__in=[one.pk for one in rows]).update(confirmation=entry.seq)
    app.configure_task("banli.estate.erase_due").defer(estate_id=by.estate.pk)
    return len(rows)


def ready(estate: Estate, day: date) -> Any:
    """What is over that day, was not confirmed and may go."""
    return Expiry.objects.filter(
        estate=estate, erased_at__isnull=True, ends_on__lt=day, hindrance={}, confirmation__isnull=True
    )


def erase_due(estate: Estate, now: datetime | None = None) -> int:
    """Erase what was confirmed, or, where the estate waits for no word, all that is over; how many.

    Each is a transaction of its own: killed half-way, the rest goes the next time; twice, or at once, is harmless.
    """
    now = now or timezone.now()
    day = timezone.localdate(now)
    over = Expiry.objects.filter(estate=estate, erased_at__isnull=True, ends_on__lt=day)
    if configured.waits(estate, day):
        over = over.filter(confirmation__isnull=False)
    count, after = 0, 0
    while batch := list(over.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        for pk in batch:
            after = pk
            try:
                count += erase(expiry_id=pk, now=now)
            except Exception:
                log.exception("what is over (%s) cannot be erased", pk)
    return count


@action("erase")
@transaction.atomic
def erase(*, expiry_id: int, now: datetime | None = None) -> bool:
    """Erase one thing that is over, if that is still so and nothing stands in the way; whether it went."""
    now = now or timezone.now()
    day = timezone.localdate(now)
    estate_id = Expiry.objects.filter(pk=expiry_id).values_list("estate", flat=True).first()
    _alone(estate_id or 0)
    row = Expiry.objects.select_for_update().filter(pk=expiry_id, erased_at__isnull=True).first()
    if row is None or row.ends_on >= day:
        return False
    if row.confirmation is None and configured.waits(row.estate, day):
        return False
    due = _due_now(row, day)
    if due is None:
        row.delete()
        return False
    row.hindrance = reckoning.told(_hindrance(row, day), due.ends_on, day)
    goes = [name for name in due.goes if name in row.goes]
    if row.hindrance or due.ends_on >= day or not goes:
        row.confirmation = None
        row.save(update_fields=["hindrance", "confirmation"])
        return False
    _erase(row, goes, now)
    row.goes, row.erased_at = goes, now
    row.save(update_fields=["goes", "erased_at", "hindrance"])
    return True


def _alone(estate_id: int) -> None:
    """Nobody else writes in the estate's stream until this transaction ends."""
    lock(f"estate/{estate_id}")


def _erase(row: Expiry, goes: list[str], now: datetime) -> None:
    """By nobody: the calendar did. The entry names what let it go, where that was asked for."""
    body: dict[str, Any] = {
        "erased": goes,
        "ended_on": row.ends_on.isoformat(),
        "confirmation": row.confirmation,
    }
    pk: int = getattr(row, f"{row.about}_id")
    MATTERS[row.about].blot_out(pk, goes, now, row.confirmation)
    body = {row.about: pk, **body, "at": now.isoformat()}
    kind = f"{row.about}_erased"
    record(estate_id=row.estate_id, kind=kind, body=body, by=None)


def _due_now(row: Expiry, day: date) -> Due | None:
    """What the row is about is locked, and what is over of it reckoned anew."""
    matter, pk = MATTERS[row.about], getattr(row, f"{row.about}_id")
    matter.table.objects.select_for_update(of=("self",)).get(pk=pk)
    rows = matter.over(matter.table.objects.filter(pk=pk), day)
    return matter.due(rows, day, day).get(pk)


def _hindrance(row: Expiry, day: date) -> Refusal | None:
    pk: int = getattr(row, f"{row.about}_id")
    return MATTERS[row.about].hindrances([pk], day).get(pk)


def _look_again(hold: Hold) -> None:
    """The list says at once what a hold changed, also of all else that is about whoever is held."""
    today = timezone.localdate()
    lock(f"keeping/{hold.estate_id}")
    waiting = Expiry.objects.select_for_update().filter(estate=hold.estate_id, erased_at__isnull=True)
    about = waiting.filter(**{hold.about: getattr(hold, f"{hold.about}_id")})
    who = hold.person_id
    of_theirs = Q(contract__parties__person=who) | Q(vehicle__person=who) | Q(case__applicant=who)
    of_theirs |= Q(authority__principal=who) | Q(authority__delegate=who)
    theirs = list(Expiry.objects.filter(of_theirs).values_list("pk", flat=True)) if who else []
    for row in (*about, *waiting.filter(pk__in=theirs)):
        row.hindrance = reckoning.told(_hindrance(row, today), row.ends_on, today)
        if row.hindrance:
            row.confirmation = None
        row.save(update_fields=["hindrance", "confirmation"])
