"""Jobs of the papers room."""

from procrastinate.contrib.django import app

from banli.operation.jobs import WHEN_IT_IS_BACK
from banli.papers.files import file_for
from banli.papers.models import Paper


@app.task(name="banli.papers.make_files", queueing_lock=None, retry=WHEN_IT_IS_BACK)
def make_files(paper_id: int) -> None:
    """Make the first printing of every copy, so that the desk need not wait for it. Safe to run twice."""
    paper = Paper.objects.select_related("form", "estate").get(pk=paper_id)
    for copy in paper.copies:
        file_for(paper, copy)
