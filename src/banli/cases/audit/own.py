"""What estates have set themselves, their seals, the months that are closed: what the journal tells of, and its sum."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from banli.estate.models import Estate
from banli.estate.own import OwnDay, SettingVersion
from banli.journal.models import Entry
from banli.journal.vault import VaultError
from banli.papers import seal_pictures
from banli.papers.models import SealPicture
from banli.registers.models import MonthClosing

from .finding import UNSAYABLE, Finding, Ticker, named, unwatched
from .folding import Handlers, Rows, folded, of_estate, of_no_estate


def own(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every setting and every own day was set by an entry, every month closed by one; an estate's row is their sum."""
    for estate in Estate.objects.order_by("pk"):
        told: dict[type[Model], Rows] = {SettingVersion: {}, OwnDay: {}, MonthClosing: {}, SealPicture: {}}
        readers: Handlers = {
            "setting": lambda entry, told=told: told[SettingVersion].update(_setting(entry)),  # type: ignore[misc]
            "calendar": lambda entry, told=told: told[OwnDay].update(_days(entry)),  # type: ignore[misc]
            "seal_picture": lambda entry, told=told: told[SealPicture].update(_seal_picture(entry)),  # type: ignore[misc]
            "closing": lambda entry, told=told: told[MonthClosing].update(_closing(entry)),  # type: ignore[misc]
        }
        yield from folded(readers, tick, f"settings/{estate.pk}", f"books/{estate.pk}")
        for table, expected in told.items():
            yield from of_estate(estate, table, expected)
        yield from _summed(estate)
    yield from _pictures()
    yield from of_no_estate(SettingVersion, OwnDay, MonthClosing, SealPicture)


def _setting(entry: Entry) -> Rows:
    body = entry.body
    return {
        body["version"]: {
            **{name: body[name] for name in ("value", "reason")}, "name": body["setting"],
            "valid_from": date.fromisoformat(body["valid_from"]), **_set(entry),
        }
    }  # fmt: skip


def _days(entry: Entry) -> Rows:
    body = entry.body
    rows = zip(body["rows"], body["days"], strict=True)
    return {
        pk: {"day": date.fromisoformat(day), "kind": body["kind"], "reason": body["reason"], **_set(entry)}
        for pk, day in rows
    }


def _set(entry: Entry) -> dict[str, Any]:
    return {
        "set_by_id": entry.actor_id, "set_at": datetime.fromisoformat(entry.body["set_at"]),
        "estate_id": entry.estate_id,
    }  # fmt: skip


def _seal_picture(entry: Entry) -> Rows:
    body = entry.body
    told = {name: body[name] for name in ("post", "sha256", "reason")}
    return {body["version"]: {**told, "since": datetime.fromisoformat(body["since"]), **_set(entry)}}


def _pictures() -> Iterator[Finding]:
    """A seal's picture is the one that its digest names."""
    for row in SealPicture.objects.exclude(sha256="").order_by("pk").iterator(10):
        try:
            same = hashlib.sha256(seal_pictures.content(row)).hexdigest() == row.sha256
        except (VaultError, *UNSAYABLE):
            same = False
        if not same:
            yield Finding(named(row), "picture, vault_salt: is not the picture that came")


def _closing(entry: Entry) -> Rows:
    body = entry.body
    names = ("book", "kind", "reason", "rows", "digest")
    return {
        body["closing"]: {
            **{name: body[name] for name in names}, "month": date.fromisoformat(body["month"]),
            "asked_by_id": body["asked_by"], "by_id": entry.actor_id, "at": datetime.fromisoformat(body["at"]),
            "estate_id": entry.estate_id,
        }
    }  # fmt: skip


def _summed(estate: Estate) -> Iterator[Finding]:
    """The estate's own row says what its versions come to: of a setting, the last of them in their order."""
    versions: dict[str, dict[str, Any]] = {}
    rows = SettingVersion.objects.filter(estate=estate).order_by("valid_from", "pk")
    for row in rows.defer("secret"):
        versions.setdefault(row.name, {})[row.valid_from.isoformat()] = row.value
    for name, told in versions.items():
        every = [[since, value] for since, value in told.items()]
        kept = (estate.settings or {}).get(name)
        if kept is None and all(value is None for _since, value in every):
            continue  # a secret: what it is stands with its versions only
        if not isinstance(kept, list) or not kept or kept != every[-len(kept) :]:
            yield Finding(named(estate, estate.name), f"settings: not what the journal says of {name}")
    days: dict[str, str] = {}
    for own_day in OwnDay.objects.filter(estate=estate).order_by("pk"):
        days[own_day.day.isoformat()] = own_day.kind
    if {day: kind for day, kind in days.items() if kind != OwnDay.Kind.NATIONAL} != (estate.calendar or {}):
        yield Finding(named(estate, estate.name), "calendar: not what the journal says")
