"""What follows from an action in the other rooms, with it: papers, books, notices, started cases."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from banli.cashier import actions as cashier
from banli.engine import events as ev
from banli.engine.fields import PICTURES
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.authority.actions import use_authority
from banli.journal.statement import Part
from banli.messages import outbox
from banli.messages.actions import telling
from banli.papers import actions as papers
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper
from banli.people.models import Staff
from banli.registers import actions as registers

from . import attachments, booking, contacts, granting, money, placing, private, sheets
from .facts import ZONE
from .models import Attachment, Case
from .record import Record, in_one_line, searchable
from .said import Said, owners_in, people_in, said
from .store import Doer
from .voiding import why_void

__all__ = ["Consequences", "use_authority"]

#: What another room does besides the case's own statement; the two need a transaction around them.
ELSEWHERE = (
    ev.PapersVoided, ev.CaseStarted, ev.RecordChanged, ev.Paid, ev.Refunded,
    ev.LineSpent, ev.ReceiptReplaced, ev.Authorised, ev.MailAgain, ev.MailSent, ev.MailFailed,
    ev.Reserved, ev.Freed, ev.Allotted, ev.Vacated, ev.JoinedTo, ev.PartedFrom,
)  # fmt: skip
#: What the case's own statement can do too, to one paper.
ON_PAPER = (ev.PaperIssued, ev.PaperSpent)
#: After one of these, what the books say of the case is read anew.
MOVING = (ev.Done, ev.Attempted, ev.Filled, ev.Amended, ev.Ended, ev.Reopened, ev.ReceiptReplaced)


def named(book: str, branch: int | None) -> str:
    """A row of a case by name: ``goods-release``, or ``permits@2`` of one branch."""
    return book if branch is None else f"{book}@{branch}"


def goes_elsewhere(events: Collection[ev.Event]) -> bool:
    """Whether the case's own statement is not all that these events need."""
    papers_touched = sum(isinstance(event, ON_PAPER) for event in events)
    return papers_touched > 1 or any(isinstance(event, ELSEWHERE) for event in events)


class Consequences:
    """The consequences of one action on one case. ``alone``: all of them are parts of the case's own statement."""

    def __init__(
        self, case: Case, book: Rulebook, by: Doer, at: datetime, start: Callable[..., int],
        change: Callable[..., None], back: ev.BackEntered | None = None, *, alone: bool = False,
    ) -> None:  # fmt: skip
        self.case, self.book, self.by, self.at, self.start, self.change = case, book, by, at, start, change
        self.back, self.then = back, datetime.fromisoformat(back.at) if back else at
        self.alone = alone
        #: What must hold when the case's own statement writes, beside that nobody has moved the case.
        self.provided: list[Part] = []
        self._of_paper: list[Part] = []
        self._uploads: dict[str, attachments.Upload] = {}
        self._copies: set[str] = set()
        self._pictures: dict[str, bytes] = {}
        self._lines: list[registers.Line] = []
        self._laid: list[dict[str, Any]] = []
        self._issued: Paper | None = None
        self._said: Said | None = None

    def number(self, event: ev.Event, state: State) -> ev.Event:
        """Events that name what another room makes: a paper gets its number, a case its id, a slot its seats."""
        if isinstance(event, ev.PaperIssued):
            paper = self._issued = self._issue(event, state)
            self._mention(paper)
            return replace(event, number=paper.number, digest=fingerprint(paper))
        if isinstance(event, ev.MailQueued):
            return self._lay(event)
        if isinstance(event, ev.CaseStarted):
            started = self._start(event, state)
            money.carry(started, self.case, self.by, self.at)
            return started
        if isinstance(event, ev.Reserved):
            return booking.give(event, self.case)
        if isinstance(event, ev.Freed):
            booking.free(event, self.case)
        if isinstance(event, ev.Allotted):
            return placing.give(event, self.case, self.book, state)
        if isinstance(event, ev.Vacated):
            placing.take_back(event, self.case)
        if isinstance(event, (ev.Paid, ev.Refunded, ev.ReceiptReplaced)):
            return money.move(event, state, self.record(state, event.branch, openly=True), self.by, self.at)
        return event

    def _mention(self, paper: Paper) -> None:
        if self._said is not None:
            self._said.numbers.append((paper.branch, paper.number, paper.step))

    def _lay(self, event: ev.MailQueued) -> ev.MailQueued:
        """The message that carries the paper its step has just issued gets its id."""
        assert self._issued is not None
        laid = replace(event, message=outbox.new_message(self.case.estate))
        told = {"paper": self._issued.pk, "step": event.step, "branch": event.branch}
        self._laid.append({**told, "message": laid.message, "fields": list(event.fields)})
        return laid

    def _start(self, event: ev.CaseStarted, state: State) -> ev.CaseStarted:
        """The started case with its id. It is given copies: of answers under its own seal, and of pictures."""
        kept, clear = private.handed_on(self.case, self.book, state, event.step, event.branch)
        pictures = [
            attachments.Upload(self._picture(clear[to]), attachments.MEDIA_TYPES[asked.type])
            for to, field in self.book.flow.steps[event.step].handed_on().items()
            if (asked := self.book.procedure.form[field]).type in attachments.MEDIA_TYPES and clear[to]
        ]
        started = replace(event, values=kept)
        given = replace(event, values=clear)
        return replace(started, case=self.start(self.case, given, pictures, self.by, self.at, self.back))

    def uploads(self, uploads: Iterable[attachments.Upload]) -> None:
        """Pictures that came with the action: a paper issued by it may print them."""
        self._uploads = {one.sha256: one for one in uploads}
        self._pictures = {sha256: one.content for sha256, one in self._uploads.items()}

    def require_pictures(self, events: Iterable[ev.Event]) -> None:
        """Every picture that is spoken of came with this action or is kept with the case; refuses what nobody sent."""
        fields, signatures = self._named(events)
        form = self.book.procedure.form
        self._copies = {
            sha256 for name, sha256 in fields.items() if name in form and form[name].type == "id_copy"
        }
        unseen = {*fields.values(), *signatures} - set(self._uploads)
        if unseen:  # nothing is asked of the database in the ordinary case
            kept = Attachment.objects.filter(case_id=self.case.pk, sha256__in=unseen, purged_at=None)
            told = dict(kept.values_list("sha256", "identity_copy"))
            unseen -= {sha256 for sha256, copy in told.items() if copy or sha256 not in self._copies}
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
            if isinstance(event, ev.Done) and event.scan:
                fields["scan"] = event.scan
            if isinstance(event, ev.BackEntered) and event.scan:
                fields["paper"] = event.scan
        return fields, signatures

    def parts(self, events: list[ev.Event], state: State) -> list[Part]:
        """What the case's own statement writes besides the case: pictures, notices and the rows of books."""
        parts = []
        if self._uploads:
            kept = self._uploads.values()
            parts.append(
                attachments.keeping(self.case, kept, copies=self._copies, by=self.by.staff, at=self.at)
            )
        told = [event for event in events if isinstance(event, ev.Told)]
        if told:
            parts.append(telling(estate_id=self.case.estate_id, told=told, at=self.at))
        parts += self._contacts(events)
        if self._laid:
            parts.append(outbox.laying(estate_id=self.case.estate_id, rows=self._laid, at=self.at))
        if state.books and any(isinstance(e, MOVING) for e in events):
            parts.append(self._books(state))
        for event in events:
            if self.alone and isinstance(event, ev.PaperSpent):
                holds, spent = papers.spending(**self._spends(event))
                self.provided.append(holds)
                self._of_paper.append(spent)
        return parts + self._of_paper

    def _contacts(self, events: list[ev.Event]) -> list[Part]:
        """The calls and papers of this action, where anybody is concerned."""
        if self.case.unit_id is None and self.case.applicant_id is None:
            return []
        issuer = self._issued.issued_by_id if self._issued is not None else None
        told = (contacts.contact_of(self.book, event, issuer=issuer) for event in events)
        rows = [{**one, "at": self.then.isoformat()} for one in told if one is not None]
        return [contacts.adding(self.case, rows)] if rows else []

    def about(self) -> dict[str, Any]:
        """What the entry keeps of what it brought elsewhere: the pictures, and what the books say since."""
        told: dict[str, Any] = {}
        if self._uploads:
            told["files"] = sorted(self._uploads)
        if self._lines:
            told["books"] = {named(line.book, line.branch): line.digest for line in self._lines}
        return told

    def follow(self, events: list[ev.Event], before: State, after: State) -> None:
        """What becomes of the case's papers, of its receipts' lines, and of the cases it changes."""
        if before.spent != after.spent:
            cashier.keep_spends(self.case.pk, after.spent)
        for event in events:
            if isinstance(event, ev.PaperSpent) and not self.alone:
                papers.spend(**self._spends(event))
            elif isinstance(event, ev.PapersVoided):
                self._void(event, events)
            elif isinstance(event, ev.BackEntered) and event.sheet:
                sheets.enter(event, self.case, self.book, self.by.staff, self.at)
            elif isinstance(event, (ev.RecordChanged, ev.JoinedTo, ev.PartedFrom)):
                self.change(self.case, event, self.by, self.at)
            elif isinstance(event, ev.Authorised):
                granting.authorise(self.case, self.book, event, self.by, self.at)
            elif isinstance(event, ev.MailSent):
                outbox.taken(message=event.message, address=event.to, answer=event.answer, at=self.at)
            elif isinstance(event, ev.MailFailed):
                outbox.failed(message=event.message, address=event.to, answer=event.answer, at=self.at)
            elif isinstance(event, ev.MailAgain):
                outbox.again(message=event.message, at=self.at)
            elif isinstance(event, (ev.Done, ev.Cancelled)):
                message = before.mail(event.step, event.branch)
                if message is not None:
                    outbox.stop(message=message, at=self.at)

    # --- papers -----------------------------------------------------------------------------------------------

    def _issue(self, event: ev.PaperIssued, state: State) -> Paper:
        definition = self.book.pack.papers[event.paper]
        record = self.record(state, event.branch, openly=True)
        sends = self.book.flow.steps[event.step].sends
        snapshot = {
            name: self._printed(name, record)
            for name in definition.names()
            if not name.startswith("paper.") and (sends is None or sends.lets(name))
        }
        if event.branch is not None:
            self._own_row(event.step, event.branch, snapshot)
        draft = papers.draft(
            case=self.case,
            definition=definition,
            step=event.step,
            branch=event.branch,
            copies=event.copies,
            snapshot=snapshot,
            private={f"form.{name}" for name in self.book.procedure.private_fields()},
            valid_until=datetime.fromisoformat(event.valid_until) if event.valid_until else None,
            by=self.by.staff
            or Staff.objects.get(pk=state.filers[0]),  # by itself the house writes for whoever filed
            at=self.at,
        )
        if not self.alone:
            return draft.write()
        self._of_paper += draft.parts
        return draft.paper

    def _own_row(self, step: str, branch: int, snapshot: dict[str, Any]) -> None:
        """Of the table that a step is done for row by row, its paper says its own row: not who else is on the list."""
        block = self.book.flow.each_around(step)
        name = f"form.{self.book.flow.blocks[block].over}" if block else ""
        if snapshot.get(name):
            snapshot[name] = snapshot[name][branch : branch + 1]

    def _printed(self, name: str, record: Record) -> Any:
        """A value as it is frozen on a paper: a drawn signature or a photograph as its picture."""
        value = record.value(name)
        room, _, rest = name.partition(".")
        signed = room == "step" and rest.endswith(".signature") and value not in ("paper", "call")
        asked = self.book.procedure.form.get(rest) if room == "form" else None
        if value and (signed or (asked is not None and asked.type in PICTURES)):
            return self._picture(value)
        return value

    def _picture(self, sha256: str) -> bytes:
        """A picture of the case in clear; one is asked for once, however often it is printed."""
        if sha256 not in self._pictures:
            kept = Attachment.objects.get(case=self.case, sha256=sha256)
            self._pictures[sha256] = attachments.content(kept, self.case)
        return self._pictures[sha256]

    def _spends(self, event: ev.PaperSpent) -> dict[str, Any]:
        assert self.by.staff is not None
        return {
            "case_id": self.case.pk, "kind": event.paper, "branch": event.branch, "at": self.then,
            "by_id": (self.back.by if self.back else None) or self.by.staff.pk,
        }  # fmt: skip

    def _void(self, event: ev.PapersVoided, events: list[ev.Event]) -> None:
        papers.close_of_case(
            case_id=self.case.pk, steps=event.steps, branch=event.branch, expired=event.expired, by=self.by.staff,
            at=self.at, reason=why_void(event, events),
        )  # fmt: skip

    # --- books ------------------------------------------------------------------------------------------------

    def _books(self, state: State) -> Part:
        """Every row of this case, brought up to date: cells are read anew whenever something was done."""
        self._lines = [self._line(book, branch, state) for book, branch in state.books]
        return registers.entering(
            estate_id=self.case.estate_id, status=state.status, at=self.then, lines=self._lines,
            back_entered_at=self.at if self.back else None,
        )  # fmt: skip

    def _line(self, book: str, branch: int | None, state: State) -> registers.Line:
        columns = self.book.pack.books[book].columns
        record = self.record(state, branch)
        cells = {name: in_one_line(record.first(column.source)) for name, column in columns.items()}
        return registers.Line(book, branch, cells, searchable(cells))

    def record(self, state: State, branch: int | None, *, openly: bool = False) -> Record:
        """The case by name, as it stands in ``state``."""
        told = self._told(state)
        return Record(
            case=self.case,
            book=self.book,
            state=state,
            names=told.names,
            zone=ZONE,
            branch=branch,
            paper=told.number(branch, self.book.aside),
            openly=openly,
            given=told.given,
        )

    def _told(self, state: State) -> Said:
        """Asked of the database once, and again only for people this action has not met yet."""
        people, owners = people_in(self.case, state), owners_in(state)
        if self.by.staff is not None:
            people.add(self.by.staff.pk)
        unknown = self._said is None or people - set(self._said.names) or owners - set(self._said.owners)
        if self._said is None or unknown:
            self._said = said(self.case, people, owners)
            if self.alone and self._issued is not None:  # it is not in the database yet
                self._mention(self._issued)
        return self._said
