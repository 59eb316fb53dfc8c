"""Notices as people read them: a sentence made from the rulebook, the case it is about, how its clock stands now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from banli.cases import queries, rules
from banli.cases.models import Case
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.gate.times import happened
from banli.journal.models import Entry
from banli.messages import actions
from banli.messages.models import CONFLICT, OF_ROUNDS, Notice
from banli.people.access import Desk
from banli.people.titles import post_title
from banli.routines.models import Round
from banli.routines.queries import line
from banli.web.clocks import told as clocks_told
from banli.web.templatetags.say import say

from . import due as clocks
from . import matter

PAGE = queries.PAGE
_LOOKS = {
    "clock_late": ("red", "alarm"),
    "clock_warned": ("amber", "clock"),
    "clock_reminded": ("amber", "bell"),
    "clock_overdue": ("red", "alarm"),
    "assigned": ("jade", "user-check"),
    "mail_failed": ("red", "mail"),
    "repeated": ("amber", "link"),
    "joined": ("amber", "link"),
    "parted": ("amber", "switch-horizontal"),
    "link_locked": ("red", "lock"),
    "round_missed": ("red", "circle-x"),
    "round_wrong": ("amber", "alert-triangle"),
    "back_entered": ("jade", "edit"),
    CONFLICT: ("red", "alert-triangle"),
}


@dataclass(frozen=True)
class Told:
    """One notice. ``waiting``: the steps of its case that are open now."""

    notice: Notice
    sentence: str
    tone: str
    icon: str
    case: Case | None = None
    procedure: Text | None = None
    matter: str = ""
    due: clocks.Due | None = None
    waiting: tuple[Text, ...] = ()
    post: Text | None = None
    deputy_for: str = ""
    round: Round | None = None


def count(desk: Desk) -> int:
    """How many notices nobody has read yet that lie with this desk."""
    return actions.count_unread(desk)


def page(desk: Desk, before: int | None, now: datetime) -> tuple[list[Told], int | None]:
    """One page of unread notices, newest first, and the id to go on from. Five queries at most."""
    found = actions.newest_unread(desk, PAGE + 1, before)
    rows = list(found.select_related("case__unit", "case__applicant"))
    shown, more = rows[:PAGE], len(rows) > PAGE
    tasks = queries.open_tasks({notice.case_id for notice in shown if notice.case_id})
    told = []
    rounds, conflicts = rounds_of(shown), _conflicts_of(shown)
    for notice in shown:
        if notice.code == CONFLICT:
            told.append(_of_conflict(notice, conflicts.get(notice.about)))
            continue
        if notice.code.startswith(OF_ROUNDS):
            told.append(_of_round(notice, rounds.get(notice.about)))
            continue
        open_steps = tuple(task.step for task in tasks.get(notice.case_id or 0, []))
        told.append(_told(desk, notice, open_steps, now))
    return told, shown[-1].pk if more else None


def sentence(notice: Notice, rounds: Mapping[str, Round]) -> str:
    """What a notice says, in one sentence that names nobody. ``rounds``: those it may be about (:func:`rounds_of`)."""
    if notice.code.startswith(OF_ROUNDS):
        return _of_round(notice, rounds.get(notice.about)).sentence
    if notice.code == CONFLICT:
        return _of_conflict(notice, None).sentence
    return _sentence(rules.rulebook(notice.case.version_id), notice) if notice.case else notice.code


def rounds_of(shown: Iterable[Notice]) -> dict[str, Round]:
    """The rounds that notices are about, by their number as a notice has it."""
    ids = [int(notice.about) for notice in shown if notice.code.startswith(OF_ROUNDS)]
    return {str(row.pk): row for row in Round.objects.filter(pk__in=ids)} if ids else {}


def _of_round(notice: Notice, row: Round | None) -> Told:
    tone, icon = _LOOKS.get(notice.code, ("", "bell"))
    if row is None:
        return Told(notice, notice.code, tone, icon)
    told = {"routine": say(line(row).title), "at": clocks_told(row.due_at, notice.at)}
    said = (
        _("“%(routine)s”没有做：%(at)s")
        if notice.code == "round_missed"
        else _("“%(routine)s”查出不正常：%(at)s")
    )
    return Told(notice, said % told, tone, icon, round=row, post=post_title(notice.post))


def _conflicts_of(shown: Iterable[Notice]) -> dict[str, tuple[Entry, Case | None]]:
    """What a gate's phone sent and could not be entered, by the number of its entry; with its case. Two queries."""
    ids = [int(notice.about) for notice in shown if notice.code == CONFLICT]
    entries = list(Entry.objects.filter(pk__in=ids)) if ids else []
    about = [entry.body["case"] for entry in entries if entry.body["case"]]
    cases = Case.objects.select_related("unit", "applicant").in_bulk(about) if about else {}
    return {str(entry.pk): (entry, cases.get(entry.body["case"])) for entry in entries}


def _of_conflict(notice: Notice, found: tuple[Entry, Case | None] | None) -> Told:
    tone, icon = _LOOKS[CONFLICT]
    sentence = _("门岗没有网络时办的，传回来对不上，请核查")
    if found is None:
        return Told(notice, sentence, tone, icon)
    entry, case = found
    told = {"number": entry.body["number"] or "—", "at": clocks_told(happened(entry), notice.at)}
    said = _("%(number)s，%(at)s 已放过") if entry.body["did"] == "passed" else _("%(number)s，%(at)s 没有放")
    words = f"{said % told} · {say(Text(**entry.body['why']))}"
    return Told(notice, sentence, tone, icon, case=case, matter=words, post=post_title(notice.post))


def _told(desk: Desk, notice: Notice, open_steps: tuple[str, ...], now: datetime) -> Told:
    tone, icon = _LOOKS.get(notice.code, ("", "bell"))
    if notice.case is None:
        return Told(notice, notice.about or notice.code, tone, icon)
    book = rules.rulebook(notice.case.version_id)
    acting = desk.posts.get(notice.post)
    clock = clocks.of_clock(book, notice.case.clocks, notice.about, now)
    return Told(
        notice=notice,
        sentence=_sentence(book, notice),
        tone=tone,
        icon=icon,
        case=notice.case,
        procedure=book.procedure.title,
        matter=matter.in_brief(notice.case, book),
        due=clock,
        waiting=tuple(book.step_title(step) for step in dict.fromkeys(open_steps)),  # of many cards once
        post=book.post_title(notice.post) if notice.post else None,
        deputy_for=acting.deputy_for.name if acting and acting.deputy_for else "",
    )


def _sentence(book: Rulebook, notice: Notice) -> str:
    clock = book.procedure.clocks.get(notice.about)
    if notice.code == "clock_late" and clock:
        return _("“%(clock)s”超时了") % {"clock": say(clock.title)}
    if notice.code == "clock_warned" and clock:
        return _("“%(clock)s”快到时限") % {"clock": say(clock.title)}
    if notice.code == "clock_reminded" and clock:
        return _("提醒：“%(clock)s”还没办") % {"clock": say(clock.title)}
    if notice.code == "clock_overdue" and clock:
        return _("“%(clock)s”超时了，还没办") % {"clock": say(clock.title)}
    if notice.code == "assigned":
        return _("派给您了：%(step)s") % {"step": say(book.step_title(notice.about))}
    if notice.code == "mail_failed":
        return _("发不出去：%(step)s") % {"step": say(book.step_title(notice.about))}
    if notice.code == "back_entered":
        return _("有人替您补录了：%(step)s。请看是否属实") % {"step": say(book.step_title(notice.about))}
    if notice.code == "link_locked":
        return _("业主链接核对错太多次，已停用：%(step)s。请与业主核实，重新发") % {
            "step": say(book.step_title(notice.about))
        }
    if notice.code == "repeated":
        return _("同一件事又有人报了，已并入")
    if notice.code == "joined":
        return _("派给您的这一件与另一件是同一件事，已并入那一件，不用再去")
    if notice.code == "parted":
        return _("并入的一份报告分出去了，不是同一件事，另行办理；不用一并处理")
    return say(book.procedure.title)
