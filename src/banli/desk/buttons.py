"""The answers of a question that are buttons: one press, or one key, answers it and sends the form (P15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banli.engine.fields import Field
from banli.engine.refusals import Refusal
from banli.engine.relations import Refused
from banli.engine.text import Text

from .shelves import KEYS

#: The digits, then what lies beside them. An answer keeps its key whichever others are offered.
_KEYS = f"{KEYS}-="


@dataclass(frozen=True)
class Button:
    value: str
    title: Text
    key: str


@dataclass(frozen=True)
class Buttons:
    """What may be pressed, and why the rest may not: known before anybody presses, so nobody presses in vain."""

    name: str
    label: Text
    help: Text | None
    offered: list[Button]
    why_not: list[Text]
    error: Refusal | None


def buttons_of(
    name: str, asked: Field, known: Mapping[str, Any], closed: Mapping[str, Text], error: Refusal | None
) -> Buttons:
    """The buttons of one question. ``known``: whoever applies, facts and settings, by the names that conditions use.

    ``closed``: answers that lead to what cannot be begun now, and why.
    """
    answers = {value: title for value, title in asked.choices().items() if value != asked.default}
    refused = [rule for rule in asked.refuses if _holds_already(rule, known)]
    barred = {value for rule in refused for value in rule.answer}
    shut = {value: why for value, why in closed.items() if value in answers and value not in barred}
    keys = dict(zip(answers, _KEYS, strict=False))
    return Buttons(
        name,
        asked.label,
        asked.help,
        [
            Button(one, title, keys.get(one, ""))
            for one, title in answers.items()
            if one not in {*barred, *shut}
        ],
        [*(rule.why for rule in refused), *shut.values()],
        error,
    )


def _holds_already(rule: Refused, known: Mapping[str, Any]) -> bool:
    """Whether it refuses whatever else is answered."""
    if rule.when is None:
        return True
    return all(not atom.name.startswith("form.") for atom in rule.when.atoms()) and rule.when.holds(known)
