"""An estate sets something for itself: a value from a day on, or how a day of the calendar counts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk

from .models import Estate
from .own import OwnDay, SettingVersion, timeline

declare(
    {
        "setting_past": Text(
            zh="生效日期不能早于今天：以前办的事按当时的设置。",
            en="It cannot begin before today: what was done before keeps the setting of its day.",
        ),
        "setting_far": Text(zh="生效日期不能晚于两年后。", en="It cannot begin more than two years from now."),
        "day_past": Text(
            zh="以前的日子已经照当时的日历算过，只能改今天和以后的日子。",
            en="Days that are over were counted by the calendar of their time; change today and later days only.",
        ),
        "days_many": Text(zh="一次最多改 {most} 天。", en="Change at most {most} days at once."),
        "day_far": Text(
            zh="只能改两年以内的日子。", en="Only days within two years can be changed."
        ),
    }
)  # fmt: skip

#: So far ahead may something be set.
FARTHEST = timedelta(days=731)
MOST_DAYS = 62


@action("setting")
def set_version(
    *, by: Desk, acting: Acting, name: str, value: Any, valid_from: date, reason: str, secret: str = "",
    now: datetime | None = None,
) -> SettingVersion:  # fmt: skip
    """From ``valid_from`` on the estate has ``value`` (None: the pack's default again), or ``secret``.

    Whether the value is good is the caller's to judge (:mod:`banli.cases.settings`). A secret is not journalled.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    if valid_from < today:
        raise Refusal("setting_past")
    if valid_from > today + FARTHEST:
        raise Refusal("setting_far")
    reason = _reason(reason)
    with transaction.atomic():
        estate = Estate.objects.select_for_update(no_key=True).get(pk=by.estate.pk)
        row = SettingVersion.objects.create(
            estate=estate, name=name, value=value, secret=secret, valid_from=valid_from, reason=reason, set_at=now,
            set_by=by.staff,
        )  # fmt: skip
        if not secret:
            estate.settings = {**(estate.settings or {}), name: timeline(estate, name, today)}
            estate.save(update_fields=["settings"])
        body = {
            "version": row.pk, "setting": name, "value": value, "secret": bool(secret), "reason": reason,
            "valid_from": valid_from.isoformat(), "set_at": now.isoformat(),
        }  # fmt: skip
        _journal(by, acting, "setting", body, now)
    by.estate.settings = estate.settings
    return row


@action("calendar")
def set_days(
    *, by: Desk, acting: Acting, days: Sequence[date], kind: str, reason: str, now: datetime | None = None
) -> list[OwnDay]:
    """The estate counts these days as ``rest`` or ``work``, or as the national calendar does again (``national``)."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    if any(day < today for day in days):
        raise Refusal("day_past")
    if any(day > today + FARTHEST for day in days):
        raise Refusal("day_far")
    if not 0 < len(days) <= MOST_DAYS:
        raise Refusal("days_many", most=MOST_DAYS)
    reason, kind = _reason(reason), OwnDay.Kind(kind).value
    with transaction.atomic():
        estate = Estate.objects.select_for_update(no_key=True).get(pk=by.estate.pk)
        rows = [
            OwnDay.objects.create(
                estate=estate, day=day, kind=kind, reason=reason, set_at=now, set_by=by.staff
            )
            for day in days
        ]
        told = {**(estate.calendar or {}), **{day.isoformat(): kind for day in days}}
        estate.calendar = {day: how for day, how in told.items() if how != OwnDay.Kind.NATIONAL}
        estate.save(update_fields=["calendar"])
        body = {
            "rows": [row.pk for row in rows], "days": [day.isoformat() for day in days], "kind": kind,
            "reason": reason, "set_at": now.isoformat(),
        }  # fmt: skip
        _journal(by, acting, "calendar", body, now)
    by.estate.calendar = estate.calendar
    return rows


def _reason(written: str) -> str:
    reason = written.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > 200 or not printable(reason):
        raise Refusal("bad_characters")
    return reason


def _journal(by: Desk, acting: Acting, kind: str, body: dict[str, Any], at: datetime) -> None:
    journal.append(
        estate_id=by.estate.pk, stream=f"settings/{by.estate.pk}", kind=kind, body=body, by=by.staff,
        post=acting.post, deputy_for=acting.deputy_for, at=at,
    )  # fmt: skip
