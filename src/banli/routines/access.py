"""Who does a round, who sees them all, who says what was done about one that was missed or found something."""

from django.http import Http404

from banli.cases.access import require_part
from banli.cases.models import Case
from banli.engine.text import Text
from banli.people.access import Acting, Denied, Desk, require_post
from banli.people.titles import post_definitions

from .models import LogLine, Round, RoundCase, Watch
from .signing import superiors

#: Who sees every round of the estate, and settles what was missed or wrong.
SUPERVISES = ("duty_supervisor", "director", "engineering_supervisor", "safety_supervisor")


def supervises(desk: Desk) -> bool:
    return desk.holds(*SUPERVISES)


def round_for(desk: Desk, pk: int) -> Round:
    """A round of the desk's estate: of its own posts, any for a supervisor, or what a case of theirs came from.

    404 elsewhere, 403 for others.
    """
    found = (
        Round.objects.select_related("version", "done_by", "settled_by")
        .filter(estate=desk.estate, pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    if not may_start(desk, found) and not _has_a_case_of(desk, found):
        raise Denied(found.post, *SUPERVISES)
    return found


def _has_a_case_of(desk: Desk, found: Round) -> bool:
    begun = RoundCase.objects.filter(round=found).select_related("case")
    return any(sees_case(desk, one.case) for one in begun)


def sees_case(desk: Desk, case: Case) -> bool:
    """Whether the desk takes part in a case of its estate."""
    try:
        require_part(desk, case)
    except Denied:
        return False
    return True


def may_start(desk: Desk, found: Round) -> bool:
    """Whether the desk may begin a case from what was found: whoever does such rounds, or supervises them."""
    return desk.holds(found.post, *SUPERVISES)


def starting(desk: Desk, found: Round) -> Acting:
    """The post in which the desk begins a case from a finding."""
    return require_post(desk, found.post, *SUPERVISES)


def doing(desk: Desk, found: Round) -> Acting:
    """The post in which the desk does a round; raises Denied (403) for all other posts."""
    return require_post(desk, found.post)


def settling(desk: Desk) -> Acting:
    """The post in which the desk settles a round."""
    return require_post(desk, *SUPERVISES)


def reads_log(desk: Desk, post: str) -> None:
    """Whoever holds a post that keeps a log, or supervises; 404 where it keeps none, 403 for others."""
    if post not in log_keepers():
        raise Http404
    if not desk.holds(post, *SUPERVISES):
        raise Denied(post, *SUPERVISES)


def log_keepers() -> dict[str, Text]:
    """The posts that keep a shift log."""
    return {post: one.title for post, one in post_definitions().items() if one.counted}


def signing(desk: Desk, post: str) -> Acting:
    """The post in which the desk signs a day of a log: the one above the log's, or one above that."""
    return require_post(desk, *superiors(post))


def may_sign(desk: Desk, post: str) -> bool:
    """Whether the desk is above the post of a log."""
    return desk.holds(*superiors(post))


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
