"""Questions by which somebody on the telephone shows that they are the owner the file speaks of (readings 1c).

What they answer is compared with the file by the house, not by whoever holds the receiver, and kept nowhere: the
journal says which questions were answered right.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.vault import VaultError

from .models import Occupancy, Person, Unit

declare(
    {
        "no_phone_on_file": Text(
            zh="{name} 没有登记电话，不能电话确认。请用别的方式，或先登记电话。",
            en="No telephone of {name} is on file, so a call proves nothing. Take another way, or record it first.",
        ),
        "identity_differs": Text(zh="与登记不符。", en="Not what the file says."),
        "identity_not_on_file": Text(zh="没有登记，不能用来核对。", en="Nothing on file to compare with."),
    }
)

QUESTIONS: dict[str, Text] = {
    "id_tail": Text(zh="证件号码的后四位", en="The last four characters of the identity number"),
    "since": Text(zh="从哪年哪月起是业主（如 2020-01）", en="Owner since which month (such as 2020-01)"),
    "area": Text(zh="房屋面积（平方米，取整）", en="The area of the home (square metres, whole)"),
    "other": Text(zh="另一位登记住户的姓名", en="The name of somebody else on file at this home"),
}
Told = dict[str, frozenset[str]]


def on_file(unit: Unit, person: Person, now: datetime) -> Told:
    """Question → the right answers, for what is on file about an owner. One query."""
    lives = Occupancy.objects.on(timezone.localdate(now)).filter(unit=unit).select_related("person")
    mine = [one for one in lives if one.person_id == person.pk and one.role in ("owner", "co_owner")]
    number = clear(person, "id_number")
    told: Mapping[str, set[str]] = {
        "id_tail": {number[-4:].upper()} if number else set(),
        "since": {f"{one.since:%Y-%m}" for one in mine},
        "area": {str(int(unit.area)), str(round(unit.area))} if unit.area is not None else set(),
        "other": {one.person.name for one in lives if one.person_id != person.pk},
    }
    return {question: frozenset(told[question]) for question in QUESTIONS if told[question]}


def confirmed(unit: Unit, person: Person, said: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """The questions answered right; what was left empty was not asked.

    Raises Refusal no_phone_on_file where there is no number to call, and form_invalid that marks every wrong answer.
    """
    if not clear(person, "phone"):
        raise Refusal("no_phone_on_file", name=person.name)
    known, right = on_file(unit, person, now), []
    bad: dict[str, Refusal] = {}
    for question in QUESTIONS:
        answer = _READ[question](str(said.get(question) or ""))
        if not answer:
            continue
        if question not in known:
            bad[f"ask-{question}"] = Refusal("identity_not_on_file")
        elif answer not in known[question]:
            bad[f"ask-{question}"] = Refusal("identity_differs")
        else:
            right.append(question)
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    return tuple(right)


def clear(person: Person, name: str) -> str:
    """A private field in clear, to compare with; empty where nothing is on file, or it was erased."""
    try:
        return str(getattr(person, name) or "")
    except VaultError:
        return ""


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def _month(text: str) -> str:
    found = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D*", _plain(text), re.ASCII)
    return f"{found[1]}-{int(found[2]):02}" if found else _plain(text)


def _whole(text: str) -> str:
    return _plain(text).split(".")[0]


_READ: dict[str, Callable[[str], str]] = {
    "id_tail": _plain,
    "since": _month,
    "area": _whole,
    "other": lambda text: " ".join(text.split()),
}
