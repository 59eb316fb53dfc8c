"""Who may see a paper: staff of its estate with one of the posts its definition names."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from banli.papers.models import Paper
from banli.people.access import Desk, require_post
from banli.people.models import Acting


def papers_at(desk: Desk) -> QuerySet[Paper]:
    """The papers of the desk's estate, with what a page of one needs."""
    return Paper.objects.filter(estate=desk.estate).select_related(
        "form", "estate", "issued_by", "used_by", "voided_by"
    )


def paper_for(desk: Desk, paper_id: int) -> tuple[Paper, Acting]:
    """The paper and the post the desk acts in; 404 for an unknown or foreign one, 403 without a post."""
    paper = papers_at(desk).filter(pk=paper_id).first()
    if paper is None:
        raise Http404
    posts: Any = paper.form.definition["printed_by"]
    return paper, require_post(desk, *posts)
