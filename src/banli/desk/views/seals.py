"""The picture of a seal: the estate's own or the drawn one, its history, and changing it."""

from typing import ClassVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.journal.pictures import MAX_BYTES
from banli.journal.vault import VaultError
from banli.papers import seal_pictures
from banli.people.access import Desk, desk_for, require_post
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

from .. import access, paper_forms
from ..refusing import status_of
from .answering import go_on


class PictureForm(OfficeForm):
    """A picture of the seal, and why it is changed; for the drawn seal again (``restore``) only why."""

    kinds: ClassVar[dict[str, str]] = {"picture": "file"}
    picture = forms.FileField(
        label=_("图样"),
        required=False,
        help_text=_("透明底的 PNG，或把章盖在白纸上扫描：白纸会变透明，白边会去掉。加密保存。"),
    )
    reason = forms.CharField(label=_("原因或依据"), max_length=200, help_text=_("例如：换了新刻的章"))

    @property
    def restores(self) -> bool:
        return self.data.get("restore") == "yes"

    def clean_picture(self) -> bytes | None:
        """What was sent; None for the drawn seal."""
        sent = self.cleaned_data["picture"]
        if self.restores:
            return None
        if sent is None:
            raise forms.ValidationError(_("请填写。"))
        if sent.size > MAX_BYTES:
            raise forms.ValidationError(say(Refusal("file_too_large", max=MAX_BYTES // (1024 * 1024))))
        content: bytes = sent.read()
        return content


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def seal(request: HttpRequest, post: str) -> HttpResponse:
    """One seal: what it looks like now, every change of it. POST: another picture, or the drawn one again."""
    desk = desk_for(request)
    acting = require_post(desk, *access.SETS)
    title = _title(desk, post)
    form, status = PictureForm(), 200
    if request.method == "POST":
        form, status = PictureForm(request.POST, request.FILES), 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                seal_pictures.change(
                    by=desk, acting=acting, post=post, content=told["picture"], reason=told["reason"]
                )
                return go_on(request, reverse("desk:seal", args=[post]))
            except Refusal as why:
                form.refuse(why, None if form.restores else "picture")
                status = status_of(why)
    versions = list(seal_pictures.versions(desk.estate, post).defer("picture"))
    context = {
        "post": post, "title": title, "form": form, "versions": versions,
        "own": versions[0] if versions and versions[0].sha256 else None,
    }  # fmt: skip
    return render(request, "desk/seal.html", context, status=status)


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, post: str, pk: int) -> HttpResponse:
    """A version's picture, struck through: nobody takes a seal away from here."""
    desk = desk_for(request)
    require_post(desk, *access.SETS)
    found = seal_pictures.versions(desk.estate, post).filter(pk=pk).exclude(sha256="").first()
    if found is None:
        raise Http404
    try:
        shown = seal_pictures.struck(seal_pictures.content(found))
    except VaultError:
        raise Http404 from None
    return HttpResponse(shown, content_type="image/png")


def _title(desk: Desk, post: str) -> Text:
    """The title of a post that keeps a seal; 404 for any other."""
    known = {one: title for one, title, _own in paper_forms.seals(paper_forms.in_force(), desk.estate)}
    if post not in known:
        raise Http404
    return known[post]
