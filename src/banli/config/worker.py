"""The worker: runs the jobs that actions queued in their own transactions, and the periodic ones."""

from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

HEARTBEAT_EVERY = 3.0  # seconds
STALLED_AFTER = 15.0  # seconds without a heartbeat: this worker is dead, its jobs are taken over


def main(argv: list[str]) -> int:
    """Works until told to stop; running jobs may end. Without its database it ends, to be started anew."""
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        working.run_worker(
            concurrency=2,
            delete_jobs="successful",
            shutdown_graceful_timeout=10,
            update_heartbeat_interval=HEARTBEAT_EVERY,
            stalled_worker_timeout=STALLED_AFTER,
        )
    return 0
