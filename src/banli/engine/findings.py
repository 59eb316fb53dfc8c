"""What was found on a round, judged by its checklist."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.routine import NUMBER, Check, Routine
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
