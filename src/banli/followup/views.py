"""Campaigns: the list, a new one, and who has moved in since."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.people.access import Desk, desk_for

from . import access, actions, queries, recurring
from .forms import CampaignForm

#: At which field of the form a refusal stands.
FIELDS = {"campaign_named": "name", "campaign_until": "until"}


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign with how far it has come; POST starts one."""
    desk = desk_for(request)
    acting = access.require_campaigns(desk)
    book = next(iter(access.offered().values()))
    sent = request.POST if request.method == "POST" else None
    form = CampaignForm(sent, desk=desk, book=book, now=timezone.now())
    if sent is not None and form.is_valid():
        try:
            actions.start(by=desk, acting=acting, wanted=form.wanted(), key=request.POST.get("key", "")[:100])
            return redirect("followup:campaigns")
        except Refusal as why:
            form.refuse(why, FIELDS.get(why.code))
    context = {"form": form, "campaigns": queries.campaigns(desk), "title": book.procedure.title}
    return render(request, "followup/campaigns.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def merging(request: HttpRequest, pk: int) -> HttpResponse:
    """Call those too who have moved in since."""
    desk = desk_for(request)
    acting = access.require_campaigns(desk)
    campaign = _campaign(desk, pk)
    try:
        actions.merge(by=desk, acting=acting, campaign=campaign)
    except Refusal:
        raise Http404 from None  # its button is not there
    return redirect("followup:campaigns")


@login_required
@require_POST
def stopping(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a campaign that goes on by itself end."""
    desk = desk_for(request)
    acting = access.require_campaigns(desk)
    recurring.stop(by=desk, acting=acting, campaign=_campaign(desk, pk))
    return redirect("followup:campaigns")


def _campaign(desk: Desk, number: int) -> Entry:
    """A campaign of this estate; otherwise 404."""
    stream = actions.stream_of(desk.estate.pk)
    found = Entry.objects.filter(stream=stream, seq=number, kind=actions.KIND).first()
    if found is None:
        raise Http404
    return found
