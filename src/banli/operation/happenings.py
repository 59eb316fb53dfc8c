"""What happens in the house, told once to everything that watches: the log, the metrics, the traces.

Only facts that identify nobody outside the office are told: numbers of cases, staff and estates, codes, durations.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

from banli.engine.refusals import Refusal

from . import metrics, traces

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("banli.actions")
#: What is known of the request that is being answered; its line of the log tells it. None outside of one.
_request: ContextVar[dict[str, Any] | None] = ContextVar("banli_request", default=None)


@contextmanager
def during(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """While a request is answered, what happens is written into its facts."""
    before = _request.set(facts)
    try:
        yield facts
    finally:
        _request.reset(before)


def request_facts() -> dict[str, Any]:
    """What is known of the request that is being answered; empty outside of one."""
    return _request.get() or {}


def action(kind: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Watch an action: how long it took, and whether it was done, done before (again), refused, or failed."""

    def watching(do: Callable[P, T]) -> Callable[P, T]:
        @wraps(do)
        def watched(*args: P.args, **asked: P.kwargs) -> T:
            facts, began = _asked(kind, asked), perf_counter()
            with traces.span(f"action {kind}") as span:
                try:
                    told = do(*args, **asked)
                    facts |= _came_of(told)
                    return told
                except Refusal as why:
                    facts |= {"outcome": "refused", "refusal": why.code}
                    raise
                except BaseException:
                    facts["outcome"] = "failed"
                    raise
                finally:
                    span.tell(facts)
                    _tell(kind, facts, perf_counter() - began)

        return watched

    return watching


def refused(code: str) -> None:
    """A request is answered with a refusal; perhaps before any action was tried, by its form."""
    metrics.count_refusal(code)
    request_facts().setdefault("refusal", code)


def verdict(kind: str) -> None:
    """The gate's word on one scanned or typed pass."""
    metrics.count_verdict(kind)
    request_facts().setdefault("verdict", kind)


def _asked(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Who asked for it, at which estate, on which case: ids only."""
    facts: dict[str, Any] = {"action": kind}
    by = asked.get("by")
    if by is not None:
        staff = getattr(by, "staff", by)
        facts["staff"] = staff.pk
        if hasattr(by, "estate"):
            facts["estate"] = by.estate.pk
    if isinstance(asked.get("case_id"), int):
        facts["case"] = asked["case_id"]
    return facts


def _came_of(told: Any) -> dict[str, Any]:
    if not hasattr(told, "case_id") or not hasattr(told, "again"):
        return {"outcome": "done"}
    return {"outcome": "again" if told.again else "done", "case": told.case_id, "entry": told.seq}


def _tell(kind: str, facts: dict[str, Any], seconds: float) -> None:
    metrics.count_action(kind, facts["outcome"], facts.get("refusal", ""), seconds)
    request = _request.get()
    if request is not None:
        request |= facts
    elif log.isEnabledFor(logging.INFO):
        log.info("action", extra={"facts": {**facts, "ms": round(seconds * 1000, 1)}})
