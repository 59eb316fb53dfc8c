"""What somebody sent with a step's form: read into what an action takes. Its shape is judged here, and its pictures."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from banli.cases import attachments, held
from banli.cases.attachments import Upload
from banli.engine.answers import blank
from banli.engine.decide import OnPaper
from banli.engine.fields import PICTURES, Field
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.estate import identity_questions
from banli.web import posted as web

from . import back_entries, consents

if TYPE_CHECKING:
    from .forms import StepForm

NOTE, SIGNATURE, BY_CALL = "act-note", "act-signature", "act-signature-call"
ASSIGNEE, TICK, AMOUNT, METHOD, REFERENCE, AGAIN = (
    "act-assignee",
    "act-tick",
    "act-amount",
    "act-method",
    "act-reference",
    "act-again",
)
#: The picture of an owner's signed paper.
_SCAN = Field(type="photo", label=Text(zh="纸件照片", en="Picture of the paper"), required=False)
_YUAN = re.compile(r"¥?(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class Sent:
    """What came with an action, as cases.actions takes it; ``faults`` are pictures that were refused."""

    outcome: str
    answers: dict[str, Any]
    uploads: tuple[Upload, ...]
    note: str
    signature: str
    extra: dict[str, Any]
    faults: dict[str, Refusal]
    posted: QueryDict
    on_paper: OnPaper | None = None


class Reader:
    """Reads a form once. ``uploads``: the pictures that came, in order; ``faults``: those that were refused."""

    def __init__(
        self, form: "StepForm", posted: QueryDict, files: "MultiValueDict[str, UploadedFile]"
    ) -> None:
        self.form, self.posted, self.files = form, posted, files
        self.step = form.step
        self.uploads: list[Upload] = []
        self.faults: dict[str, Refusal] = {}

    def read(self, outcome: str = "") -> Sent:
        """What was sent, with the ``outcome`` that was chosen, or the only one."""
        posted = self.posted
        answers = self._answers()
        outcome = outcome or posted.get("act-outcome", "")
        note = posted.get(f"{NOTE}-{outcome}", "") or posted.get(NOTE, "")
        signature = self._signature()
        extra = self._extra()
        if self.step.ways:
            extra |= self._agreed(signature)
        on_paper = self._on_paper()
        return Sent(
            outcome, answers, tuple(self.uploads), note, signature, extra, self.faults, posted, on_paper
        )

    def _answers(self) -> dict[str, Any]:
        """The answers; what is known already stands where a private one is left blank."""
        answers = web.answers(self.posted, self.form.fields)
        for name, asked in self.form.fields.items():
            known = self.form.known.get(name)
            kept = known.kept if known is not None else None
            if asked.type in PICTURES:
                found = self._picture(name, asked)
                if name not in self.faults:
                    answers[name] = found or kept
            elif kept is not None and blank(answers.get(name)):
                answers[name] = kept
            elif asked.buttons and name not in answers:  # the form's ordinary button
                answers[name] = asked.default
        return answers

    def _on_paper(self) -> OnPaper | None:
        """When and by whom it was done on paper, where the switch says so."""
        if self.form.back is None or self.posted.get(back_entries.SWITCH) != "yes":
            return None
        scan = self._picture(back_entries.PAPER, back_entries.PICTURE)
        return back_entries.read(self.form.back, self.posted, scan)

    def _picture(self, name: str, asked: Field | None) -> str | None:
        """The SHA-256 of a picture that came now or is still held; None where there is none, or a fault. No field: a
        signature."""
        try:
            upload = self._came(name, asked) or held.held(
                self.form.staff_id, self.posted.get(f"{name}-kept", "")
            )
        except Refusal as why:
            self.faults[name] = why
            return None
        if upload is None:
            return None
        self.uploads.append(upload)
        return upload.sha256

    def _came(self, name: str, asked: Field | None) -> Upload | None:
        if asked is None or asked.type == "signature":
            drawn = self.posted.get(name)
            return attachments.signature(drawn) if drawn else None
        file = self.files.get(name)
        if not file:
            return None
        if (file.size or 0) > attachments.MAX_BYTES:
            raise Refusal("file_too_large", max=attachments.MAX_BYTES // (1024 * 1024))
        day = timezone.localdate(self.form.now)
        return attachments.read(asked, file.read(), estate=self.form.estate, day=day)

    def _agreed(self, signature: str) -> dict[str, Any]:
        """Whose consent it is and what proves it, as the engine and the file's questions take it."""
        owner = self.posted.get(consents.OWNER, "")
        told: dict[str, Any] = {"owner": int(owner) if owner.isascii() and owner.isdigit() else None}
        if signature == "paper":
            told["reference"] = self.posted.get(consents.REFERENCE, "")
            scan = self._picture(consents.SCAN, _SCAN)
            if consents.SCAN not in self.faults:
                told["scan"] = scan
        if signature == "call":
            asked = identity_questions.QUESTIONS
            told["identity"] = {name: self.posted.get(f"{consents.ASK}{name}", "")[:60] for name in asked}
        return told

    def _signature(self) -> str:
        """The step's own signature: drawn here, on paper, or, by somebody outside the office, by telephone."""
        if not self.form.signs:
            return ""
        way = self.posted.get(consents.WAY, "") if self.step.ways else ""
        if way in ("paper", "call"):
            return way
        if self.posted.get(f"{SIGNATURE}-paper") == "yes":
            return "paper"
        if self.posted.get(BY_CALL) == "yes" and self.form.told_by_call:
            return "call"
        return self._picture(SIGNATURE, None) or ""

    def _extra(self) -> dict[str, Any]:
        """What the verb asks beside the answers (see the verbs of the engine)."""
        told: dict[str, Any] = {}
        posted, money = self.posted, self.form.money
        if self.step.checklist:
            told["ticked"] = [name for name in posted.getlist(TICK) if name in self.step.checklist]
        if self.step.items:
            told["ticked"] = [
                int(row) for row in posted.getlist(TICK) if row.isascii() and row.isdigit() and len(row) < 4
            ]
        if "later" in self.form.book.flow.targets[self.form.name]:
            told["at"] = posted.get(AGAIN, "")[:30]
        if self.step.to:
            person = posted.get(ASSIGNEE, "")
            told["assignee"] = int(person) if person in self.form.assignees else None
        if money:
            fen = _fen(posted.get(AMOUNT, ""))
            if fen is not None and money.fen < 0:
                fen = -fen  # less is charged than was paid: the clerk writes what is given back
            told |= {"fen": fen, "method": posted.get(METHOD, ""), "reference": posted.get(REFERENCE, "")}
        return told


def _fen(typed: str) -> int | None:
    """Yuan as typed, in fen; None where it is no amount."""
    match = _YUAN.fullmatch(typed.strip())
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else None
