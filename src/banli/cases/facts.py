"""What the office knows beside the form: authority, settings, who holds which post now."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from banli.cashier.queries import tariffs
from banli.engine.complained_of import may_be_sent, plainly
from banli.engine.decide import Actor, Facts
from banli.engine.money import Tariff
from banli.engine.pack import check_setting
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.models import Authority, Estate, Occupancy, Person, Unit
from banli.estate.own import in_force
from banli.people.models import Deputyship, Holding

from . import booking, placing
from .able import unable
from .holidays import rest_days
from .models import Case

ZONE = timezone.get_default_timezone()
OWNERS = ("owner", "co_owner")


#: For figuring with what a case says itself, where nothing of the office is asked.
NONE = Facts(zone=ZONE)


def settings_of(book: Rulebook, estate: Estate, now: datetime | None = None) -> dict[str, Any]:
    """The estate's settings as they hold at ``now``, the pack's defaults where it has none; no secret is among them.

    A value that is not (any more) of the setting's kind, because the pack has changed, gives way to the default.
    """
    own = in_force(estate, timezone.localdate(now))
    fitting = {name: own[name] for name in book.defaults.keys() & own.keys() if _fits(book, name, own[name])}
    return {**book.defaults, **fitting}


def setting_of(book: Rulebook, estate: Estate, name: str, now: datetime | None = None) -> Any:
    """One of them."""
    own = in_force(estate, timezone.localdate(now))
    return own[name] if name in own and _fits(book, name, own[name]) else book.defaults[name]


def _fits(book: Rulebook, name: str, value: str | int) -> bool:
    return _is_of(book.pack.settings[name].type, value)


@lru_cache(maxsize=4096)
def _is_of(kind: str, value: str | int) -> bool:
    try:
        check_setting(kind, value)
    except ValueError:
        return False
    return True


#: A step of a case that may send somebody: its state, the step, the row.
Sending = tuple[State, str, int | None]


def gather(
    book: Rulebook,
    estate: Estate,
    *,
    taken: dict[str, str] | None = None,
    hold: Collection[str] = (),
    sending: Sending | None = None,
    record: dict[str, Any] | None = None,
    resting: dict[str, int] | None = None,
    owners: frozenset[int] = frozenset(),
    confirmed: tuple[str, ...] = (),
    now: datetime,
    case: int | None = None,
    did: Actor | None = None,
    home: int | None = None,
) -> Facts:
    """The facts of one decision on ``case``. ``hold``: the posts whose holders the step needs to know.

    ``sending``: the step that may send one of them: (the case's state, step, row).

    ``did``: who did on paper what is entered afterwards; ``now`` is then when they did. ``home``: the unit it is about,
    for a vehicle may be another's.
    """
    posts = holders_of(estate, hold, now)
    held = {pk: name for who in posts.values() for pk, name in who.items()}
    return Facts(
        taken=taken or {},
        settings=settings_of(book, estate, now),
        holders={post: frozenset(who) for post, who in posts.items()},
        names=held,
        unable=unable(book, *sending, estate.pk, held, now) if sending and held else frozenset(),
        holidays=rest_days(estate),  # type: ignore[arg-type]  # only asked whether a day is in it
        zone=ZONE,
        record=record,
        prices=Prices(book, estate, now) if charged(book) else {},
        resting=resting or {},
        owners=owners,
        confirmed=confirmed,
        given=booking.GivenNow(book, estate.pk, case, now),
        places=placing.held_by_others(estate.pk, home, case),
        staff=Colleagues(estate.pk),
        did=did,
    )


def owners_of(unit: Unit | None, now: datetime) -> frozenset[int]:
    """Who owns the room on that day, by the file."""
    if unit is None:
        return frozenset()
    lives = Occupancy.objects.on(timezone.localdate(now)).filter(unit=unit, role__in=OWNERS)
    return frozenset(lives.values_list("person_id", flat=True))


def charged(book: Rulebook) -> frozenset[str]:
    """The lines of the price list that a procedure charges."""
    return frozenset(fee.price for step in book.flow.steps.values() for fee in step.fees)


class Prices(Mapping[str, Tariff]):
    """The estate's own prices on that day, asked of the database only by an action that charges something."""

    def __init__(self, book: Rulebook, estate: Estate, now: datetime) -> None:
        self._asked = book.pack.header.pack, charged(book), timezone.localdate(now)
        self._estate = estate.pk

    @cached_property
    def _told(self) -> dict[str, Tariff]:
        return tariffs(self._estate, *self._asked)

    def __getitem__(self, price: str) -> Tariff:
        return self._told[price]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


class Colleagues(Mapping[str, frozenset[int]]):
    """Who is called what of the estate's staff; asked of the database only by an answer that may name one."""

    def __init__(self, estate: int) -> None:
        self._estate = estate

    @cached_property
    def _told(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for pk, name in colleagues(self._estate):
            found.setdefault(plainly(name), set()).add(pk)
        return {name: frozenset(pks) for name, pks in found.items()}

    def __getitem__(self, name: str) -> frozenset[int]:
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def colleagues(estate: int) -> list[tuple[int, str]]:
    """The id and name of all who hold a post at the estate, or ever held one."""
    held = Holding.objects.filter(estate=estate).order_by("staff__name", "staff_id")
    return list(held.values_list("staff_id", "staff__name").distinct())


def resting(book: Rulebook, step: str, case: Case) -> dict[str, int]:
    """How many open cases rest on this one or were begun by it, of the procedures that have to be over before ``step``.

    One that was joined to another goes on as that one.
    """
    known = book.flow.steps.get(step)
    if known is None or not known.after_cases:
        return {}
    joined = case.children.filter(status=Case.Status.WITHDRAWN).values_list("standing__joined_to", flat=True)
    own = Q(record=case) | Q(parent=case) | Q(pk__in=[pk for pk in joined if pk])
    found = Case.objects.filter(own, status=Case.Status.OPEN, procedure__in=known.after_cases)
    return dict(found.values_list("procedure").annotate(Count("pk")).order_by())


def record_for(book: Rulebook, unit: Unit | None) -> Case | None:
    """The open case of the unit that a new one would rest on: the newest that stands (P2.1)."""
    rule = book.procedure.rests_on
    if rule is None or unit is None:
        return None
    found = Case.objects.filter(unit=unit, procedure=rule.procedure, status=Case.Status.OPEN).order_by("-pk")
    return next((case for case in found if stands(book, case)), None)


def record_form(book: Rulebook, record: Case | None) -> dict[str, Any] | None:
    """What the case that another rests on says; None where it does not stand (any more)."""
    return record.form if record is not None and stands(book, record) else None


def stands(book: Rulebook, record: Case) -> bool:
    """Whether ``record`` is open and its step that makes it stand is done."""
    rule = book.procedure.rests_on
    done = {mark["step"] for mark in record.standing.get("marks", ())}
    return rule is not None and record.status == Case.Status.OPEN and rule.after in done


def holders(estate: Estate, post: str, now: datetime) -> dict[int, str]:
    """Everybody who may act in a post now, holders and their deputies: id → name."""
    day = timezone.localdate(now)
    held = Holding.objects.on(day).filter(estate=estate, post=post, staff__is_active=True)
    lent = Deputyship.objects.at(now).filter(estate=estate, post=post, deputy__is_active=True)
    told = dict(held.values_list("staff_id", "staff__name"))
    told.update(lent.values_list("deputy_id", "deputy__name"))
    return told


def holders_of(estate: Estate, posts: Collection[str], now: datetime) -> dict[str, dict[int, str]]:
    """Who may act in each of these posts now, holders before their deputies: post → id → name. Two queries."""
    told: dict[str, dict[int, str]] = {}
    if not posts:
        return told
    held = Holding.objects.on(timezone.localdate(now)).filter(
        estate=estate, post__in=posts, staff__is_active=True
    )
    lent = Deputyship.objects.at(now).filter(estate=estate, post__in=posts, deputy__is_active=True)
    rows: list[tuple[Any, ...]] = [
        *held.order_by("pk").values_list("post", "staff_id", "staff__name"),
        *lent.order_by("pk").values_list("post", "deputy_id", "deputy__name"),
    ]
    for post, pk, name in rows:
        told.setdefault(post, {})[pk] = name
    return told


def sendable(
    estate: Estate, book: Rulebook, state: State, step: str, branch: int | None, now: datetime
) -> dict[int, str]:
    """Who may be sent by a step: id → name. Two queries."""
    held = holders_of(estate, book.sends_up(step, state, branch), now)
    names = {pk: name for who in held.values() for pk, name in who.items()}
    return {pk: names[pk] for pk in may_be_sent(book, state, step, branch, held, names)}


def authority_for(
    book: Rulebook,
    unit: Unit | None,
    person: Person | None,
    role: str,
    now: datetime,
    case_id: int | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Authority | None:
    """The standing letter of authority a delegate acts on (Civil Code 165); one already used by this case stands.

    It must hold on the day that the procedure names by an answer of ``answers``: that of the carrying, not that of
    asking for it. Without such a day, on that of filing.
    """
    scope = book.procedure.applicant.authority
    if scope is None or unit is None or person is None or role in OWNERS:
        return None
    known = Authority.objects.filter(unit=unit, delegate=person, scopes__contains=[scope])
    of_use = _day_of_use(book, answers or {})
    if of_use is not None:
        known = known.filter(valid_from__lte=of_use, valid_to__gte=of_use)
    day = of_use or timezone.localdate(now)
    standing = Q(pk__in=Authority.objects.standing(day).values("pk"))
    if case_id is not None:
        standing |= Q(uses__case_id=case_id, revoked_at__isnull=True)
    return known.filter(standing).order_by("once", "-valid_to").first()


def _day_of_use(book: Rulebook, answers: Mapping[str, Any]) -> date | None:
    """The day on which a delegate's letter is used; None where no such day is asked, or it was not answered as one."""
    asked = book.procedure.applicant.on
    try:
        return date.fromisoformat(str(answers.get((asked or "").removeprefix("form.")) or "")[:10])
    except ValueError:
        return None


def taken(
    book: Rulebook, role: str, authority: Authority | None, record: dict[str, Any] | None = None,
    repeated: bool = False,
) -> dict[str, str]:  # fmt: skip
    """The facts of the vocabulary, as they are recorded when a case is filed."""
    told = {"authority": "yes" if role in OWNERS or authority is not None else "no"}
    if book.procedure.rests_on is not None:
        told["record"] = "no" if record is None else "yes"
    if book.procedure.repeats is not None:
        told["repeated"] = "yes" if repeated else "no"
    return told
