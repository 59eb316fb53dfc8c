"""What may be done about letters of authority: enter one (Civil Code 165), revoke it, rely on it in a case."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.pictures import Upload
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from .. import scans
from ..actions import OWNERS, digest_of_note
from ..models import Occupancy, Person, Unit
from ..scopes import scope_titles
from .models import Authority, AuthorityUse, LetterScan

if TYPE_CHECKING:
    from banli.cases.models import Case

declare(
    {
        "delegate_is_principal": Text(zh="不能委托给本人。", en="Nobody delegates to themselves."),
        "principal_not_owner": Text(
            zh="{name} 现在不是本房业主，不能委托。", en="{name} is not an owner of this home now and cannot delegate."
        ),
        "scope_required": Text(zh="请至少选择一个委托事项。", en="Choose at least one matter."),
        "unknown_scope": Text(zh="没有“{scope}”这个委托事项。", en="There is no matter “{scope}”."),
        "evidence_required": Text(
            zh="请写明凭据，例如委托书存放处、通话时间。",
            en="Say what proves it: where the paper is, when the call was.",
        ),
        "authority_spent": Text(
            zh="这份委托只能用一次，已于 {at} 用过。", en="This authority was for one use and was used at {at}."
        ),
        "authority_revoked": Text(
            zh="这份委托已于 {at} 撤销。", en="This authority was revoked at {at}."
        ),
    }
)  # fmt: skip


@action("grant_authority")
@transaction.atomic
def grant_authority(
    *,
    by: Desk,
    unit: Unit,
    principal: Person,
    delegate: Person,
    scopes: list[str],
    valid_from: date,
    valid_to: date,
    evidence_kind: str,
    evidence_note: str,
    once: bool = False,
    scan: Upload | None = None,
    acting: Acting | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Authority:
    """Enter a letter of authority (Civil Code 165): delegate, matters, period, and what proves it."""
    before = done_before(estate_id=by.estate.pk, key=key, kind="authority_granted")
    if before is not None:
        return Authority.objects.get(pk=before["authority"])
    at = at or timezone.now()
    authority = Authority(
        estate=by.estate,
        unit=unit,
        principal=principal,
        delegate=delegate,
        scopes=sorted(set(scopes)),
        valid_from=valid_from,
        valid_to=valid_to,
        once=once,
        evidence_kind=evidence_kind,
        evidence_note=evidence_note.strip(),
        created_at=at,
        created_by=by.staff,
    )
    _check(authority, timezone.localdate(at))
    authority.save(force_insert=True)
    body = _of_authority(authority)
    if scan is not None:
        body["scan"] = scans.keep(authority, scan).sha256
    record(
        estate_id=by.estate.pk, kind="authority_granted", body=body, by=by.staff, acting=acting, key=key, at=at
    )  # fmt: skip
    return authority


def _of_authority(authority: Authority) -> dict[str, Any]:
    return {
        "authority": authority.pk,
        "unit": authority.unit.key,
        "principal": authority.principal_id,
        "delegate": authority.delegate_id,
        "scopes": authority.scopes,
        "valid_from": authority.valid_from.isoformat(),
        "valid_to": authority.valid_to.isoformat(),
        "once": authority.once,
        "evidence": authority.evidence_kind,
        "note": digest_of_note(authority.evidence_note),
        "created_at": authority.created_at.isoformat(),
    }


@action("revoke_authority")
@transaction.atomic
def revoke_authority(
    *, by: Desk, authority: Authority, reason: str, acting: Acting | None = None, at: datetime | None = None
) -> Authority:
    """Revoke an authority from now on; what was done under it stands. Revoking twice is refused."""
    now = at or timezone.now()
    if not reason.strip():
        raise Refusal("reason_required")
    held = Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
    if held.erased_at is not None:
        raise Refusal("erased")
    if held.revoked_at is not None:
        raise Refusal("authority_revoked", at=_told(held.revoked_at))
    held.revoked_at, held.revoked_by, held.revoked_reason = now, by.staff, reason.strip()[:200]
    held.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    body = {"authority": held.pk, "reason": held.revoked_reason, "at": held.revoked_at.isoformat()}
    record(estate_id=by.estate.pk, kind="authority_revoked", body=body, by=by.staff, acting=acting, at=at)
    return held


@transaction.atomic
def use_authority(authority: Authority, case: "Case", at: datetime | None = None) -> None:
    """A case relies on an authority. Every use is kept; one for a single use is spent by the first case.

    Twice for the same case counts once. Raises Refusal authority_spent or authority_revoked. The case's own
    journal says that it relied on it.
    """
    now = at or timezone.now()
    told = {"at": now, "once": authority.once}
    try:
        with transaction.atomic():
            use, first = AuthorityUse.objects.get_or_create(authority=authority, case=case, defaults=told)
    except IntegrityError:  # for one use, and another case has it
        held = Authority.objects.get(pk=authority.pk)
        raise Refusal("authority_spent", at=_told(held.used_at or now)) from None
    if not first:
        return
    standing = Authority.objects.filter(pk=authority.pk, revoked_at__isnull=True)
    if authority.once:
        if standing.filter(used_at__isnull=True).update(used_at=now):
            return
        held = Authority.objects.get(pk=authority.pk)
        if held.revoked_at is None:
            raise Refusal("authority_spent", at=_told(held.used_at or use.at))
        raise Refusal("authority_revoked", at=_told(held.revoked_at))
    if not standing.update(used_at=now):
        raise Refusal("authority_revoked", at=_told(Authority.objects.get(pk=authority.pk).revoked_at or now))


def blot_out(authority: Authority, at: datetime) -> None:
    """Let go of who let whom act, of what proved it, and of the photograph; whoever calls holds the row's lock, has
    asked whether it may, and journals it. Which matters it covered, when, and which cases relied on it, stays."""
    authority.principal = authority.delegate = None
    authority.evidence_note = authority.revoked_reason = ""
    authority.erased_at = at
    authority.save(update_fields=["principal", "delegate", "evidence_note", "revoked_reason", "erased_at"])
    LetterScan.objects.filter(authority=authority).delete()


def _check(letter: Authority, today: date) -> None:
    """What is wrong with a letter that is about to be entered: form_invalid, which marks every bad field."""
    bad: dict[str, Refusal] = {}
    assert letter.principal is not None
    if letter.principal_id == letter.delegate_id:
        bad["delegate"] = Refusal("delegate_is_principal")
    if not letter.scopes:
        bad["scopes"] = Refusal("scope_required")
    if unknown := sorted(set(letter.scopes) - set(scope_titles())):
        bad["scopes"] = Refusal("unknown_scope", scope=unknown[0])
    if letter.valid_to < letter.valid_from:
        bad["valid_to"] = Refusal("period_backwards")
    elif letter.valid_to < today:
        bad["valid_to"] = Refusal("period_past")
    if not letter.evidence_note:
        bad["evidence_note"] = Refusal("evidence_required")
    owned = Occupancy.objects.on(max(letter.valid_from, today)).filter(unit=letter.unit, role__in=OWNERS)
    if not owned.filter(person=letter.principal).exists():
        bad["principal"] = Refusal("principal_not_owner", name=letter.principal.name)
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))


def _told(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
