"""What may be done about staff: appoint, end, stand in, sign in and out, machines' keys; all journalled."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.journal.models import Entry
from banli.operation.happenings import action

from .access import SESSION_ESTATE, estates_of, posts_of, staff_with_posts
from .models import Acting, ApiToken, Deputyship, Holding, Staff
from .titles import post_title, post_titles

if TYPE_CHECKING:
    from banli.estate.models import Estate

declare(
    {
        "unknown_post": Text(zh="没有“{post}”这个岗位。", en="There is no post “{post}”."),
        "username_taken": Text(
            zh="用户名“{username}”已有人使用。", en="The user name “{username}” is taken."
        ),
        "post_already_held": Text(
            zh="{who} 在这段时间已担任{post}。", en="{who} already holds the post {post} in that time."
        ),
        "holding_ended": Text(zh="这项任职已于 {until} 结束。", en="This post was already ended on {until}."),
        "period_backwards": Text(zh="结束不能早于开始。", en="The end cannot be before the start."),
        "period_past": Text(zh="这段时间已经过去。", en="That time is already over."),
        "deputy_is_self": Text(zh="不能由本人代理自己。", en="Nobody can stand in for themselves."),
        "principal_without_post": Text(
            zh="{who} 在这段时间不担任{post}。", en="{who} does not hold the post {post} at that time."
        ),
        "deputy_not_here": Text(
            zh="{who} 在本小区没有岗位，不能代理。",
            en="{who} has no post at this estate and cannot stand in.",
        ),
        "deputy_already_named": Text(
            zh="这段时间已指定了 {post} 的代理人，请先结束原来的代理。",
            en="Somebody already stands in as {post} in that time; end that first.",
        ),
        "deputyship_over": Text(zh="这项代理已经结束。", en="This deputyship is already over."),
        "token_days": Text(zh="有效天数须为 1 至 3650。", en="A key is valid for 1 to 3650 days."),
    }
)

TOKEN_PREFIX = "banli_"


def create_staff(
    *, username: str, name: str, password: str | None, language: str = "zh-hans", phone: str = ""
) -> Staff:
    """A new person who can sign in, yet without any post. Raises Refusal username_taken."""
    try:
        with transaction.atomic():
            return Staff.objects.create_user(username, password, name=name, language=language, phone=phone)
    except IntegrityError:
        raise Refusal("username_taken", username=username) from None


@action("set_password")
@transaction.atomic
def set_password(*, staff: Staff, password: str) -> None:
    """A new password for somebody who forgot theirs; every sign-in with the old one is over."""
    staff.set_password(password)
    staff.save(update_fields=["password"])
    for estate in estates_of(staff):
        record(
            estate_id=estate.pk, kind="password_reset", body={"staff": staff.pk, "name": staff.name}, by=None
        )


@transaction.atomic
def leave(*, staff: Staff) -> None:
    """Somebody left: they sign in no more, their keys open nothing, their posts end today."""
    now = timezone.now()
    today = timezone.localdate(now)
    told = {"staff": staff.pk, "name": staff.name, "until": today.isoformat(), "at": now.isoformat()}
    held, lent = staff.holdings.values_list("estate"), staff.deputyships_held.values_list("estate")
    for (estate_id,) in sorted({*held, *lent}):
        record(estate_id=estate_id, kind="left", body=told, by=None)
    Staff.objects.filter(pk=staff.pk).update(is_active=False)
    staff.tokens.filter(revoked_at=None).update(revoked_at=now)
    staff.holdings.on(today).exclude(until=today).update(until=today)
    staff.deputyships_held.at(now).update(ends_at=now)


@action("appoint")
@transaction.atomic
def appoint(
    *,
    estate: "Estate",
    staff: Staff,
    post: str,
    since: date,
    until: date | None = None,
    by: Staff | None = None,
    acting: Acting | None = None,
    at: datetime | None = None,
) -> Holding:
    """Give somebody a post at an estate; `until` is the last day. `by` is None for the command line alone."""
    if post not in post_titles():
        raise Refusal("unknown_post", post=post)
    if until is not None and until < since:
        raise Refusal("period_backwards")
    try:
        with transaction.atomic():
            holding = Holding.objects.create(staff=staff, estate=estate, post=post, since=since, until=until)
    except IntegrityError:
        raise Refusal("post_already_held", who=staff.name, post=post_title(post)) from None
    told = {
        "holding": holding.pk,
        "staff": staff.pk,
        "name": staff.name,
        "post": post,
        "since": since.isoformat(),
    }
    told["until"] = until.isoformat() if until else None
    record(estate_id=estate.pk, kind="appointed", body=told, by=by, acting=acting, at=at)
    if not (staff.holdings.exclude(pk=holding.pk).exists() or staff.deputyships_held.exists()):
        for token in staff.tokens.all():  # no estate's journal could say so when they were issued
            record(estate_id=estate.pk, kind="token_issued", body=_of_token(token), by=None)
    return holding


@action("end_holding")
@transaction.atomic
def end_holding(*, holding: Holding, until: date, by: Staff | None, acting: Acting | None = None) -> Holding:
    """End a post after the day `until`; a day before its start is refused, and so is ending it twice."""
    held = Holding.objects.select_for_update(of=("self",)).select_related("staff").get(pk=holding.pk)
    if held.until is not None and held.until <= until:
        raise Refusal("holding_ended", until=held.until.isoformat())
    if until < held.since:
        raise Refusal("period_backwards")
    held.until = until
    held.save(update_fields=["until"])
    told = {"holding": held.pk, "staff": held.staff_id, "name": held.staff.name, "post": held.post}
    told["until"] = until.isoformat()
    record(estate_id=held.estate_id, kind="holding_ended", body=told, by=by, acting=acting)
    return held


@action("name_deputy")
@transaction.atomic
def name_deputy(
    *,
    estate: "Estate",
    post: str,
    principal: Staff,
    deputy: Staff,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Staff,
    acting: Acting | None = None,
    key: str | None = None,
) -> Deputyship:
    """Let `deputy` act in the principal's post from `starts_at` up to `ends_at`. One deputy at a time."""
    before = done_before(estate_id=estate.pk, key=key, kind="deputy_named")
    if before is not None:
        return Deputyship.objects.get(pk=before["deputyship"])
    _check_deputy(estate, post, principal, deputy, starts_at, ends_at, reason)
    try:
        with transaction.atomic():
            deputyship = Deputyship.objects.create(
                estate=estate,
                post=post,
                principal=principal,
                deputy=deputy,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=reason.strip(),
            )
    except IntegrityError:
        raise Refusal("deputy_already_named", post=post_title(post)) from None
    record(
        estate_id=estate.pk,
        kind="deputy_named",
        body=_of_deputyship(deputyship),
        by=by,
        acting=acting,
        key=key,
    )
    return deputyship


def _of_deputyship(deputyship: Deputyship) -> dict[str, Any]:
    return {
        "deputyship": deputyship.pk,
        "post": deputyship.post,
        "principal": deputyship.principal_id,
        "principal_name": deputyship.principal.name,
        "deputy": deputyship.deputy_id,
        "deputy_name": deputyship.deputy.name,
        "starts_at": deputyship.starts_at.isoformat(),
        "ends_at": deputyship.ends_at.isoformat(),
        "reason": deputyship.reason,
        "created_at": deputyship.created_at.isoformat(),
    }


def _check_deputy(
    estate: "Estate",
    post: str,
    principal: Staff,
    deputy: Staff,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> None:
    if not reason.strip():
        raise Refusal("reason_required")
    if ends_at <= starts_at:
        raise Refusal("period_backwards")
    if ends_at <= timezone.now():
        raise Refusal("period_past")
    if principal.pk == deputy.pk:
        raise Refusal("deputy_is_self")
    own = posts_of(principal, estate.pk, starts_at).get(post)
    if own is None or own.deputy_for is not None:
        raise Refusal("principal_without_post", who=principal.name, post=post_title(post))
    own_posts = [each for each in posts_of(deputy, estate.pk, starts_at).values() if each.deputy_for is None]
    if not deputy.is_active or not own_posts:
        raise Refusal("deputy_not_here", who=deputy.name)


@action("end_deputyship")
@transaction.atomic
def end_deputyship(*, deputyship: Deputyship, by: Staff, acting: Acting | None = None) -> Deputyship:
    """End a deputyship now; one that has not begun never begins. Ended already: refused."""
    held = Deputyship.objects.select_for_update(of=("self",)).get(pk=deputyship.pk)
    now = timezone.now()
    if held.ends_at <= now:
        raise Refusal("deputyship_over")
    held.ends_at = max(now, held.starts_at)
    held.save(update_fields=["ends_at"])
    told = {
        "deputyship": held.pk,
        "post": held.post,
        "principal": held.principal_id,
        "deputy": held.deputy_id,
        "ends_at": held.ends_at.isoformat(),
    }
    record(estate_id=held.estate_id, kind="deputyship_ended", body=told, by=by, acting=acting)
    return held


def switch_estate(*, request: HttpRequest, estate_id: int) -> "Estate":
    """Work at another of one's own estates from now on; any other does not exist for them (404)."""
    for estate in estates_of(request.user):  # type: ignore[arg-type]
        if estate.pk == estate_id:
            request.session[SESSION_ESTATE] = estate_id
            request.__dict__.pop("desk", None)
            return estate
    raise Http404


def set_language(*, staff: Staff, language: str) -> None:
    """The language of a person's screens, kept with them from one computer to the next."""
    if language not in dict(settings.LANGUAGES):
        raise Refusal("not_an_option")
    Staff.objects.filter(pk=staff.pk).update(language=language)
    staff.language = language


def record_sign_in(*, staff: Staff, kind: str, estates: Iterable["Estate"]) -> None:
    """Journal what somebody did about their own sign-in, at every estate they work at."""
    for estate in estates:
        record(estate_id=estate.pk, kind=kind, body={"staff": staff.pk, "name": staff.name}, by=staff)


@action("issue_token")
@transaction.atomic
def issue_token(*, staff: Staff, label: str, days: int | None = None) -> tuple[ApiToken, str]:
    """A machine's key for a person: (row, the key). The key is shown this once; only its SHA-256 is kept."""
    if not label.strip():
        raise Refusal("required")
    if days is not None and not 1 <= days <= 3650:
        raise Refusal("token_days")
    raw = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken.objects.create(
        staff=staff,
        digest=_digest(raw),
        label=label.strip(),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    for estate in estates_of(staff):
        record(estate_id=estate.pk, kind="token_issued", body=_of_token(token), by=None)
    return token, raw


@transaction.atomic
def revoke_token(*, token_id: int) -> bool:
    """Revoke a machine's key; False when there is none, or it was revoked before."""
    revoked = ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=timezone.now())
    if not revoked:
        return False
    token = ApiToken.objects.select_related("staff").get(pk=token_id)
    for estate in estates_of(token.staff):
        record(estate_id=estate.pk, kind="token_revoked", body=_of_token(token), by=None)
    return True


def verify_token(raw: str) -> Staff | None:
    """Whose key this is, with their posts, in one statement; None when unknown, revoked, expired or left."""
    if not raw.startswith(TOKEN_PREFIX) or len(raw) > 100 or not raw.isascii():
        return None
    return staff_with_posts(
        "s.is_active AND s.id = (SELECT t.staff_id FROM people_apitoken t WHERE t.digest = %(digest)s"
        " AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s))",
        {"digest": _digest(raw)},
    )


def done_before(*, estate_id: int, key: str | None, kind: str) -> dict[str, Any] | None:
    """What an action sent with this idempotency key did before, or None.

    Holds the estate's stream until the transaction ends, so that the same action sent twice at once is done
    once. Raises Refusal key_reused when the key belongs to something else.
    """
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"estate/{estate_id}"])
    entry = Entry.objects.filter(estate_id=estate_id, key=key).only("kind", "body").first()
    if entry is not None and entry.kind != kind:
        raise Refusal("key_reused")
    return entry.body if entry is not None else None


def _of_token(token: ApiToken) -> dict[str, Any]:
    """What the journal says of a key; its digest is no secret, as the key cannot be found from it."""
    moments = {name: getattr(token, name) for name in ("created_at", "expires_at", "revoked_at")}
    return {
        "token": token.pk, "label": token.label, "staff": token.staff_id, "digest": token.digest,
        **{name: at.isoformat() for name, at in moments.items() if at is not None},
    }  # fmt: skip


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def record(
    *,
    estate_id: int,
    kind: str,
    body: dict[str, Any],
    by: Staff | None,
    acting: Acting | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write in the estate's own stream who did something, and in which post."""
    journal.append(
        estate_id=estate_id,
        stream=f"estate/{estate_id}",
        kind=kind,
        body=body,
        by=by,
        post=acting.post if acting else "",
        deputy_for=acting.deputy_for if acting else None,
        key=key,
        at=at,
    )
