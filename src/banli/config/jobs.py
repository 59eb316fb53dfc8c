"""The house's own periodic job."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from banli.config.worker import STALLED_AFTER


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="rescue_stalled_jobs", pass_context=True)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A worker killed in the middle of a job leaves it `doing` for ever: queue it again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)
