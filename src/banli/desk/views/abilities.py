"""Who can do what, on the screen: the list, and one person's."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.engine.refusals import Refusal
from banli.people.ability.actions import set_ability
from banli.people.ability.queries import ANYTHING, by_staff
from banli.people.access import desk_for, require_post
from banli.people.models import Staff
from banli.people.views import whole_number

from .. import abilities as queries
from ..abilities import AbilityForm

#: At which field of the form a refusal stands.
FIELDS = {"ability_share": "share", "ability_past": "since", "not_an_option": "values"}


@login_required
@require_GET
@never_cache
def abilities(request: HttpRequest) -> HttpResponse:
    """Everybody in a post whose work is shared out, with what they can do today."""
    desk = desk_for(request)
    require_post(desk, *queries.SETS)
    post, _dot, pk = request.GET.get("after", "").rpartition(".")
    lines, after = queries.lines(desk, timezone.localdate(), (post, whole_number(pk)) if post else None)
    context = {"lines": lines, "next": f"?after={after[0]}.{after[1]}" if after else ""}
    return render(request, "desk/abilities.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def ability(request: HttpRequest, pk: int) -> HttpResponse:
    """What one person can do, and what was said before; POST sets one kind of work."""
    desk = desk_for(request)
    acting = require_post(desk, *queries.SETS)
    today = timezone.localdate()
    staff = get_object_or_404(Staff, pk=pk)
    kinds = queries.kinds_of(desk, staff, today)
    if not kinds:
        raise Http404
    known = by_staff(desk.estate.pk, [staff.pk], today)
    sent = request.POST if request.method == "POST" else None
    forms = []
    for kind in kinds:
        chosen = sent is not None and sent.get("kind") == kind.name
        form = AbilityForm(
            sent if chosen else None, kind=kind, can=known.get((staff.pk, kind.name), ANYTHING)
        )
        forms.append(form)
        if sent is None or not form.is_bound or not form.is_valid():
            continue
        told: dict[str, Any] = form.cleaned_data
        try:
            set_ability(
                by=desk, acting=acting, staff=staff, kind=kind.name, values=told["values"],
                offered=list(kind.offered), since=told["since"], share=told.get("share", 100),
                key=sent.get("key", "")[:100] or None,
            )  # fmt: skip
            return redirect("desk:ability", pk=staff.pk)
        except Refusal as why:
            form.refuse(why, FIELDS.get(why.code))
    if sent is not None and not any(form.is_bound for form in forms):
        raise Http404  # there is no such kind of work
    context = {"staff": staff, "forms": forms, "changes": queries.changes(desk, staff, kinds, today)}
    return render(request, "desk/ability.html", context, status=422 if sent is not None else 200)
