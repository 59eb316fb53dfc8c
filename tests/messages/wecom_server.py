"""A server that speaks WeCom's protocol for a company's own application: tokens that end, members, no duplicates."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.messages.web_server import DROP, Site, serving

CORP, SECRET, AGENT = "ww8d1f0b5c", "kXy7-9QpT2rV4mN8wZsB", 1000002


@dataclass
class Company:
    """``tokens``: those that are good. ``instead``: what is said to the next messages instead of taking them."""

    members: set[str] = field(default_factory=lambda: {"xiaowang", "zhao"})
    tokens: set[str] = field(default_factory=set)
    fetched: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)
    instead: list[Any] = field(default_factory=list)
    site: Site | None = None

    def end_tokens(self) -> None:
        self.tokens.clear()

    def speaks(self, method: str, path: str, asked: dict[str, str], body: bytes) -> Any:
        if (method, path) == ("GET", "/cgi-bin/gettoken"):
            return 200, self._token(asked)
        if (method, path) == ("POST", "/cgi-bin/message/send"):
            return self._send(asked, json.loads(body))
        return 404, {}

    def _token(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked.get("corpid") != CORP:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if asked.get("corpsecret") != SECRET:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.fetched += 1
        token = f"token-{next(_numbers)}"
        self.tokens.add(token)
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def _send(self, asked: dict[str, str], told: dict[str, Any]) -> Any:
        instead = self.instead.pop(0) if self.instead else None
        if instead is not None and instead is not DROP:
            return instead
        if asked.get("access_token") not in self.tokens:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if told["agentid"] != AGENT or told["msgtype"] != "text":
            return 200, {"errcode": 301002, "errmsg": "not allow operate another agent"}
        if told["touser"] not in self.members:
            return 200, {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        message = (told["touser"], told["text"]["content"])
        if not (told.get("enable_duplicate_check") == 1 and message in self.shown):
            self.shown.append(message)
        return (
            DROP
            if instead is DROP
            else (200, {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "M7x"})
        )


_numbers = itertools.count(1)


@contextmanager
def wecom() -> Iterator[Company]:
    """The company, for as long as the test needs it."""
    company = Company()
    with serving(company.speaks) as site:
        company.site = site
        yield company
