"""Who holds which post, who lives where, who may act for whom: rows that the estates' own journals tell of.

Of posts and keys an estate's rows are rebuilt at once: they grow with its staff. Residents are looked at one by one,
the entries about each beside its row, both in the order of their numbers: no memory grows with them.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, Model, OuterRef

from banli.estate import scans
from banli.estate.actions import digest_of_note
from banli.estate.models import Authority, AuthorityUse, Estate, LetterScan, Occupancy
from banli.journal.models import Entry
from banli.journal.vault import VaultError
from banli.people.models import Ability, ApiToken, Deputyship, Holding, Staff

from .finding import CHUNK, UNSAYABLE, Finding, Ticker, differing, named, unwatched
from .folding import Rows, beside, folded, of_no_estate

#: What stands in the journal of a note that says nothing.
NOTHING = digest_of_note("")


@dataclass
class Posts:
    """What the journals make of an estate's posts, and of the keys of its staff."""

    holdings: Rows = field(default_factory=dict)
    deputyships: Rows = field(default_factory=dict)
    abilities: Rows = field(default_factory=dict)
    tokens: Rows = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def appointed(self, entry: Entry) -> None:
        body = entry.body
        self.holdings[body["holding"]] = {
            "estate_id": entry.estate_id, "staff_id": body["staff"], "post": body["post"],
            "since": date.fromisoformat(body["since"]), "until": _day(body["until"]),
        }  # fmt: skip

    def holding_ended(self, entry: Entry) -> None:
        self.holdings[entry.body["holding"]]["until"] = date.fromisoformat(entry.body["until"])

    def deputy_named(self, entry: Entry) -> None:
        body = entry.body
        self.deputyships[body["deputyship"]] = {
            "estate_id": entry.estate_id, "post": body["post"], "principal_id": body["principal"],
            "deputy_id": body["deputy"], "reason": body["reason"],
            **{name: _moment(body[name]) for name in ("starts_at", "ends_at", "created_at")},
        }  # fmt: skip

    def deputyship_ended(self, entry: Entry) -> None:
        self.deputyships[entry.body["deputyship"]]["ends_at"] = _moment(entry.body["ends_at"])

    def ability_set(self, entry: Entry) -> None:
        body = entry.body
        self.abilities[body["ability"]] = {
            "estate_id": entry.estate_id, "staff_id": body["staff"], "since": date.fromisoformat(body["since"]),
            "set_by_id": entry.actor_id, "set_at": _moment(body["set_at"]),
            **{name: body[name] for name in ("kind", "everything", "values", "share")},
        }  # fmt: skip

    def token_issued(self, entry: Entry) -> None:
        body = entry.body
        self.tokens.setdefault(
            body["token"],
            {
                "staff_id": body["staff"], "label": body["label"], "digest": body["digest"],
                "revoked_at": _moment(body.get("revoked_at")),
                "created_at": _moment(body["created_at"]), "expires_at": _moment(body.get("expires_at")),
            },
        )  # fmt: skip

    def token_revoked(self, entry: Entry) -> None:
        if entry.body["token"] in self.tokens:  # issued while somebody worked elsewhere: told of there
            self.tokens[entry.body["token"]]["revoked_at"] = _moment(entry.body["revoked_at"])

    def left_us(self, entry: Entry) -> None:
        """Somebody left: their posts end that day, their deputyships and keys at that moment."""
        who, day, at = entry.body["staff"], date.fromisoformat(entry.body["until"]), _moment(entry.body["at"])
        assert at is not None
        self.left.add(who)
        for held in self.holdings.values():
            if (
                held["staff_id"] == who
                and held["since"] <= day
                and (held["until"] is None or held["until"] > day)
            ):
                held["until"] = day
        for lent in self.deputyships.values():
            if lent["deputy_id"] == who and lent["starts_at"] <= at < lent["ends_at"]:
                lent["ends_at"] = at
        for token in self.tokens.values():
            if token["staff_id"] == who and token["revoked_at"] is None:
                token["revoked_at"] = at


def _moved_in(made: dict[str, Any], entry: Entry) -> None:
    body = entry.body
    made.update(
        estate_id=entry.estate_id, unit_estate=entry.estate_id, unit_key=body["unit"], person_id=body["person"],
        role=body["role"], since=date.fromisoformat(body["since"]), until=_day(body["until"]),
        arrival=body.get("arrival", ""), came=body.get("note", NOTHING), departure="", left=NOTHING,
    )  # fmt: skip


def _moved_out(made: dict[str, Any], entry: Entry) -> None:
    made["until"] = date.fromisoformat(entry.body["until"])
    made["departure"], made["left"] = entry.body.get("departure", ""), entry.body.get("note", NOTHING)


def _moving_in_undone(made: dict[str, Any], entry: Entry) -> None:
    made.clear()


def _moving_out_undone(made: dict[str, Any], entry: Entry) -> None:
    made["until"], made["departure"], made["left"] = _day(entry.body["until"]), "", NOTHING


def _granted(made: dict[str, Any], entry: Entry) -> None:
    body = entry.body
    made.update(
        estate_id=entry.estate_id, unit_estate=entry.estate_id, unit_key=body["unit"],
        principal_id=body["principal"], delegate_id=body["delegate"], scopes=body["scopes"],
        valid_from=date.fromisoformat(body["valid_from"]), valid_to=date.fromisoformat(body["valid_to"]),
        once=body["once"], evidence_kind=body["evidence"], note=body["note"],
        created_at=_moment(body["created_at"]), created_by_id=entry.actor_id, revoked_at=None, revoked_by_id=None,
        revoked_reason="", erased_at=None,
    )  # fmt: skip


def _letter_ended(made: dict[str, Any], entry: Entry) -> None:
    made["valid_to"] = date.fromisoformat(entry.body["valid_to"])


def _revoked(made: dict[str, Any], entry: Entry) -> None:
    made.update(
        revoked_at=_moment(entry.body["at"]),
        revoked_by_id=entry.actor_id,
        revoked_reason=entry.body["reason"],
    )


def _letter_erased(made: dict[str, Any], entry: Entry) -> None:
    made.update(
        principal_id=None,
        delegate_id=None,
        note=NOTHING,
        revoked_reason="",
        erased_at=_moment(entry.body["at"]),
    )


def posts(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every post, deputyship, ability and key is as the entries say; whoever left signs in no more."""
    made = Posts()
    handlers = {
        "appointed": made.appointed, "holding_ended": made.holding_ended, "deputy_named": made.deputy_named,
        "deputyship_ended": made.deputyship_ended, "token_issued": made.token_issued,
        "token_revoked": made.token_revoked, "left": made.left_us, "ability_set": made.ability_set,
    }  # fmt: skip
    for estate in Estate.objects.order_by("pk"):
        yield from folded(handlers, tick, f"estate/{estate.pk}")
        yield from beside(Holding.objects.filter(estate=estate), Holding, made.holdings, tick)
        yield from beside(Deputyship.objects.filter(estate=estate), Deputyship, made.deputyships, tick)
        yield from beside(Ability.objects.filter(estate=estate), Ability, made.abilities, tick)
        made.holdings.clear()
        made.abilities.clear()
        made.deputyships.clear()
    yield from beside(_keys(made.tokens), ApiToken, made.tokens, tick)
    yield from of_no_estate(Holding, Deputyship, Ability)
    held = Holding.objects.exclude(staff__in=Staff.objects.values("pk"))
    for pk in held.order_by("staff_id").values_list("staff_id", flat=True).distinct():
        yield Finding(f"people_staff {pk}", "is missing, though a post is held by it")
    known = Staff.objects.filter(holdings__isnull=False).distinct()
    for staff in known.order_by("pk").iterator(CHUNK):
        if staff.is_active == (staff.pk in made.left):
            told = "signs in, but left" if staff.is_active else "cannot sign in, but never left"
            yield Finding(named(staff, staff.name), f"is_active: {told}")


def _keys(told: Rows) -> Iterator[ApiToken]:
    """The keys there are. One of somebody who never had a post opens nothing, and no estate's journal tells of it."""
    works = Exists(Holding.objects.filter(staff=OuterRef("staff_id")))
    lent = Exists(Deputyship.objects.filter(deputy=OuterRef("staff_id")))
    for token in ApiToken.objects.annotate(works=works | lent).order_by("pk").iterator(CHUNK):
        if token.works or token.pk in told:
            yield token


def residents(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Everybody was moved in by an entry; every letter was granted by one, and was used where a case says so."""
    lives = {
        "moved_in": _moved_in, "moved_out": _moved_out, "moving_in_undone": _moving_in_undone,
        "moving_out_undone": _moving_out_undone,
    }  # fmt: skip
    may = {
        "authority_granted": _granted, "authority_revoked": _revoked, "authority_ended": _letter_ended,
        "authority_erased": _letter_erased,
    }  # fmt: skip
    in_unit = {"unit_key": F("unit__key"), "unit_estate": F("unit__estate")}
    for estate in Estate.objects.order_by("pk"):
        homes = _with_reasons(Occupancy.objects.filter(estate=estate).annotate(**in_unit))
        yield from one_by_one(estate.pk, "occupancy", lives, Occupancy, homes, tick)
        letters = _with_notes(Authority.objects.filter(estate=estate).annotate(**in_unit))
        yield from one_by_one(estate.pk, "authority", may, Authority, letters, tick)
        yield from _used(estate)
    yield from _scanned()
    yield from of_no_estate(Occupancy, Authority)


def one_by_one(
    estate_id: int, about: str, handlers: Mapping[str, Callable[[dict[str, Any], Entry], None]],
    table: type[Model], rows: Iterator[Any], tick: Ticker,
) -> Iterator[Finding]:  # fmt: skip
    """Rows by their number beside the entries about them: the database sorts both, here only one is held at a time."""
    entries = Entry.objects.filter(stream=f"estate/{estate_id}", kind__in=handlers)
    ordered = entries.order_by(f"body__{about}", "seq").iterator(
        CHUNK
    )  # numbers come as numbers, before texts
    row = next(rows, None)
    for pk, same in groupby(ordered, key=lambda entry: _number_in(entry, about)):
        made: dict[str, Any] = {}
        for entry in same:
            try:
                if pk is None or (not made and entry.kind != next(iter(handlers))):
                    raise ValueError
                handlers[entry.kind](made, entry)
            except UNSAYABLE:
                yield Finding(named(entry, str(entry)), "says what no action can say")
            tick(1)
        while pk is not None and row is not None and row.pk < pk:
            yield Finding(named(row), "the journal tells of no such row")
            row = next(rows, None)
        if row is not None and row.pk == pk:
            yield from (
                differing(row, made) if made else [Finding(named(row), "the journal tells of no such row")]
            )
            row = next(rows, None)
        elif made:
            yield Finding(f"{table._meta.db_table} {pk}", "is missing")
    while row is not None:
        yield Finding(named(row), "the journal tells of no such row")
        row = next(rows, None)


def _number_in(entry: Entry, about: str) -> int | None:
    """The row an entry is about; None where it says what no action can say."""
    told = entry.body.get(about) if isinstance(entry.body, dict) else None
    return told if type(told) is int else None


def _with_reasons(lives: Any) -> Iterator[Occupancy]:
    for one in lives.order_by("pk").iterator(CHUNK):
        one.came, one.left = digest_of_note(one.arrival_note), digest_of_note(one.departure_note)
        yield one


def _with_notes(letters: Any) -> Iterator[Authority]:
    for letter in letters.order_by("pk").iterator(CHUNK):
        letter.note = digest_of_note(letter.evidence_note)
        yield letter


def _used(estate: Estate) -> Iterator[Finding]:
    """``used_at`` is the moment of one of a letter's uses. Each use itself is looked at with its case."""
    uses = AuthorityUse.objects.filter(authority=OuterRef("pk"))
    letters = Authority.objects.filter(estate=estate).annotate(used=Exists(uses))
    letters = letters.annotate(then=Exists(uses.filter(at=OuterRef("used_at"))))
    for letter in letters.order_by("pk").iterator(CHUNK):
        if (letter.used_at is not None or letter.used) and not letter.then:
            yield Finding(named(letter), "used_at: no case used it then")


def _scanned() -> Iterator[Finding]:
    """The photograph of each letter that came with one is there, and still the one that came."""
    granted = Entry.objects.filter(
        stream__startswith="estate/", kind="authority_granted", body__has_key="scan"
    )
    told = dict(granted.values_list("body__authority", "body__scan"))
    for pk in Authority.objects.filter(erased_at__isnull=False).values_list("pk", flat=True):
        told.pop(pk, None)
    for scan in LetterScan.objects.order_by("pk").iterator(10):
        if told.pop(scan.authority_id, None) != scan.sha256:
            yield Finding(named(scan), "sha256: the journal tells of no such photograph")
        try:
            same = hashlib.sha256(scans.content(scan)).hexdigest() == scan.sha256
        except (VaultError, *UNSAYABLE):
            same = False
        if not same:
            yield Finding(named(scan), "picture, vault_salt: is not the photograph that came")
    for letter in told:
        yield Finding(f"estate_letterscan of estate_authority {letter}", "is missing")


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
