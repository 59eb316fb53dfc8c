"""Calling the API as docs/api.md teaches: one key for one action, sent again until there is a definite answer."""

import http.client
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

PATIENCE = 20.0  # seconds for one answer
IMPATIENCE = 0.04  # seconds; most answers take longer, so this one is never heard
NOT_DEFINITE = (502, 503, 504)


class NoAnswer(Exception):
    """There was no definite answer in time."""


class Wrong(Exception):
    """A definite answer that nobody should get."""


@dataclass(frozen=True)
class Request:
    """Something to be done: by whom, what, and the key that stands for it."""

    who: str
    path: str
    body: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Answer:
    """``again``: the house says that it had been done by this key before."""

    case: int
    seq: int
    again: bool


class Caller:
    """A machine with a key for each member of the staff that it acts for.

    ``within``: seconds until a definite answer must have come. ``impatient``: the share of calls that hang up at once.
    """

    def __init__(
        self,
        address: str,
        tokens: Mapping[str, str],
        rng: random.Random,
        *,
        within: float,
        impatient: float = 0.0,
    ) -> None:
        self.host, self.port = urlsplit(address).hostname or "", urlsplit(address).port
        self.tokens, self.rng = tokens, rng
        self.within, self.impatient = within, impatient
        self.unanswered = 0

    def get(self, who: str, path: str, **asked: Any) -> Any:
        """What an address of the estate tells, when it answers."""
        query = f"?{urlencode(asked)}" if asked else ""
        return self._until_definite(lambda: self._call(who, "GET", quote(path) + query, None, {}, PATIENCE))[
            1
        ]

    def do(self, request: Request) -> Answer:
        """Send it, again and again with the same key, until it is answered. Raises NoAnswer, or Wrong where refused."""

        def send() -> tuple[int, Any, bool]:
            patience = IMPATIENCE if self.rng.random() < self.impatient else PATIENCE
            headers = {"Idempotency-Key": request.key}
            return self._call(request.who, "POST", request.path, request.body, headers, patience)

        _, told, again = self._until_definite(send)
        return Answer(told["case"], told["seq"], again)

    def _until_definite(self, send: Any) -> tuple[int, Any, bool]:
        deadline = time.monotonic() + self.within
        last = ""
        while time.monotonic() < deadline:
            try:
                status, told, again = send()
            except (
                OSError,
                http.client.HTTPException,
                ValueError,
            ) as why:  # cut off, also in the middle of a word
                last = f"{type(why).__name__}: {why}"
            else:
                if status < 300:
                    return status, told, again
                last = f"{status} {told}"
                if status not in NOT_DEFINITE:
                    raise Wrong(last)
            self.unanswered += 1
            time.sleep(self.rng.uniform(0.02, 0.3))
        raise NoAnswer(f"none within {self.within:g} s; the last was {last}")

    def _call(
        self, who: str, method: str, path: str, body: Any, headers: Mapping[str, str], patience: float
    ) -> tuple[int, Any, bool]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=patience)
        told = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json", **headers}
        try:
            sent = json.dumps(body).encode() if body is not None else None
            connection.request(method, f"/api/estates/cuihu/{path}", sent, told)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), answer.headers.get("Idempotent-Replay") == "true"
        finally:
            connection.close()
