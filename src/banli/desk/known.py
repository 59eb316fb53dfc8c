"""What is known of a step's fields before anybody types, so that nobody asks twice.

Private things are never part of it in clear: only their mask, and what stands where the field is left blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from banli.cases import facts, private
from banli.cases.models import Case
from banli.engine.fields import PICTURES, Field
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.models import Estate, Person
from banli.estate.queries import payment_standing_of
from banli.journal.vault import VaultError, mask
from banli.web.templatetags.banli import yuan

from .forms import Known


@dataclass(frozen=True)
class Sources:
    """Where the fields of a step are known from: whose case it is, the record it rests on, the estate's settings."""

    applicant: Person | None
    unit: int | None
    record: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    row: Mapping[str, Any] | None = None


def at_opening(book: Rulebook, step: str, sources: Sources) -> dict[str, Known]:
    """For a case that is being opened: the resident file, the record it rests on, the day, the file's defaults."""
    fields = book.procedure.form
    return {name: _given(fields[name], sources) for name in book.flow.steps[step].asks}


def of_case(case: Case, book: Rulebook, state: State, step: str, branch: int | None) -> dict[str, Known]:
    """For a task: what the case says already, else what is known of the applicant.

    What the record tells is told anew each time: after an extension a new card is not offered the old card's date.
    """
    told = {}
    sources = Sources(
        case.applicant,
        case.unit_id,
        facts.record_form(book, case.record),
        facts.settings_of(book, case.estate),
    )
    for name in book.flow.steps[step].asks:
        asked = book.procedure.form[name]
        own = f"{name}@{branch}"
        place = own if branch is not None and own in state.form else name
        told[name] = (
            _stored(case, book, asked, place, state.form[place])
            if place in state.form and not (asked.known or "").startswith("record.")
            else _given(asked, replace(sources, row=_row(book, state, step, branch)))
        )
    return told


def staff_named(estate: Estate, book: Rulebook, step: str) -> list[str]:
    """The names of the staff, where the step asks for somebody who may be one of them. One query, else none."""
    if not book.kept_from.intersection(book.flow.steps[step].asks):
        return []
    return [name for _pk, name in facts.colleagues(estate.pk)]


def _stored(case: Case, book: Rulebook, asked: Field, place: str, value: Any) -> Known:
    if value is None:
        return Known()
    if asked.private:
        try:
            return Known(
                mask=private.masked(case, book, place, value), kept=private.open_answer(case, place, value)
            )
        except VaultError:  # erased after its retention: asked again
            return Known()
    if asked.type in PICTURES:
        return Known(value=reverse("desk:attachment", args=[case.pk, value]), kept=value)
    return Known(value=value)


def _row(book: Rulebook, state: State, step: str, branch: int | None) -> Mapping[str, Any]:
    """The row of the table that this branch is about."""
    each = book.flow.each_around(step)
    rows = state.form.get(book.flow.blocks[each].over or "") if each else None
    return rows[branch] if rows and branch is not None and branch < len(rows) else {}


def _given(asked: Field, sources: Sources) -> Known:
    room, _dot, name = (asked.known or "").partition(".")
    if room == "row":
        return Known(value=(sources.row or {}).get(name, asked.default))
    if room == "record":
        return Known(value=(sources.record or {}).get(name, asked.default))
    if room == "setting":
        return Known(value=sources.settings.get(name) or asked.default)
    if asked.known == "unit.standing":
        return _payments(sources.unit)
    value = asked.default if asked.known is None else _from_file(asked.known, sources.applicant)
    if value in (None, ""):
        return Known(value=asked.default)
    if asked.private:
        return Known(mask=mask(asked.type, str(value)), kept=value)
    return Known(value=value)


def _payments(unit: int | None) -> Known:
    """How the payments of a home stand by its file, and as of when (P13: looked at, never a reason to refuse)."""
    found = payment_standing_of(unit)
    if found is None:
        return Known(value="unknown", said=_("业户资料里没有缴费情况"))
    told = (
        _("业户资料：截至 %(day)s 欠费 %(yuan)s 元") if found.owed else _("业户资料：截至 %(day)s 没有欠费")
    )
    said = told % {"day": found.as_of.isoformat(), "yuan": yuan(found.owed)}
    return Known(value="owing" if found.owed else "paid", said=said)


def _from_file(source: str, applicant: Person | None) -> Any:
    """A name that ``known`` may give: of the applicant as the resident file has them, or the day."""
    if source == "case.today":
        return timezone.localdate().isoformat()
    if source == "case.now":
        return timezone.localtime().replace(tzinfo=None).isoformat(timespec="minutes")
    if applicant is None:
        return None
    try:
        if source == "applicant.name":
            return applicant.name
        if source == "applicant.phone":
            return applicant.phone
        if source == "applicant.id" and applicant.id_kind == Person.Paper.CN_ID:
            return applicant.id_number
    except VaultError:  # erased: asked
        return None
    return None
