"""The pets of a home on the screen: what was declared, and the form for whoever wants to declare one."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_for, require_post

from .. import access
from ..filing import filing
from ..models import Occupancy, Unit
from . import actions, kinds, queries
from .forms import LastDayForm, PetForm

LABEL = {"zh": "登记证号", "en": "licence number"}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def pets(request: HttpRequest, pk: int) -> HttpResponse:
    """Every pet declared at a home, and the form; ``follows``: what is otherwise from a day on."""
    at = filing(request, pk, access.pet_for)
    desk, unit, follows = at.desk, at.unit, at.follows
    lives = Occupancy.objects.on(timezone.localdate()).filter(unit=unit).select_related("person")
    sent = request.POST if request.method == "POST" else None
    form = PetForm(sent, lives=lives.order_by("pk"), follows=follows)
    if sent is not None and form.is_valid():
        try:
            actions.declare_pet(
                by=desk, unit=unit, person=form.people[form.cleaned_data["person"]], told=form.told,
                consented="yes" in form.cleaned_data["consent"], follows=follows, acting=at.acting,
                key=request.POST.get("key") or None,
            )  # fmt: skip
            return redirect("estate:pets", unit.pk)
        except Refusal as why:
            form.refuse(why)
    return _shown(request, desk, unit, form=form, follows=follows)


@login_required
@require_POST
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The pet is there no more."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    pet = access.pet_for(desk, pk)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        return _shown(request, desk, pet.unit, refusal=form.errors["last_day"][0])
    try:
        actions.end_pet(by=desk, pet=pet, last_day=form.cleaned_data["last_day"], acting=acting)
    except Refusal as why:
        return _shown(request, desk, pet.unit, refusal=why)
    return redirect("estate:pets", pet.unit_id)


@login_required
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """The keeper takes the declaration back; it is erased."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    pet = access.pet_for(desk, pk)
    try:
        actions.withdraw_pet(by=desk, pet=pet, acting=acting)
    except Refusal as why:
        return _shown(request, desk, pet.unit, refusal=why)
    return redirect("estate:pets", pet.unit_id)


@login_required
@never_cache
@require_POST
def unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a licence's number, for a reason that is journalled with the look. The answer is kept nowhere."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    pet = access.pet_for(desk, pk)
    context: dict[str, Any] = {"pet": pet, "label": LABEL, "masked": kinds.masked(pet)}
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        context["clear"] = actions.look(by=desk, pet=pet, reason=reason, acting=acting)
        status = 200
    except Refusal as why:
        context["refusal"], status = why, 422
    part = "estate/_unmasked.html" if request.headers.get("HX-Request") else "estate/pets/unmasked.html"
    return render(request, part, context, status=status)


def _shown(
    request: HttpRequest, desk: Desk, unit: Unit, *, form: PetForm | None = None, follows: Any = None,
    refusal: Any = None,
) -> HttpResponse:  # fmt: skip
    if form is None:
        lives = Occupancy.objects.on(timezone.localdate()).filter(unit=unit).select_related("person")
        form = PetForm(lives=lives.order_by("pk"))
    context = {
        "unit": unit,
        "lines": queries.lines_of(unit),
        "form": form,
        "follows": follows,
        "refusal": refusal,
    }
    wrong = refusal is not None or bool(form.errors)
    return render(request, "estate/pets/pets.html", context, status=422 if wrong else 200)
