"""The killer: SIGKILL for a random part of the house at random moments, all of it from a seed."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator

import psutil

from .house import ROLES, House, HouseDown

BACK_WITHIN = 120.0  # seconds after which the clients must get on again
AT_ONCE = 0.3  # the share of kills that hit while the house is still getting up from the last
LONGEST_PAUSE = 1.5  # seconds
SOME = 4  # answers, after which the house is taken to be up again


class Killer:
    """``answers`` counts what the clients were told so far.

    What dies and how long it waits come from the seed alone; which of several alike dies, also from how many there are.
    """

    def __init__(self, house: House, seed: int, answers: Callable[[], int]) -> None:
        self.house, self.answers = house, answers
        self.order, self.pauses, self.which = (
            random.Random(f"{seed}-{of}") for of in ("order", "pauses", "which")
        )
        self.killed: dict[str, int] = dict.fromkeys(ROLES, 0)

    def rounds(self) -> Iterator[str]:
        """Kills when it is asked for the next, and says what. Each part once in every round, in changing order."""
        while True:
            for role in self.order.sample(list(ROLES), len(ROLES)):
                self._kill(role)
                yield role
                self._pause()

    def _kill(self, role: str) -> None:
        deadline = time.monotonic() + BACK_WITHIN
        while time.monotonic() < deadline:
            self.house.find(role, BACK_WITHIN)
            found = self.house.all_of(role)
            with contextlib.suppress(psutil.NoSuchProcess):
                if found:
                    self.which.choice(found).kill()
                    self.killed[role] += 1
                    return
        raise HouseDown(f"no {role} to kill within {BACK_WITHIN:g} s\n{self.house.said()}")

    def _pause(self) -> None:
        """A moment; mostly one that begins when the house is at work again."""
        if self.pauses.random() >= AT_ONCE:
            until, deadline = self.answers() + SOME, time.monotonic() + BACK_WITHIN
            while self.answers() < until:
                if self.house.process.poll() is not None or time.monotonic() > deadline:
                    raise HouseDown(f"it does not work again within {BACK_WITHIN:g} s\n{self.house.said()}")
                time.sleep(0.02)
        time.sleep(self.pauses.uniform(0, LONGEST_PAUSE))
