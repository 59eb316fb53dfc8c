"""Journeys of several days: which days they are, and the office's clock set to an hour of one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

import time_machine

from tests.office import ZONE, today

#: The next Monday: the same days of the week however the test is run.
MONDAY = today() + timedelta(days=7 - today().weekday())


def day(after: int) -> str:
    """So many days after that Monday, as a browser sends it."""
    return (MONDAY + timedelta(days=after)).isoformat()


@contextmanager
def at(after: int, hour: int) -> Iterator[None]:
    """It is that hour of that day, and the office's clock goes on."""
    with time_machine.travel(datetime.combine(MONDAY + timedelta(days=after), time(hour), ZONE), tick=True):
        yield
