"""Reading cases: the inbox, a unit's cases, one case's history. No query count grows with rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet

from banli.engine import events as ev
from banli.engine import verbs
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.wording import Wording
from banli.estate.models import Person, Unit
from banli.journal import joined, statement
from banli.journal.models import Entry
from banli.people.access import Desk
from banli.people.models import Staff

from . import rules
from .models import Case, Task
from .store import state_of
from .waiting import count, soonest

PAGE = 30
#: What is reported again is reported soon after; a clerk looks through so many at most.
REPEATED_WITHIN, REPEATS_SHOWN = timedelta(days=7), 5
#: So many open cases are looked at to find those; what waits only for such steps is as good as done.
REPEATS_LOOKED_AT, AS_GOOD_AS_DONE = 50, frozenset({"issue", "follow_up", "pay", "enter", "send"})

_OPEN_OF = "SELECT id FROM cases_task WHERE case_id = ANY(%(cases)s::bigint[]) AND state = 'open'"
_NO_SEQ = 2**31 - 1  # of no entry: more than a stream has
_STREAM = """
    SELECT {entry} FROM journal_entry WHERE stream = %(stream)s AND seq < %(before)s
     ORDER BY seq {order} LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Waiting:
    """A task as the inbox shows it."""

    task: Task
    procedure: Text
    step: Text
    book: Rulebook

    @property
    def case(self) -> Case:
        return self.task.case


def inbox(desk: Desk, *, after: tuple[datetime, int] | None = None, limit: int = PAGE) -> list[Waiting]:
    """What waits for this desk, what is due soonest first. ``after``: the last row's (order_at, id)."""
    return [waiting(task) for task in soonest(desk, limit, after=after)]


def waiting(task: Task) -> Waiting:
    """A task with its titles; the rulebook is kept by version, so this asks the database nothing new."""
    book = rules.rulebook(task.case.version_id)
    return Waiting(task, book.procedure.title, book.step_title(task.step), book)


def inbox_count(desk: Desk) -> int:
    """How many tasks wait for this desk, up to waiting.COUNTED."""
    return count(desk)


def waits_for(desk: Desk, case_id: int) -> bool:
    """Whether something of this case waits for this desk."""
    mine = Q(person=desk.staff) | Q(person__isnull=True, posts__overlap=list(desk.posts))
    return Task.objects.filter(mine, estate=desk.estate, case_id=case_id, state="open").exists()


def sent_to(desk: Desk) -> QuerySet[Task]:
    """Steps that this person was sent to do, and has done or still is to do."""
    return Task.objects.filter(estate=desk.estate, person=desk.staff, state__in=("open", "done"))


def started_by(case: Case, seq: int) -> int | None:
    """The case that was started from this one by its entry ``seq``."""
    entry = Entry.objects.filter(stream=case.stream, seq=seq).first()
    events = entry.body.get("events", ()) if entry else ()
    return next((one["case"] for one in events if one["event"] == "case_started"), None)


def cases_of(unit: Unit, *, before: int | None = None, limit: int = PAGE) -> QuerySet[Case]:
    """A unit's cases, newest first; ``before`` is the last row's id."""
    found = Case.objects.filter(unit=unit).select_related("applicant", "unit").order_by("-id")
    return (found.filter(pk__lt=before) if before else found)[:limit]


def open_tasks(case_ids: Iterable[int]) -> dict[int, list[Task]]:
    """The open tasks of some cases, in one query."""
    told: dict[int, list[Task]] = {}
    asked = {"cases": list(case_ids)}
    for task in joined.every(Task, _OPEN_OF, asked, joined=("person",), order="id"):
        told.setdefault(task.case_id, []).append(task)
    return told


def cases(
    desk: Desk, *, procedure: str = "", status: str = "", late: datetime | None = None, before: int | None = None,
    limit: int = PAGE,
) -> QuerySet[Case]:  # fmt: skip
    """The estate's cases, newest first, by procedure, status, or what is late at a moment."""
    found = Case.objects.filter(estate=desk.estate).select_related("applicant", "unit").order_by("-id")
    if procedure:
        found = found.filter(procedure=procedure)
    if status:
        found = found.filter(status=status)
    if late is not None:
        found = found.filter(status="open", due_at__lt=late)
    return (found.filter(pk__lt=before) if before else found)[:limit]


def same_matter(unit: Unit, procedure: str) -> QuerySet[Case]:
    """Open cases of the same procedure at the same unit: the clerk is told before opening another."""
    return Case.objects.filter(unit=unit, procedure=procedure, status="open").order_by("-id")[:5]


def repeatable(case: Case, now: datetime) -> list[Case]:
    """Open cases of the same procedure that ``case`` may repeat: of its home, then of its building these days.

    Not one of another kind, where the procedure says what tells kinds apart, and not one whose work is done.
    """
    found = Case.objects.filter(estate_id=case.estate_id, procedure=case.procedure, status=Case.Status.OPEN)
    found = found.exclude(pk=case.pk).select_related("unit__building", "applicant")
    near = Q(unit_id=case.unit_id)
    if case.unit is not None:
        near |= Q(unit__building_id=case.unit.building_id, opened_at__gte=now - REPEATED_WITHIN)
    rule = rules.rulebook(case.version_id).procedure.withdraw
    kind = (rule.same or "").removeprefix("form.") if rule else ""
    if case.form.get(kind):
        found = found.filter(Q(**{f"form__{kind}": case.form[kind]}) | Q(**{f"form__{kind}": None}))
    told = [one for one in found.filter(near).order_by("-pk")[:REPEATS_LOOKED_AT] if _in_hand(one)]
    return sorted(told[:REPEATS_SHOWN], key=lambda one: one.unit_id != case.unit_id)


def _in_hand(case: Case) -> bool:
    """Whether something waits in it that is more than closing it."""
    steps = rules.rulebook(case.version_id).flow.steps
    return any(steps[one.step].verb not in AS_GOOD_AS_DONE for one in state_of(case).tokens)


@dataclass(frozen=True)
class Happened:
    """One journal entry as the case page tells it.

    ``back``: of what was done on paper, when, and on which; ``who`` did it then, ``entered_by`` entered it.
    """

    entry: Entry
    who: str
    deputy_for: str
    post: Text | None
    lines: list["Line"]
    back: ev.BackEntered | None = None
    entered_by: str = ""

    @property
    def at(self) -> datetime:
        """When it happened: the entry's time, or that on the paper."""
        return datetime.fromisoformat(self.back.at) if self.back else self.entry.at


@dataclass(frozen=True)
class Line:
    """One thing that happened: a code for the icon, what it is about, and what was said.

    ``step`` and ``branch``: of which step's row it was, where there is one; a clock's is that which started it.
    """

    code: str
    title: Text
    detail: Text | None = None
    note: str = ""
    signature: str = ""
    late: bool = False
    way: str = ""
    asked: tuple[str, ...] = ()
    reference: str = ""
    scan: str = ""
    step: str = ""
    branch: int | None = None


def history(
    case: Case, *, newest_first: bool = True, before: int | None = None, limit: int | None = None,
    known: Mapping[int, str] = MappingProxyType({}),
) -> list[Happened]:  # fmt: skip
    """What happened to a case, from its journal, in two queries: all of it, or ``limit`` entries ``before`` a seq.

    ``known``: names of members of staff; only those of others are asked for.
    """
    book = rules.rulebook(case.version_id)
    entries = _entries(case, "DESC" if newest_first else "ASC", before, limit)
    ids = {e.actor_id for e in entries} | {e.deputy_for_id for e in entries}
    ids |= {e.get(who) for entry in entries for e in entry.body.get("events", ()) for who in ("person", "by")}
    others = [one for one in ids if one and one not in known]
    asked = Staff.objects.filter(pk__in=others).values_list("pk", "name")
    names = {**known, **(dict(asked) if others else {})}
    owners = _owners(entries)
    return [_happened(book, entry, names, owners) for entry in entries]


def _entries(case: Case, order: str, before: int | None, limit: int | None) -> list[Entry]:
    """By hand: every case's page asks."""
    asked = {"stream": case.stream, "limit": limit}
    asked["before"] = _NO_SEQ if before is None else min(before, _NO_SEQ)
    told = (statement.loaded(Entry, iter(row)) for row in statement.rows(_stream(order), asked))
    return [one for one in told if one is not None]


@cache
def _stream(order: str) -> str:
    return _STREAM.format(entry=statement.columns(Entry), order=order)


def _happened(book: Rulebook, entry: Entry, names: Mapping[int, str], owners: Mapping[int, str]) -> Happened:
    events = entry.body.get("events", ())
    told = Happened(
        entry=entry,
        who=names.get(entry.actor_id or 0, "") or owners.get(_agreed(entry) or 0, ""),
        deputy_for=names.get(entry.deputy_for_id or 0, ""),
        post=book.post_title(entry.post) if entry.post else None,
        lines=[
            replace(line, step=_step(book, e), branch=e.get("branch"))
            for e in events
            if (line := _line(book, e, names, owners))
        ],
    )
    back = ev.back_entry(ev.from_json(e) for e in events if e["event"] == ev.BackEntered.kind)
    if back is None:
        return told
    told = replace(told, back=back, entered_by=told.who)
    if back.by is None:
        return told
    act: dict[str, Any] = next((e for e in events if e["event"] in ("done", "attempted")), {})
    return replace(
        told, who=names.get(back.by, ""), deputy_for=names.get(act.get("deputy_for") or 0, ""),
        post=book.post_title(act["post"]) if act.get("post") else None,
    )  # fmt: skip


def _step(book: Rulebook, event: Mapping[str, Any]) -> str:
    """The step an event is about; of a clock the one that started it."""
    clock = book.procedure.clocks.get(event.get("clock", ""))
    return clock.beginnings[0] if clock else str(event.get("step") or "")


def _agreed(entry: Entry) -> int | None:
    """The owner who did this by themselves, through a link."""
    by_link = (e for e in entry.body.get("events", ()) if e.get("way") == "link")
    return next((event.get("person") for event in by_link), None)


def _owners(entries: list[Entry]) -> dict[int, str]:
    """Their names, and of those who were sent links; asked only where there are any."""
    ids = {one for entry in entries if (one := _agreed(entry))}
    ids |= {one for entry in entries for event in entry.body.get("events", ()) if (one := event.get("owner"))}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


_TITLES = {
    "ended": Text(zh="结束", en="Ended"),
    "reopened": Text(zh="重新打开", en="Reopened"),
    "papers_voided": Text(zh="单据作废", en="Paper void"),
    "lapsed": Text(zh="已办的不再有效，须重办", en="No longer stands and must be done again"),
    "withdraw": Text(zh="撤回", en="Withdrawn"),
    "reassign": Text(zh="改派", en="Reassigned"),
    "send_back": Text(zh="退回重办", en="Sent back"),
    "reopen": Text(zh="重新打开", en="Reopened"),
    "pause": Text(zh="暂停计时", en="Clock paused"),
    "resume": Text(zh="继续计时", en="Clock goes on"),
    "join": Text(zh="与另一件重复，并入", en="Repeats another case and is joined to it"),
    "joined_to": Text(zh="并入", en="Joined to"),
    "repeated": Text(zh="又有人报，并入本件", en="Reported again, joined to this case"),
    "parted_from": Text(zh="并错了，分开", en="Joined by mistake, parted"),
    "parted": Text(zh="并入的一件分开", en="A case joined to this one was parted"),
}


def _line(
    book: Rulebook, event: dict[str, Any], names: Mapping[int, str], owners: Mapping[int, str]
) -> Line | None:  # fmt: skip
    kind = event["event"]
    if kind in ("done", "attempted"):
        step = book.flow.steps[event["step"]]
        outcome = verbs.find(step.verb).outcome(event["outcome"])
        return Line(
            kind,
            book.step_title(event["step"]),
            outcome.told,
            event.get("note", ""),
            event.get("signature", ""),
            way=event.get("way", ""),
            asked=tuple(event.get("asked", ())),
            reference=event.get("reference", ""),
            scan=event.get("scan", ""),
        )
    if kind.startswith("clock_"):
        clock = book.procedure.clocks[event["clock"]]
        return Line(
            kind, clock.title, late=kind == "clock_late" or bool(event.get("late")), note=event.get("due", "")
        )
    if kind == "paper_issued":
        return Line(kind, book.pack.papers[event["paper"]].title, note=event.get("number", ""))
    if kind == "agreed":
        return Line(kind, book.step_title(event["step"]), note=event["at"])
    if kind == "case_started":
        return Line(kind, book.step_title(event["step"]), note=str(event.get("case") or ""))
    if kind == "reserved":
        return Line(kind, book.step_title(event["step"]), note=event["slot"])
    if kind == "allotted":
        return Line(
            kind, book.step_title(event["step"]), note=f"{event['place']} {event['since']}–{event['until']}"
        )
    if kind == "vacated":
        return Line(kind, book.step_title(event["step"]), note=event.get("until", ""))
    if kind == "assigned":
        return Line(kind, book.step_title(event["step"]), note=names.get(event["person"], ""))
    if kind == "lapsed":
        steps = [
            book.step_title(s) for s in event["steps"] if not verbs.find(book.flow.steps[s].verb).automatic
        ]
        told = Text(zh="、".join(s.zh for s in steps) or "—", en=", ".join(s.en for s in steps) or "—")
        return Line(kind, _TITLES[kind], told)
    if kind in ("mail_queued", "mail_sent", "mail_failed"):
        left = _left(book, event["fields"]) if kind == "mail_queued" else None
        return Line(kind, book.step_title(event["step"]), left, event.get("answer", ""))
    if kind in ("link_sent", "link_taken_back", "link_locked"):
        by_sms = Text(zh="短信", en="SMS") if event.get("through") == "sms" else None
        return Line(kind, book.step_title(event["step"]), by_sms, note=owners.get(event["owner"], ""))
    if kind == "reasoned":
        return Line(kind, _TITLES[event["act"]], note=event.get("reason", ""))
    if kind == "entered":
        return Line(kind, book.pack.books[event["book"]].title)
    if kind in ("joined_to", "repeated", "parted_from", "parted"):
        return Line(kind, _TITLES[kind], note=str(event["case"]))
    if kind in ("ended", "papers_voided", "reopened"):
        return Line(kind, _TITLES[kind], note=event.get("end", ""))
    return None


def _left(book: Rulebook, fields: Iterable[str]) -> Text:
    """What leaves the office, by name."""
    zh, en = Wording(book, "zh"), Wording(book, "en")
    return Text(zh=zh.listed(map(zh.sent, fields)), en=en.listed(map(en.sent, fields)))
