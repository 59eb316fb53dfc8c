"""The form of one step, made from the procedure file: what is asked, what is known, what came back.

Names of the form's own controls begin with ``act-``; a field of a procedure cannot be called so.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.cases import held
from banli.cases.record import shown
from banli.engine import verbs
from banli.engine.answers import Moment, accept_all
from banli.engine.fields import PICTURES, Field
from banli.engine.limits import bound_of
from banli.engine.money import Tariff
from banli.engine.procedure import Step
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.verbs import Outcome
from banli.engine.wording import Wording
from banli.web import posted as web
from banli.web.fields import when_of
from banli.web.templatetags.say import say

from . import back_entries, consents, controls
from .answers import Answer, table
from .buttons import Buttons, buttons_of
from .money import StepMoney, ToldDeduction, ToldPrice, priced_options
from .place_hints import hints
from .sent import AGAIN, AMOUNT, ASSIGNEE, NOTE, SIGNATURE, TICK, Reader, Sent

#: A refusal that is about one control of the form, not about a field of the procedure.
ABOUT = {
    "signature_required": SIGNATURE,
    "assignee_unknown": ASSIGNEE,
    "assignee_unable": ASSIGNEE,
    "nobody_left": ASSIGNEE,
    "checklist_open": TICK,
    "amount_differs": AMOUNT,
    "note_required": NOTE,
    "consent_owner": consents.OWNER,
    "consent_paper": consents.REFERENCE,
    "call_time": AGAIN,
    "slot_person": ASSIGNEE,
    **back_entries.ABOUT,
}
#: A form that opens a case begins where one types, unless there is something to put right.
_TYPED = ("text", "long_text", "person_name", "phone", "plate", "cn_id")


@dataclass(frozen=True)
class Known:
    """What is known of a field before anybody types.

    ``value`` is shown. A private field shows only its ``mask``; ``kept`` is what stands where it is left blank.
    ``said``: what the file says of it, in words beside it.
    """

    value: Any = None
    said: str = ""
    mask: str = ""
    kept: Any = None


@dataclass
class StepForm:
    """One step's form. ``values`` are the names conditions may refer to; ``pictures``: SHA-256 → address.

    ``estate`` is its name, which stands on copies of identity papers. ``closed``: answers that lead to what cannot be
    begun now, and why. ``staff``: the names offered where somebody of the office may be meant, asked for as they are
    shown.
    """

    book: Rulebook
    name: str
    staff_id: int
    branch: int | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    assignees: Mapping[str, str] = field(default_factory=dict)
    sent_for: Text | None = None
    staff: Callable[[], Sequence[str]] = tuple
    money: StepMoney | None = None
    deduction: ToldDeduction | None = None
    told: Sequence[Answer] = ()
    consent: consents.Consent | None = None
    back: back_entries.BackEntry | None = None
    rows: Mapping[str, str] = field(default_factory=dict)
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    closed: Mapping[str, Text] = field(default_factory=dict)
    signer: str = ""
    now: datetime = field(default_factory=timezone.now)
    sent: Sent | None = None
    refusal: Refusal | None = None
    opening: bool = False
    estate: str = ""

    @property
    def step(self) -> Step:
        return self.book.flow.steps[self.name]

    @property
    def calls(self) -> bool:
        """Whether somebody is telephoned, who is on no call screen of their own."""
        return self.step.verb == "call"

    @property
    def title(self) -> Text:
        return self.book.step_title(self.name)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """What somebody types; what is reckoned from it nobody does."""
        asked = self.book.asked(self.name, self.values)
        return {name: one for name, one in asked.items() if one.typed}

    @property
    def listed(self) -> list[tuple[Answer, Refusal | None, str]]:
        """What nobody types because the office's papers say it, as it will be entered, with what is wrong with it.

        And when it is asked, as the page hides by it.
        """
        asked = self.book.asked(self.name, self.values)
        return [
            (_listed(name, one, self._as_listed(one)), self.error(name), when_of(one.when))
            for name, one in asked.items()
            if one.listed and not (one.when and one.when.ruled_out(self.values))
        ]

    def _as_listed(self, asked: Field) -> Any:
        """What the papers say; nothing where that is the old one still, which a new one has to differ from."""
        told = asked.listed.answer(self.values) if asked.listed else None
        return None if asked.differs_from and told == self.values.get(asked.differs_from) else told

    @property
    def prices(self) -> list[ToldPrice]:
        """The lines of the price list that are told here, at what the estate asks today."""
        return [
            ToldPrice.of(self.book.pack.prices[line], self.book.tariff(line, self.tariffs))
            for line in self.step.prices
        ]

    @property
    def signs(self) -> bool:
        return verbs.find(self.step.verb).signs or self.step.signed

    @property
    def told_by_call(self) -> bool:
        """Whether whoever signs may say it on the telephone."""
        return self.step.by_call

    @property
    def has_files(self) -> bool:
        return any(one.type in PICTURES for one in self.fields.values())

    @property
    def outcomes(self) -> list[Outcome]:
        """What may be chosen, the good ones first. A case is opened with the first one only."""
        verb = verbs.find(self.step.verb)
        offered = [verb.outcome(name) for name in self.book.flow.targets[self.name]]
        offered = [one for one in offered if one.chosen]
        return offered[:1] if self.opening else sorted(offered, key=lambda one: not one.good)

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The outcomes as buttons: with what was written, and what is wrong with it, where a reason is asked."""
        sent = self.sent
        return [
            {
                "name": one.name,
                "title": self.title if self.step.verb == "scan" else one.title,  # which way: in, or out
                "good": one.good,
                "reason": one.reason,
                "chosen": sent is not None and sent.outcome == one.name,
                "note": sent.posted.get(f"{NOTE}-{one.name}", "") if sent else "",
                "error": self.error(NOTE) if sent and sent.outcome == one.name else None,
            }
            for one in self.outcomes
        ]

    @property
    def facts(self) -> str:
        """What the page needs to show and hide questions by; nothing private."""
        fields = self.book.asked(self.name, self.values).values()
        asked = {a.name for one in fields if one.when for a in one.when.atoms()}
        secret = {f"form.{name}" for name in self.book.procedure.private_fields()}
        return json.dumps({k: v for k, v in self.values.items() if k in asked - secret}, ensure_ascii=False)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The step's fields as <c-field> takes them, with what is known or was typed and what is wrong with it."""
        typed = web.answers(self.sent.posted, self.fields) if self.sent else {}
        return [self._asked(name, one, typed) for name, one in self.fields.items() if not one.buttons]

    @property
    def buttons(self) -> Buttons | None:
        """The answers that are buttons of their own; None where there are none."""
        name = next((name for name, one in self.fields.items() if one.buttons), None)
        if name is None:
            return None
        return buttons_of(name, self.fields[name], self.values, self.closed, self.error(name))

    def _asked(self, name: str, asked: Field, typed: Mapping[str, Any]) -> dict[str, Any]:
        known = self.known.get(name, Known())
        asked = priced_options(asked, self.book, self.tariffs)
        told: dict[str, Any] = {"name": name, "question": asked, "value": typed.get(name, known.value)}
        told["error"] = self.error(name)
        if name in self.book.kept_from:
            told["suggested"] = self.staff()
        if self.opening and name == next(iter(self.fields)) and asked.type in _TYPED:
            told["autofocus"] = True
        if known.mask and asked.private:
            told["placeholder"] = known.mask
            told["help"] = _("已登记 %(mask)s，不改就留空") % {"mask": known.mask}
        words = Wording(self.book, get_language() or "zh")
        limits = words.limits(self.book.procedure.form[name], self.values)
        if limits := [*limits, *hints(self.step, name, self.values)]:
            told["help"] = " · ".join([*([say(asked.help)] if asked.help else []), *limits])
        if known.said:
            told["help"] = " · ".join([known.said, *([say(asked.help)] if asked.help else [])])
        for limit in ("earliest", "latest"):
            if getattr(asked, limit):
                told[limit] = bound_of(
                    getattr(asked, limit),
                    asked.type,
                    Moment(now=self.now),
                    self.values,
                    first=limit == "earliest",
                )
        if asked.type in PICTURES:
            told["value"] = ""
            told["stored"] = self.pictures.get(name, "")
        return told

    @property
    def pictures(self) -> dict[str, str]:
        """Field → the address of the picture that is there already: held since a refusal, or stored."""
        told = {
            name: str(known.value)
            for name, known in self.known.items()
            if self._pictured(name) and known.value
        }
        told.update((name, reverse("desk:held", args=[sha])) for name, sha in self.kept.items())
        return told

    @property
    def kept(self) -> dict[str, str]:
        """Control → the SHA-256 of a good picture that came with a form that was refused."""
        if self.sent is None:
            return {}
        came = {one.sha256 for one in self.sent.uploads}
        told = {n: v for n, v in self.sent.answers.items() if self._pictured(n) and v in came}
        if self.sent.signature in came:
            told[SIGNATURE] = self.sent.signature
        if self.sent.extra.get("scan") in came:
            told[consents.SCAN] = self.sent.extra["scan"]
        if self.sent.on_paper and self.sent.on_paper.scan in came:
            told[back_entries.PAPER] = self.sent.on_paper.scan
        return told

    def _pictured(self, name: str) -> bool:
        return name in self.fields and self.fields[name].type in PICTURES

    @property
    def controls(self) -> list[dict[str, Any]]:
        """What is asked beside the fields: whom to send, what was checked, what was paid."""
        return controls.controls(self)

    @property
    def signature(self) -> dict[str, Any] | None:
        """The signature that is asked; None where nobody signs."""
        if not self.signs:
            return None
        sent = self.sent.signature if self.sent else ""
        label = _("%(who)s签名") % {"who": self.signer} if self.signer else _("签名")
        return {
            "name": SIGNATURE, "type": "signature", "label": label, "required": True, "on_paper": sent == "paper",
            "stored": self.pictures.get(SIGNATURE, ""), "error": self.error(SIGNATURE),
        }  # fmt: skip

    @property
    def agreeing(self) -> dict[str, Any]:
        """What is asked of an owner's consent beside the signature."""
        return consents.controls(self.consent, self) if self.consent else {}

    @property
    def afterwards(self) -> list[dict[str, Any]]:
        """What is asked where it was done on paper first."""
        return back_entries.controls(self.back, self) if self.back else []

    @property
    def switched_on(self) -> bool:
        return self.back is not None and back_entries.switched_on(self.back, self)

    @property
    def way(self) -> str:
        """The way of agreeing that is chosen: what was sent, else the first that the clerk can record."""
        ways = [name for name, _title in self.consent.by_hand] if self.consent else []
        sent = self.sent.posted.get(consents.WAY, "") if self.sent else ""
        return sent if sent in ways else next(iter(ways), "")

    @property
    def note(self) -> str:
        """The remark that was typed beside a good outcome."""
        return self.sent.posted.get(NOTE, "") if self.sent else ""

    @property
    def by_call(self) -> bool:
        return self.sent is not None and self.sent.signature == "call"

    def error(self, name: str) -> Refusal | None:
        """What is wrong with a field or a control."""
        why = self.refusal
        if why is None:
            return None
        if ABOUT.get(why.code) == name:
            return why
        return why.fields.get(name) or why.fields.get("ticked" if name == TICK else name.removeprefix("act-"))

    def read(self, posted: QueryDict, files: "MultiValueDict[str, UploadedFile]", outcome: str = "") -> Sent:
        """What somebody sent. Only its shape is judged here, and the pictures; the engine judges the answers."""
        self.sent = Reader(self, posted, files).read(outcome)
        return self.sent

    def must_be_sound(self) -> None:
        """Refuse what holds a picture that was refused, with every other fault of the form marked as well."""
        sent = self.sent
        if (
            sent is None
            or not sent.faults
            or not any(o.asks for o in self.outcomes if o.name == sent.outcome)
        ):
            return
        marked = dict(sent.faults)
        try:
            accept_all(self.fields, sent.answers, self.values, Moment(now=self.now))
        except Refusal as why:
            marked = {**why.fields, **marked}
        raise Refusal("form_invalid", fields=marked, count=len(marked))

    def refused(self, why: Refusal) -> "StepForm":
        """The same form, to be shown again with what is wrong; its good pictures are held."""
        self.refusal = why
        if self.sent is not None:
            held.hold(self.staff_id, self.sent.uploads)
        return self


def _listed(name: str, asked: Field, value: Any) -> Answer:
    if asked.type != "table":
        return Answer(name, asked.label, asked.type, value=value)
    rows = [
        {key: shown(column, row.get(key)) for key, column in (asked.columns or {}).items()}
        for row in value or ()
    ]
    return table(name, asked, rows)
