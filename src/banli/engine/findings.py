"""What was found on a round, judged by its checklist."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from banli.engine.fields import MAX_LONG_TEXT, MAX_TEXT, Field
from banli.engine.refusals import Refusal, declare
from banli.engine.routine import GIVEN, NUMBER, Check, Reading, Routine
from banli.engine.text import Text

declare(
    {
        "check_unanswered": Text(zh="还没有勾选。", en="Not answered yet."),
        "check_reading": Text(zh="请写数字，例如 0.35。", en="Write a number, such as 0.35."),
        "wrong_without_note": Text(
            zh="有不正常的项目，请写明情况。", en="Something is not in order: say what you found."
        ),
        "round_without_photo": Text(zh="这一轮要拍照。", en="This round needs a photograph."),
    }
)
OK, WRONG = "ok", "wrong"


#: What a form calls the note, and the first of the photographs.
NOTE, PHOTO = "note", "photo-1"


def judged(routine: Routine, said: Mapping[str, str], *, note: str, photos: int) -> dict[str, dict[str, Any]]:
    """check → ``{"said": …, "wrong": …}`` for every line of the checklist; a reading beyond its limits is wrong.

    Refuses with ``form_invalid``, each field marked: ``check_unanswered``, ``check_reading``, ``wrong_without_note``,
    ``round_without_photo``.
    """
    found: dict[str, dict[str, Any]] = {}
    bad: dict[str, Refusal] = {}
    for name, check in routine.checks.items():
        try:
            found[name] = _one(check, said.get(name, "").strip())
        except Refusal as why:
            bad[name] = why
    wrong = any(one["wrong"] for one in found.values())
    if wrong and not note.strip():
        bad[NOTE] = Refusal("wrong_without_note")
    if not photos and (routine.photo == "always" or (routine.photo == "wrong" and wrong)):
        bad[PHOTO] = Refusal("round_without_photo")
    if bad:
        raise Refusal("form_invalid", count=len(bad), fields=bad)
    return found


def _one(check: Check, said: str) -> dict[str, Any]:
    if check.reading is None:
        if said not in (OK, WRONG):
            raise Refusal("check_unanswered")
        return {"said": said, "wrong": said == WRONG}
    told = said.replace("。", ".").replace("．", ".")
    if not NUMBER.fullmatch(told):
        raise Refusal("check_reading")
    number, limits = Decimal(told), check.reading
    low = limits.min is not None and number < limits.min
    high = limits.max is not None and number > limits.max
    return {"said": told, "wrong": low or high}


@dataclass(frozen=True)
class Found:
    """A line of a checklist that was not in order: what was ``said``, the round's ``note``, ``who`` walked it.

    ``photo``: the SHA-256 of the round's first photograph.
    """

    check: str
    said: str
    note: str
    who: str
    photo: str | None


def handed(routine: Routine, found: Found, asked: Mapping[str, Field]) -> dict[str, Any]:
    """What the case that is begun from a finding says already. ``asked``: the fields of its first step, as they are.

    What has become another kind of field since the round fell due is left to whoever writes the case.
    """
    check = routine.checks[found.check]
    words = {
        "check.label": check.label.zh, "check.found": _in_words(check, found), "round.title": routine.title.zh,
        "round.note": found.note, "round.who": found.who, "round.photo": found.photo,
    }  # fmt: skip
    told: dict[str, Any] = {}
    for to, source in routine.given(found.check).items():
        field = asked.get(to)
        if field is None:
            continue
        if source not in GIVEN:
            if source in field.choices():
                told[to] = source
        elif field.type in GIVEN[source] and words[source]:
            told[to] = _fitting(field, str(words[source]))
    return told


def _in_words(check: Check, found: Found) -> str:
    """What was found, as whoever comes reads it."""
    said = (
        "不正常" if check.reading is None else f"{found.said} {check.reading.unit.zh}{_limits(check.reading)}"
    )
    return "。".join(filter(None, (f"{check.label.zh}：{said}", found.note)))


def _limits(reading: Reading) -> str:
    low = f"不低于 {reading.min}" if reading.min is not None else ""
    high = f"不高于 {reading.max}" if reading.max is not None else ""
    return f"（应{'、'.join(filter(None, (low, high)))}）"


def _fitting(field: Field, text: str) -> str:
    """A text as a field of this type and length can say it."""
    if field.type == "photo":
        return text
    told = text.strip() if field.type == "long_text" else " ".join(text.split())
    return told[: field.max or (MAX_LONG_TEXT if field.type == "long_text" else MAX_TEXT)]
