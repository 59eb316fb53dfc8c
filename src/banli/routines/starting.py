"""A line of a checklist that was not in order begins a case: one press, with what was found and its photograph."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from banli.cases import rules
from banli.cases.actions import open_waiting
from banli.cases.attachments import Upload
from banli.cases.models import Case
from banli.engine.fields import Field
from banli.engine.findings import Found, handed
from banli.engine.refusals import Refusal, declare
from banli.engine.routine import Routine
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk

from . import packs
from .actions import picture, stream_of
from .models import Round, RoundCase

declare(
    {
        "round_line_in_order": Text(
            zh="这一项没有查出不正常，或者这类日常工作不另起办件。",
            en="This line was not found wrong, or this routine begins no case.",
        )
    }
)


@action("start_from_round")
def start(*, by: Desk, acting: Acting, round_id: int, check: str, now: datetime | None = None) -> int:
    """Begin the case that the routine names from one line that was not in order; its number. Pressed twice, it is begun
    once. Its first step waits for whoever opens that procedure. Refuses with ``round_line_in_order``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        row = Round.objects.select_related("done_by").get(estate=by.estate, pk=round_id)
        begun = RoundCase.objects.filter(round=row, line=check).first()
        if begun is not None:
            return begun.case_id
        routine = packs.of_version(row.version_id).routine
        if routine.starts is None or not row.findings.get(check, {}).get("wrong"):
            raise Refusal("round_line_in_order")
        asked = _asked(routine.starts)
        photo = row.photos.order_by("pk").first()
        who = row.done_by.name if row.done_by else ""
        found = Found(check, row.findings[check]["said"], row.note, who, photo.sha256 if photo else None)
        values = handed(routine, found, asked)
        carried = [Upload(picture(photo), "image/jpeg")] if photo and photo.sha256 in values.values() else []
        case = open_waiting(
            by=by, acting=acting, procedure=routine.starts, values=values, pictures=carried, at=now
        )
        kept = RoundCase.objects.create(round=row, line=check, case_id=case)
        journal.append(
            estate_id=by.estate.pk, stream=stream_of(by.estate.pk), kind="round_case", by=by.staff, post=acting.post,
            deputy_for=acting.deputy_for, at=now, body={"row": kept.pk, "round": row.pk, "line": check, "case": case},
        )  # fmt: skip
        return case


def _asked(procedure: str) -> dict[str, Field]:
    """What the first step of a procedure asks, as it is in force now."""
    book = rules.current(procedure)
    first = book.flow.steps[book.flow.root.items[0]]
    return {name: book.procedure.form[name] for name in first.asks}


def begun(row: Round) -> dict[str, Case]:
    """Line → the case that was begun from it. One query."""
    found = RoundCase.objects.filter(round=row).select_related("case")
    return {one.line: one.case for one in found}


def offered(routine: Routine, row: Round, known: Iterable[str]) -> set[str]:
    """The lines from which a case may still be begun; none where the procedure is in force no more."""
    if routine.starts is None or routine.starts not in rules.every_current():
        return set()
    return {line for line, one in row.findings.items() if one.get("wrong")} - set(known)


def began(case: Case) -> RoundCase | None:
    """The finding a case was begun from. Asked only of a case that no home and no other case is behind."""
    if case.unit_id is not None or case.parent_id is not None:
        return None
    found = RoundCase.objects.select_related("round__version")
    return found.filter(case=case).first()
