"""The desk's telephone, as an owner's phone shows and dials it."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from banli.cases import facts, rules
from banli.cases.models import Case

#: The estate's setting: what somebody wrote there, say “0571-8800 5500 转 12”.
SETTING = "phone"


@dataclass(frozen=True)
class DeskPhone:
    """``shown``: as the estate has written it; ``dialled``: the first number in it, or nothing where there is none."""

    shown: str
    dialled: str


def desk_phone(case: Case) -> DeskPhone | None:
    """The telephone that the estate has set; None where it has set none."""
    own = facts.settings_of(rules.rulebook(case.version_id), case.estate)
    shown = str(own.get(SETTING) or "").strip()
    if not shown:
        return None
    found = next(iter(PhoneNumberMatcher(shown, "CN", leniency=Leniency.POSSIBLE)), None)
    return DeskPhone(shown, phonenumbers.format_number(found.number, PhoneNumberFormat.E164) if found else "")
