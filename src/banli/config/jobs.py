"""The house's own jobs: what was left by a worker that was killed, and archives that were asked for."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from banli.config.archive.takeout import go_on
from banli.config.worker import STALLED_AFTER
from banli.estate.takeout.actions import sweep
from banli.operation.jobs import FIRST, WHEN_IT_IS_BACK


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="rescue_stalled_jobs", pass_context=True, priority=FIRST)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A worker killed in the middle of a job leaves it `doing` for ever: queue it again.

    One that comes back by the clock may be queued anew already; then the stalled one is dropped, and holds up no other.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=True)


@app.task(name="banli.config.make_takeout", retry=WHEN_IT_IS_BACK)
def make_takeout(takeout_id: int) -> None:
    """Somebody asked for everything. Safe to run twice."""
    go_on(takeout_id)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="sweep_takeouts")
def sweep_takeouts(timestamp: int) -> None:
    """Every ten minutes: archives that nobody fetched, and what a killed worker or download left."""
    sweep()
