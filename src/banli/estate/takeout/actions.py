"""Ask for everything, make it, fetch it once, give it up; what nobody fetched goes. Every step is journalled."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from . import passphrase
from .models import WAITS, Takeout, TakeoutPart

State = Takeout.State
#: So long the worker may take; what is not whole by then comes to nothing.
LONGEST = timedelta(hours=12)
#: So long a download may take.
FETCHED_WITHIN = timedelta(hours=6)
declare(
    {
        "takeout_running": Text(
            zh="已经有一份在生成或等着下载，先下载或放弃那一份。",
            en="One is being made, or waits to be fetched; fetch it or give it up first.",
        ),
        "takeout_gone": Text(
            zh="这份文件已经不在了：只能下载一次，过时也会删除。",
            en="It is not there any more: it is fetched once, and goes after its time.",
        ),
        "takeout_of_another": Text(
            zh="只有申请的人能下载。", en="Only who asked for it may fetch it."
        ),
    }
)  # fmt: skip


@action("ask_takeout")
def ask(
    *, by: Desk, first: str, second: str, reason: str, acting: Acting | None = None, key: str | None = None
) -> Takeout:
    """Let the worker make an archive of the estate under a passphrase.

    Refusals: reason_required, passphrases_differ, passphrase_weak, passphrase_signs, takeout_running.
    """
    if not reason.strip():
        raise Refusal("reason_required")
    passphrase.check(first, second)
    try:
        return _asked(by, first, reason.strip()[:200], acting, key)
    except IntegrityError:
        raise Refusal("takeout_running") from None


@transaction.atomic
def _asked(by: Desk, secret: str, reason: str, acting: Acting | None, key: str | None) -> Takeout:
    before = done_before(estate_id=by.estate.pk, key=key, kind="takeout_asked")
    if before is not None:
        return Takeout.objects.get(pk=before["takeout"])
    takeout = Takeout.objects.create(
        estate=by.estate, reason=reason, passphrase=secret, asked_by=by.staff, post=acting.post if acting else "",
        deputy_for=acting.deputy_for if acting else None,
    )  # fmt: skip
    body = {"takeout": takeout.pk, "reason": reason}
    record(estate_id=by.estate.pk, kind="takeout_asked", body=body, by=by.staff, acting=acting, key=key)
    app.configure_task("banli.config.make_takeout").defer(takeout_id=takeout.pk)
    return takeout


@action("fetch_takeout")
@transaction.atomic
def fetch(*, by: Desk, takeout: Takeout, acting: Acting | None = None) -> Takeout:
    """Once, by who asked for it, while it waits. Refusals: takeout_gone, takeout_of_another."""
    held = Takeout.objects.select_for_update().get(pk=takeout.pk)
    if held.asked_by_id != by.staff.pk:
        raise Refusal("takeout_of_another")
    if held.state != State.READY or held.changed_at + WAITS < timezone.now():
        raise Refusal("takeout_gone")
    _turn(held, State.TAKEN)
    body = {"takeout": held.pk, "sha256": held.sha256, "size": held.size}
    record(estate_id=by.estate.pk, kind="takeout_fetched", body=body, by=by.staff, acting=acting)
    return held


def pieces(takeout: Takeout) -> Iterator[bytes]:
    """What was fetched, piece by piece; none of it is left when the last one went, or nobody listens any more."""
    try:
        number = 0
        while (
            part := TakeoutPart.objects.filter(takeout=takeout, number__gt=number).order_by("number").first()
        ):
            number = part.number
            yield bytes(part.content)
    finally:
        TakeoutPart.objects.filter(takeout=takeout).delete()


@action("drop_takeout")
@transaction.atomic
def drop(*, by: Desk, takeout: Takeout, acting: Acting | None = None) -> None:
    """Give up one that is not wanted any more. Refusals: takeout_gone."""
    held = Takeout.objects.select_for_update().get(pk=takeout.pk)
    if not held.running and held.state != State.READY:
        raise Refusal("takeout_gone")
    _turn(held, State.DROPPED)
    held.parts.all().delete()
    record(
        estate_id=by.estate.pk, kind="takeout_dropped", body={"takeout": held.pk}, by=by.staff, acting=acting
    )


def begin(takeout_id: int, total: int) -> Takeout | None:
    """The worker takes it on, also where another was killed over it; None where it is not wanted any more."""
    with transaction.atomic():
        held = Takeout.objects.select_for_update().filter(pk=takeout_id).first()
        if held is None or not held.running:
            return None
        held.parts.all().delete()
        held.state, held.done, held.total, held.changed_at = State.MAKING, 0, total, timezone.now()
        held.save(update_fields=["state", "done", "total", "changed_at"])
        return held


@transaction.atomic
def finish(takeout: Takeout, parts: Iterable[bytes], sha256: Any) -> bool:
    """Keep it piece by piece until it is fetched, and wipe the passphrase; whether it was still wanted.

    ``sha256`` has seen every piece when the last one came.
    """
    size = 0
    for number, content in enumerate(parts, 1):
        size += len(content)
        TakeoutPart.objects.create(takeout=takeout, number=number, content=content)
    held = Takeout.objects.select_for_update().get(pk=takeout.pk)
    if held.state != State.MAKING:
        held.parts.all().delete()
        return False
    held.size, held.sha256 = size, sha256.hexdigest()
    _turn(held, State.READY)
    body = {"takeout": held.pk, "sha256": held.sha256, "size": size, "files": held.total}
    record(estate_id=held.estate_id, kind="takeout_made", body=body, by=None)
    return True


@transaction.atomic
def fail(takeout_id: int) -> None:
    """It came to nothing."""
    held = Takeout.objects.select_for_update().get(pk=takeout_id)
    if held.running:
        _turn(held, State.FAILED)
        held.parts.all().delete()
        record(estate_id=held.estate_id, kind="takeout_failed", body={"takeout": held.pk}, by=None)


def sweep(now: datetime | None = None) -> int:
    """What nobody fetched in time goes, and what a worker or a download that was killed left behind; how many."""
    now = now or timezone.now()
    late = Takeout.objects.filter(state=State.READY, changed_at__lt=now - WAITS)
    stuck = Takeout.objects.filter(state__in=(State.WAITING, State.MAKING), asked_at__lt=now - LONGEST)
    count = 0
    for pk in list(late.values_list("pk", flat=True)):
        count += _expire(pk, now)
    for pk in list(stuck.values_list("pk", flat=True)):
        fail(pk)
        count += 1
    fetched = Takeout.objects.filter(state=State.TAKEN, changed_at__lt=now - FETCHED_WITHIN)
    TakeoutPart.objects.filter(takeout__in=fetched).delete()
    return count


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    held = Takeout.objects.select_for_update().get(pk=pk)
    if held.state != State.READY or held.changed_at >= now - WAITS:
        return False
    _turn(held, State.EXPIRED)
    held.parts.all().delete()
    record(estate_id=held.estate_id, kind="takeout_expired", body={"takeout": pk}, by=None)
    return True


def _turn(held: Takeout, state: Takeout.State) -> None:
    """The passphrase and its salt are wiped with the first state in which nothing is made any more."""
    held.state, held.changed_at = state, timezone.now()
    held.passphrase, held.vault_salt = "", b""
    held.save(update_fields=["state", "changed_at", "passphrase", "vault_salt", "size", "sha256"])
