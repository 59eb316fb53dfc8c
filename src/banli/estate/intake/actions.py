"""What may be done with a workbook: send it in, take it in, undo it, drop it. The work itself is the worker's."""

import base64
import hashlib
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import vault
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from .models import Intake
from .work import file_context
from .workbook import Workbook

#: A workbook that nobody confirmed holds people's data for nothing.
DROPPED_AFTER = timedelta(days=7)

declare(
    {
        "intake_busy": Text(
            zh="还有一个导入正在进行，请等它结束。", en="Another workbook is being worked on; wait until it is done."
        ),
        "intake_not_ready": Text(
            zh="这个文件现在是“{state}”，不能这样做。", en="This workbook is “{state}” now; that cannot be done."
        ),
        "file_missing": Text(zh="请选一个文件。", en="Choose a file."),
    }
)  # fmt: skip


@action("send_workbook")
@transaction.atomic
def send_in(
    *, by: Desk, name: str, content: bytes, acting: Acting | None = None, key: str | None = None
) -> Intake:
    """Keep a workbook, sealed, and have it tried. Refuses what is no workbook, or is not what it pretends to be."""
    before = done_before(estate_id=by.estate.pk, key=key, kind="workbook_sent")
    if before is not None:
        return Intake.objects.get(pk=before["intake"])
    Workbook(content)
    _only_one(by)
    intake = Intake(
        estate=by.estate, name=_plain(name), sha256=hashlib.sha256(content).hexdigest(), created_by=by.staff,
        post=acting.post if acting else "", deputy_for=acting.deputy_for if acting else None,
    )  # fmt: skip
    intake.sealed = vault.seal(
        base64.b64encode(content).decode(), file_context(intake), salt=bytes(intake.vault_salt)
    )
    intake.save()
    body = {"intake": intake.pk, "sha256": intake.sha256}
    record(estate_id=by.estate.pk, kind="workbook_sent", body=body, by=by.staff, acting=acting, key=key)
    _queue(intake)
    return intake


@action("take_in")
def confirm(*, by: Desk, intake: Intake, acting: Acting | None = None) -> Intake:
    """Take in a workbook in which nothing was wrong."""
    return _turn(
        by, intake, {Intake.State.CHECKED: Intake.State.IMPORTING}, "workbook_confirmed", acting, done=0
    )


@action("undo_taking_in")
def undo(*, by: Desk, intake: Intake, acting: Acting | None = None) -> Intake:
    """Take back what a workbook brought, as long as nobody changed or used it since."""
    wanted = {Intake.State.DONE: Intake.State.UNDOING, Intake.State.STOPPED: Intake.State.UNDOING}
    return _turn(by, intake, wanted, "workbook_undoing", acting)


@action("drop_workbook")
def drop(*, by: Desk, intake: Intake, acting: Acting | None = None) -> Intake:
    """A workbook that is not to be taken in; its file is forgotten."""
    wanted = {
        Intake.State.CHECKED: Intake.State.DROPPED, Intake.State.CHECKING: Intake.State.DROPPED,
    }  # fmt: skip
    return _turn(by, intake, wanted, "workbook_dropped", acting, sealed="")


def drop_forgotten() -> int:
    """Forget workbooks that were tried and never taken in; how many they were."""
    before = timezone.now() - DROPPED_AFTER
    waiting = Intake.objects.filter(state=Intake.State.CHECKED, changed_at__lt=before)
    return waiting.update(state=Intake.State.DROPPED, sealed="", changed_at=timezone.now())


@transaction.atomic
def _turn(
    by: Desk, intake: Intake, wanted: dict[Intake.State, Intake.State], kind: str, acting: Acting | None,
    **more: object,
) -> Intake:  # fmt: skip
    held = Intake.objects.select_for_update(of=("self",)).get(pk=intake.pk, estate=by.estate)
    state = wanted.get(Intake.State(held.state))
    if state is None:
        raise Refusal("intake_not_ready", state=str(held.get_state_display()))
    runs = state in (Intake.State.IMPORTING, Intake.State.UNDOING)
    if runs:
        _only_one(by)
    held.state, held.faults, held.fault_count, held.changed_at = state, [], 0, timezone.now()
    if state == Intake.State.IMPORTING:
        held.created_by = by.staff
        held.post = acting.post if acting else ""
        held.deputy_for = acting.deputy_for if acting else None
    for name, value in more.items():
        setattr(held, name, value)
    held.save()
    record(estate_id=by.estate.pk, kind=kind, body={"intake": held.pk}, by=by.staff, acting=acting)
    if runs:
        _queue(held)
    return held


def _only_one(by: Desk) -> None:
    """One at a time in an estate, so that none is planned on what another is just changing."""
    running = [Intake.State.CHECKING, Intake.State.IMPORTING, Intake.State.UNDOING]
    if Intake.objects.filter(estate=by.estate, state__in=running).exists():
        raise Refusal("intake_busy")


def _queue(intake: Intake) -> None:
    app.configure_task("banli.estate.take_in").defer(intake_id=intake.pk)


def _plain(name: str) -> str:
    told = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in told if sign.isprintable())[-120:] or "?.xlsx"
