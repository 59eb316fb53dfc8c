"""Asking a server elsewhere by HTTP: what it says as JSON, or an answer that says to try again.

What breaks before the request is sent reached nobody; what breaks afterwards may have been taken, and says so.
Addresses are never logged: they may carry a key.
"""

import logging
from collections.abc import Mapping
from typing import Any

import httpx

from .answers import Answer, one_line

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells whole addresses at a lower level
logging.getLogger("httpcore").setLevel(logging.WARNING)


class NotHeard(Exception):
    """No answer that can be read; ``answer`` says what that means."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.problem)
        self.answer = answer


def ask(
    method: str, url: str, *, params: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None, refusals: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The object that the server answers with; raises NotHeard. ``refusals``: a 4xx is read too, it says why."""
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=True) as client:
            told = client.request(method, url, params=params, data=form, json=body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.ProxyError) as why:
        raise NotHeard(Answer("later", "unreachable", one_line(type(why).__name__))) from None
    except (httpx.HTTPError, httpx.InvalidURL) as why:
        raise NotHeard(Answer("later", "broke_off", one_line(type(why).__name__))) from None
    if told.status_code == 429 or told.status_code >= 500:
        raise NotHeard(Answer("later", "busy", f"HTTP {told.status_code}"))
    if told.status_code >= 300 and not (refusals and told.status_code >= 400):
        raise NotHeard(Answer("later", "unreachable", f"HTTP {told.status_code}"))
    try:
        said = told.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotHeard(Answer("later", "broke_off", f"HTTP {told.status_code}"))
    return said
