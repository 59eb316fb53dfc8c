"""The shift log (交接班): a watch begins, is written in, and is handed over by two, each under their own sign-in.

Nothing is handed over while an emergency is open. Each act is an entry of the estate's stream ``shifts/<estate>``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk
from banli.people.actions import done_before
from banli.people.models import Holding, Staff
from banli.people.titles import post_definitions

from .models import LogLine, Watch

LONGEST = {"text": 1000, "next_step": 200, "result": 1000, "remark": 1000}
MOST = 9999
#: Who may take over besides those who hold the post: somebody has to when nobody else is there.
STANDS_IN = ("duty_supervisor", "director")
declare(
    {
        "watch_held": Text(zh="{who} 正在当班，先交接。", en="{who} is on watch; it has to be handed over first."),
        "watch_keeper": Text(zh="只有当班的 {who} 可以这样做。", en="Only {who}, who is on watch, can do this."),
        "watch_over": Text(zh="这一班已经交接。", en="This watch has been handed over."),
        "watch_offered": Text(zh="正等 {who} 接班，要改先收回。", en="{who} was asked to take over: call it back."),
        "watch_not_offered": Text(zh="还没有提出交班。", en="It has not been offered for hand-over."),
        "watch_taker": Text(zh="等的是 {who} 来接班。", en="{who} is asked to take over."),
        "watch_no_taker": Text(
            zh="接班人要在本小区任这个岗位，或是值班主任、主任，且不是您自己。",
            en="Whoever takes over holds this post here, or is duty supervisor or director, and is not yourself.",
        ),
        "open_emergency": Text(
            zh="有紧急事项没有处理完，不能交班：{what}。", en="An emergency is open, nothing is handed over: {what}."
        ),
        "count_missing": Text(zh="请写清点的数。", en="Write how many were counted."),
        "count_differs": Text(
            zh="与上次交接的数不同，请写明原因：{what}。", en="Not as at the last hand-over; say why: {what}."
        ),
        "matter_closed": Text(zh="这件事已经办结。", en="This matter is closed already."),
        "matter_not_yours": Text(
            zh="由当班的人或责任人办结。", en="Whoever is on watch, or answers for it, closes it."
        ),
        "log_responsible": Text(zh="请选责任人。", en="Say who answers for it."),
    }
)  # fmt: skip


def stream_of(estate_id: int) -> str:
    return f"shifts/{estate_id}"


def kept_by(post: str) -> Mapping[str, Text]:
    """The things that are counted at a post's hand-over; empty for a post that keeps no log."""
    definition = post_definitions().get(post)
    return definition.counted if definition else {}


def open_matters(estate_id: int, post: str) -> QuerySet[LogLine]:
    """What stays open at a post, whoever wrote it down, oldest first."""
    found = LogLine.objects.filter(estate_id=estate_id, post=post, closed_at__isnull=True)
    return found.exclude(kind=LogLine.Kind.NOTE).select_related("responsible", "by").order_by("pk")


def colleagues(estate_id: int, *posts: str, day: datetime | None = None) -> list[Staff]:
    """Who is at work at the estate, in any of the posts or in any at all, by name."""
    held = Holding.objects.filter(estate_id=estate_id, staff__is_active=True).on(timezone.localdate(day))
    rows = held.filter(post__in=posts) if posts else held
    return list(Staff.objects.filter(pk__in=rows.values("staff")).order_by("name", "pk"))


@action("begin_watch")
def begin(*, by: Desk, acting: Acting, now: datetime | None = None) -> Watch:
    """The first watch of a post, or the first after one that was closed without a next. Refuses with ``watch_held``."""
    now = now or timezone.now()
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        running = Watch.objects.filter(estate=by.estate, post=acting.post, ended_at=None)
        held = running.select_related("keeper").first()
        if held is not None:
            if held.keeper_id == by.staff.pk:
                return held
            raise Refusal("watch_held", who=held.keeper.name)
        row = Watch.objects.create(estate=by.estate, post=acting.post, keeper=by.staff, began_at=now)
        record(by, acting, "watch_begun", now, watch=row.pk, post=row.post)
        return row


@action("write_log")
def write(
    *, by: Desk, acting: Acting, watch_id: int, kind: str, text: str, next_step: str = "",
    responsible_id: int | None = None, key: str, now: datetime | None = None,
) -> LogLine:  # fmt: skip
    """A line of the log, by whoever is on watch. A matter has somebody who answers for it and may say what is next."""
    now, text, next_step = now or timezone.now(), text.strip(), next_step.strip()
    check(text=text, next_step=next_step)
    stays = kind != LogLine.Kind.NOTE
    answers = {one.pk for one in colleagues(by.estate.pk, day=now)}
    if stays and responsible_id not in answers:
        raise Refusal("form_invalid", count=1, fields={"responsible": Refusal("log_responsible")})
    with transaction.atomic():
        known = done_before(estate_id=by.estate.pk, key=key, kind="log_line")
        if known is not None:
            return LogLine.objects.get(pk=known["line"])
        watch = _mine(by, watch_id)
        row = LogLine.objects.create(
            estate=by.estate, watch=watch, post=watch.post, kind=kind, text=text,
            next_step=next_step if stays else "", responsible_id=responsible_id if stays else None, at=now, by=by.staff,
        )  # fmt: skip
        record(
            by, acting, "log_line", now, key=key, line=row.pk, watch=watch.pk, post=row.post, kind=kind, text=text,
            next_step=row.next_step, responsible=row.responsible_id,
        )  # fmt: skip
        return row


@action("close_matter")
def close(*, by: Desk, acting: Acting, line_id: int, result: str, now: datetime | None = None) -> LogLine:
    """A matter is over: by whoever is on watch at its post, or answers for it. Refuses with ``matter_closed``."""
    now, result = now or timezone.now(), result.strip()
    check(result=result)
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        row = LogLine.objects.get(estate=by.estate, pk=line_id)
        if row.closed_at is not None:
            raise Refusal("matter_closed")
        on_watch = Watch.objects.filter(estate=by.estate, post=row.post, ended_at=None, keeper=by.staff)
        if row.responsible_id != by.staff.pk and not on_watch.exists():
            raise Refusal("matter_not_yours")
        row.closed_at, row.closed_by, row.result = now, by.staff, result
        row.save(update_fields=["closed_at", "closed_by", "result"])
        record(by, acting, "matter_closed", now, line=row.pk, result=result)
        return row


@action("offer_watch")
def offer(
    *, by: Desk, acting: Acting, watch_id: int, to: int | None, counted: Mapping[str, str], remark: str,
    now: datetime | None = None,
) -> Watch:  # fmt: skip
    """Whoever is on watch has counted, and asks somebody to take over: the first of the two signatures.

    Refuses with ``open_emergency``, ``watch_no_taker``, ``count_differs`` (without a remark), ``form_invalid``.
    """
    now, remark = now or timezone.now(), remark.strip()
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        watch = _mine(by, watch_id)
        _no_emergency(watch)
        told = _numbers(watch.post, counted)
        if to == by.staff.pk or to not in {
            one.pk for one in colleagues(by.estate.pk, watch.post, *STANDS_IN, day=now)
        }:
            raise Refusal("form_invalid", count=1, fields={"to": Refusal("watch_no_taker")})
        if remark:
            check(remark=remark)
        else:
            _as_before(watch, told)
        watch.offered_at, watch.offered_to_id, watch.counted, watch.remark = now, to, told, remark
        watch.save(update_fields=["offered_at", "offered_to", "counted", "remark"])
        record(by, acting, "watch_offered", now, watch=watch.pk, to=to, counted=told, remark=remark)
        return watch


@action("withdraw_watch")
def withdraw(*, by: Desk, acting: Acting, watch_id: int, reason: str, now: datetime | None = None) -> Watch:
    """It is not handed over: whoever is asked finds it otherwise, or whoever asked calls it back. Needs a reason."""
    now, reason = now or timezone.now(), reason.strip()
    if not reason:
        raise Refusal("reason_required")
    check(remark=reason)
    with transaction.atomic():
        watch = _offered(by, watch_id)
        if by.staff.pk not in (watch.keeper_id, watch.offered_to_id):
            raise Refusal("watch_keeper", who=watch.keeper.name)
        watch.offered_at, watch.offered_to, watch.counted, watch.remark = None, None, {}, ""
        watch.save(update_fields=["offered_at", "offered_to", "counted", "remark"])
        record(by, acting, "watch_withdrawn", now, watch=watch.pk, reason=reason)
        return watch


@action("take_watch")
def take(*, by: Desk, acting: Acting, watch_id: int, now: datetime | None = None) -> Watch:
    """Whoever was asked signs for it: that watch is over, and theirs begins. Refuses with ``open_emergency``."""
    now = now or timezone.now()
    with transaction.atomic():
        watch = _offered(by, watch_id)
        if watch.offered_to_id != by.staff.pk and watch.offered_to is not None:
            raise Refusal("watch_taker", who=watch.offered_to.name)
        _no_emergency(watch)
        watch.ended_at = now
        watch.save(update_fields=["ended_at"])
        row = Watch.objects.create(estate=by.estate, post=watch.post, keeper=by.staff, began_at=now)
        record(by, acting, "watch_taken", now, watch=watch.pk, next=row.pk, post=row.post)
        return row


def _mine(by: Desk, watch_id: int) -> Watch:
    """A watch that is one's own, neither over nor offered to somebody; its estate's log is held meanwhile."""
    journal.lock(stream_of(by.estate.pk))
    watch = Watch.objects.select_related("keeper", "offered_to").get(estate=by.estate, pk=watch_id)
    if watch.ended_at is not None:
        raise Refusal("watch_over")
    if watch.keeper_id != by.staff.pk:
        raise Refusal("watch_keeper", who=watch.keeper.name)
    if watch.offered_to is not None:
        raise Refusal("watch_offered", who=watch.offered_to.name)
    return watch


def _offered(by: Desk, watch_id: int) -> Watch:
    journal.lock(stream_of(by.estate.pk))
    watch = Watch.objects.select_related("keeper", "offered_to").get(estate=by.estate, pk=watch_id)
    if watch.ended_at is not None:
        raise Refusal("watch_over")
    if watch.offered_to is None:
        raise Refusal("watch_not_offered")
    return watch


def _no_emergency(watch: Watch) -> None:
    burning = open_matters(watch.estate_id, watch.post).filter(kind=LogLine.Kind.EMERGENCY)
    told = [line.text for line in burning[:3]]
    if told:
        raise Refusal("open_emergency", what=told)


def _numbers(post: str, counted: Mapping[str, str]) -> dict[str, int]:
    told: dict[str, int] = {}
    bad: dict[str, Refusal] = {}
    for name in kept_by(post):
        typed = counted.get(name, "").strip()
        if typed.isascii() and typed.isdigit() and len(typed) < 5:
            told[name] = int(typed)
        else:
            bad[name] = Refusal("count_missing")
    if bad:
        raise Refusal("form_invalid", count=len(bad), fields=bad)
    return told


def _as_before(watch: Watch, told: Mapping[str, int]) -> None:
    """As many as at the last hand-over of this post."""
    before = last_counted(watch)
    other = [
        title for name, title in kept_by(watch.post).items() if before.get(name, told[name]) != told[name]
    ]
    if other:
        wrong = Refusal("count_differs", what=other)
        raise Refusal("form_invalid", count=1, fields={"remark": wrong})


def last_counted(watch: Watch) -> dict[str, int]:
    """What was counted when this watch was taken over; nothing for the first of a post."""
    over = Watch.objects.filter(estate_id=watch.estate_id, post=watch.post, ended_at__isnull=False)
    last = over.exclude(pk=watch.pk).filter(began_at__lte=watch.began_at).order_by("-began_at", "-pk").first()
    return last.counted if last else {}


def check(**texts: str) -> None:
    """What somebody wrote can be kept. Refuses with ``form_invalid``, each field marked."""
    bad: dict[str, Refusal] = {}
    for name, text in texts.items():
        if not text and name in ("text", "result"):
            bad[name] = Refusal("required")
        elif len(text) > LONGEST[name]:
            bad[name] = Refusal("too_long", max=LONGEST[name])
        elif not printable(text, "\r\n\t"):
            bad[name] = Refusal("bad_characters")
    if bad:
        raise Refusal("form_invalid", count=len(bad), fields=bad)


def record(
    by: Desk, acting: Acting, entry: str, now: datetime, *, key: str | None = None, **body: Any
) -> None:
    journal.append(
        estate_id=by.estate.pk, stream=stream_of(by.estate.pk), kind=entry, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, key=key, at=now, body={**body, "at": now.isoformat()},
    )  # fmt: skip
