"""Papers are issued, printed, used, voided, and run out, each within its caller's transaction or one statement."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
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
from banli.journal.statement import Part
from banli.operation.happenings import action
from banli.papers import numbers, passes, render
from banli.papers.models import Paper, PaperFile, Printing
from banli.papers.snapshot import Frozen, freeze
from banli.papers.standing import HOLDING_AT, is_over, why_not
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
_FORM = """
    INSERT INTO papers_paperform (digest, kind, definition, template, library, kept_at)
    SELECT %(form_digest)s, %(form_kind)s, %(form_definition)s, %(form_template)s, %(form_library)s, %(form_kept_at)s
      FROM moved
    ON CONFLICT (digest) DO NOTHING
"""
_PAPER = """
    INSERT INTO papers_paper (
        id, estate_id, case_id, form_id, kind, number, period, ordinal, step, branch, copies, issued_at,
        issued_by_id, valid_from, valid_until, state, snapshot, private, vault_salt, token, void_reason
    ) SELECT
        %(paper_id)s, %(paper_estate_id)s, %(paper_case_id)s, %(paper_form_id)s, %(paper_kind)s, %(paper_number)s,
        %(paper_period)s, %(paper_ordinal)s, %(paper_step)s, %(paper_branch)s, %(paper_copies)s, %(paper_issued_at)s,
        %(paper_issued_by_id)s, %(paper_valid_from)s, %(paper_valid_until)s, 'valid', %(paper_snapshot)s,
        %(paper_private)s, %(paper_vault_salt)s, %(paper_token)s, ''
      FROM moved
"""
#: Procrastinate's own way in. PostgreSQL runs a part that only selects where another reads it: the paper does.
_JOB = """
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
               %(job_queue)s, %(job_task)s, %(job_priority)s, %(job_lock)s, %(job_queueing_lock)s, %(job_args)s, NULL
           )::procrastinate_job_to_defer_v1])
      FROM moved
"""
_AFTER_JOB = ", job"
#: For what is written by itself, in a transaction: it belongs to no row that has to move first.
_AT_ONCE = Part("moved", "SELECT true", {})


@dataclass(frozen=True)
class Draft:
    """A paper with all it says and with its number, not written yet: ``parts`` write it."""

    paper: Paper
    parts: list[Part]

    def write(self) -> Paper:
        """Write it in this transaction, by itself."""
        statement.write(_AT_ONCE, self.parts)
        self.paper._state.adding, self.paper._state.db = False, connection.alias
        return self.paper


def draft(
    *, case: Any, definition: PaperDefinition, step: str, branch: int | None, copies: Collection[str],
    snapshot: Mapping[str, Any], valid_until: datetime | None, by: Staff, at: datetime,
    private: Collection[str] = (),
) -> Draft:  # fmt: skip
    """Give a case's paper its number, within the caller's transaction. Its files are made by a job that is queued with
    it; those of a paper of an earlier day are made when it is first looked at.

    ``snapshot`` holds the values by name; ``private`` names those to store sealed besides drawings.
    Refuses with ``copies_unknown``.
    """
    unknown = [copy for copy in copies if definition.copy_of(copy) is None]
    if unknown or not copies:
        raise Refusal("copies_unknown", copies=unknown)
    period = definition.number.period_of(timezone.localdate(at))
    given = numbers.take(estate_id=case.estate_id, kind=definition.paper, period=period)
    paper = Paper(
        id=given.paper_id, estate_id=case.estate_id, case_id=case.pk, kind=definition.paper,
        number=definition.number.write(period, given.ordinal), period=period, ordinal=given.ordinal,
        step=step, branch=branch, copies=list(copies), issued_at=at, issued_by=by, valid_until=valid_until,
        valid_from=_valid_from(definition, snapshot), vault_salt=vault.new_salt(),
    )  # fmt: skip
    if definition.qr in copies:
        paper.token = passes.new_token(estate_id=case.estate_id, paper_id=paper.pk, valid_until=valid_until)
    said = {**snapshot, **_said_of_itself(paper, case, by)}
    return Draft(paper, _parts(paper, definition, freeze(definition, said, private)))


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


def form_of(definition: PaperDefinition) -> str:
    """The form a paper is issued on: SHA-256 of its definition, its template and the templates' library."""
    return _form(definition)["form_digest"]


def _form(definition: PaperDefinition) -> dict[str, str]:
    """What is kept of it, by its digest."""
    told = definition.model_dump(mode="json", exclude={"template"})
    parts = (json.dumps(told, sort_keys=True, ensure_ascii=False), definition.template, render.library())
    digest = sha256("\0".join(parts).encode()).hexdigest()
    names = ("form_definition", "form_template", "form_library")
    return {"form_digest": digest, "form_kind": definition.paper, **dict(zip(names, parts, strict=True))}


def _parts(paper: Paper, definition: PaperDefinition, said: Frozen) -> list[Part]:
    """What writes the paper: the form it is issued on, where it is not kept yet, the job for its files, itself."""
    salt = bytes(paper.vault_salt)
    private = json.dumps(said.private, ensure_ascii=False) if said.private else ""
    context = Paper._meta.get_field("private").context
    form = _form(definition)
    paper.form_id = form["form_digest"]
    sealed = vault.seal(private, context, salt=salt) if private else ""
    paper.snapshot = said.open
    setattr(paper, "private", vault.Sealed(sealed) if sealed else "")  # noqa: B010 - a sealed text, not yet opened
    row = {
        **{f"paper_{name}": getattr(paper, name) for name in (
            "estate_id", "case_id", "form_id", "kind", "number", "period", "ordinal", "step", "branch",
            "issued_at", "issued_by_id", "valid_from", "valid_until", "token",
        )},
        "paper_id": paper.pk, "paper_copies": json.dumps(paper.copies), "paper_private": sealed,
        "paper_snapshot": json.dumps(said.open, ensure_ascii=False), "paper_vault_salt": salt,
    }  # fmt: skip
    job = [_job(paper)] if paper.issued_at > timezone.now() - PRINTED_SOON else []
    kept = Part("form", _FORM, {**form, "form_kept_at": paper.issued_at})
    return [kept, *job, Part("paper", _PAPER + _AFTER_JOB * len(job), row)]


def _job(paper: Paper) -> Part:
    asked = app.configure_task("banli.papers.make_files").job
    return Part("job", _JOB, {
        "job_queue": asked.queue, "job_task": asked.task_name, "job_priority": asked.priority, "job_lock": asked.lock,
        "job_queueing_lock": asked.queueing_lock, "job_args": json.dumps({"paper_id": paper.pk}),
    })  # fmt: skip


_NEWEST = """
    papers_paper.id = (SELECT id FROM papers_paper WHERE case_id = %(spent_case)s AND kind = %(spent_kind)s
                          AND branch IS NOT DISTINCT FROM %(spent_branch)s ORDER BY id DESC LIMIT 1)
"""
_HOLDS = f"SELECT FROM papers_paper WHERE {_NEWEST} AND {HOLDING_AT}"
_SPENT = f"""
    UPDATE papers_paper SET state = 'used', used_at = %(holding_at)s, used_by_id = %(spent_by)s
      FROM moved WHERE {_NEWEST} AND {HOLDING_AT}
"""
_SPENT_AT_ONCE = f"WITH moved AS (SELECT true) {_SPENT} RETURNING papers_paper.id"


def spending(*, case_id: int, kind: str, branch: int | None, by_id: int, at: datetime) -> tuple[Part, Part]:
    """Use the case's newest paper of this kind by the case's own statement: that it holds, and what marks it used.

    A case's paper changes only when the case itself moves on; so it still holds where the case has not.
    """
    asked = _spent(case_id, kind, branch, by_id, at)
    return Part("holds", _HOLDS, asked), Part("spent", _SPENT, asked)


def spend(*, case_id: int, kind: str, branch: int | None, by_id: int, at: datetime) -> int:
    """Use the case's newest paper of this kind (``PaperSpent``), once; its id.

    Of two at the same time one wins; the other is told who used it, and when.
    """
    used = statement.row(_SPENT_AT_ONCE, _spent(case_id, kind, branch, by_id, at))
    if not used:
        mine = Paper.objects.select_related("used_by").filter(case_id=case_id, kind=kind, branch=branch)
        raise why_not(mine.order_by("-id").first(), at)
    return int(used[0])


def _spent(case_id: int, kind: str, branch: int | None, by_id: int, at: datetime) -> dict[str, Any]:
    return {
        "spent_case": case_id, "spent_kind": kind, "spent_branch": branch, "spent_by": by_id, "holding_at": at,
    }  # fmt: skip


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


def erase_of_case(*, case_id: int, leaving: Collection[int]) -> None:
    """Let go of the private part and of the files of a case's papers, but of those named; their numbers and what else
    they say stay. The case's journal says so, by whoever calls."""
    papers = Paper.objects.filter(case=case_id).exclude(pk__in=leaving)
    PaperFile.objects.filter(paper__in=papers).delete()
    papers.update(vault_salt=b"")


@action("print")
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
