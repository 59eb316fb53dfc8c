"""What follows from an action in the other rooms, in its transaction: papers, books, notices, started cases."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.state import State
from banli.engine.turn import Rulebook
from banli.estate.actions import use_authority
from banli.estate.models import Authority, Occupancy
from banli.messages.actions import tell
from banli.papers import actions as papers
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper
from banli.people.models import Staff
from banli.registers import actions as registers

from . import attachments, private
from .facts import ZONE
from .models import Attachment, Case
from .record import Record, in_one_line, searchable
from .store import Doer

__all__ = ["Consequences", "use_authority"]


class Consequences:
    """The consequences of one action on one case."""

    def __init__(self, case: Case, book: Rulebook, by: Doer, at: datetime, start: Callable[..., int]) -> None:
        self.case, self.book, self.by, self.at, self.start = case, book, by, at, start
        self._fresh: dict[str, bytes] = {}
        self._names: dict[int, str] = {}
        self._number: dict[int | None, str] = {}

    def number(self, event: ev.Event, state: State) -> ev.Event:
        """Events that name what another room makes: a paper gets its number, a started case its id."""
        if isinstance(event, ev.PaperIssued):
            paper = self._issue(event, state)
            self._number = {event.branch: paper.number, None: paper.number}
            return replace(event, number=paper.number, digest=fingerprint(paper))
        if isinstance(event, ev.CaseStarted):
            return self._start(event, state)
        return event

    def _start(self, event: ev.CaseStarted, state: State) -> ev.Event:
        """The started case with its id. It is given copies: of answers under its own seal, and of pictures."""
        kept, clear = private.handed_on(self.case, self.book, state, event.step, event.branch)
        pictures = [
            attachments.Upload(self._picture(clear[to]), attachments.MEDIA_TYPES[asked.type])
            for to, source in self.book.flow.steps[event.step].gives.items()
            if (asked := self.book.procedure.form[source.removeprefix("form.")]).type
            in attachments.MEDIA_TYPES
            and clear[to]
        ]
        started = replace(event, values=kept)
        return replace(
            started, case=self.start(self.case, replace(event, values=clear), pictures, self.by, self.at)
        )

    def uploads(self, uploads: Iterable[attachments.Upload]) -> None:
        """Pictures that came with the action: a paper issued by it may print them."""
        kept = list(uploads)
        self._fresh = {one.sha256: one.content for one in kept}
        if kept:
            attachments.keep(self.case, kept, by=self.by.staff, at=self.at)

    def require_pictures(self, events: Iterable[ev.Event]) -> None:
        """Every picture that is spoken of came with this action or is kept with the case; refuses what nobody sent."""
        fields, signatures = self._named(events)
        unseen = {*fields.values(), *signatures} - set(self._fresh)
        if unseen:  # nothing is asked of the database in the ordinary case
            kept = Attachment.objects.filter(case_id=self.case.pk, sha256__in=unseen)
            unseen -= set(kept.values_list("sha256", flat=True))
        if unseen & set(signatures):
            raise Refusal("signature_required")
        bad = {name: Refusal("bad_file") for name, sha256 in fields.items() if sha256 in unseen}
        if bad:
            raise Refusal("form_invalid", count=len(bad), fields=bad)

    def _named(self, events: Iterable[ev.Event]) -> tuple[dict[str, str], list[str]]:
        """The pictures some events speak of: by field, and the drawn signatures."""
        fields: dict[str, str] = {}
        signatures: list[str] = []
        form = self.book.procedure.form
        for event in events:
            if isinstance(event, ev.Filled):
                told = event.values.items()
                fields |= {k: v for k, v in told if v and form[k].type in attachments.MEDIA_TYPES}
            elif isinstance(event, ev.Done) and event.signature not in ("", "paper", "call"):
                signatures.append(event.signature)
        return fields, signatures

    def follow(self, events: list[ev.Event], state: State) -> None:
        """Everything that needs the case's row to stand."""
        for event in events:
            if isinstance(event, ev.PaperSpent):
                self._spend(event)
            elif isinstance(event, ev.PapersVoided):
                self._void(event, events)
            elif isinstance(event, ev.Told):
                tell(
                    estate_id=self.case.estate_id, case_id=self.case.pk, code=event.code, about=event.about,
                    at=self.at, posts=event.posts, staff_id=event.person,
                )  # fmt: skip
        self._books(events, state)

    # --- papers -----------------------------------------------------------------------------------------------

    def _issue(self, event: ev.PaperIssued, state: State) -> Paper:
        assert self.by.staff is not None
        definition = self.book.pack.papers[event.paper]
        record = self.record(state, event.branch, openly=True)
        snapshot = {
            name: self._printed(name, record) for name in definition.names() if not name.startswith("paper.")
        }
        return papers.issue(
            case=self.case,
            definition=definition,
            step=event.step,
            branch=event.branch,
            copies=event.copies,
            snapshot=snapshot,
            private={f"form.{name}" for name in self.book.procedure.private_fields()},
            valid_until=datetime.fromisoformat(event.valid_until) if event.valid_until else None,
            by=self.by.staff,
            at=self.at,
        )

    def _printed(self, name: str, record: Record) -> Any:
        """A value as it is frozen on a paper: a drawn signature as its picture."""
        value = record.value(name)
        if name.startswith("step.") and name.endswith(".signature") and value not in (None, "paper", "call"):
            return self._picture(value)
        return value

    def _picture(self, sha256: str) -> bytes:
        if sha256 in self._fresh:
            return self._fresh[sha256]
        return attachments.content(Attachment.objects.get(case=self.case, sha256=sha256), self.case)

    def _spend(self, event: ev.PaperSpent) -> None:
        assert self.by.staff is not None
        papers.spend_of_case(
            case_id=self.case.pk, kind=event.paper, branch=event.branch, by=self.by.staff, at=self.at
        )  # fmt: skip

    def _void(self, event: ev.PapersVoided, events: list[ev.Event]) -> None:
        said = [e.note for e in events if isinstance(e, ev.Done)]
        said += [e.reason for e in events if isinstance(e, ev.Reasoned)]
        papers.close_of_case(
            case_id=self.case.pk, steps=event.steps, branch=event.branch, expired=event.expired, by=self.by.staff,
            at=self.at, reason=next(filter(None, said), "退回重办"),
        )  # fmt: skip

    # --- books ------------------------------------------------------------------------------------------------

    def _books(self, events: list[ev.Event], state: State) -> None:
        """Bring every row of this case up to date: cells are read anew whenever something was done."""
        if not state.books or not any(
            isinstance(e, (ev.Done, ev.Attempted, ev.Filled, ev.Ended)) for e in events
        ):
            return
        for book, branch in state.books:
            columns = self.book.pack.books[book].columns
            record = self.record(state, branch)
            cells = {name: in_one_line(record.value(column.source)) for name, column in columns.items()}
            registers.write(
                estate_id=self.case.estate_id, book=book, case_id=self.case.pk, branch=branch, status=state.status,
                cells=cells, found=searchable(cells), at=self.at,
            )  # fmt: skip

    def record(self, state: State, branch: int | None, *, openly: bool = False) -> Record:
        """The case by name, as it stands in ``state``."""
        return Record(
            case=self.case,
            book=self.book,
            state=state,
            names=self._names_in(state),
            zone=ZONE,
            branch=branch,
            paper=self._number_of(branch),
            openly=openly,
            given=self._given,
        )

    @cached_property
    def _given(self) -> dict[str, Any]:
        return given(self.case)

    def _names_in(self, state: State) -> dict[int, str]:
        """Asked of the database only for people this action has not met yet."""
        if people_in(self.case, state) - set(self._names):
            self._names = names_of(self.case, state)
        return self._names

    def _number_of(self, branch: int | None) -> str:
        if branch not in self._number:
            self._number[branch] = newest_number(self.case, branch)
        return self._number[branch]


def people_in(case: Case, state: State) -> set[int]:
    """The ids of the members of staff a case speaks of."""
    ids = {m.by for m in state.marks} | {m.deputy_for for m in state.marks} | set(state.assigned.values())
    return {one for one in (*ids, case.opened_by_id) if one}


def names_of(case: Case, state: State) -> dict[int, str]:
    """Their names, in one query."""
    return dict(Staff.objects.filter(pk__in=people_in(case, state)).values_list("pk", "name"))


def newest_number(case: Case, branch: int | None) -> str:
    """The number of the case's last paper."""
    found = Paper.objects.filter(case=case)
    if branch is not None:
        found = found.filter(branch=branch)
    return found.order_by("-id").values_list("number", flat=True).first() or ""


def given(case: Case) -> dict[str, Any]:
    """Names that come from other rooms: the estate, the owner, on what authority the applicant acts."""
    told: dict[str, Any] = {"estate.name": case.estate.name, "estate.address": case.estate.address}
    told["case.authority"] = authority_told(case)
    if case.unit_id:
        owner = (
            Occupancy.objects.on(case.opened_at.astimezone(ZONE).date())
            .filter(unit_id=case.unit_id, role="owner")
            .values_list("person__name", flat=True)
            .first()
        )
        told["unit.owner"] = owner
    return told


def authority_told(case: Case) -> dict[str, str] | None:
    """On what footing somebody who is not the owner applied: a letter of authority, or the consent given."""
    if case.applicant_role in ("owner", "co_owner"):
        return None
    used = Authority.objects.filter(uses__case_id=case.pk).select_related("principal").first()
    if used is not None:
        return {
            "zh": f"持{used.principal.name}委托书",
            "en": f"letter of authority from {used.principal.name}",
        }
    return None
