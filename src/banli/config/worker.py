"""The worker: runs the jobs that actions queued in their own transactions, and the periodic ones."""

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException

from banli.config.failures import say
from banli.operation import metrics, traces

HEARTBEAT_EVERY = 3.0  # seconds
DATABASE_WITHIN = 4.0  # seconds to wait for a connection before giving up
STALLED_AFTER = 20.0  # seconds without a heartbeat: this worker is dead, its jobs are taken over


def main(argv: list[str]) -> int:
    """Works until told to stop; running jobs may end. Without its database it ends, to be started anew."""
    metrics.enable()
    traces.start("worker")
    connector = PsycopgConnector(kwargs=connector_params(), timeout=DATABASE_WITHIN)
    try:
        with app.replace_connector(connector) as working:
            working.run_worker(
                concurrency=3,  # a mail server that takes its time holds up one of them
                delete_jobs="successful",
                shutdown_graceful_timeout=10,
                update_heartbeat_interval=HEARTBEAT_EVERY,
                stalled_worker_timeout=STALLED_AFTER,
            )
    except ConnectorException:
        say("后台任务失去了数据库", "The worker has lost its database")
        return 1
    return 0
