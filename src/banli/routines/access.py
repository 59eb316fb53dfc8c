"""Who does a round, who sees them all, who says what was done about one that was missed or found something."""

from django.http import Http404

from banli.people.access import Acting, Denied, Desk, require_post

from .models import LogLine, Round, Watch

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


def watch_for(desk: Desk, pk: int) -> Watch:
    """A watch of the desk's estate, for whoever holds its post, supervises, or is asked to take it over."""
    found = Watch.objects.select_related("keeper", "offered_to").filter(estate=desk.estate, pk=pk).first()
    if found is None:
        raise Http404
    if found.offered_to_id != desk.staff.pk:
        require_post(desk, found.post, *SUPERVISES)
    return found


def line_for(desk: Desk, pk: int) -> LogLine:
    """An open matter of a log that the desk may see."""
    found = LogLine.objects.select_related("watch").filter(estate=desk.estate, pk=pk).first()
    if found is None or found.kind == LogLine.Kind.NOTE:
        raise Http404
    if found.responsible_id != desk.staff.pk:
        require_post(desk, found.post, *SUPERVISES)
    return found


def on_watch(desk: Desk, post: str) -> Acting:
    """The post in which the desk acts in a shift log: its own, or as a supervisor who stands in."""
    return require_post(desk, post, *SUPERVISES)
