"""Empty forms with serials: printed in batches, each sheet accounted for (entered, spoiled, lost), gapless by kind."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from banli.engine.fields import printable
from banli.engine.paper import PaperDefinition
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.papers import numbers
from banli.papers.models import BlankBatch, BlankSheet
from banli.papers.standing import shown
from banli.people.access import Acting, Desk

declare(
    {
        "blank_many": Text(zh="一次印 1 至 {most} 张。", en="Print 1 to {most} sheets at once."),
        "blank_marked": Text(
            zh="空白表 {serial} 现在是“{state}”，不能这样登记。",
            en="Sheet {serial} is “{state}” now; that cannot be entered of it.",
        ),
        "blank_used": Text(
            zh="空白表 {serial} 已在 {at} 补录成办件 {case}（{about}），一张表只能补录成一件。",
            en="Sheet {serial} became case {case} ({about}) on {at}; a sheet becomes one case only.",
        ),
        "blank_spoiled": Text(
            zh="空白表 {serial} 已在 {at} 登记作废（{reason}），不能补录。",
            en="Sheet {serial} was marked as spoiled on {at} ({reason}); it cannot be entered.",
        ),
        "blank_lost": Text(
            zh="空白表 {serial} 已在 {at} 登记遗失（{reason}）。找到了的，先在“空白表”里登记找到。",
            en="Sheet {serial} was marked as lost on {at} ({reason}). If it was found, enter that in the list first.",
        ),
        "blank_unknown": Text(
            zh="本小区没有印过这个流程的空白表 {serial}，请对照表右上角的编号。",
            en="This estate printed no sheet {serial} for this procedure. Compare it with the upper right corner.",
        ),
        "blank_later": Text(
            zh="空白表 {serial} 是 {at} 才印的，不会在那以前用过。请核对编号和事发时间。",
            en="Sheet {serial} was printed on {at}; it cannot have been used before. Check serial and time.",
        ),
    }
)

#: So many sheets go in one batch.
MOST = 50
_STATES: dict[str, Text] = {
    "unused": Text(zh="未用", en="unused"), "used": Text(zh="已补录", en="entered"),
    "spoiled": Text(zh="作废", en="spoiled"), "lost": Text(zh="遗失", en="lost"),
}  # fmt: skip
#: What somebody may enter of a sheet, and what it must be before: what was lost may be found again.
MARKS = {"spoiled": "unused", "lost": "unused", "unused": "lost"}


@action("blanks")
def print_batch(
    *, by: Desk, acting: Acting, definition: PaperDefinition, many: int, key: str, at: datetime | None = None
) -> BlankBatch:
    """Give ``many`` empty sheets of a form their serials. The same key twice is once.

    Refuses with ``blank_many``, ``key_missing`` and ``key_reused``.
    """
    at = at or timezone.now()
    if not (8 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        raise Refusal("key_missing")
    if not 1 <= many <= MOST:
        raise Refusal("blank_many", most=MOST)
    with transaction.atomic():
        Estate.objects.select_for_update(no_key=True).only("pk").get(pk=by.estate.pk)
        known = BlankBatch.objects.filter(estate=by.estate, key=key).first()
        if known is not None:
            if (known.kind, known.many) != (definition.paper, many):
                raise Refusal("key_reused")
            return known
        ordinals = numbers.take_blanks(estate_id=by.estate.pk, kind=definition.paper, many=many)
        batch = BlankBatch.objects.create(
            estate=by.estate, kind=definition.paper, first=ordinals[0], many=many, printed_at=at,
            printed_by=by.staff, key=key,
        )  # fmt: skip
        sheets = BlankSheet.objects.bulk_create(
            BlankSheet(
                estate=by.estate, batch=batch, kind=batch.kind, ordinal=one,
                serial=definition.number.write_blank(one),
            )
            for one in ordinals
        )  # fmt: skip
        body = {
            "batch": batch.pk, "paper": batch.kind, "first": batch.first, "many": many, "key": key,
            "at": at.isoformat(), "sheets": [[one.pk, one.serial] for one in sheets],
        }  # fmt: skip
        _journal(by, acting, "blanks", body, at)
    return batch


@action("blank")
def mark(
    *, by: Desk, acting: Acting, sheet_id: int, state: str, reason: str, at: datetime | None = None
) -> None:
    """A sheet of the desk's estate is ``spoiled`` or ``lost``, or found again (``unused``); says why.

    The same once more changes nothing. Refuses with ``blank_marked`` and ``reason_required``.
    """
    at = at or timezone.now()
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > 200 or not printable(reason):
        raise Refusal("bad_characters")
    with transaction.atomic():
        sheet = BlankSheet.objects.select_for_update().get(pk=sheet_id, estate=by.estate)
        if sheet.state == state and state != BlankSheet.State.USED:
            return
        if MARKS.get(state) != sheet.state:
            raise Refusal("blank_marked", serial=sheet.serial, state=_STATES[sheet.state])
        found = state == BlankSheet.State.UNUSED
        sheet.state = state
        sheet.ended_at, sheet.ended_by = (None, None) if found else (at, by.staff)
        sheet.reason = "" if found else reason
        sheet.save(update_fields=["state", "ended_at", "ended_by", "reason"])
        body = {
            "sheet": sheet.pk,
            "serial": sheet.serial,
            "state": state,
            "reason": reason,
            "at": at.isoformat(),
        }
        _journal(by, acting, "blank", body, at)


def why_not(sheet: BlankSheet | None, serial: str, about: Text | None) -> Refusal:
    """Why this sheet cannot be entered; ``about`` says which case it became."""
    if sheet is None or sheet.ended_at is None:
        return Refusal("blank_unknown", serial=serial)
    told: dict[str, Any] = {"serial": sheet.serial, "at": shown(sheet.ended_at)}
    if sheet.state == BlankSheet.State.USED:
        return Refusal("blank_used", **told, case=sheet.case_id, about=about)
    return Refusal(f"blank_{sheet.state}", **told, reason=sheet.reason)


def _journal(by: Desk, acting: Acting, kind: str, body: dict[str, object], at: datetime) -> None:
    journal.append(
        estate_id=by.estate.pk, stream=f"blanks/{by.estate.pk}", kind=kind, body=body, by=by.staff,
        post=acting.post, deputy_for=acting.deputy_for, at=at,
    )  # fmt: skip
