"""Sign-in, the estate one works at, the language; who holds which post, who stands in for whom."""

from typing import Any, cast

from allauth.account.internal.decorators import login_not_required
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal

from . import access, actions, queries
from .forms import DeputyForm, PasswordForm, SignInForm
from .models import Deputyship, Staff

MAY_SEE_DEPUTIES = (access.DIRECTOR, *access.SUPERVISORS)

_sign_in = LoginView.as_view(form_class=SignInForm, template_name="people/sign_in.html")
_sign_out = LogoutView.as_view(template_name="people/sign_out.html")
_change_password = PasswordChangeView.as_view(
    form_class=PasswordForm,
    template_name="people/password.html",
    success_url=reverse_lazy("people:password_changed"),
)


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """allauth's sign-in with its rate limits; then the person's language, and which estate if several."""
    was_signed_in = request.user.is_authenticated
    response = _sign_in(request)
    if was_signed_in or not request.user.is_authenticated:
        context = getattr(response, "context_data", None) or {}
        if getattr(context.get("form"), "too_many", False):
            response.status_code = 429
        return response
    staff = request.user
    estates = access.estates_of(staff)
    actions.record_sign_in(staff=staff, kind="signed_in", estates=estates)
    if len(estates) != 1:
        response = redirect("people:estates", permanent=False)
        response["Location"] += "?" + urlencode({"next": next_address(request)})
    _remember_language(response, staff.language)
    return response


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    staff = cast(Staff, request.user)
    estates = access.estates_of(staff) if staff.is_authenticated else []
    response = _sign_out(request)
    if request.method == "POST":
        actions.record_sign_in(staff=staff, kind="signed_out", estates=estates)
    return response


def change_password(request: HttpRequest) -> HttpResponseBase:
    """allauth's change of password; who never had one (an API account) is told how to get one."""
    was_signed_in = request.user.is_authenticated
    if was_signed_in and not cast(Staff, request.user).has_usable_password():
        return render(request, "people/no_password.html", status=409)
    response = _change_password(request)
    if was_signed_in and request.method == "POST" and response.status_code == 302:
        staff = cast(Staff, request.user)
        actions.record_sign_in(staff=staff, kind="password_changed", estates=access.estates_of(staff))
    return response


@login_required
@require_GET
def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "people/password_changed.html")


@login_not_required
@require_GET
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "people/inactive.html", status=403)


@login_required
@require_http_methods(["GET", "POST"])
def estates(request: HttpRequest) -> HttpResponse:
    """Choose the estate to work at; somebody without any post is told so."""
    if request.method == "POST":
        actions.switch_estate(request=request, estate_id=whole_number(request.POST.get("estate")))
        return redirect(next_address(request))
    held = access.estates_of(cast(Staff, request.user))
    return render(request, "people/estates.html", {"estates": held, "next": next_address(request)})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language from now on: kept with the person when signed in, and in this browser."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        actions.set_language(staff=request.user, language=chosen)
    response = redirect(next_address(request))
    _remember_language(response, chosen)
    return response


@login_required
@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """Who holds which post today, and who stands in for them."""
    desk = access.desk_for(request)
    post, _, pk = request.GET.get("after", "").rpartition(".")
    lines, after = queries.holders(desk, after=(post, whole_number(pk)) if post else None)
    context: dict[str, Any] = {"lines": lines, "next": f"?after={after[0]}.{after[1]}" if after else ""}
    context["may_see_deputies"] = desk.holds(*MAY_SEE_DEPUTIES)
    context["may_set_abilities"] = desk.holds(access.DIRECTOR)
    return render(request, "people/posts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom, and the form to name somebody."""
    desk = access.desk_for(request)
    access.require_post(desk, *MAY_SEE_DEPUTIES)
    form = DeputyForm(request.POST if request.method == "POST" else None, desk=desk)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        holding = form.holdings[told["holding"]]
        try:
            actions.name_deputy(
                estate=desk.estate,
                post=holding.post,
                principal=holding.staff,
                deputy=form.colleagues[told["deputy"]],
                starts_at=told["starts_at"],
                ends_at=told["ends_at"],
                reason=told["reason"],
                by=desk.staff,
                acting=access.require_naming(desk, holding.staff, holding.post),
                key=request.POST.get("key") or None,
            )
            return redirect("people:deputies")
        except Refusal as why:
            form.refuse(why)
    before = request.GET.get("before")
    lines, following = queries.deputyships(desk, before=whole_number(before) if before else None)
    context = {"form": form, "lines": lines, "next": f"?before={following}" if following else ""}
    return render(request, "people/deputies.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def deputyship_closure(request: HttpRequest, pk: int) -> HttpResponse:
    desk = access.desk_for(request)
    deputyship = get_object_or_404(Deputyship.objects.select_related("principal"), pk=pk, estate=desk.estate)
    acting = access.require_naming(desk, deputyship.principal, deputyship.post)
    try:
        actions.end_deputyship(deputyship=deputyship, by=desk.staff, acting=acting)
    except Refusal as why:
        lines, _ = queries.deputyships(desk)
        context = {"form": DeputyForm(desk=desk), "lines": lines, "refusal": why}
        return render(request, "people/deputies.html", context, status=409)
    return redirect("people:deputies")


def whole_number(text: str | None) -> int:
    """A number out of an address or a form that names a row; what is none names nothing (404)."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def next_address(request: HttpRequest, otherwise: str = "") -> str:
    """Where to go afterwards: the screen one came from if it is of this house, else `otherwise` or the start."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    if safe and wanted.startswith("/") and "\x00" not in wanted:
        return wanted
    return otherwise or resolve_url(settings.LOGIN_REDIRECT_URL)


def _remember_language(response: HttpResponseBase, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 60 * 60,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
