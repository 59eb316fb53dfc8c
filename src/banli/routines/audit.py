"""Rounds beside their journal: each fell due, was done or missed, and was settled as an entry says."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from banli.cases.audit.finding import CHUNK, UNSAYABLE, Finding, Ticker, compared, differing, named, unwatched
from banli.cases.audit.folding import Handlers, Rows, beside, folded, of_no_estate
from banli.cases.packs import digest_of
from banli.estate.models import Estate
from banli.journal.models import Entry
from banli.journal.vault import VaultError
from banli.messages.models import OF_ROUNDS, Notice

from .actions import MISSED, WRONG, picture, stream_of
from .models import Round, RoundCase, RoundPhoto, RoutineVersion


class Told:
    """What an estate's journal makes of its rounds, their photographs and who was told."""

    def __init__(self, estate: Estate, versions: Mapping[tuple[str, str], int]) -> None:
        self.estate_id, self.versions = estate.pk, versions
        self.rounds: Rows = {}
        self.photos: dict[tuple[int, str], int] = {}
        self.notices: list[dict[str, Any]] = []
        self.cases: Rows = {}

    def round_case(self, entry: Entry) -> None:
        body = entry.body
        self.cases[body["row"]] = {"round_id": body["round"], "line": body["line"], "case_id": body["case"]}

    def rounds_due(self, entry: Entry) -> None:
        body = entry.body
        for one in body["rounds"]:
            self.rounds[one["round"]] = {
                "estate_id": self.estate_id, "version_id": self.versions.get((body["routine"], body["version"])),
                "routine": body["routine"], "post": body["post"], "due_at": datetime.fromisoformat(one["due_at"]),
                "until": datetime.fromisoformat(one["until"]), "state": "open", "ended_at": None, "done_by_id": None,
                "findings": {}, "wrong": False, "note": "", "settled_at": None, "settled_by_id": None,
                "settlement": "",
            }  # fmt: skip

    def round_missed(self, entry: Entry) -> None:
        body, at = entry.body, datetime.fromisoformat(entry.body["at"])
        self.rounds[body["round"]].update(state="missed", ended_at=at)
        self._tell(body["round"], MISSED, body["told"], at)

    def round_done(self, entry: Entry) -> None:
        body, at = entry.body, datetime.fromisoformat(entry.body["at"])
        self.rounds[body["round"]].update(
            state="done", ended_at=at, done_by_id=entry.actor_id, findings=body["findings"], note=body["note"],
            wrong=any(one["wrong"] for one in body["findings"].values()),
        )  # fmt: skip
        self.photos |= {(body["round"], sha256): size for sha256, size in body["photos"].items()}
        self._tell(body["round"], WRONG, body["told"], at)

    def round_settled(self, entry: Entry) -> None:
        body = entry.body
        self.rounds[body["round"]].update(
            settled_at=datetime.fromisoformat(body["at"]), settled_by_id=entry.actor_id,
            settlement=body["settlement"],
        )  # fmt: skip

    def _tell(self, pk: int, code: str, posts: list[str], at: datetime) -> None:
        for post in posts:
            said = {"post": post, "staff_id": None, "code": code, "about": str(pk), "at": at, "case_id": None}
            self.notices.append({"estate_id": self.estate_id, **said})


def rounds(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every round, its photographs and its notices are what the journals of the estates make of them."""
    versions = {}
    for version in RoutineVersion.objects.order_by("pk").iterator(CHUNK):
        yield from _version(version)
        versions[version.routine, version.digest] = version.pk
        tick(1)
    for estate in Estate.objects.order_by("pk"):
        told = Told(estate, versions)
        yield from folded(_handlers(told), tick, stream_of(told.estate_id))
        yield from _rows(told, tick)
        yield from _photos(told)
        yield from beside(RoundCase.objects.filter(round__estate=estate), RoundCase, told.cases)
        notices = Notice.objects.filter(estate=estate, case=None, code__startswith=OF_ROUNDS)
        about = f"estate {estate.pk}"
        yield from compared(list(notices.order_by("pk")), told.notices, table=Notice, about=about)
    yield from of_no_estate(Round, Notice)
    for photo in RoundPhoto.objects.exclude(round__in=Round.objects.values("pk")).order_by("pk"):
        yield Finding(named(photo), "is of no round")


def _version(version: RoutineVersion) -> Iterator[Finding]:
    row = named(version, version.routine)
    if digest_of(version.compiled) != version.digest:
        yield Finding(row, "was changed: it is not what its digest says")
        return
    try:
        told = json.loads(version.compiled)
        names = told["pack"], told["routine"]["routine"]
    except UNSAYABLE:
        names = ("", "")
    if names != (version.pack, version.routine):
        yield Finding(row, "is kept under another name than its own")


def _handlers(told: Told) -> Handlers:
    return {
        "rounds_due": told.rounds_due, "round_done": told.round_done, "round_missed": told.round_missed,
        "round_settled": told.round_settled, "round_case": told.round_case,
    }  # fmt: skip


def _rows(told: Told, tick: Ticker) -> Iterator[Finding]:
    missing = dict(told.rounds)
    for row in Round.objects.filter(estate_id=told.estate_id).order_by("pk").iterator(CHUNK):
        wanted = missing.pop(row.pk, None)
        if wanted is None:
            yield Finding(named(row), "the journal tells of no such row")
            continue
        if wanted["version_id"] is None:
            yield Finding(
                f"{RoutineVersion._meta.db_table} {row.version_id}", "is missing, though rounds follow it"
            )
            wanted = {name: value for name, value in wanted.items() if name != "version_id"}
        yield from differing(row, wanted)
        tick(1)
    for pk in missing:
        yield Finding(f"{Round._meta.db_table} {pk}", "is missing")


def _photos(told: Told) -> Iterator[Finding]:
    missing = dict(told.photos)
    rows = RoundPhoto.objects.filter(round__estate_id=told.estate_id).order_by("pk")
    for photo in rows.iterator(10):
        if missing.pop((photo.round_id, photo.sha256), None) != photo.size:
            yield Finding(named(photo), "the journal tells of no such row")
        else:
            yield from _content(photo)
    for pk, sha256 in missing:
        yield Finding(f"{RoundPhoto._meta.db_table} {sha256[:12]} of round {pk}", "is missing")


def _content(photo: RoundPhoto) -> Iterator[Finding]:
    try:
        clear = picture(photo)
    except (VaultError, *UNSAYABLE):
        yield Finding(named(photo), "sealed, vault_salt: does not open")
        return
    if hashlib.sha256(clear).hexdigest() != photo.sha256 or len(clear) != photo.size:
        yield Finding(named(photo), "sealed: is another picture")
