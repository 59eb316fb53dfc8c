"""The worker's part: try a workbook, take it in, undo it. Each can be begun again where a worker died.

Rows go in batches: a batch, what the journal says of it and how far the work is are one transaction.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.journal import vault

from ..actions import Particulars, keep_former, set_particulars, told_of
from ..belongings import FormerParticulars, PaymentStanding, Vehicle
from ..models import Building, Estate, Occupancy, Person, Unit
from .models import Intake, IntakeChange
from .sheets import Fault, Line, lines, strange
from .taking import Changed, Plan, Taking
from .workbook import Workbook

BATCH = 500
FAULTS_KEPT = 500
#: Somebody at the counter may write down the same person at the same moment: then the batch is planned anew.
TRIES = 3
log = logging.getLogger("banli.intake")

declare(
    {
        "intake_broke": Text(
            zh="导入时出错，已停下。已导入的部分可以撤销。",
            en="It broke off and was stopped; what was taken in can be undone.",
        ),
        "changed_since": Text(
            zh="导入以后有人改过（{what}），不能整批撤销。",
            en="Something was changed after it was taken in ({what}); it cannot be undone as a whole.",
        ),
        "used_since": Text(
            zh="导入的内容已被使用（例如办件、委托），不能整批撤销。",
            en="What was taken in is in use (by a case, an authority); it cannot be undone as a whole.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """A table that a workbook writes, and the fields it may write there."""

    model: type[Model]
    fields: tuple[str, ...]


THINGS = {
    "estate": Thing(Estate, ("name", "name_en", "city", "grade", "address")),
    "building": Thing(Building, ("code", "name", "aliases")),
    "unit": Thing(Unit, ("building_id", "entrance", "room", "floor", "area")),
    "person": Thing(Person, ("name", "phone_index", "id_kind", "id_index")),
    "occupancy": Thing(Occupancy, ("unit_id", "person_id", "role", "since", "until")),
    "vehicle": Thing(Vehicle, ("unit_id", "person_id", "plate", "look", "place", "since", "until")),
    "standing": Thing(PaymentStanding, ("unit_id", "as_of", "paid_until", "owed", "note")),
}
_NAME_OF = {thing.model: name for name, thing in THINGS.items()}


def file_context(intake: Intake) -> str:
    return f"estate.intake.{intake.sha256}"


def content(intake: Intake) -> bytes:
    """The workbook in clear."""
    clear = vault.open_sealed(intake.sealed, file_context(intake), salt=bytes(intake.vault_salt))
    return base64.b64decode(clear)


def go_on(intake_id: int) -> None:
    """Whatever an intake waits for the worker to do. Twice, or at once, is harmless."""
    intake = Intake.objects.select_related("estate", "created_by").get(pk=intake_id)
    do = {
        Intake.State.CHECKING: _check, Intake.State.IMPORTING: _import, Intake.State.UNDOING: _undo,
    }.get(Intake.State(intake.state))  # fmt: skip
    if do is None:
        return
    try:
        do(intake)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job is tried again
    except Refusal as why:
        _end(intake, _failed(intake), [_of_file(why)])
    except Exception:
        log.exception("intake %s broke", intake_id)
        _end(intake, _failed(intake), [_of_file(Refusal("intake_broke"))])


def _failed(intake: Intake) -> Intake.State:
    return {
        Intake.State.CHECKING: Intake.State.FAULTY, Intake.State.IMPORTING: Intake.State.STOPPED,
        Intake.State.UNDOING: Intake.State.DONE,
    }[Intake.State(intake.state)]  # fmt: skip


def _of_file(why: Refusal) -> dict[str, Any]:
    return Fault("", 0, "", None, why).told()


def _end(intake: Intake, state: Intake.State, faults: list[dict[str, Any]], **more: Any) -> None:
    """What it came to, unless somebody else said so first. The file stays while it is needed."""
    keeps = state in (Intake.State.CHECKED,)
    told = {
        "state": state, "faults": faults[:FAULTS_KEPT], "fault_count": len(faults), "changed_at": timezone.now(),
        **({} if keeps else {"sealed": ""}), **more,
    }  # fmt: skip
    Intake.objects.filter(pk=intake.pk, state=intake.state).update(**told)


def _check(intake: Intake) -> None:
    """Go through every row as if it were taken in; nothing is changed."""
    workbook = Workbook(content(intake))
    total = sum(1 for _ in lines(workbook))
    Intake.objects.filter(pk=intake.pk).update(total=total, done=0)
    taking, done = Taking(intake.estate, dry=True), 0
    faults: list[dict[str, Any]] = []
    tally: dict[str, dict[str, int]] = {}
    for batch in _batches(workbook):
        plan = taking.plan(batch)
        _count(tally, batch[0].kind.key, plan)
        faults += [fault.told() for fault in plan.faults[: max(0, FAULTS_KEPT - len(faults))]]
        done += len(batch)
        Intake.objects.filter(pk=intake.pk, state=Intake.State.CHECKING).update(done=done)
    count = sum(one.get("faulty", 0) for one in tally.values())
    state = Intake.State.FAULTY if count or not total else Intake.State.CHECKED
    if not total:
        faults, count = [_of_file(Refusal("sheet_unknown"))], 1
    _end(intake, state, faults, tally=tally, notes=strange(workbook))
    Intake.objects.filter(pk=intake.pk).update(fault_count=count)


def _import(intake: Intake) -> None:
    workbook = Workbook(content(intake))
    taking = Taking(intake.estate, dry=False)
    passed = 0
    for batch in _batches(workbook):
        passed += len(batch)
        if passed > intake.done and not _one_batch(intake.pk, taking, batch):
            return
    _end(intake, Intake.State.DONE, [])


def _one_batch(intake_id: int, taking: Taking, batch: list[Line]) -> bool:
    """Take in a batch, in one transaction; whether it goes on from here."""
    for attempt in range(TRIES):
        seen, papers = dict(taking.seen), dict(taking.papers)
        try:
            with transaction.atomic():
                intake = Intake.objects.select_for_update(of=("self",)).select_related(
                    "estate", "created_by", "deputy_for"
                ).get(pk=intake_id)  # fmt: skip
                if intake.state != Intake.State.IMPORTING:
                    return False
                plan = taking.plan(batch)
                if plan.faults:
                    faults = [fault.told() for fault in plan.faults]
                    _end(intake, Intake.State.STOPPED, faults)
                    return False
                _write(intake, plan)
                intake.done += len(batch)
                _count(intake.taken, batch[0].kind.key, plan)
                intake.changed_at = timezone.now()
                intake.save(update_fields=["done", "taken", "changed_at"])
                return True
        except IntegrityError:
            taking.seen, taking.papers = seen, papers
            for line in batch:
                line.faults.clear()
            if attempt == TRIES - 1:
                raise
    return False


def _write(intake: Intake, plan: Plan) -> None:
    """Write a plan, with a word in the journal for everybody who moves in or out or is corrected."""
    told: list[tuple[str, dict[str, Any]]] = []
    changes: list[IntakeChange] = []
    for model in THINGS.values():
        made = [row for row in plan.made if type(row) is model.model]
        if made:
            model.model._default_manager.bulk_create(made)
            changes += [_change(intake, row, None) for row in made]
    for one in plan.changed:
        changes.append(_changed(intake, one, told))
    told += [("moved_in", told_of(row)) for row in plan.made if isinstance(row, Occupancy)]
    if changes:
        IntakeChange.objects.bulk_create(changes)
        counted = {"intake": intake.pk, "made": len(plan.made), "changed": len(plan.changed)}
        told.append(("taken_in", counted))
        _journal(intake, told)


def _changed(intake: Intake, one: Changed, told: list[tuple[str, dict[str, Any]]]) -> IntakeChange:
    row = one.row
    if isinstance(row, Person):
        before: Particulars = one.before["particulars"]
        now = Particulars(row.name, str(row.phone), row.id_kind, str(row.id_number))
        set_particulars(row, before)
        former = keep_former(row, by=intake.created_by)
        set_particulars(row, now)
        row.save()
        names = [
            n for n in ("name", "phone", "id_kind", "id_number") if getattr(before, n) != getattr(now, n)
        ]
        told.append(("person_corrected", {"person": row.pk, "changed": names}))
        return _change(intake, row, {"former": former.pk})
    row.save(update_fields=list(one.before))
    if isinstance(row, Occupancy):
        told.append(("moved_out", _moved_out(row)))
    return _change(intake, row, {name: _plain(value) for name, value in one.before.items()})


def _moved_out(row: Occupancy) -> dict[str, Any]:
    until = row.until.isoformat() if row.until else None
    return {
        "occupancy": row.pk,
        "unit": row.unit.key,
        "person": row.person_id,
        "role": row.role,
        "until": until,
    }


def _change(intake: Intake, row: Model, before: dict[str, Any] | None) -> IntakeChange:
    name = _NAME_OF[type(row)]
    return IntakeChange(intake=intake, thing=name, row=row.pk, before=before, after=fingerprint(row))


def fingerprint(row: Model) -> str:
    """SHA-256 of what a workbook may say of a row: another one now means that somebody changed it."""
    told = [_plain(getattr(row, name)) for name in THINGS[_NAME_OF[type(row)]].fields]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else format(value, ".2f")


def _journal(intake: Intake, told: list[tuple[str, dict[str, Any]]]) -> None:
    journal.append_all(
        estate_id=intake.estate_id, stream=f"estate/{intake.estate_id}", told=told, by=intake.created_by,
        post=intake.post, deputy_for=intake.deputy_for,
    )  # fmt: skip


@transaction.atomic
def _undo(intake: Intake) -> None:
    """Take everything back, or nothing: it is one transaction, so that a worker that dies leaves all as it was."""
    held = Intake.objects.select_for_update().get(pk=intake.pk)
    if held.state != Intake.State.UNDOING:
        return
    first: dict[tuple[str, int], Any] = {}
    last: dict[tuple[str, int], str] = {}
    for change in intake.changes.order_by("pk").iterator(BATCH):
        first.setdefault((change.thing, change.row), change.before)
        last[change.thing, change.row] = change.after
    told: list[tuple[str, dict[str, Any]]] = []
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name in reversed(THINGS):
                of_thing = {row: before for (thing, row), before in first.items() if thing == name}
                for some in _chunks(of_thing, BATCH):
                    _take_back(intake, name, {row: of_thing[row] for row in some}, last, told)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        raise Refusal("used_since") from None
    told.append(("taking_in_undone", {"intake": intake.pk, "rows": len(first)}))
    _journal(intake, told)
    _end(intake, Intake.State.UNDONE, [])


def _take_back(
    intake: Intake, name: str, before: dict[int, Any], last: dict[tuple[str, int], str],
    told: list[tuple[str, dict[str, Any]]],
) -> None:  # fmt: skip
    model = THINGS[name].model
    rows = {row.pk: row for row in model._default_manager.select_for_update().filter(pk__in=before)}
    for pk in before:
        if pk not in rows or fingerprint(rows[pk]) != last[name, pk]:
            raise Refusal("changed_since", what=str(rows.get(pk, f"{name} {pk}")))
    made = [pk for pk, was in before.items() if was is None]
    if name == "occupancy":
        told += [("moving_in_undone", {"occupancy": pk}) for pk in made]
    if name == "person":
        FormerParticulars.objects.filter(person__in=made).delete()
    model._default_manager.filter(pk__in=made)._raw_delete("default")
    for pk, was in before.items():
        if was is not None:
            _put_back(intake, rows[pk], was, told)


def _put_back(
    intake: Intake, row: Model, was: dict[str, Any], told: list[tuple[str, dict[str, Any]]]
) -> None:
    if isinstance(row, Person):
        former = FormerParticulars.objects.get(pk=was["former"])
        keep_former(row, by=intake.created_by)
        set_particulars(
            row, Particulars(former.name, str(former.phone), former.id_kind, str(former.id_number))
        )
        row.save()
        told.append(
            ("person_corrected", {"person": row.pk, "changed": ["name", "phone", "id_kind", "id_number"]})
        )
        return
    for name, value in was.items():
        field: Any = row._meta.get_field(name)
        setattr(row, name, field.to_python(value))
    row.save(update_fields=list(was))
    if isinstance(row, Occupancy):
        until = row.until.isoformat() if row.until else None
        told.append(("moving_out_undone", {"occupancy": row.pk, "until": until}))


def _chunks(rows: Iterable[int], size: int) -> Iterator[list[int]]:
    waiting = iter(rows)
    while some := list(islice(waiting, size)):
        yield some


def _batches(workbook: Workbook) -> Iterator[list[Line]]:
    """The rows in batches of one sheet each, the same whoever asks: so that it is known where the work was."""
    for _, of_kind in groupby(lines(workbook), key=lambda line: (line.kind.key, line.sheet)):
        while batch := list(islice(of_kind, BATCH)):
            yield batch


def _count(tally: dict[str, dict[str, int]], kind: str, plan: Plan) -> None:
    told = tally.setdefault(kind, {"new": 0, "changed": 0, "same": 0, "faulty": 0})
    for name, count in plan.tally.items():
        told[name] += count
    told["faulty"] += len({(fault.sheet, fault.row) for fault in plan.faults})
