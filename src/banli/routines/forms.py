"""A round's form: its checklist as fields, photographs, a note; and what a browser sent of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from banli.cases import held
from banli.cases.attachments import MAX_BYTES, Upload, photo
from banli.engine.findings import NOTE, OK, WRONG
from banli.engine.refusals import Refusal
from banli.engine.routine import Check, Routine
from banli.engine.text import Text
from banli.web.templatetags.say import say

from .actions import LONGEST_NOTE, MOST_PHOTOS

OPTIONS = {OK: Text(zh="正常", en="In order"), WRONG: Text(zh="不正常", en="Not in order")}


@dataclass(frozen=True)
class Photos:
    """The photographs of a form, by control: those that came now or are still held, and what is wrong with others."""

    good: dict[str, Upload] = field(default_factory=dict)
    bad: dict[str, Refusal] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, str]:
        """Control → the SHA-256 under which its photograph is held once the form is refused."""
        return {name: one.sha256 for name, one in self.good.items()}


def fields(
    routine: Routine, typed: Mapping[str, str], refusal: Refusal | None, photos: Photos
) -> list[dict[str, Any]]:
    """Every question of the round as <c-field> takes it, with what was typed and what is wrong with it."""
    bad = refusal.fields if refusal else {}
    told = [_check(name, check, typed.get(name, ""), bad.get(name)) for name, check in routine.checks.items()]
    told += [
        {
            "name": f"photo-{number}", "type": "photo", "error": _said(bad.get(f"photo-{number}")),
            "stored": _stored(photos, f"photo-{number}"),
            "label": _("照片") if number == 1 else _("照片 %(number)s") % {"number": number},
            "required": number == 1 and routine.photo == "always",
            "help": _photo_help(routine) if number == 1 else "",
        }
        for number in range(1, MOST_PHOTOS + 1)
    ]  # fmt: skip
    told.append(
        {
            "name": NOTE, "type": "long_text", "label": _("情况说明"), "value": typed.get(NOTE, ""),
            "error": _said(bad.get(NOTE)), "required": False, "max": LONGEST_NOTE,
            "help": _("有不正常的必须写：在哪里、怎样处理的。"),
        }
    )  # fmt: skip
    return told


def _check(name: str, check: Check, typed: str, wrong: Refusal | None) -> dict[str, Any]:
    told = {"name": name, "label": say(check.label), "value": typed, "error": _said(wrong), "required": True}
    if check.reading is None:
        return {**told, "type": "choice", "options": OPTIONS}
    unit = say(check.reading.unit)
    return {**told, "type": "text", "inputmode": "decimal", "max": 12, "help": f"{unit}{limits(check)}"}


def limits(check: Check) -> str:
    """Between which numbers a reading is in order, as a person reads it; empty where there is no limit."""
    reading = check.reading
    if reading is None or (reading.min is None and reading.max is None):
        return ""
    if reading.max is None:
        return _("，不低于 %(min)s") % {"min": reading.min}
    if reading.min is None:
        return _("，不高于 %(max)s") % {"max": reading.max}
    return _("，正常 %(min)s 至 %(max)s") % {"min": reading.min, "max": reading.max}


def _photo_help(routine: Routine) -> str:
    if routine.photo == "always":
        return ""
    return _("有不正常的必须拍照。") if routine.photo == "wrong" else ""


def _said(why: Refusal | None) -> str:
    return say(why) if why else ""


def typed(request: HttpRequest, routine: Routine) -> dict[str, str]:
    """What was typed; what is not of the form is left where it is."""
    return {name: request.POST.get(name, "")[:2000] for name in (*routine.checks, NOTE)}


def _stored(photos: Photos, name: str) -> str:
    return reverse("desk:held", args=[photos.good[name].sha256]) if name in photos.good else ""


def photos(request: HttpRequest, staff_id: int) -> Photos:
    """The photographs, cleaned; one that came with a form that was refused is held, and need not be taken again."""
    told = Photos()
    for number in range(1, MOST_PHOTOS + 1):
        name = f"photo-{number}"
        sent: Any = request.FILES.get(name)
        try:
            taken = photo(sent.read(MAX_BYTES + 1)) if sent else None
        except Refusal as why:
            told.bad[name] = why
            continue
        taken = taken or held.held(staff_id, request.POST.get(f"{name}-kept", ""))
        if taken is not None:
            told.good[name] = taken
    return told
