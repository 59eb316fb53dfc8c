"""Who may see a paper: staff of its estate with one of the posts its definition names."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone

from banli.papers.models import Paper
from banli.papers.standing import is_over
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


def cards_of(desk: Desk, case_id: int) -> list[Paper]:
    """The cards of a case that hold now, those printed least often first; 404 where the case has no card here.

    Raises Denied for a post that may print none of them; cards of a kind for other posts are left out.
    """
    mine = papers_at(desk).filter(case_id=case_id, form__definition__size="card")
    known = list(mine.annotate(printed=Count("printings")).order_by("printed", "pk"))
    if not known:
        raise Http404
    open_to = [paper for paper in known if desk.holds(*paper.form.definition["printed_by"])]
    if not open_to:
        require_post(desk, *sorted({post for paper in known for post in paper.form.definition["printed_by"]}))
    now = timezone.now()
    return [paper for paper in open_to if paper.state == Paper.State.VALID and not is_over(paper, now)]
