"""How an owner agrees to what somebody else applies for: the ways, and what each must bring with it.

A step of the owner that names its ``ways`` records which one was taken, whose consent it is and what proves it
(readings 1c; Civil Code 165). Without ``ways`` a signature is all that is kept, as before.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from banli.engine.refusals import Refusal
from banli.engine.text import Text

if TYPE_CHECKING:
    from banli.engine.procedure import Step
    from banli.engine.rulebook import Rulebook
    from banli.engine.turn import Turn

OWNER = "unit.owner"
#: From the strongest to the weakest (readings 1c).
WAYS = {
    "in_person": Text(zh="当面签名", en="signed in person"),
    "link": Text(zh="手机链接签名", en="signed through a link"),
    "paper": Text(zh="签名的纸件", en="signed paper"),
    "call": Text(zh="电话核实身份后同意", en="by telephone, identity confirmed"),
}
#: The yes_no setting by which an estate says that it takes a way; where a pack has none, the way is taken.
SETTINGS = {"link": "consent_link", "paper": "consent_paper", "call": "consent_call"}
#: How many identity questions are answered right on the telephone; how long a link is good.
QUESTIONS, LEAST_QUESTIONS = "consent_call_questions", 2
LINK_TIME, USUAL_LINK_TIME = "consent_link_time", "24h"
MAX_REFERENCE = 120


def ways(book: "Rulebook", step: "Step", settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The ways that a step and the estate both take; none where the step names none."""
    return tuple(way for way in WAYS if way in step.ways and _taken(book, way, settings))


def _taken(book: "Rulebook", way: str, settings: Mapping[str, Any]) -> bool:
    setting = SETTINGS.get(way, "")
    return setting not in book.pack.settings or book.setting(setting, settings) == "yes"


def named(step: "Step") -> tuple[str, ...]:
    """The settings that say which of a step's ways the estate takes, and how; read when the step is done."""
    more = {"link": (LINK_TIME,), "call": (QUESTIONS,)}
    return tuple(name for way in step.ways if way in SETTINGS for name in (SETTINGS[way], *more.get(way, ())))


def questions(book: "Rulebook", settings: Mapping[str, Any]) -> int:
    """How many identity questions somebody on the telephone must answer right: one at least."""
    known = QUESTIONS in book.pack.settings
    return max(1, int(book.setting(QUESTIONS, settings))) if known else LEAST_QUESTIONS


def link_time(book: "Rulebook", settings: Mapping[str, Any]) -> str:
    """How long a link is good, as a duration."""
    return str(book.setting(LINK_TIME, settings)) if LINK_TIME in book.pack.settings else USUAL_LINK_TIME


def way_of(signature: str, by_link: bool) -> str:
    """The way a signature was given."""
    return {"paper": "paper", "call": "call"}.get(signature, "link" if by_link else "in_person")


def given(
    turn: "Turn", step: "Step", signature: str, extra: Mapping[str, Any], *, by_link: bool
) -> dict[str, Any]:
    """What the step's end says of the consent: ``way``, ``person`` and its evidence. Empty where no ways are named.

    Raises Refusal where the way is not taken here, or does not bring what it must: a paper its place in the files or
    its picture, a call the owner's identity. ``extra``: ``owner`` (id), ``reference``, ``scan`` (a SHA-256).
    """
    if not step.ways:
        if signature == "call" and not step.by_call:
            raise Refusal("sign_by_call")
        return {}
    way = way_of(signature, by_link)
    open_ways = ways(turn.book, step, turn.facts.settings)
    if way not in open_ways:
        raise Refusal("consent_way", way=WAYS[way], ways=[WAYS[one] for one in open_ways])
    told: dict[str, Any] = {"way": way, **_whose(turn, way, extra)}
    if way == "paper":
        told |= _paper(extra)
    if way == "call":
        told |= _call(turn)
    return told


def _whose(turn: "Turn", way: str, extra: Mapping[str, Any]) -> dict[str, int]:
    """Whose consent it is. At the counter the clerk looks at whoever stands there; from afar it must be an owner."""
    person = extra.get("owner")
    if isinstance(person, int) and person in turn.facts.owners:
        return {"person": person}
    if person is not None or way in ("call", "link"):
        raise Refusal("consent_owner")
    return {}


def _paper(extra: Mapping[str, Any]) -> dict[str, str]:
    reference, scan = str(extra.get("reference") or "").strip(), str(extra.get("scan") or "")
    if not reference and not scan:
        raise Refusal("consent_paper")
    if len(reference) > MAX_REFERENCE:
        raise Refusal("form_invalid", count=1, fields={"reference": Refusal("too_long", max=MAX_REFERENCE)})
    return {"reference": reference, "scan": scan}


def _call(turn: "Turn") -> dict[str, tuple[str, ...]]:
    asked = tuple(dict.fromkeys(turn.facts.confirmed))
    least = questions(turn.book, turn.facts.settings)
    if len(asked) < least:
        raise Refusal("consent_questions", least=least)
    return {"asked": asked}


def faults(step: "Step", required: frozenset[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is wrong with a step's ``ways``: the fault's code and what it says. ``required``: questions it must ask."""
    if step.by_call and (step.ways or step.verb != "sign" or step.outside() is None):
        yield "by_call_misplaced", {}
    if not step.ways:
        return
    if step.outside() != OWNER:
        yield "ways_misplaced", {"who": OWNER}
    elif "link" in step.ways and required:
        yield "link_asks", {"fields": sorted(required)}
