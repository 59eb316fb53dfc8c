"""What a step's form asks where it was done on paper first and is entered afterwards: when, by whom, which paper."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.cases.facts import settings_of
from banli.engine import back_entry
from banli.engine.back_entry import OnPaper
from banli.engine.clock_wording import ClockWording
from banli.engine.fields import Field
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.access import Desk

if TYPE_CHECKING:
    from banli.desk.forms import StepForm

SWITCH, HAPPENED, DID, SHEET, FORM, PAPER, LATE = (
    "act-afterwards", "act-happened", "act-did", "act-sheet", "act-form", "act-paper", "act-late",
)  # fmt: skip
#: Refusals that are about one of these controls.
ABOUT = {
    "back_entry_future": HAPPENED,
    "back_entry_order": HAPPENED,
    "back_entry_limit": HAPPENED,
    "back_entry_person": DID,
    **dict.fromkeys(
        (
            "blank_required",
            "blank_serial",
            "blank_unknown",
            "blank_used",
            "blank_spoiled",
            "blank_lost",
            "blank_later",
        ),
        SHEET,
    ),
    "back_entry_scan": PAPER,
    "back_entry_reason": LATE,
}
MOST_SERIAL = 30
PICTURE = Field(type="photo", label=Text(zh="纸件照片", en="Picture of the paper"), required=False)


@dataclass
class BackEntry:
    """Who enters a step, and for whom. ``mine``: whether they may do the step themselves; ``others``: whether they may
    enter what a colleague did; ``late``: whether they may enter what is past the limit.

    ``sheet``: whether the serial of an empty form is asked for: ``must``, ``may``, ``another`` one than the case's, or
    not at all. ``held``: who holds the step's posts, by id, asked when it is needed. ``limit``: how long afterwards
    others than a supervisor may enter it, ``later``: the posts that may after that, both in words.
    """

    staff_id: int
    mine: bool
    others: bool
    late: bool
    held: Callable[[], Iterable[Mapping[int, str]]]
    limit: str
    later: str
    sheet: str = ""

    @cached_property
    def people(self) -> dict[str, str]:
        """Who may have done it, by number, whoever asks first."""
        told = {str(self.staff_id): _("我自己")} if self.mine else {}
        each = [one for held in self.held() for one in held.items()] if self.others else []
        return told | {str(pk): name for pk, name in each if pk != self.staff_id}


def back_entry_of(
    desk: Desk, book: Rulebook, held: Callable[[], Iterable[Mapping[int, str]]], *, mine: bool = True,
    others: bool = True, opening: bool = False,
) -> BackEntry:  # fmt: skip
    """How the desk may enter a step that was done on paper."""
    words, settings = ClockWording(book, get_language() or "zh"), settings_of(book, desk.estate)
    supervisors = back_entry.supervisors(book)
    sheet = ("must" if back_entry.must_be_numbered(book, settings) else "may") if opening else "another"
    return BackEntry(
        desk.staff.pk, mine, others and desk.holds(*back_entry.enterers(book)), desk.holds(*supervisors), held,
        limit=words.duration(back_entry.limit_of(book, settings)),
        later=_("、").join(words.say(book.post_title(post)) for post in supervisors),
        sheet=sheet if back_entry.sheets(book) else "",
    )  # fmt: skip


def controls(asked: BackEntry, form: "StepForm") -> list[dict[str, Any]]:
    """The controls, with what was typed and what is wrong with it."""
    typed = form.sent.posted if form.sent else {}
    told: list[dict[str, Any]] = [
        {
            "name": HAPPENED,
            "type": "datetime",
            "label": _("事发时间"),
            "required": True,
            "help": _until_when(asked),
        },
        {"name": FORM, "type": "text", "label": _("纸件存放处"), "max": back_entry.MAX_REFERENCE},
    ]
    if asked.sheet:
        told.insert(1, {
            "name": SHEET, "type": "text", "label": _("空白表编号"), "max": MOST_SERIAL,
            "required": asked.sheet == "must", "help": _about_sheet(asked),
        })  # fmt: skip
    if len(asked.people) > 1 or not asked.mine:
        options = {
            "name": DID,
            "type": "choice",
            "label": _("当时谁办的"),
            "required": True,
            "options": asked.people,
        }
        sure = asked.mine or len(asked.people) == 1
        told.insert(1, {**options, "value": next(iter(asked.people), "") if sure else ""})
        told.append({
            "name": PAPER, "type": "photo", "label": _("纸件照片"), "stored": form.pictures.get(PAPER, ""),
            "help": _("替别人补录时必须有：照到签名"),
        })  # fmt: skip
    if asked.late:
        told.append(
            {
                "name": LATE,
                "type": "text",
                "label": _("补录得晚的原因"),
                "max": back_entry.MAX_REASON,
                "help": _("超过 %(limit)s的必须写") % {"limit": asked.limit},
            }
        )
    return [
        {"required": False, "value": "", **one, **_typed(one, typed), "error": form.error(one["name"])}
        for one in told
    ]


def _until_when(asked: BackEntry) -> str:
    """Up to when it may be entered, told before it is refused."""
    told = {"limit": asked.limit, "posts": asked.later}
    if asked.late:
        return ""
    if not asked.later:
        return _("%(limit)s以内的可以补录") % told
    return _("%(limit)s以内的可以补录，更早的由%(posts)s补录") % told


def _about_sheet(asked: BackEntry) -> str:
    if asked.sheet == "another":
        return _("和立件同一张表的不用填。")
    return _("印在表的右上角，例如 KB-FX-0012。")


def _typed(one: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    known = typed.get(one["name"])
    return {"value": known} if known is not None and one["type"] != "photo" else {}


def switched_on(asked: BackEntry, form: "StepForm") -> bool:
    """Whether the form is sent as done on paper; what is another's to do can only be so."""
    return not asked.mine or (form.sent is not None and form.sent.on_paper is not None)


def read(asked: BackEntry, posted: Mapping[str, Any], scan: str | None) -> OnPaper:
    """What was sent; the engine judges it. ``scan``: the SHA-256 of the picture that came."""
    did = posted.get(DID, "")
    return OnPaper(
        at=posted.get(HAPPENED, "")[:30],
        by=_did(asked, did),
        reference=posted.get(FORM, ""),
        sheet=posted.get(SHEET, "")[:MOST_SERIAL],
        scan=scan or "",
        reason=posted.get(LATE, "") if asked.late else "",
    )


def _did(asked: BackEntry, told: str) -> int | None:
    """The colleague who was named; None for whoever enters it. Nobody known is nobody's number."""
    if asked.mine and told in ("", str(asked.staff_id)):
        return None
    return int(told) if told in asked.people else 0
