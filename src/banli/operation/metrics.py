"""Counted in this process: actions, requests, verdicts. What the database knows is asked for by banli.config.gauges.

Counting begins with `enable`: commands that end in a moment neither count nor pay for the import. Several processes
count into one folder, PROMETHEUS_MULTIPROC_DIR, which the supervisor makes; each of them then tells of all.
"""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counted:
    """The counters of this process. Their labels take few values: kinds, codes, names of routes."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = registry = CollectorRegistry()
        self.actions = Counter(
            "banli_actions",
            "Actions, by kind and how they ended",
            ("kind", "outcome", "refusal"),
            registry=registry,
        )
        self.action_seconds = Histogram(
            "banli_action_seconds", "How long an action took", ("kind",), registry=registry, buckets=SECONDS
        )
        self.requests = Counter(
            "banli_requests", "Requests, by route", ("route", "method", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "banli_request_seconds", "How long a request took", ("route",), registry=registry, buckets=SECONDS
        )
        self.refusals = Counter(
            "banli_refusals", "Requests answered with a refusal, by its code", ("refusal",), registry=registry
        )
        self.verdicts = Counter(
            "banli_gate_verdicts", "What the gate was told of a pass", ("verdict",), registry=registry
        )


_counted: Counted | None = None


def enable() -> Counted:
    """From now on this process counts."""
    global _counted
    if _counted is None:
        _counted = Counted()
    return _counted


def count_action(kind: str, outcome: str, refusal: str, seconds: float) -> None:
    if _counted is not None:
        _counted.actions.labels(kind, outcome, refusal).inc()
        _counted.action_seconds.labels(kind).observe(seconds)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    if _counted is not None:
        _counted.requests.labels(route, method, status).inc()
        _counted.request_seconds.labels(route).observe(seconds)


def count_refusal(code: str) -> None:
    if _counted is not None:
        _counted.refusals.labels(code).inc()


def count_verdict(kind: str) -> None:
    if _counted is not None:
        _counted.verdicts.labels(kind).inc()
