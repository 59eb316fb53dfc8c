"""/metrics for Prometheus: what was counted, and what the database and the kernel know at this moment.

For a caller on this machine that came through no proxy, or with BANLI_METRICS_TOKEN; to everybody else it is not there.
"""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from banli.config.processes import running
from banli.operation import metrics
from banli.operation.proxies import PROXIED

SOON = 30  # minutes: a clock that runs out within these is about to be late
MOST = 10_000  # counted no further: an estate with more late cases than this needs no exact figure

_CLOCKS = """
    SELECT estate.code, late.cases, soon.cases
      FROM estate_estate estate,
           LATERAL (SELECT count(*) AS cases FROM (
               SELECT FROM cases_case WHERE estate_id = estate.id AND status = 'open' AND due_at < now() LIMIT %(most)s
           ) a) late,
           LATERAL (SELECT count(*) AS cases FROM (
               SELECT FROM cases_case WHERE estate_id = estate.id AND status = 'open'
                  AND due_at >= now() AND due_at < now() + make_interval(mins => %(soon)s) LIMIT %(most)s
           ) b) soon
"""
_HOUSE = """
    SELECT (SELECT count(*) FROM procrastinate_jobs
             WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
           (SELECT extract(epoch FROM now() - min(event.at)) FROM procrastinate_events event JOIN (
                SELECT id FROM procrastinate_jobs
                 WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1
            ) oldest ON oldest.id = event.job_id),
           (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('failed', 'aborted')),
           (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers),
           (SELECT greatest(0, extract(epoch FROM now() - min(wake_at))) FROM cases_case WHERE wake_at IS NOT NULL),
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
           current_setting('max_connections')::int
"""
_TOLD = (
    ("banli_jobs_waiting", "Jobs that could be worked on now"),
    ("banli_oldest_job_seconds", "How long the oldest of them has waited"),
    ("banli_jobs_failed", "Jobs that ended in an error and are kept"),
    ("banli_worker_heartbeat_seconds", "Since the last sign of life of any worker"),
    ("banli_clock_lag_seconds", "How far the clocks are behind: since when a case should have been woken"),
    ("banli_database_connections", "Connections to the database, everybody's"),
    ("banli_database_connections_most", "How many the server allows"),
)


@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """Everything, as Prometheus reads it."""
    if not may_read(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """With the token; or from this very machine, asked for by its own name, and through no proxy."""
    token = settings.BANLI_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and constant_time_compare(given, token):
        return True
    host = request.get_host().rsplit(":", 1)[0]
    return (
        not request.META.get(PROXIED)
        and host in ("localhost", "127.0.0.1", "[::1]")
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
    )


def exposition() -> bytes:
    """The counts of every process of the house, and its gauges."""
    counted = metrics.enable()
    now = CollectorRegistry()
    now.register(Now())
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(counted.registry) + generate_latest(now)
    from prometheus_client.multiprocess import MultiProcessCollector

    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)
    return generate_latest(everybody) + generate_latest(now)


class Now(Collector):
    """What is true at this moment: two statements over indexes, and the memory of our processes."""

    def collect(self) -> Iterator[Metric]:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_HOUSE)
                house = cursor.fetchone()
                cursor.execute(_CLOCKS, {"soon": SOON, "most": MOST})
                clocks = cursor.fetchall()
        except DatabaseError:
            yield GaugeMetricFamily("banli_database_up", "Whether the database answers", value=0)
        else:
            yield GaugeMetricFamily("banli_database_up", "Whether the database answers", value=1)
            for (name, about), value in zip(_TOLD, house, strict=True):
                if value is not None:
                    yield GaugeMetricFamily(name, about, value=float(value))
            late = GaugeMetricFamily("banli_cases_late", "Open cases with a clock run out", labels=["estate"])
            soon = GaugeMetricFamily(
                "banli_cases_soon_late",
                f"Open cases with a clock that runs out in {SOON} min",
                labels=["estate"],
            )
            for estate, now_late, soon_late in clocks:
                late.add_metric([estate], now_late)
                soon.add_metric([estate], soon_late)
            yield from (late, soon)
        memory = GaugeMetricFamily(
            "banli_process_resident_bytes", "Memory of our processes", labels=["process"]
        )
        for name, pid in running():
            memory.add_metric([name], _resident(pid))
        yield memory


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
