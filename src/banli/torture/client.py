"""A client: drives cases one after the other, and remembers what it was told."""

import random
import threading
from collections import deque

from .api import Answer, Caller, NoAnswer, Request, Wrong
from .memory import Memory, Told
from .work import PROCEDURES, Ground, opening, steps

ECHOES = 0.1  # the share of actions after which an older one is sent again, as a confused machine would
REMEMBERED = 40  # requests that may be sent again


class Client(threading.Thread):
    """Works until ``ending`` is set, and then to the end of its case. ``wrong`` is what it saw that must not be."""

    def __init__(
        self,
        name: str,
        caller: Caller,
        ground: Ground,
        memory: Memory,
        rng: random.Random,
        ending: threading.Event,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.caller, self.ground, self.memory, self.rng, self.ending = caller, ground, memory, rng, ending
        self.wrong: list[str] = []
        self.cases = 0
        self._keys = 0
        self._sent: deque[tuple[Request, Answer]] = deque(maxlen=REMEMBERED)

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self.case(self.rng.choice(PROCEDURES))
            except (NoAnswer, Wrong, KeyError, TypeError) as why:
                self.wrong.append(f"{self.name}-{self._keys:06}: {why}")
                if len(self.wrong) >= 20:  # it will not get better
                    return

    def case(self, procedure: str) -> int:
        """One whole case; its id."""
        case = self._do("xiaowang", "cases", opening(procedure, self.ground), "open", "").case
        for one in steps(procedure, self.ground):
            sent = {"step": one.step, "outcome": one.outcome, **one.more}
            self._do(one.who, f"cases/{case}/acts", sent, "act", one.step)
        self.cases += 1
        return case

    def _do(self, who: str, path: str, body: dict[str, object], kind: str, step: str) -> Answer:
        self._keys += 1
        request = Request(who, path, body, f"torture-{self.name}-{self._keys:06}")
        answer = self.caller.do(request)
        self.memory.keep(Told(request.key, kind, step, answer.case, answer.seq))
        self._sent.append((request, answer))
        if self.rng.random() < ECHOES:
            self._echo(*self.rng.choice(self._sent))
        return answer

    def _echo(self, request: Request, first: Answer) -> None:
        second = self.caller.do(request)
        if (second.case, second.seq) != (first.case, first.seq) or not second.again:
            self.wrong.append(f"{request.key}: was answered {first}, and sent again {second}")
