"""A case's journal as a story: one line for each thing somebody did, with what followed from it beneath."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banli.cases.queries import Happened, Line
from banli.engine import verbs
from banli.engine.consent import WAYS
from banli.engine.events import BackEntered
from banli.engine.procedure import ENDS
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate import identity_questions
from banli.web import clocks
from banli.web.templatetags.say import say

from . import icons, matter

#: What somebody did, before what followed from it.
_ACTS = ("done", "attempted", "reasoned")
_ICONS = {
    "join": "link", "pause": "clock-pause", "resume": "player-play",
    "withdraw": "arrow-back-up", "send_back": "arrow-back-up", "reassign": "switch-horizontal", "reopen": "refresh",
    "clock_late": "alarm", "clock_warned": "clock", "clock_reminded": "bell",
    "clock_moved": "calendar-event", "ended": "flag",
    "mail_failed": "mail",
    "link_sent": "device-mobile", "link_taken_back": "arrow-back-up", "link_locked": "lock",
}  # fmt: skip
_TONES = {"clock_late": "red", "clock_warned": "amber", "mail_failed": "red", "link_locked": "red"}
#: Entries that move the case on by nothing.
_UNSAID = {
    "open": gettext_lazy("立件"),
    "purge": gettext_lazy("证件复印件的用途已结束、保存期已满，已清除"),
    "erase": gettext_lazy("保存期已满，保密的答案、照片、签名和单据文件已删除"),
}


@dataclass(frozen=True)
class Told:
    """One entry of the story. ``signature``: the SHA-256 of a drawn one, ``paper`` or ``call``.

    ``attempted``: the step that was tried and stays open; empty for all else.
    ``at``: when it happened; ``entered_at`` and ``entered_by`` where that was on paper, and it was entered afterwards.
    """

    seq: int
    actor_id: int | None
    at: datetime
    title: str
    who: str
    post: Text | None
    deputy_for: str
    note: str
    signature: str
    scan: str
    more: list[str]
    tone: str
    icon: str
    attempted: str
    entered_at: datetime | None = None
    entered_by: str = ""
    paper: str = ""


def tell(book: Rulebook, happened: Happened, form: Mapping[str, Any]) -> Told:
    """The entry as the page tells it; ``form``: the case's, which says whose row a step was about."""
    entry, lines = happened.entry, happened.lines
    events: list[dict[str, Any]] = entry.body.get("events", [])
    main = next((line for line in lines if line.code in _ACTS), lines[0] if lines else None)
    act = next((event for event in events if event["event"] in _ACTS), None)
    title = _title(main) + _whose(book, form, main) if main else str(_UNSAID.get(entry.kind, ""))
    followed = [line for line in lines if line is not main and line.code not in _ACTS]
    tone, icon = _look(book, act, main)
    return Told(
        seq=entry.seq, actor_id=entry.actor_id, at=happened.at, title=title, who=happened.who, post=happened.post,
        deputy_for=happened.deputy_for, note=main.note if main and main.code in _ACTS else "",
        signature=main.signature if main else "", scan=main.scan if main else "",
        more=[
            *_on_paper(happened.back), *_agreed(main),
            *(told + _whose(book, form, line, main) for line in followed if (told := _followed(line))),
        ],
        tone=tone, icon=icon, attempted=act["step"] if act and act["event"] == "attempted" else "",
        entered_at=entry.at if happened.back else None, entered_by=happened.entered_by,
        paper=happened.back.scan if happened.back else "",
    )  # fmt: skip


def _whose(book: Rulebook, form: Mapping[str, Any], line: Line, after: Line | None = None) -> str:
    """Whose row of several it was about; nothing where the line it stands under says so already."""
    if after is not None and after.branch == line.branch:
        return ""
    whose = matter.whose(book, form, line.step, line.branch)
    return f" · {whose}" if whose else ""


def _on_paper(back: BackEntered | None) -> list[str]:
    """Which paper it was done on, and why it was entered so late."""
    if back is None:
        return []
    said = (
        (_("空白表 %(serial)s"), {"serial": back.sheet}), (_("纸件存放：%(where)s"), {"where": back.reference}),
        (_("补录得晚的原因：%(why)s"), {"why": back.reason}),
    )  # fmt: skip
    return [sentence % told for sentence, told in said if all(told.values())]


def _agreed(line: Line | None) -> list[str]:
    """How an owner agreed, and on what proof."""
    if line is None or not line.way:
        return []
    told = [_("方式：%(way)s") % {"way": say(WAYS[line.way])}]
    if line.asked:
        asked = _("；").join(say(identity_questions.QUESTIONS[name]) for name in line.asked)
        told.append(_("打的是登记的号码，答对：%(asked)s") % {"asked": asked})
    if line.reference:
        told.append(_("纸件存放：%(where)s") % {"where": line.reference})
    return told


def _title(line: Line) -> str:
    if line.code not in _ACTS:
        return _followed(line) or say(line.title)
    return f"{say(line.title)} · {say(line.detail)}" if line.detail else say(line.title)


def _look(book: Rulebook, act: dict[str, Any] | None, main: Line | None) -> tuple[str, str]:
    """The entry's tone and icon: red for what was refused, amber for what went back or is late."""
    if act is None:
        code = main.code if main else ""
        return _TONES.get(code, "ink"), _ICONS.get(code, "circle-dot")
    if act["event"] == "reasoned":
        return "amber", _ICONS[act["act"]]
    step = book.flow.steps[act["step"]]
    outcome = verbs.find(step.verb).outcome(act["outcome"])
    if outcome.good:
        return "jade", icons.of(step.verb)
    return ("red", "x") if outcome.leads == "end" else ("amber", "arrow-back-up")


def _followed(line: Line) -> str:
    """What followed, in a few words; empty for what goes without saying."""
    title = say(line.title)
    if line.code == "clock_started":
        due = clocks.told_end(datetime.fromisoformat(line.note), timezone.now()) if line.note else ""
        return _("时限“%(clock)s”开始，%(due)s前") % {"clock": title, "due": due}
    if line.code == "clock_moved":
        due = clocks.told_end(datetime.fromisoformat(line.note), timezone.now())
        return _("日历有变，时限“%(clock)s”顺延到%(due)s") % {"clock": title, "due": due}
    if line.code == "clock_resumed":
        due = clocks.told_end(datetime.fromisoformat(line.note), timezone.now())
        return _("时限“%(clock)s”继续，%(due)s前") % {"clock": title, "due": due}
    if line.code == "agreed":
        return _("约好 %(at)s 再打") % {"at": clocks.told(datetime.fromisoformat(line.note), timezone.now())}
    if line.code == "case_started":
        return _("另起第 %(n)s 号") % {"n": line.note}
    if line.code == "clock_stopped":
        return _("时限“%(clock)s”停止，已超时") % {"clock": title} if line.late else ""
    if line.code == "reserved":
        return _("留出时段：%(at)s 起") % {
            "at": clocks.told(datetime.fromisoformat(line.note), timezone.now())
        }
    if line.code == "allotted":
        return _("车位 %(days)s") % {"days": line.note}
    if line.code == "vacated":
        return _("车位用到 %(day)s 为止") % {"day": line.note} if line.note else _("车位放开")
    if line.code == "link_sent":
        sentence = _("用短信给%(who)s发链接：%(step)s") if line.detail else _("给%(who)s发链接：%(step)s")
        return sentence % {"who": line.note, "step": title}
    if line.code == "ended":
        return _("结束：%(end)s") % {"end": say(ENDS.get(line.note)) or line.note}
    sentences = {
        "clock_late": _("“%(title)s”超时"),
        "clock_warned": _("“%(title)s”快到时限"),
        "clock_reminded": _("“%(title)s”已提醒"),
        "clock_paused": _("时限“%(title)s”暂停"),
        "paper_issued": _("出单：%(title)s %(note)s"),
        "assigned": _("派给%(note)s"),
        "lapsed": _("%(title)s：%(detail)s"),
        "entered": _("登入《%(title)s》"),
        "mail_queued": _("放进发件箱，加密，只有：%(detail)s"),
        "mail_sent": _("对方服务器已收"),
        "mail_failed": _("%(title)s：对方不收，%(note)s"),
        "joined_to": _("并入第 %(note)s 号"),
        "repeated": _("又有人报：第 %(note)s 号并入本件"),
        "parted_from": _("与第 %(note)s 号分开，不是同一件事"),
        "parted": _("第 %(note)s 号分开，不是同一件事"),
        "link_taken_back": _("收回给%(note)s的链接：%(title)s"),
        "link_locked": _("给%(note)s的链接核对错太多次，已停用：%(title)s"),
    }
    sentence = sentences.get(line.code, "%(title)s")
    return sentence % {"title": title, "note": line.note, "detail": say(line.detail)}
