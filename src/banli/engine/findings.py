"""What was found on a round, judged by its checklist."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.routine import NUMBER, Check, Routine
from banli.engine.text import Text

declare(
    {
        "check_unanswered": Text(zh="“{check}”还没有勾选。", en="“{check}” is not answered yet."),
        "check_reading": Text(
            zh="“{check}”请写数字，例如 0.35。", en="For “{check}” write a number, such as 0.35."
        ),
        "wrong_without_note": Text(
            zh="有不正常的项目，请写明情况。", en="Something is not in order: say what you found."
        ),
        "round_without_photo": Text(zh="这一轮要拍照。", en="This round needs a photograph."),
    }
)
OK, WRONG = "ok", "wrong"


def judged(routine: Routine, said: Mapping[str, str], *, note: str, photos: int) -> dict[str, dict[str, Any]]:
    """check → ``{"said": …, "wrong": …}`` for every line of the checklist; a reading beyond its limits is wrong.

    Refuses with ``check_unanswered``, ``check_reading``, ``wrong_without_note``, ``round_without_photo``.
    """
    found = {name: _one(check, said.get(name, "").strip()) for name, check in routine.checks.items()}
    wrong = any(one["wrong"] for one in found.values())
    if wrong and not note.strip():
        raise Refusal("wrong_without_note")
    if not photos and (routine.photo == "always" or (routine.photo == "wrong" and wrong)):
        raise Refusal("round_without_photo")
    return found


def _one(check: Check, said: str) -> dict[str, Any]:
    if check.reading is None:
        if said not in (OK, WRONG):
            raise Refusal("check_unanswered", check=check.label)
        return {"said": said, "wrong": said == WRONG}
    if not said:
        raise Refusal("check_unanswered", check=check.label)
    told = said.replace("。", ".").replace("．", ".")
    if not NUMBER.fullmatch(told):
        raise Refusal("check_reading", check=check.label)
    number, limits = Decimal(told), check.reading
    low = limits.min is not None and number < limits.min
    high = limits.max is not None and number > limits.max
    return {"said": told, "wrong": low or high}
