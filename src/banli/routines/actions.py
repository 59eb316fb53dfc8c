"""What happens to rounds: they fall due, are done, are missed, and a supervisor says what was done about it.

Each is an entry of the estate's stream ``rounds/<estate>``, in the transaction of the row itself.
"""

import base64
import logging
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from banli.cases.actions import checked_key
from banli.cases.attachments import Upload
from banli.cases.holidays import rest_days
from banli.engine.fields import printable
from banli.engine.findings import judged
from banli.engine.refusals import Refusal, declare
from banli.engine.rota import rounds
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.estate.own import in_force
from banli.journal import actions as journal
from banli.journal import vault
from banli.journal.models import Entry
from banli.journal.vault import new_salt
from banli.messages.models import Notice
from banli.operation.happenings import action
from banli.people.access import Acting, Desk

from . import packs
from .models import Plan, Round, RoundPhoto, RoutineVersion

log = logging.getLogger("banli.routines")
ZONE = ZoneInfo(settings.TIME_ZONE)
LONGEST_NOTE = 1000
MOST_PHOTOS = 3
#: A plan in which nothing falls due is brought up to date once a day: a calendar changed later makes no past rounds.
STALE = timedelta(days=1)
MISSED, WRONG = "round_missed", "round_wrong"
declare(
    {
        "round_over": Text(zh="这一轮已经过了时间，记为未做。", en="The time for this round is over: missed."),
        "round_done": Text(zh="这一轮已由 {who} 做过。", en="This round was already done by {who}."),
        "round_nothing_to_settle": Text(
            zh="这一轮没有要说明的。", en="There is nothing to settle about this round."
        ),
        "round_settled": Text(zh="{who} 已经写过处理情况。", en="{who} has already said what was done."),
        "round_settle_self": Text(
            zh="自己查出的问题，由另一位主管写处理情况。",
            en="What you found yourself is settled by another supervisor.",
        ),
    }
)  # fmt: skip


def stream_of(estate_id: int) -> str:
    return f"rounds/{estate_id}"


def plan(now: datetime | None = None, *, only: Estate | None = None) -> int:
    """Make the rounds that have fallen due, of every estate or one; how many. Twice, or at once, is harmless.

    A routine that cannot be reckoned stands aside with its problem, and holds up no other.
    """
    now, made = now or timezone.now(), 0
    versions = list(RoutineVersion.objects.filter(current=True).order_by("routine"))
    plans = {(one.estate_id, one.routine): one for one in Plan.objects.all()}
    for estate in Estate.objects.order_by("pk") if only is None else [only]:
        rest = rest_days(estate)
        for version in versions:
            try:
                made += _plan(estate, version, plans.get((estate.pk, version.routine)), rest, now)
            except Exception as why:
                log.exception("routine %s cannot be planned at estate %s", version.routine, estate.pk)
                said = f"{type(why).__name__}: {why}"[:200]
                RoutineVersion.objects.filter(pk=version.pk).update(problem=said)
    return made


@transaction.atomic
def _plan(
    estate: Estate, version: RoutineVersion, begun: Plan | None, rest: Container[date], now: datetime
) -> int:
    told = packs.of_version(version.pk)
    routine = told.routine
    if begun is None:  # what was due before the estate had this routine is nobody's omission
        Plan.objects.bulk_create(
            [Plan(estate=estate, routine=version.routine, until=now)], ignore_conflicts=True
        )
        return 0
    fallen = rounds(routine, begun.until, now, ZONE, rest)
    if not fallen and now - begun.until < STALE:
        return 0
    held = Plan.objects.select_for_update(skip_locked=True).filter(pk=begun.pk, until=begun.until)
    if not held.exists():
        return 0  # another worker makes them
    Plan.objects.filter(pk=begun.pk).update(until=now)
    only = routine.only
    wanted = [
        one
        for one in fallen
        if only is None or in_force(estate, one.at.date()).get(only, told.default) == "yes"
    ]
    if not wanted:
        return 0
    rows = Round.objects.bulk_create(
        Round(
            estate=estate, version=version, routine=routine.routine, post=routine.post, due_at=one.at,
            until=one.until,
        )
        for one in wanted
    )  # fmt: skip
    journal.append(
        estate_id=estate.pk, stream=stream_of(estate.pk), kind="rounds_due", at=now,
        body={
            "routine": routine.routine, "version": version.digest, "post": routine.post,
            "rounds": [
                {"round": row.pk, "due_at": row.due_at.isoformat(), "until": row.until.isoformat()} for row in rows
            ],
        },
    )  # fmt: skip
    return len(rows)


def miss(now: datetime | None = None) -> int:
    """Mark the rounds whose time is over, and tell who is to hear of it; how many. Twice, or at once, is harmless."""
    now, missed = now or timezone.now(), 0
    late = Round.objects.filter(state=Round.State.OPEN, until__lte=now).order_by("until", "pk")
    for pk, estate_id in list(late.values_list("pk", "estate_id")):
        try:
            missed += _miss(pk, estate_id, now)
        except Exception:
            log.exception("round %s cannot be marked as missed", pk)
    return missed


@transaction.atomic
def _miss(pk: int, estate_id: int, now: datetime) -> int:
    journal.lock(stream_of(estate_id))
    row = Round.objects.select_for_update().get(pk=pk)
    if row.state != Round.State.OPEN:
        return 0
    row.state, row.ended_at = Round.State.MISSED, now
    row.save(update_fields=["state", "ended_at"])
    posts = packs.of_version(row.version_id).routine.missed
    _tell(row, MISSED, posts, now)
    journal.append(
        estate_id=row.estate_id, stream=stream_of(row.estate_id), kind="round_missed", at=now,
        body={"round": row.pk, "at": now.isoformat(), "told": list(posts)},
    )  # fmt: skip
    return 1


@action("do_round")
def do(
    *, by: Desk, acting: Acting, round_id: int, said: Mapping[str, str], note: str, photos: Sequence[Upload], key: str,
    now: datetime | None = None,
) -> Round:  # fmt: skip
    """A round was walked: what was found, a note, photographs. Refuses with ``round_over``, ``round_done``,
    ``form_invalid``; sent twice with its key it is done once.
    """
    now, note, key = now or timezone.now(), note.strip(), checked_key(key)
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        row = (
            Round.objects.select_for_update(of=("self",))
            .select_related("done_by")
            .get(estate=by.estate, pk=round_id)
        )
        if _done_before(by, key, row):
            return row
        if row.state == Round.State.DONE and row.done_by is not None:
            raise Refusal("round_done", who=row.done_by.name)
        if row.state != Round.State.OPEN or now >= row.until:
            raise Refusal("round_over")
        routine = packs.of_version(row.version_id).routine
        _check_note(note, "note")
        kept = {one.sha256: one for one in photos[:MOST_PHOTOS]}
        row.findings = judged(routine, said, note=note, photos=len(kept))
        row.wrong = any(one["wrong"] for one in row.findings.values())
        row.state, row.ended_at, row.done_by, row.note = Round.State.DONE, now, by.staff, note
        row.save(update_fields=["findings", "wrong", "state", "ended_at", "done_by", "note"])
        RoundPhoto.objects.bulk_create(_sealed(row, one) for one in kept.values())
        posts = routine.wrong if row.wrong else ()
        _tell(row, WRONG, posts, now)
        journal.append(
            estate_id=by.estate.pk, stream=stream_of(by.estate.pk), kind="round_done", by=by.staff, post=acting.post,
            deputy_for=acting.deputy_for, key=key, at=now,
            body={
                "round": row.pk, "at": now.isoformat(), "findings": row.findings, "note": note,
                "photos": {sha256: len(one.content) for sha256, one in kept.items()}, "told": list(posts),
            },
        )  # fmt: skip
        return row


def _done_before(by: Desk, key: str, row: Round) -> bool:
    known = Entry.objects.filter(estate=by.estate, key=key).only("kind", "body").first()
    if known is None:
        return False
    if known.kind != "round_done" or known.body["round"] != row.pk:
        raise Refusal("key_reused")
    return True


@action("settle_round")
def settle(*, by: Desk, acting: Acting, round_id: int, settlement: str, now: datetime | None = None) -> Round:
    """A supervisor says what was done about a round that was missed, or on which something was wrong.

    Refuses with ``round_nothing_to_settle``, ``round_settled``, ``round_settle_self``, ``reason_required``.
    """
    now, settlement = now or timezone.now(), settlement.strip()
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        row = (
            Round.objects.select_for_update(of=("self",))
            .select_related("settled_by")
            .get(estate=by.estate, pk=round_id)
        )
        if row.settled_by is not None:
            raise Refusal("round_settled", who=row.settled_by.name)
        if not row.unsettled:
            raise Refusal("round_nothing_to_settle")
        if row.done_by_id == by.staff.pk:
            raise Refusal("round_settle_self")
        if not settlement:
            raise Refusal("reason_required")
        _check_note(settlement, "settlement")
        row.settled_at, row.settled_by, row.settlement = now, by.staff, settlement
        row.save(update_fields=["settled_at", "settled_by", "settlement"])
        journal.append(
            estate_id=by.estate.pk, stream=stream_of(by.estate.pk), kind="round_settled", by=by.staff,
            post=acting.post, deputy_for=acting.deputy_for, at=now,
            body={"round": row.pk, "at": now.isoformat(), "settlement": settlement},
        )  # fmt: skip
        return row


def _check_note(text: str, field: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise Refusal("form_invalid", count=1, fields={field: Refusal("too_long", max=LONGEST_NOTE)})
    if not printable(text, "\r\n\t"):
        raise Refusal("form_invalid", count=1, fields={field: Refusal("bad_characters")})


def _tell(row: Round, code: str, posts: Sequence[str], now: datetime) -> None:
    Notice.objects.bulk_create(
        Notice(estate_id=row.estate_id, post=post, code=code, about=str(row.pk), at=now) for post in posts
    )


def _sealed(row: Round, photo: Upload) -> RoundPhoto:
    salt = new_salt()
    told = base64.b64encode(photo.content).decode()
    sealed = vault.seal(told, _context(photo.sha256), salt=salt)
    return RoundPhoto(round=row, sha256=photo.sha256, size=len(photo.content), sealed=sealed, vault_salt=salt)


def picture(photo: RoundPhoto) -> bytes:
    """The photograph in clear. Raises VaultError where it does not open."""
    return base64.b64decode(
        vault.open_sealed(photo.sealed, _context(photo.sha256), salt=bytes(photo.vault_salt))
    )


def _context(sha256: str) -> str:
    return f"round.photo.{sha256}"
