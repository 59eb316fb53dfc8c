"""A paper's definition: ``papers/<kind>.yaml`` of a pack, with its Typst template ``<kind>.typ`` beside it.

The definition says which names the template may print; the checker proves that each of them was asked for.
The template is data to the engine: carried along, so that a case prints on the form it began with.
"""

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from banli.engine.text import Text

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
#: ``card`` is ISO/IEC 7810 ID-1 (CR80), 85.60 x 53.98 mm.
Size = Literal["a4", "a4-landscape", "a5", "a5-landscape", "card"]
Period = Literal["year", "month", "none"]

#: What every paper may print without having asked for it. Anything else is a field or a step's record.
GIVEN = {
    "paper": ("number", "title", "copy", "print", "issued_at", "issued_by", "valid_from", "valid_until"),
    "case": (
        "number", "procedure", "unit", "applicant", "applicant_role", "opened_at", "opened_by", "authority",
    ),
    "estate": ("name", "address", "phone"),
    "authority": ("principal", "delegate", "matters", "valid_from", "valid_to", "once", "number"),
    "receipt": ("lines", "fen", "kept", "method", "reference", "of"),
    "file": (
        "home", "people", "corrections", "letters", "contracts", "vehicles", "pets", "standings", "passes", "deposits",
        "cases", "contacts", "more", "clear", "kept",
    ),
}  # fmt: skip
#: The papers that pay and refund steps issue by themselves; only they may print ``receipt.`` names.
RECEIPTS = {"pay": "receipt", "refund": "refund-slip"}
#: The letter of authority that the desk prints to be signed; only it may print ``authority.`` names.
LETTER = "letter-of-authority"
#: A home's resident file on paper, and what is kept about one person; only they may print ``file.`` names.
RESIDENT_FILE, PERSON_FILE = "resident-file", "person-file"
#: What the record of a finished step holds; a step that was not needed leaves them empty. ``by`` is whose act
#: it is: the owner or applicant where one of them signs. ``receipt`` numbers what was paid at a pay step.
STEP_RECORD = ("by", "post", "deputy_for", "at", "outcome", "note", "signature", "assignee", "way", "receipt")
#: Papers say these of themselves, also where the definition does not list them.
ALWAYS = (
    "paper.number",
    "paper.title",
    "paper.copy",
    "paper.print",
    "paper.issued_at",
    "paper.valid_until",
    "estate.name",
)

_PRINTED = re.compile(
    r"^(?:setting\.[a-z][a-z0-9_]*|form\.([a-z][a-z0-9_]*)(?:\.[a-z][a-z0-9_]*)?|step\.([a-z][a-z0-9_]*)\.([a-z_]+)|([a-z]+)\.([a-z_]+))$"
)


#: What the serial of an empty sheet begins with (空白).
BLANK = "KB"
_SERIAL = re.compile(rf"{BLANK}-?([A-Z]{{1,6}})-?(\d{{1,9}})")


def blank_serial(typed: str) -> str:
    """The serial of an empty sheet as it is kept, however it was typed: kb fx 12 → ``KB-FX-0012``; empty for none."""
    found = _SERIAL.fullmatch("".join(unicodedata.normalize("NFKC", typed).upper().split()))
    return f"{BLANK}-{found[1]}-{int(found[2]):04d}" if found else ""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(_Model):
    """How the number is written: ``FX-2026-000123``. Each kind at each estate starts again in each period."""

    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,6}$")]
    period: Period = "year"
    digits: int = Field(default=6, ge=3, le=9)

    def period_of(self, day: Any) -> str:
        """The period a date of the office belongs to: ``2026``, ``2026-05`` or empty."""
        return {"year": f"{day:%Y}", "month": f"{day:%Y-%m}", "none": ""}[self.period]

    def write(self, period: str, ordinal: int) -> str:
        """The number as it is printed."""
        return "-".join(
            part for part in (self.prefix, period.replace("-", ""), f"{ordinal:0{self.digits}d}") if part
        )

    def write_blank(self, ordinal: int) -> str:
        """The serial of an empty sheet of this form: ``KB-FX-0012``. It counts on for ever, at each estate."""
        return f"{BLANK}-{self.prefix}-{ordinal:04d}"


class Copy(_Model):
    """One copy (联) of the paper and who keeps it."""

    id: Name
    title: Text
    keeper: Text | None = None


class Seal(_Model):
    """The office's seal, put on by the holder of ``post`` in the step ``step``. The template says where."""

    post: Name
    step: Name


class PaperDefinition(_Model):
    """A paper of a pack.

    ``qr`` names the copy that is the pass at the gate; no other copy carries a code. ``valid_on`` names a
    date field: the paper holds from the beginning of that day, not from its issue. ``masked`` values are
    printed masked. ``printed_by`` are the posts that may see and print it.
    """

    paper: Slug
    title: Text
    size: Size
    number: Number
    printed_by: tuple[Name, ...] = Field(min_length=1)
    copies: tuple[Copy, ...] = Field(min_length=1)
    prints: tuple[str, ...] = Field(min_length=1)
    masked: tuple[str, ...] = ()
    valid_on: str | None = None
    seal: Seal | None = None
    qr: Name | None = None
    template: str = ""

    @model_validator(mode="after")
    def _copies_differ(self) -> "PaperDefinition":
        ids = [copy.id for copy in self.copies]
        for copy in ids:
            if ids.count(copy) > 1:
                raise ValueError(f"联“{copy}”用了两次 / the copy “{copy}” is used twice")
        if self.qr is not None and self.qr not in ids:
            raise ValueError(
                f"qr 写的“{self.qr}”不是其中一联（{'、'.join(ids)}）"
                f" / qr: “{self.qr}” is not one of the copies ({', '.join(ids)})"
            )
        return self

    @model_validator(mode="after")
    def _names_can_be_printed(self) -> "PaperDefinition":
        for name in self.prints:
            if self.prints.count(name) > 1:
                raise ValueError(f"“{name}”写了两次 / “{name}” is listed twice")
            problem = _problem(name)
            if problem:
                raise ValueError(f"“{name}”：{problem} / “{name}”: {problem}")
        for name in self.masked:
            if name not in self.prints:
                raise ValueError(f"masked 的“{name}”不在 prints 里 / masked: “{name}” is not among prints")
        if self.valid_on is not None and not (
            self.valid_on.startswith("form.") and self.valid_on in self.prints
        ):
            raise ValueError(
                f"valid_on 的“{self.valid_on}”不是 prints 里的字段"
                f" / valid_on: “{self.valid_on}” is not a form's field among prints"
            )
        return self

    def copy_of(self, copy: str) -> Copy | None:
        """The copy with this id."""
        return next((one for one in self.copies if one.id == copy), None)

    def fields(self) -> frozenset[str]:
        """The form's fields it prints: each must have been asked for before it is issued."""
        return frozenset(name.split(".")[1] for name in self.prints if name.startswith("form."))

    def steps(self) -> frozenset[str]:
        """The steps whose record it prints, and the one that puts the seal on."""
        printed = {name.split(".")[1] for name in self.prints if name.startswith("step.")}
        return frozenset(printed | ({self.seal.step} if self.seal else set()))

    def names(self) -> tuple[str, ...]:
        """Every name the template may print."""
        seal = (f"step.{self.seal.step}.by", f"step.{self.seal.step}.at") if self.seal else ()
        return tuple(dict.fromkeys((*self.prints, *ALWAYS, *seal)))


def _problem(name: str) -> str | None:
    found = _PRINTED.match(name)
    if not found:
        return (
            "write form.<field>, form.<table>.<column>, step.<step>.<what>, setting.<setting>, "
            "or one of case., paper., estate."
        )
    if name.startswith("setting."):
        return None
    _, step, record, room, given = found.groups()
    if step and record not in STEP_RECORD:
        return f"a step's record has {', '.join(STEP_RECORD)}"
    if room and given not in GIVEN.get(room, ()):
        known = GIVEN.get(room)
        return f"there is {', '.join(known)}" if known else "write form., step., case., paper. or estate."
    return None
