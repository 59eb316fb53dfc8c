"""Jobs of the papers room."""

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from banli.papers.files import file_for
from banli.papers.models import Paper

#: A database that is away comes back: at once, then after 5, 10, 15 … seconds, as often as it takes.
WHEN_IT_IS_BACK = RetryStrategy(linear_wait=5, retry_exceptions=(OperationalError, InterfaceError))


@app.task(name="banli.papers.make_files", queueing_lock=None, retry=WHEN_IT_IS_BACK)
def make_files(paper_id: int) -> None:
    """Make the first printing of every copy, so that the desk need not wait for it. Safe to run twice."""
    paper = Paper.objects.select_related("form", "estate").get(pk=paper_id)
    for copy in paper.copies:
        file_for(paper, copy)
