"""Who does a round, who sees them all, who says what was done about one that was missed or found something."""

from django.http import Http404

from banli.people.access import Acting, Denied, Desk, require_post

from .models import Round

#: Who sees every round of the estate, and settles what was missed or wrong.
SUPERVISES = ("duty_supervisor", "director", "engineering_supervisor", "safety_supervisor")


def supervises(desk: Desk) -> bool:
    return desk.holds(*SUPERVISES)


def round_for(desk: Desk, pk: int) -> Round:
    """A round of the desk's estate: one of its own posts', or any for a supervisor. 404 elsewhere, 403 for others."""
    found = (
        Round.objects.select_related("version", "done_by", "settled_by")
        .filter(estate=desk.estate, pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    if not desk.holds(found.post, *SUPERVISES):
        raise Denied(found.post, *SUPERVISES)
    return found


def doing(desk: Desk, found: Round) -> Acting:
    """The post in which the desk does a round; raises Denied (403) for all other posts."""
    return require_post(desk, found.post)


def settling(desk: Desk) -> Acting:
    """The post in which the desk settles a round."""
    return require_post(desk, *SUPERVISES)
