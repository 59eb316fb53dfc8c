"""A campaign is started, and its calls are opened. It is an entry of the journal; each call is a case.

One call for a campaign and a resident: the case's idempotency key says both, and the database keeps it once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.cases import actions as cases
from banli.cases import facts
from banli.cases.models import Task
from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate.models import Person, Unit
from banli.journal.actions import append, lock
from banli.journal.models import Entry
from banli.operation.happenings import action
from banli.people.access import Acting, Desk

from . import abilities, access
from .drawing import Resident, drawn, residents, share_out

KIND = "campaign"
#: So many residents at most are called in one campaign.
MOST = 5000
#: So far ahead a campaign may go on by itself.
LONGEST = timedelta(days=3 * 366)
log = logging.getLogger("banli.followup")

declare(
    {
        "campaign_named": Text(
            zh="已经有叫“{name}”的活动，换一个名字。",
            en="There is a campaign called “{name}” already; choose another name.",
        ),
        "campaign_nobody": Text(
            zh="没有符合条件、登记了电话的住户。", en="No resident with a telephone in the file fits."
        ),
        "campaign_many": Text(
            zh="一次最多 {most} 位，现在有 {number} 位；请抽样或按楼栋分开。",
            en="At most {most} at once, and these are {number}: draw a sample, or take building by building.",
        ),
        "campaign_callers": Text(
            zh="至少要有一位能打、分得到的回访人；谁能打什么，在“岗位 → 谁能做什么”里设。",
            en="Somebody has to make the calls who can; who can make which is set under Posts → Who can do what.",
        ),
        "campaign_until": Text(
            zh="写明做到哪一天：从今天起，三年以内。", en="Say until which day: from today, within three years."
        ),
        "campaign_sampled": Text(
            zh="抽样的活动不加人。", en="Nobody is added to a campaign that is a sample."
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a campaign is to be. ``size`` 0: everybody; ``shares``: caller → how much of the calls, by ability.

    ``until``: to that day whoever moves in is called too, unless it is a sample; and ``every`` so many months (0:
    never) it begins again, as a campaign of its own. ``series`` and ``since``: the name and the day of the
    first one, where this one followed on.
    """

    name: str
    procedure: str
    occasion: str
    roles: tuple[str, ...]
    buildings: tuple[str, ...]
    size: int
    seed: int
    shares: Mapping[int, int]
    every: int = 0
    until: str = ""
    series: str = ""
    since: str = ""


@action("campaign")
@transaction.atomic
def start(
    *, by: Desk, acting: Acting, wanted: Wanted, key: str, queued: bool = True, day: date | None = None,
    now: datetime | None = None,
) -> Entry:  # fmt: skip
    """Write the campaign down and have its calls opened. Refusals: ``campaign_…``; sent twice it is one.

    ``queued``: they are opened in the background; else whoever asks calls `open_calls`. ``day``: on which it was due,
    where it follows on.
    """
    now, key = now or timezone.now(), cases.checked_key(key)
    lock(stream_of(by.estate.pk))
    known = Entry.objects.filter(estate=by.estate, key=key).first()
    if known is not None:
        if known.kind != KIND:
            raise Refusal("key_reused")
        return known
    book = access.offered().get(wanted.procedure)
    if book is None:
        raise Refusal("unknown_procedure", procedure=wanted.procedure[:50])
    _must_be_sound(by, book, wanted, now)
    everybody = residents(by.estate, wanted.roles, wanted.buildings, timezone.localdate(now))
    chosen = drawn(everybody, wanted.seed, wanted.size)
    if not chosen:
        raise Refusal("campaign_nobody")
    if len(chosen) > MOST:
        raise Refusal("campaign_many", most=MOST, number=len(chosen))
    body = {
        **asdict(wanted), "shares": {str(pk): share for pk, share in wanted.shares.items()},
        "residents": len(everybody), "drawn": len(chosen), **({"day": day.isoformat()} if day else {}),
    }  # fmt: skip
    entry = append(
        estate_id=by.estate.pk, stream=stream_of(by.estate.pk), kind=KIND, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, body=body, key=key, at=now,
    )  # fmt: skip
    if queued:
        _queue(by, entry)
    return entry


@action("campaign_merge")
@transaction.atomic
def merge(*, by: Desk, acting: Acting, campaign: Entry) -> None:
    """Who has moved in since is called too. Refuses a sample: the draw was made once."""
    if campaign.body["size"]:
        raise Refusal("campaign_sampled")
    append(
        estate_id=by.estate.pk, stream=f"estate/{by.estate.pk}", kind="campaign_merge", by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, body={"campaign": campaign.seq},
    )  # fmt: skip
    _queue(by, campaign)


def open_calls(*, by: Desk, campaign: Entry, now: datetime | None = None) -> int:
    """Open the case of everybody who has none yet, and share them out. Twice is harmless. How many there were.

    Where nobody can make them they wait to be shared out by hand.
    """
    now = now or timezone.now()
    wanted = wanted_of(campaign)
    book = access.offered()[wanted.procedure]
    everybody = residents(by.estate, wanted.roles, wanted.buildings, timezone.localdate(now))
    chosen = drawn(everybody, wanted.seed, wanted.size)
    keys = [_key(campaign, one, "share") for one in chosen]
    done = set(Entry.objects.filter(estate=by.estate, key__in=keys).values_list("key", flat=True))
    left = [one for one, key in zip(chosen, keys, strict=True) if key not in done]
    callers = _callers(by, book, wanted, now)
    shared: Sequence[int | None] = [None] * len(left)
    if callers:
        shared = share_out(len(left), callers, _load(by, book, wanted, callers))
    told = 0
    for resident, caller in zip(left, shared, strict=True):
        try:
            _open(by, book, campaign, wanted, resident, caller, now)
            told += 1
        except Refusal as why:
            log.warning("campaign %s: one call was not opened: %s", campaign.seq, why.code)
    return told


def stream_of(estate: int) -> str:
    """The campaigns of an estate, in the journal."""
    return f"campaigns/{estate}"


def _open(
    by: Desk, book: Rulebook, campaign: Entry, wanted: Wanted, resident: Resident, caller: int | None, now: datetime
) -> None:  # fmt: skip
    first, second = book.flow.root.items[:2]
    person = Person.objects.get(pk=resident.person)
    rule, form = book.procedure.campaign, book.procedure.form
    assert rule is not None  # it is offered
    answers: dict[str, Any] = {
        name: person.phone for name in book.flow.steps[first].asks if form[name].known == "applicant.phone"
    }
    answers |= {_field(rule.name): wanted.name, _field(rule.occasion): wanted.occasion}
    case = cases.open_case(
        by=by, procedure=wanted.procedure, unit=Unit.objects.get(pk=resident.unit), applicant=person,
        applicant_role=resident.role, answers=answers, key=_key(campaign, resident, "open"), now=now,
    ).case_id  # fmt: skip
    if caller is not None:
        cases.act(
            by=by, case_id=case, step=second, outcome="dispatched", extra={"assignee": caller},
            key=_key(campaign, resident, "share"), now=now,
        )  # fmt: skip


def _must_be_sound(by: Desk, book: Rulebook, wanted: Wanted, now: datetime) -> None:
    _must_end(wanted, timezone.localdate(now))
    name = wanted.name.strip()
    if not name or not printable(name):
        raise Refusal("bad_characters")
    if Entry.objects.filter(stream=stream_of(by.estate.pk), body__name=wanted.name).exists():
        raise Refusal("campaign_named", name=wanted.name)
    if not _callers(by, book, wanted, now):
        raise Refusal("campaign_callers")


def _must_end(wanted: Wanted, today: date) -> None:
    """What goes on by itself has an end."""
    if not wanted.until:
        if wanted.every:
            raise Refusal("campaign_until")
    elif not today <= date.fromisoformat(wanted.until) <= today + LONGEST:
        raise Refusal("campaign_until")


def _callers(by: Desk, book: Rulebook, wanted: Wanted, now: datetime) -> dict[int, int]:
    """Those who may be sent now and can make these calls, with their shares of it; nobody's share is nought."""
    held = facts.holders(by.estate, book.flow.steps[book.flow.root.items[1]].to or "", now)
    rule = book.procedure.campaign
    assert rule is not None  # it is offered
    value = abilities.value_of(book, {_field(rule.occasion): wanted.occasion})
    able = abilities.on(by.estate.pk, timezone.localdate(now)).able(held, value)
    return {pk: wanted.shares[pk] * share for pk, share in able.items() if wanted.shares.get(pk, 0) > 0}


def _load(by: Desk, book: Rulebook, wanted: Wanted, callers: Mapping[int, int]) -> dict[int, int]:
    """How many calls of the campaign each of them was given already."""
    rule = book.procedure.campaign
    assert rule is not None  # it is offered
    given = Task.objects.filter(
        estate=by.estate, procedure=wanted.procedure, step=book.flow.root.items[2], person__in=list(callers),
        **{f"case__form__{_field(rule.name)}": wanted.name},
    )  # fmt: skip
    return dict(given.values_list("person").annotate(Count("case", distinct=True)).order_by())


def wanted_of(campaign: Entry) -> Wanted:
    told = {name: campaign.body[name] for name in Wanted.__dataclass_fields__ if name in campaign.body}
    shares = {int(pk): share for pk, share in told["shares"].items()}
    return Wanted(
        **told | {"roles": tuple(told["roles"]), "buildings": tuple(told["buildings"]), "shares": shares}
    )


def _key(campaign: Entry, resident: Resident, what: str) -> str:
    return f"campaign-{campaign.estate_id}-{campaign.seq}-{resident.person}-{what}"


def _field(written: str) -> str:
    return written.removeprefix("form.")


def _queue(by: Desk, campaign: Entry) -> None:
    app.configure_task("banli.followup.open_calls").defer(
        staff_id=by.staff.pk, estate_id=by.estate.pk, number=campaign.seq
    )
