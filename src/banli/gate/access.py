"""The gate is kept by the post ``gate``, at its own estate only."""

from django.http import Http404

from banli.gate.cards import card
from banli.papers.models import Paper
from banli.people.access import Desk, require_post
from banli.people.models import Acting

GATE = "gate"


def require_gate(desk: Desk) -> Acting:
    """The post the desk keeps the gate in; Denied (403) for everybody else."""
    return require_post(desk, GATE)


def pass_for(desk: Desk, pk: int) -> Paper:
    """A pass of the gate's own estate; 404 for a foreign one, an unknown one, or a paper that is no pass."""
    require_gate(desk)
    found = (
        Paper.objects.filter(estate=desk.estate, token__isnull=False)
        .select_related("used_by", "case", "case__record", "form", "estate")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def card_for(desk: Desk, pk: int) -> Paper:
    """A card of the gate's own estate; 404 for all that lets nobody in."""
    found = pass_for(desk, pk)
    read = card(found)
    if read is None or not read.person:
        raise Http404
    return found


def stoppable_for(desk: Desk, pk: int) -> Paper:
    """A card, or a visitor's pass on which nobody has come in yet; 404 for all on which nobody is turned away."""
    found = pass_for(desk, pk)
    read = card(found)
    if read is None or not read.may_be_stopped:
        raise Http404
    return found


def through_for(desk: Desk, pk: int) -> Paper:
    """A pass on which somebody goes in and out; 404 for every other paper."""
    found = pass_for(desk, pk)
    read = card(found)
    if read is None or read.through is None:
        raise Http404
    return found
