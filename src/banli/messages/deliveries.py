"""The queue of what is told through channels: one at a time is claimed, tried, and its end written down.

As a message of the outbox, one that its sender died over is tried again; what the other side can do to see that it is
one, the channel does (:mod:`banli.messages.channel`). What nobody took within a day is given up: on the screen it lay
all the while.
"""

import logging
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate.models import Estate, Person
from banli.journal.vault import mask
from banli.people.access import Desk
from banli.people.models import Staff

from . import configured, outbox
from .answers import Answer
from .channel import Note
from .models import Delivery, Reach
from .sms import mobile

log = logging.getLogger("banli.channels")
#: So many at one time: then the worker looks at its other jobs.
AT_ONCE = 50
GIVE_UP = timedelta(days=1)
#: So often one may have a channel tried out on oneself.
BETWEEN_TESTS = timedelta(seconds=20)
#: Problems of the way itself, whatever is told: the others on it would fare no better.
OF_THE_WAY = ("unreachable", "not_let_in", "no_tls", "password_in_clear")
#: Whether what was taken has arrived is asked after a minute, two, four …, for so long.
ASKED_FOR = timedelta(days=1)
FIRST_ASKED = timedelta(minutes=1)

declare(
    {
        "sms_off": Text(
            zh="本小区没有开通短信。请让业主扫码，或把文字发给业主。",
            en="This estate has not turned on SMS: let the owner scan the code, or send them the text.",
        ),
        "sms_no_mobile": Text(
            zh="{name} 登记的电话不是手机号，不能发短信。",
            en="The telephone of {name} on file is no mobile number: no SMS can be sent.",
        ),
    }
)

_CLAIM = """
    UPDATE messages_delivery SET next_at = %s, tried_since = coalesce(tried_since, %s)
     WHERE id = (SELECT id FROM messages_delivery WHERE state = 'queued' AND next_at <= %s
                  ORDER BY next_at, id FOR UPDATE SKIP LOCKED LIMIT 1)
    RETURNING id, (SELECT tried_since FROM messages_delivery before WHERE before.id = messages_delivery.id)
"""

#: What a delivery says, in the language of whoever it goes to; None where there is nothing to tell any more.
Words = Callable[[Delivery, datetime], Note | None]


def send_due(words: Words, now: datetime | None = None) -> int:
    """Send what is due; how many were taken. Several at once, or twice, are harmless."""
    now, sent = now or timezone.now(), 0
    for _ in range(AT_ONCE):
        found = _claim(now)
        if found is None:
            break
        try:
            sent += _send(found[0], words, found[1], now)
        except Exception:
            log.exception("delivery %s cannot be sent", found[0].pk)
            _came(found[0], Answer("later", "broken"), now)
    return sent


def test(*, by: Desk, channel: str, now: datetime | None = None) -> Delivery:
    """Tell somebody, through a channel, that it works. Refusals: ``not_an_option``, ``reach_…``."""
    now = now or timezone.now()
    if channel not in configured.on(by.estate, timezone.localdate(now)):
        raise Refusal("not_an_option")
    if not address_of(by.staff, channel):
        raise Refusal("reach_no_address")
    if Delivery.objects.filter(staff=by.staff, purpose="test", queued_at__gt=now - BETWEEN_TESTS).exists():
        raise Refusal("reach_too_soon")
    return Delivery.objects.create(
        estate=by.estate, purpose="test", channel=channel, key=uuid.uuid4().hex, staff=by.staff, urgent=True,
        queued_at=now, next_at=now,
    )  # fmt: skip


def send_link(
    *, estate: Estate, case_id: int, unit_id: int | None, link_id: int, person: Person, token: str, now: datetime
) -> Delivery:  # fmt: skip
    """Send an owner their link by SMS, to the telephone on file; in the transaction that makes the link.

    Raises Refusal: ``sms_off``, ``sms_no_mobile``.
    """
    if not may_sms(estate, now):
        raise Refusal("sms_off")
    number = mobile(person.phone)
    if not number:
        raise Refusal("sms_no_mobile", name=person.name)
    return Delivery.objects.create(
        estate=estate, purpose="link", channel="sms", key=uuid.uuid4().hex, case_id=case_id, link_id=link_id,
        person=person, unit_id=unit_id, secret=token, urgent=True, queued_at=now, next_at=now,
        address=masked("sms", number),
    )  # fmt: skip


def may_sms(estate: Estate, now: datetime) -> bool:
    """Whether the estate sends anything by SMS at all."""
    return "sms" in configured.on(estate, timezone.localdate(now))


def of_links(link_ids: Iterable[int]) -> dict[int, Delivery]:
    """Link → what became of sending it. One query."""
    found = Delivery.objects.filter(link__in=list(link_ids)).select_related("person").order_by("id")
    return {one.link_id: one for one in found if one.link_id}


def ask_arrived(now: datetime | None = None) -> int:
    """Ask the gateways whether what they took has arrived; of how many they said. Twice is harmless."""
    now, heard = now or timezone.now(), 0
    due = (
        Delivery.objects.filter(ask_at__lte=now)
        .order_by("ask_at", "id")
        .select_related("estate", "staff", "person")
    )
    for delivery in due[:AT_ONCE]:
        try:
            way = configured.sms(delivery.estate, timezone.localdate(now))
        except configured.Unset:
            came = ""
        else:
            came = way.arrived(
                _where(delivery), delivery.key, delivery.tried_since or delivery.queued_at, now
            )
        heard += bool(came)
        _heard(delivery, came, now)
    return heard


def _heard(delivery: Delivery, came: str, now: datetime) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, state="sent")
    if came:
        problem = "not_arrived" if came == "failed" else ""
        mine.update(state=came, ask_at=None, problem=problem, ended_at=now)
        return
    assert delivery.ended_at is not None
    since = now - delivery.ended_at
    mine.update(ask_at=now + max(since, FIRST_ASKED) if since < ASKED_FOR else None)


def again(*, delivery: Delivery, now: datetime | None = None) -> None:
    """Try one that was given up once more, as if it had just been laid there; whatever else became of it stays.

    Not an owner's link: its word is gone with its end, and a new one is sent from the case.
    """
    now = now or timezone.now()
    mine = Delivery.objects.filter(pk=delivery.pk, state="failed").exclude(purpose="link")
    mine.update(
        state="queued", ended_at=None, attempts=0, queued_at=now, next_at=now, problem="", said="",
        key=uuid.uuid4().hex, tried_since=None,
    )  # fmt: skip


def of_estate(estate: Estate) -> QuerySet[Delivery]:
    """Everything, newest first."""
    return Delivery.objects.filter(estate=estate).order_by("-id")


def not_gone(estate: Estate) -> QuerySet[Delivery]:
    """What waits or was given up, newest first."""
    return of_estate(estate).filter(state__in=["queued", "failed"])


def address_of(staff: Staff, channel: str) -> str:
    """Where somebody is told through a channel; empty where they did not say."""
    reach = Reach.objects.filter(staff=staff).first()
    return str(getattr(reach, channel)) if reach is not None else ""


def _claim(now: datetime) -> tuple[Delivery, datetime | None] | None:
    """The next that is due, for whoever calls alone for a while, and since when it was tried before."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + outbox.CLAIM, now, now])
        found = cursor.fetchone()
    if not found:
        return None
    known = Delivery.objects.select_related("estate", "staff", "person", "notice__case", "link")
    return known.get(pk=found[0]), found[1]


def _send(delivery: Delivery, words: Words, before: datetime | None, now: datetime) -> int:
    note = words(delivery, now)
    if note is None:
        return _end(delivery, "stopped", Answer("never"), now, tried=False)
    quiet = None if delivery.urgent or delivery.staff is None else _quiet_until(delivery.staff, now)
    if quiet is not None:
        return _put_off(delivery, "quiet", quiet, tried=before)
    try:
        way = configured.channel(delivery.estate, delivery.channel, timezone.localdate(now))
    except configured.Unset as why:
        if now - delivery.queued_at > GIVE_UP:
            return _end(delivery, "failed", Answer("never", why.problem), now, tried=False)
        return _put_off(delivery, why.problem, now + outbox.UNSET, tried=before)
    address = _where(delivery)
    if not address:
        return _end(delivery, "failed", Answer("never", "no_address"), now, tried=False)
    Delivery.objects.filter(pk=delivery.pk).update(address=masked(delivery.channel, address))
    answer = way.send(
        address, Note(delivery.key, note.kind, note.subject, note.text, note.words, before), now
    )
    log.info(
        "told", extra={"facts": {"channel": delivery.channel, "came": answer.kind, "problem": answer.problem}}
    )
    return _came(delivery, answer, now)


def _came(delivery: Delivery, answer: Answer, now: datetime) -> int:
    """What came of a try is written down."""
    if answer.kind == "taken":
        return _end(delivery, "sent", answer, now)
    if answer.kind == "never" or now - delivery.queued_at > GIVE_UP:
        return _end(delivery, "failed", answer, now)
    return _later(delivery, answer, now)


def masked(channel: str, address: str) -> str:
    """An address as it may be shown to others."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}" if at else mask("phone" if channel == "sms" else "text", address)


def _where(delivery: Delivery) -> str:
    """Where it goes now: to what is on file of a resident, to what one of the staff has said."""
    if delivery.person is not None:
        return mobile(delivery.person.phone)
    assert delivery.staff is not None  # the table itself says so
    return address_of(delivery.staff, delivery.channel)


def _queued(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, state="queued")


def _end(delivery: Delivery, state: str, answer: Answer, now: datetime, *, tried: bool = True) -> int:
    sent = state == "sent"
    _queued(delivery).update(
        state=state, ended_at=now, attempts=F("attempts") + int(tried),
        answer=answer.said if sent else "", problem="" if sent else answer.problem, said="" if sent else answer.said,
        secret="", ask_at=now + FIRST_ASKED if sent and delivery.channel == "sms" else None,
    )  # fmt: skip
    return int(sent)


def _put_off(delivery: Delivery, problem: str, until: datetime, tried: datetime | None) -> int:
    """It was not tried at all: ``tried`` is since when it was before."""
    _queued(delivery).update(problem=problem, said="", next_at=until, tried_since=tried)
    return 0


def _later(delivery: Delivery, answer: Answer, now: datetime) -> int:
    """After one minute, two, four … at last every hour; what else goes the same way does not wait for it in vain."""
    wait = min(timedelta(minutes=2 ** min(delivery.attempts, 10)), outbox.LONGEST_WAIT)
    told = {"problem": answer.problem, "said": answer.said}
    _queued(delivery).update(**told, attempts=F("attempts") + 1, next_at=now + wait)
    if answer.problem in OF_THE_WAY:
        others = Delivery.objects.filter(estate=delivery.estate_id, channel=delivery.channel, state="queued")
        others.filter(next_at__lte=now).update(**told, next_at=now + outbox.UNSET)
    return 0


def _quiet_until(staff: Staff, now: datetime) -> datetime | None:
    """When somebody's quiet hours end, where they run now."""
    reach = Reach.objects.filter(staff=staff).first()
    if reach is None or reach.quiet_from is None or reach.quiet_until is None:
        return None
    begin, end, here = reach.quiet_from, reach.quiet_until, timezone.localtime(now)
    told = here.time()
    inside = begin <= told < end if begin < end else told >= begin or told < end
    if not inside:
        return None
    day = here.date() + timedelta(days=begin >= end and told >= begin)
    return timezone.make_aware(datetime.combine(day, end))
