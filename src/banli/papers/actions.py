"""Papers are issued, printed, used, voided, and run out, each within its caller's transaction."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.engine.paper import PaperDefinition
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate.own import in_force
from banli.journal import actions as journal
from banli.journal import statement, vault
from banli.operation.happenings import action
from banli.papers import numbers, passes, render
from banli.papers.models import Paper, PaperFile, Printing
from banli.papers.snapshot import Frozen, freeze
from banli.papers.standing import HOLDING_AT, holding_at, is_over, why_not
from banli.people.models import Acting, Staff

declare(
    {
        "copies_unknown": Text(
            zh="这张单据没有这些联：{copies}。", en="This paper has no such copies: {copies}."
        ),
        "paper_not_yet": Text(zh="此单从 {at} 起才有效。", en="This slip is good only from {at}."),
    }
)

#: A paper as old as this was printed, or is not waited for.
PRINTED_SOON = timedelta(days=1)
_INSERT = """
    WITH form AS (
        INSERT INTO papers_paperform (digest, kind, definition, template, library, kept_at)
        VALUES (%(digest)s, %(kind)s, %(definition)s, %(template)s, %(library)s, %(issued_at)s)
        ON CONFLICT (digest) DO NOTHING
    )
    INSERT INTO papers_paper (
        id, estate_id, case_id, form_id, kind, number, period, ordinal, step, branch, copies, issued_at,
        issued_by_id, valid_from, valid_until, state, snapshot, private, vault_salt, token, void_reason
    ) VALUES (
        %(id)s, %(estate_id)s, %(case_id)s, %(digest)s, %(kind)s, %(number)s, %(period)s, %(ordinal)s,
        %(step)s, %(branch)s, %(copies)s, %(issued_at)s, %(issued_by_id)s, %(valid_from)s, %(valid_until)s, 'valid',
        %(snapshot)s, %(private)s, %(vault_salt)s, %(token)s, ''
    ) RETURNING id
"""


def issue(
    *, case: Any, definition: PaperDefinition, step: str, branch: int | None, copies: Collection[str],
    snapshot: Mapping[str, Any], valid_until: datetime | None, by: Staff, at: datetime,
    private: Collection[str] = (),
) -> Paper:  # fmt: skip
    """Give a case's paper its number. The files are made by a job queued in the same transaction; those of a paper of
    an earlier day are made when it is first looked at.

    ``snapshot`` holds the values by name; ``private`` names those to store sealed besides drawings.
    Refuses with ``copies_unknown``.
    """
    unknown = [copy for copy in copies if definition.copy_of(copy) is None]
    if unknown or not copies:
        raise Refusal("copies_unknown", copies=unknown)
    period = definition.number.period_of(timezone.localdate(at))
    taken = numbers.take(estate_id=case.estate_id, kind=definition.paper, period=period)
    paper = Paper(
        id=taken.paper_id, estate_id=case.estate_id, case_id=case.pk, kind=definition.paper,
        number=definition.number.write(period, taken.ordinal), period=period, ordinal=taken.ordinal,
        step=step, branch=branch, copies=list(copies), issued_at=at, issued_by=by, valid_until=valid_until,
        valid_from=_valid_from(definition, snapshot), vault_salt=vault.new_salt(),
    )  # fmt: skip
    if definition.qr in copies:
        paper.token = passes.new_token(estate_id=case.estate_id, paper_id=paper.pk, valid_until=valid_until)
    said = {**snapshot, **_said_of_itself(paper, case, by)}
    _insert(paper, definition, freeze(definition, said, private))
    if at > timezone.now() - PRINTED_SOON:
        app.configure_task("banli.papers.make_files").defer(paper_id=paper.pk)
    return paper


def _valid_from(definition: PaperDefinition, snapshot: Mapping[str, Any]) -> datetime | None:
    """The beginning of the day the paper is for, on the office's clock."""
    day = snapshot.get(definition.valid_on) if definition.valid_on else None
    return timezone.make_aware(datetime.combine(date.fromisoformat(str(day)), time.min)) if day else None


def _said_of_itself(paper: Paper, case: Any, by: Staff) -> dict[str, Any]:
    estate = case.estate
    return {
        "paper.number": paper.number,
        "paper.issued_at": paper.issued_at,
        "paper.issued_by": by.name,
        "paper.valid_from": paper.valid_from,
        "paper.valid_until": paper.valid_until,
        "estate.name": estate.name,
        "estate.address": estate.address,
        "estate.phone": in_force(estate, timezone.localdate(paper.issued_at)).get("phone", ""),
    }


def _kept(definition: PaperDefinition) -> str:
    return json.dumps(
        definition.model_dump(mode="json", exclude={"template"}), sort_keys=True, ensure_ascii=False
    )


def form_of(definition: PaperDefinition) -> str:
    """The form a paper is issued on: SHA-256 of its definition, its template and the templates' library."""
    parts = (_kept(definition), definition.template, render.library())
    return sha256("\0".join(parts).encode()).hexdigest()


def _insert(paper: Paper, definition: PaperDefinition, said: Frozen) -> None:
    """One statement: the form it is issued on, where it is not kept yet, and the paper."""
    library = render.library()
    told = _kept(definition)
    salt = bytes(paper.vault_salt)
    private = json.dumps(said.private, ensure_ascii=False) if said.private else ""
    context = Paper._meta.get_field("private").context
    paper.form_id = form_of(definition)
    sealed = vault.seal(private, context, salt=salt) if private else ""
    paper.snapshot = said.open
    setattr(paper, "private", vault.Sealed(sealed) if sealed else "")  # noqa: B010 - a sealed text, not yet opened
    row = {
        **{name: getattr(paper, name) for name in (
            "id", "estate_id", "case_id", "kind", "number", "period", "ordinal", "step", "branch",
            "issued_at", "issued_by_id", "valid_from", "valid_until", "token",
        )},
        "digest": paper.form_id, "definition": told, "template": definition.template, "library": library,
        "copies": json.dumps(paper.copies), "snapshot": json.dumps(said.open, ensure_ascii=False),
        "private": sealed, "vault_salt": salt,
    }  # fmt: skip
    statement.row(_INSERT, row)
    paper._state.adding, paper._state.db = False, connection.alias


def spend(*, paper_id: int, by: Staff, at: datetime) -> None:
    """Use a paper, once. Of two at the same time one wins; the other is told who used it, and when."""
    used = Paper.objects.filter(holding_at(at), pk=paper_id)
    if not used.update(state=Paper.State.USED, used_at=at, used_by=by):
        raise why_not(Paper.objects.select_related("used_by").filter(pk=paper_id).first(), at)


_SPENT = f"""
    UPDATE papers_paper SET state = 'used', used_at = %(at)s, used_by_id = %(by)s
     WHERE id = (SELECT id FROM papers_paper WHERE case_id = %(case)s AND kind = %(kind)s
                    AND branch IS NOT DISTINCT FROM %(branch)s ORDER BY id DESC LIMIT 1)
       AND {HOLDING_AT}
    RETURNING id
"""


def spend_of_case(*, case_id: int, kind: str, branch: int | None, by_id: int, at: datetime) -> int:
    """Use the case's newest paper of this kind (``PaperSpent``), once, as `spend` does; its id."""
    asked = {"case": case_id, "kind": kind, "branch": branch, "at": at, "by": by_id}
    used = statement.row(_SPENT, asked)
    if not used:
        mine = Paper.objects.select_related("used_by").filter(case_id=case_id, kind=kind, branch=branch)
        raise why_not(mine.order_by("-id").first(), at)
    return int(used[0])


def void(*, paper_id: int, by: Staff | None, at: datetime, reason: str) -> None:
    """Make a valid paper void. ``by`` is None where the system does it."""
    voided = Paper.objects.filter(pk=paper_id, state=Paper.State.VALID)
    if not voided.update(state=Paper.State.VOID, voided_at=at, voided_by=by, void_reason=reason):
        raise why_not(Paper.objects.select_related("used_by").filter(pk=paper_id).first(), at)


def close_of_case(
    *, case_id: int, steps: Iterable[str], branch: int | None, expired: bool, by: Staff | None, at: datetime,
    reason: str,
) -> int:  # fmt: skip
    """No paper issued at these steps holds any longer (``PapersVoided``); how many there were.

    ``branch`` None means every branch. Papers that ran out are expired, all others void, for ``reason``.
    """
    mine = Paper.objects.filter(case_id=case_id, step__in=list(steps), state=Paper.State.VALID)
    if branch is not None:
        mine = mine.filter(branch=branch)
    if expired:
        return mine.update(state=Paper.State.EXPIRED)
    return mine.update(state=Paper.State.VOID, voided_at=at, voided_by=by, void_reason=reason)


def expire(*, paper_id: int, at: datetime) -> bool:
    """Mark a paper whose time is over; whether it was this call that did it."""
    over = Paper.objects.filter(pk=paper_id, state=Paper.State.VALID, valid_until__lt=at)
    return bool(over.update(state=Paper.State.EXPIRED))


@action("print")
def erase_of_case(*, case_id: int, leaving: Collection[int]) -> None:
    """Let go of the private part and of the files of a case's papers, but of those named; their numbers and what else
    they say stay. The case's journal says so, by whoever calls."""
    papers = Paper.objects.filter(case=case_id).exclude(pk__in=leaving)
    PaperFile.objects.filter(paper__in=papers).delete()
    papers.update(vault_salt=b"")


def record_printing(
    *, paper: Paper, copy: str, key: str, by: Staff, acting: Acting, at: datetime | None = None
) -> Printing:
    """Somebody prints a copy: the journal says who, the sheet says how often. The same key twice is once.

    Only a paper that holds is printed: refuses with ``paper_used``, ``paper_void``, ``paper_expired``,
    ``unknown_copy``, ``erased``.
    """
    at = at or timezone.now()
    if not (8 <= len(key) <= 64 and key.isascii() and key.isprintable()):
        raise Refusal("key_missing")
    with transaction.atomic():
        paper = Paper.objects.select_for_update(of=("self",)).select_related("used_by").get(pk=paper.pk)
        known = Printing.objects.filter(paper=paper, key=key).first()
        if known is not None:
            return known
        if copy not in paper.copies:
            raise Refusal("unknown_copy", copy=copy)
        if not paper.vault_salt:
            raise Refusal("erased")
        if paper.state != Paper.State.VALID or is_over(paper, at):
            raise why_not(paper, at)
        number = Printing.objects.filter(paper=paper, copy=copy).count() + 1
        printing = Printing.objects.create(paper=paper, copy=copy, number=number, at=at, by=by, key=key)
        journal.append(
            estate_id=paper.estate_id, stream=f"paper/{paper.pk}", kind="print", by=by, post=acting.post,
            deputy_for=acting.deputy_for, at=at,
            body={
                "case": paper.case_id, "number": paper.number, "copy": copy, "print": number, "key": key,
                "at": at.isoformat(),
            },
        )  # fmt: skip
    return printing
