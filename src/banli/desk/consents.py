"""How an owner may agree to a step, for whoever has it on their screen: the owners, the ways, a link that waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from banli.cases import facts, links
from banli.cases.models import Case, ConsentLink
from banli.cases.record import Record
from banli.engine import consent
from banli.engine.text import Text
from banli.estate import identity_questions
from banli.estate.models import Person
from banli.estate.queries import masked
from banli.messages import deliveries
from banli.messages.sms import mobile
from banli.people.access import Desk

from . import delivered

OWNER, WAY, REFERENCE, SCAN, ASK = "act-owner", "act-way", "act-reference", "act-scan", "act-ask-"


@dataclass(frozen=True)
class Owner:
    """An owner as the clerk sees them. ``phone`` is masked; ``proof``: whether a link could prove who signs.

    ``mobile``: whether an SMS could reach them.
    """

    person: Person
    phone: str
    questions: frozenset[str]
    proof: bool
    mobile: bool


@dataclass(frozen=True)
class Consent:
    """``ways``: those that the step and the estate take. ``least``: how many questions a call needs.

    ``sms``: whether the estate sends links by SMS. ``told``: what became of sending the one that waits. ``over``: the
    last one, where nobody can answer through it any more and the desk took none back.
    """

    case: Case
    step: str
    branch: int | None
    ways: tuple[str, ...]
    owners: list[Owner]
    least: int
    waiting: ConsentLink | None
    sms: bool = False
    told: delivered.ShownDelivery | None = None
    over: ConsentLink | None = None

    @property
    def by_hand(self) -> list[tuple[str, Text]]:
        """The ways that the clerk records at the counter."""
        return [(way, consent.WAYS[way]) for way in self.ways if way != "link"]

    @property
    def may_link(self) -> bool:
        return "link" in self.ways

    @property
    def provable(self) -> list[Owner]:
        return [one for one in self.owners if one.proof]

    @property
    def by_sms(self) -> list[Owner]:
        """Those to whom a link can be sent by SMS."""
        return [one for one in self.provable if one.mobile] if self.sms else []

    @property
    def questions(self) -> list[tuple[str, Text]]:
        """What can be asked on the telephone: whatever is on file about one of the owners."""
        known = frozenset().union(*(one.questions for one in self.owners if one.phone))
        return [(name, title) for name, title in identity_questions.QUESTIONS.items() if name in known]


def consent_of(record: Record, name: str, branch: int | None, now: datetime) -> Consent | None:
    """How the owner may agree to a step; None for a step that names no ways."""
    book, case, step = record.book, record.case, record.book.flow.steps[name]
    if not step.ways or case.unit is None:
        return None
    own = facts.settings_of(book, case.estate)
    people = Person.objects.filter(pk__in=facts.owners_of(case.unit, now)).order_by("pk")
    sent = ConsentLink.objects.filter(case=case, step=name, branch=branch).select_related("owner")
    last = sent.order_by("-id").first()
    link = last if last is not None and last.state == "waiting" and last.expires_at > now else None
    over = last if link is None and last is not None and last.state in ("waiting", "locked") else None
    return Consent(
        case, name, branch, consent.ways(book, step, own), [_owner(case, one, now) for one in people],
        consent.questions(book, own), link, deliveries.may_sms(case.estate, now), told_of(link),
        over,
    )  # fmt: skip


def told_of(link: ConsentLink | None) -> delivered.ShownDelivery | None:
    """What became of sending a link by SMS; None for one that was not sent so. One query where there is a link."""
    sent = deliveries.of_links([link.pk]) if link is not None else {}
    return next((delivered.in_words(one) for one in sent.values()), None)


def _owner(case: Case, person: Person, now: datetime) -> Owner:
    assert case.unit is not None
    known = frozenset(identity_questions.on_file(case.unit, person, now))
    return Owner(
        person, masked(person, "phone"), known, bool(links.proof_of(person)), bool(mobile(person.phone))
    )


def controls(asked: Consent, form: Any) -> dict[str, Any]:
    """What the form asks of a consent beside its signature, with what was typed and what is wrong with it.

    ``form`` is the step's (:class:`banli.desk.forms.StepForm`). Answers to identity questions are never shown again.
    """
    typed = form.sent.posted if form.sent else {}
    named = {str(one.person.pk): _named(one) for one in asked.owners}
    only = next(iter(named), "") if len(named) == 1 else ""
    return {
        "owner": {
            "name": OWNER, "type": "choice", "label": _("哪位业主同意"), "required": True, "options": named,
            "value": typed.get(OWNER, only), "error": form.error(OWNER),
        },
        "reference": {
            "name": REFERENCE, "type": "text", "label": _("纸件存放处"), "required": False,
            "max": consent.MAX_REFERENCE, "value": typed.get(REFERENCE, ""), "error": form.error(REFERENCE),
        },
        "scan": {
            "name": SCAN, "type": "photo", "label": _("纸件照片"), "required": False, "value": "",
            "stored": form.pictures.get(SCAN, ""), "error": form.error(SCAN),
        },
        "questions": [
            {
                "name": f"{ASK}{name}", "type": "text", "label": title, "required": False, "private": True,
                "max": 60, "value": "", "error": form.error(f"{ASK}{name}"),
            }
            for name, title in asked.questions
        ],
    }  # fmt: skip


def _named(one: Owner) -> str:
    return (
        f"{one.person.name} · {one.phone}"
        if one.phone
        else _("%(name)s · 没有登记电话") % {"name": one.person.name}
    )


def link_for(desk: Desk, case: Case, pk: int) -> ConsentLink:
    """A link of a case the desk may see; 404 for any other."""
    found = ConsentLink.objects.select_related("owner").filter(pk=pk, case=case, estate=desk.estate).first()
    if found is None:
        raise Http404
    return found


def address(request: HttpRequest, token: str) -> str:
    """The whole address of a link, as another machine reaches it."""
    path = reverse("portal:consent", args=[token])
    known = settings.BANLI_PASS_ORIGIN.rstrip("/")
    return f"{known}{path}" if known else request.build_absolute_uri(path)


def code(url: str) -> SafeString:
    """The address as a picture to be scanned."""
    made = segno.make(url, error="m", micro=False)
    return mark_safe(made.svg_inline(border=4, dark="#14201c", light="#fff", omitsize=True, svgclass="qr"))
