"""A day is divided into slots from midnight on; the last one may be shorter."""

from datetime import datetime

import pytest

from banli.engine.clocks import parse_duration
from banli.engine.fields import OFFICE_ZONE
from banli.engine.slots import slot_at


@pytest.mark.parametrize(
    ("moment", "length", "told", "minutes"),
    [
        ("2026-05-06 14:00", "2h", "5月6日 14:00–16:00", 120),
        ("2026-05-06 15:59", "2h", "5月6日 14:00–16:00", 120),
        ("2026-05-06 16:00", "2h", "5月6日 16:00–18:00", 120),
        ("2026-05-06 00:10", "90m", "5月6日 00:00–01:30", 90),
        ("2026-05-06 23:59", "5h", "5月6日 20:00–24:00", 240),
        ("2026-05-06 23:59", "same day", "5月6日 00:00–24:00", 1440),
        ("2026-05-06 09:00", "2 days", "5月6日 00:00–24:00", 1440),
        ("2026-05-06 09:00", "48h", "5月6日 00:00–24:00", 1440),
    ],
)
def test_the_slot_a_moment_lies_in(moment: str, length: str, told: str, minutes: int) -> None:
    slot = slot_at(
        datetime.fromisoformat(moment).replace(tzinfo=OFFICE_ZONE), parse_duration(length), OFFICE_ZONE
    )
    assert (slot.told(OFFICE_ZONE).zh, slot.minutes) == (told, minutes)
    assert slot.told(OFFICE_ZONE).en.startswith("6 May ")
