"""Links for owners: no account, one step, one use, a short time.

Whoever has the link may look; whoever signs proves who they are.
The token is a random word of 128 bits, short enough for a text message. It is shown once, to whoever asked for it; the
database keeps its SHA-256, and while it waits to be sent by SMS the word itself, sealed.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.engine import clocks, consent, decide
from banli.engine import events as ev
from banli.engine.refusals import Refusal, declare
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.engine.turn import Turn
from banli.estate.identity_questions import clear
from banli.estate.models import Person
from banli.journal.chain import canonical, not_before
from banli.messages import deliveries
from banli.operation.happenings import action
from banli.people.access import Desk

from . import facts, rules, store
from .actions import act_through_link, actor_of
from .attachments import Upload
from .committing import commit, until_not_overtaken
from .holidays import rest_days
from .keys import request_of
from .models import Case, ConsentLink

declare(
    {
        "link_signed": Text(zh="这份同意已于 {at} 签名，不用再办。", en="This was signed at {at}; nothing more to do."),
        "link_refused": Text(zh="已于 {at} 答复不同意。", en="This was refused at {at}."),
        "link_withdrawn": Text(
            zh="服务台已收回这个链接。要继续办理，请与服务台联系。",
            en="The desk has taken this link back. Ask the desk if you still want to agree.",
        ),
        "link_expired": Text(
            zh="这个链接已于 {at} 过期。请让服务台重新发一个。",
            en="This link expired at {at}. Ask the desk for a new one.",
        ),
        "link_too_late": Text(
            zh="所申请的日子 {at} 已经过去，不用再请业主确认；要继续办理，请先改日期。",
            en="What is asked for ended at {at}: the owner need not be asked. Change the day first.",
        ),
        "link_changed": Text(
            zh="申请内容在发链接以后改过。请让服务台重新发一个。",
            en="The application was changed after this link was sent. Ask the desk for a new one.",
        ),
        "link_over": Text(
            zh="这件事已经不等业主答复了。有疑问请与服务台联系。",
            en="This no longer waits for the owner. Ask the desk if in doubt.",
        ),
        "link_locked": Text(
            zh="核对错了 {most} 次，链接已停用。请与服务台联系。",
            en="Answered wrongly {most} times, so the link no longer works. Ask the desk.",
        ),
        "link_unknown": Text(
            zh="没有这个链接。请核对是不是完整，或让服务台重新发一个。",
            en="There is no such link. See whether it is complete, or ask the desk for a new one.",
        ),
        "link_shown_once": Text(
            zh="链接只显示一次。请重新发一个，原来的随即失效。",
            en="A link is shown once. Send a new one; the old one stops working.",
        ),
        "link_unsigned": Text(zh="请先在框里手写签名。", en="Sign in the box first."),
        "link_proof_wrong": Text(zh="与登记不符，还可以试 {left} 次。", en="Not what is on file. Tries left: {left}."),
        "owner_unproved": Text(
            zh="{name} 没有登记证件号码，也没有登记电话，无法核对是不是本人。请用别的方式。",
            en="Neither an identity number nor a telephone of {name} is on file to prove who signs. Take another way.",
        ),
    }
)  # fmt: skip

#: So many wrong answers, and the link is dead: four digits cannot be guessed in five tries.
MOST_WRONG = 5
#: What proves who signs, the stronger first: the last four characters of what is on file.
PROOFS: dict[str, Text] = {
    "id_number": Text(zh="您证件号码的后四位", en="The last four characters of your identity number"),
    "phone": Text(zh="您登记电话的后四位", en="The last four digits of your telephone on file"),
}


@dataclass(frozen=True)
class Offered:
    """A new link and its token, which is nowhere else."""

    link: ConsentLink
    token: str


@action("offer_link")
@transaction.atomic
def offer(
    *, by: Desk, case: Case, step: str, branch: int | None, owner: int | None, key: str, by_sms: bool = False,
    now: datetime | None = None,
) -> Offered:  # fmt: skip
    """Make a link for an owner's open step, and send it to their telephone. An earlier one that waits is taken back."""
    at = now or timezone.now()
    if not key or store.read(case.pk, key)[2] is not None:
        raise Refusal("link_shown_once")
    book, state = rules.rulebook(case.version_id), store.state_of(case)
    _must_wait(by, case, book, state, step, branch)
    person = _owner(case, owner, at)
    ConsentLink.objects.filter(case=case, step=step, branch=branch, state="waiting").update(
        state="withdrawn", ended_at=at
    )
    token = secrets.token_hex(16)
    expires_at = _good_until(case, book, state, step, branch, at)
    try:
        link = ConsentLink.objects.create(
            estate=case.estate, case=case, step=step, branch=branch, owner=person, digest=digest_of(token),
            shown=fingerprint(case), created_at=at, created_by=by.staff,
            expires_at=expires_at,
        )  # fmt: skip
    except IntegrityError:
        raise Refusal("link_shown_once") from None  # somebody else made one at this moment
    if by_sms:
        deliveries.send_link(
            estate=case.estate, case_id=case.pk, unit_id=case.unit_id, link_id=link.pk, person=person, token=token,
            now=at,
        )  # fmt: skip
    sent = ev.LinkSent(
        **_about(link),
        digest=link.digest,
        expires_at=link.expires_at.isoformat(),
        through="sms" if by_sms else "",
    )
    _journal(link, [sent], by=by, key=key, at=at)
    return Offered(link, token)


@action("withdraw_link")
@transaction.atomic
def withdraw(*, by: Desk, link: ConsentLink, now: datetime | None = None) -> None:
    """Take a link back. One that has ended stays as it is; its page says so."""
    at = now or timezone.now()
    if ConsentLink.objects.filter(pk=link.pk, state="waiting").update(state="withdrawn", ended_at=at):
        _journal(link, [ev.LinkTakenBack(**_about(link))], by=by, at=at)


@action("answer_link")
def answer(
    *, token: str, outcome: str, proof: str, note: str = "", drawn: Upload | None = None, now: datetime | None = None
) -> None:  # fmt: skip
    """The owner's answer: ``signed`` with what they drew, or ``refused`` with a reason. Raises Refusal.

    The link is used up, the step ended and the case led on in one transaction. A wrong ``proof`` is counted.
    """
    at = now or timezone.now()
    with transaction.atomic():
        link = of_token(token, lock=True)
        if link is None:
            raise Refusal("not_found")
        why = why_not(link, at) or _disproved(link, proof, at)
        if why is None:
            _act(link, outcome, note, drawn, at)
    if why is not None:
        raise why


def _act(link: ConsentLink, outcome: str, note: str, drawn: Upload | None, at: datetime) -> None:
    def unchanged(case: Case) -> None:
        if fingerprint(case) != link.shown:
            raise Refusal("link_changed")

    signed = outcome == "signed"
    act_through_link(
        estate_id=link.estate_id, case_id=link.case_id, person_id=link.owner_id, step=link.step, branch=link.branch,
        outcome=outcome, key=f"consent-link-{link.pk}", must_be=unchanged, note=note,
        signature=drawn.sha256 if signed and drawn else "", uploads=[drawn] if signed and drawn else [], now=at,
    )  # fmt: skip
    link.state, link.ended_at = ("signed" if signed else "refused"), at
    link.save(update_fields=["state", "ended_at"])


def of_token(token: str, *, lock: bool = False) -> ConsentLink | None:
    """The link a token opens; None for a word that opens nothing."""
    links = ConsentLink.objects.select_related(
        "case__estate", "case__unit__building", "case__applicant", "owner"
    )
    if lock:
        links = links.select_for_update(of=("self",))
    return links.filter(digest=digest_of(token)).first()


def why_not(link: ConsentLink, now: datetime) -> Refusal | None:
    """Why a link cannot be answered (any more): what the owner is told to do. None while it can."""
    if link.state != "waiting":
        assert link.ended_at is not None
        code = f"link_{link.state}"
        return Refusal(code, at=_told(link.ended_at), most=MOST_WRONG)
    if now >= link.expires_at:
        return Refusal("link_expired", at=_told(link.expires_at))
    case = link.case
    book, state = rules.rulebook(case.version_id), store.state_of(case)
    if case.status != "open" or state.token(link.step, link.branch) is None:
        return Refusal("link_over")
    if "link" not in consent.ways(book, book.flow.steps[link.step], facts.settings_of(book, case.estate)):
        return Refusal("link_withdrawn")
    if link.owner_id not in facts.owners_of(case.unit, now):
        return Refusal("link_over")
    return Refusal("link_changed") if fingerprint(case) != link.shown else None


def proof_of(person: Person) -> str:
    """What proves that it is this person: ``id_number``, ``phone``, or nothing."""
    return next((name for name in PROOFS if clear(person, name)), "")


def _disproved(link: ConsentLink, proof: str, at: datetime) -> Refusal | None:
    """Why whoever answers is not who the link is for; the wrong answer is counted, the last one kills the link."""
    name = proof_of(link.owner)
    if not name:
        return Refusal("owner_unproved", name=link.owner.name)
    right = clear(link.owner, name)[-4:].upper().encode()
    if hmac.compare_digest(proof.strip().upper().encode(), right):
        return None
    link.wrong += 1
    if link.wrong < MOST_WRONG:
        link.save(update_fields=["wrong"])
        wrong = Refusal("link_proof_wrong", left=MOST_WRONG - link.wrong)
        return Refusal("form_invalid", fields={"proof": wrong}, count=1)
    _lock(link, at)
    return Refusal("link_locked", at=_told(at), most=MOST_WRONG)


def _lock(link: ConsentLink, at: datetime) -> None:
    """The link stops working, and whoever may send another hears of it."""
    link.state, link.ended_at = "locked", at
    link.save(update_fields=["wrong", "state", "ended_at"])
    step = rules.rulebook(link.case.version_id).flow.steps[link.step]
    told = ev.Told(posts=step.posts(), code="link_locked", about=link.step)
    _journal(link, [ev.LinkLocked(**_about(link)), told], at=at)


def _about(link: ConsentLink) -> dict[str, Any]:
    return {"step": link.step, "branch": link.branch, "link": link.pk, "owner": link.owner_id}


def _journal(
    link: ConsentLink, events: list[ev.Event], *, at: datetime, by: Desk | None = None, key: str | None = None
) -> None:  # fmt: skip
    """Write in the case's journal what became of a link, in this transaction."""

    def once() -> None:
        case, earliest, known = store.read(link.case_id, key)
        if known is not None:
            raise Refusal("link_shown_once")
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        posts = (*book.flow.steps[link.step].posts(), *by.posts) if by is not None else ()
        doer = store.Doer(by.staff, by.acting_as(*posts)) if by is not None else store.Doer()
        commit(
            case, book, state, events, kind="link", by=doer, key=key, request=request_of("link_sent", link.case_id),
            at=not_before(at, earliest),
        )  # fmt: skip

    until_not_overtaken(once)


def _must_wait(
    by: Desk, case: Case, book: Rulebook, state: State, name: str, branch: int | None
) -> None:  # fmt: skip
    """The step is an owner's, waits, may be done by this desk, and a link is one of its ways."""
    step, token = book.flow.steps.get(name), state.token(name, branch)
    if step is None:
        raise Refusal("unknown_step", step=name)
    if case.status != "open" or token is None:
        raise Refusal("task_not_open", step=book.step_title(name))
    decide.may_do(book, state, token, actor_of(by))
    ways = consent.ways(book, step, facts.settings_of(book, case.estate))
    if "link" not in ways:
        told = [consent.WAYS[way] for way in ways]
        raise Refusal("consent_way", way=consent.WAYS["link"], ways=told)


def _good_until(
    case: Case, book: Rulebook, state: State, name: str, branch: int | None, at: datetime
) -> datetime:  # fmt: skip
    """The estate's time for links, but no later than the end of what is asked for: a visit's day, the day of a slip."""
    known = facts.gather(book, case.estate, now=at)
    length = clocks.parse_duration(consent.link_time(book, known.settings))
    usual = clocks.due(at, length, facts.ZONE, rest_days(case.estate))
    end = Turn(book, state, known, at).over_at(name, branch)
    if end is not None and end <= at:
        raise Refusal("link_too_late", at=_told(end))
    return usual if end is None else min(usual, end)


def _owner(case: Case, owner: int | None, at: datetime) -> Person:
    owners = facts.owners_of(case.unit, at)
    if owner is None and len(owners) == 1:
        owner = next(iter(owners))
    if owner not in owners:
        raise Refusal("consent_owner")
    person = Person.objects.get(pk=owner)
    if not proof_of(person):
        raise Refusal("owner_unproved", name=person.name)
    return person


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def fingerprint(case: Case) -> str:
    """What a case says, by hash: its answers as they are kept, its applicant, its version."""
    told: dict[str, Any] = {
        "form": case.form, "applicant": case.applicant_id, "role": case.applicant_role, "version": case.version_id,
    }  # fmt: skip
    return hashlib.sha256(canonical(told)).hexdigest()


def _told(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
