"""Pictures inside a call: they come as data URLs and are kept by the very action they came with."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from banli.cases import attachments
from banli.cases.attachments import Upload
from banli.cases.models import Attachment, Case
from banli.engine.back_entry import OnPaper
from banli.engine.fields import PICTURES, Field
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.estate.models import Estate

from .forms import Doing

#: How a signature may be given that is not drawn here.
NOT_DRAWN = ("", "paper", "call")


@dataclass
class Taken:
    """The answers and the signature with every picture replaced by the SHA-256 it will be kept under."""

    answers: dict[str, Any]
    signature: str = ""
    on_paper: OnPaper | None = None
    uploads: list[Upload] = field(default_factory=list)


def take(book: Rulebook, sent: Doing, estate: Estate, case: Case | None = None) -> Taken:
    """Judge the pictures by their content. Refuses with ``form_invalid``, marking each that is none.

    An answer may also be the SHA-256 of a picture the case has already, as it is when a step is done again.
    """
    taken, bad = Taken(dict(sent.answers)), {}
    for name, value in sent.answers.items():
        asked = book.procedure.form.get(name)
        if asked is None or asked.type not in PICTURES or not value:
            continue
        try:
            taken.answers[name] = _picture(asked, value, estate, case, taken)
        except Refusal as why:
            bad[name] = why
    try:
        taken.signature = _signature(sent.signature, taken)
    except Refusal as why:
        bad["signature"] = why
    try:
        taken.on_paper = _on_paper(sent, taken)
    except Refusal as why:
        bad["on_paper.scan"] = why
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    return taken


def _picture(asked: Field, value: Any, estate: Estate, case: Case | None, taken: Taken) -> str:
    if not isinstance(value, str):
        raise Refusal("bad_file")
    if not value.startswith("data:"):
        if (
            case is None
            or not Attachment.objects.filter(case=case, sha256=value[:64], purged_at=None).exists()
            or len(value) != 64
        ):
            raise Refusal("bad_file")
        return value
    if asked.type == "signature":
        upload = attachments.signature(value)
    else:
        day = timezone.localdate()
        upload = attachments.read(asked, _content(value), estate=estate.name, day=day)
    taken.uploads.append(upload)
    return upload.sha256


def _signature(value: str, taken: Taken) -> str:
    if value in NOT_DRAWN:
        return value
    upload = attachments.signature(value)
    taken.uploads.append(upload)
    return upload.sha256


def _on_paper(sent: Doing, taken: Taken) -> OnPaper | None:
    """What was done on paper, with the SHA-256 of the paper's picture."""
    if sent.on_paper is None:
        return None
    told = sent.on_paper.model_dump()
    if told["scan"]:
        upload = attachments.photo(_content(told["scan"]))
        taken.uploads.append(upload)
        told["scan"] = upload.sha256
    return OnPaper(told.pop("happened_at"), **told)


def _content(url: str) -> bytes:
    head, _, body = url.partition(",")
    if not head.endswith(";base64"):
        raise Refusal("bad_file")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("bad_file") from None
