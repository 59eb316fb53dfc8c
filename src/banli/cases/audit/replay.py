"""What a case's entries make: the rows of every table that tell of it, rebuilt from the journal alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from banli.cases import store
from banli.cases.consequences import MOVING, named
from banli.cases.contacts import contact_of
from banli.cases.voiding import why_void
from banli.cashier import ledger
from banli.engine import events as ev
from banli.engine.folding import apply
from banli.engine.rulebook import Rulebook
from banli.engine.standing import to_json
from banli.engine.state import State
from banli.journal import chain
from banli.journal.models import Entry

Row = dict[str, Any]
_WAITING = ("queued", "failed")
_THERE = {"purged_at": None, "purpose_ended_at": None, "kept_for": ""}


@dataclass
class Told:
    """The rows, by column. Papers by (kind, number), books by (book, branch), pictures by SHA-256, letters by id,
    empty sheets by serial.

    ``copies``: every answer that was the copy of an identity paper, sealed, with its place in the form. ``erased``: its
    private answers and pictures reached the end of their time.
    """

    first: Entry
    last: Entry
    state: State = field(default_factory=State)
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    tasks: list[Row] = field(default_factory=list)
    papers: dict[tuple[str, str], Row] = field(default_factory=dict)
    books: dict[tuple[str, int | None], Row] = field(default_factory=dict)
    files: dict[str, Row] = field(default_factory=dict)
    copies: set[tuple[str, str]] = field(default_factory=set)
    letters: dict[int, Row] = field(default_factory=dict)
    notices: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)
    mails: dict[str, Row] = field(default_factory=dict)
    sheets: dict[str, Row] = field(default_factory=dict)
    contacts: list[Row] = field(default_factory=list)
    erased: bool = False

    @property
    def case(self) -> Row:
        """The case's own columns, but for its version and salt."""
        body, state = self.first.body, self.state
        return {
            **to_json(state),
            "status": state.status,
            "seq": self.last.seq,
            "head": bytes(self.last.hash),
            "estate_id": self.first.estate_id,
            "opened_at": self.opened_at,
            "opened_by_id": self.first.actor_id,
            "ended_at": self.ended_at,
            "procedure": body.get("procedure"),
            "unit_id": body.get("unit"),
            "applicant_id": body.get("applicant"),
            "applicant_role": body.get("applicant_role"),
            "parent_id": body.get("parent"),
            "record_id": body.get("record"),
            "wake_at": store.wake_at(state) if state.status == "open" else None,
            "due_at": min((datetime.fromisoformat(c.red_at) for c in state.clocks if c.red_at), default=None),
        }


def replay(entries: Sequence[Entry], book: Rulebook) -> Told:
    """Fold a case's entries, in order. Raises what UNSAYABLE names where one says what no action can say."""
    told = Told(entries[0], entries[-1])
    for entry in entries:
        _Replay(told, entry, book).run()
    return told


class _Replay:
    """One entry's part. ``at``: when it was written; ``then``: when what is being read happened."""

    def __init__(self, told: Told, entry: Entry, book: Rulebook) -> None:
        self.told, self.entry, self.book, self.at = told, entry, book, entry.at
        self.events = [ev.from_json(one) for one in entry.body.get("events", ())]
        self.back = ev.back_entry(self.events)
        self.then = datetime.fromisoformat(self.back.at) if self.back else entry.at
        self.opened: list[Row] = []

    def run(self) -> None:
        if self.told.opened_at is None:
            self.told.opened_at = self.then
        for event, moment in ev.timed(self.events, chain.moment(self.at)):
            self.told.state = apply(self.told.state, event, moment)
            if isinstance(event, ev.BackEntered):
                self.then = datetime.fromisoformat(event.at)
                self._written_on(event.sheet)
            self._contact(event)
            handle = _HANDLERS.get(type(event))
            if handle is not None:
                handle(self, event)
        self._time()
        self._keep()

    def _contact(self, event: ev.Event) -> None:
        body = self.told.first.body
        whose = {"unit_id": body.get("unit"), "person_id": body.get("applicant")}
        said = contact_of(self.book, event, issuer=self._issuer()) if any(whose.values()) else None
        if said is not None:
            of_case = {"estate_id": self.told.first.estate_id, "at": self.then, "by_id": said.pop("by")}
            self.told.contacts.append({**whose, **of_case, **said})

    def _written_on(self, serial: str) -> None:
        """The empty sheet that was entered; the first entry that names it used it."""
        if serial:
            used = {"ended_at": self.at, "ended_by_id": self.entry.actor_id}
            told = {"state": "used", "estate_id": self.told.first.estate_id, **used}
            self.told.sheets.setdefault(serial, told)

    def _time(self) -> None:
        """Due times, as the statement sets them: for what was opened now, and for all when a clock moved."""
        moved = any(isinstance(event, store.TIMING) for event in self.events)
        for task in self.told.tasks if moved else self.opened:
            if task["state"] == "open":
                due = store.due_of(self.book, self.told.state, task["step"], task["branch"])
                task.update(due_at=due, order_at=due or store.NEVER)

    def laid(self, event: ev.MailQueued) -> None:
        """A message carries the paper that was issued just before it."""
        paper = next(reversed(self.told.papers))
        self.told.mails[event.message] = {
            "estate_id": self.told.first.estate_id, "step": event.step, "branch": event.branch,
            "fields": list(event.fields), "carries": paper, "state": "queued", "queued_at": self.at,
            "ended_at": None, "address": "", "answer": "",
        }  # fmt: skip

    def mail_again(self, event: ev.MailAgain) -> None:
        self.told.mails[event.message].update(
            state="queued", queued_at=self.at, ended_at=None, address="", answer=""
        )

    def mail_ended(self, event: ev.MailSent | ev.MailFailed) -> None:
        state = "sent" if isinstance(event, ev.MailSent) else "failed"
        told = {"state": state, "ended_at": self.at, "address": event.to, "answer": event.answer}
        self.told.mails[event.message].update(told)

    def _stopped(self, event: ev.Done | ev.Cancelled) -> None:
        """A step that is over sends nothing more."""
        for mail in self.told.mails.values():
            if (mail["step"], mail["branch"]) == (event.step, event.branch) and mail["state"] in _WAITING:
                mail.update(state="stopped", ended_at=self.at, address="", answer="")

    def _keep(self) -> None:
        """What came beside the events: books, pictures, letters of authority."""
        body, actor = self.entry.body, self.entry.actor_id
        if any(isinstance(event, MOVING) for event in self.events):
            for name, branch in self.told.state.books:
                then = datetime.fromisoformat(self.back.at) if self.back else self.at
                row = self.told.books.setdefault(
                    (name, branch), {"entered_at": then, "back_entered_at": None}
                )
                row |= {
                    "status": self.told.state.status,
                    "digest": body.get("books", {}).get(named(name, branch), row.get("digest")),
                    **({"back_entered_at": self.at} if self.back else {}),
                }
        for sha256 in body.get("files", ()):
            self.told.files.setdefault(sha256, {"at": self.at, "by_id": actor, **_THERE})
        for sha256 in body.get("purged", ()):
            gone = {"purpose_ended_at": datetime.fromisoformat(body["ended_at"]), "kept_for": body["kept"]}
            self.told.files[sha256].update(purged_at=self.at, **gone)
        if self.entry.kind == "erase":
            self.told.erased = True
        if "authority" in body:
            self.told.letters.setdefault(body["authority"], {"at": self.at})

    # --- one method for each kind of event --------------------------------------------------------------------

    def filled(self, event: ev.Filled) -> None:
        form = self.book.procedure.form
        copies = ((name, value) for name, value in event.values.items() if form[name].type == "id_copy")
        self.told.copies.update((name, value) for name, value in copies if value)

    def reached(self, event: ev.Reached) -> None:
        task = {
            "step": event.step, "branch": event.branch, "state": "open", "opened_at": self.then, "ended_at": None,
            "person_id": event.person, "done_by_id": None, "outcome": "", "due_at": None, "order_at": store.NEVER,
            "posts": [] if event.person else list(self.book.waits_for(event.step)),
            "estate_id": self.told.first.estate_id, "procedure": self.told.first.body.get("procedure"),
        }  # fmt: skip
        self.opened.append(task)
        self.told.tasks.append(task)

    def left(self, event: ev.Done | ev.Cancelled) -> None:
        self._stopped(event)
        for task in self.told.tasks:
            if (task["step"], task["branch"], task["state"]) == (event.step, event.branch, "open"):
                task.update(state="cancelled", ended_at=self.then)
                if isinstance(event, ev.Done):
                    task.update(state="done", done_by_id=event.by, outcome=event.outcome)

    def issued(self, event: ev.PaperIssued) -> None:
        self.told.papers[event.paper, event.number] = {
            "step": event.step, "branch": event.branch, "issued_at": self.at, "issued_by_id": self._issuer(),
            "estate_id": self.told.first.estate_id, "state": "valid", "used_at": None, "used_by_id": None,
            "voided_at": None, "voided_by_id": None, "void_reason": "", "digest": event.digest,
        }  # fmt: skip

    def _issuer(self) -> int | None:
        """Who wrote a paper; what the house writes by itself it writes for whoever filed the case."""
        return self.entry.actor_id or next(iter(self.told.state.filers), None)

    def moved(self, event: "ev.Paid | ev.Refunded | ev.ReceiptReplaced") -> None:
        """Money: a posting with its entries, and the paper that says so."""
        if not event.receipt:
            return
        case, refund = self._case(), isinstance(event, ev.Refunded)
        if isinstance(event, ev.ReceiptReplaced):
            self._taken_back(event)
        sides = (ledger.of_refund if refund else ledger.of_payment)(case, event.method, event.lines)
        self._posted("refunded" if refund else "taken", event, sides, paper=event.receipt, shift=event.shift,
                     method=event.method, reference=event.reference)  # fmt: skip
        self.issued(
            ev.PaperIssued(event.step, event.branch, event.paper, (), "", event.receipt, event.digest)
        )

    def _taken_back(self, event: ev.ReceiptReplaced) -> None:
        old = next(row for row in self.told.postings if row["number"] == event.old)
        sides = ledger.turned(ledger.of_payment(self._case(), old["method"], event.lines))
        self._posted("reversed", event, sides, shift=event.shift, method=old["method"], reason=event.reason,
                     reversed_number=event.old)  # fmt: skip
        self.told.papers[event.paper, event.old].update(
            state="void", voided_at=self.at, voided_by_id=self.entry.actor_id, void_reason=event.reason
        )

    def started(self, event: ev.CaseStarted) -> None:
        sides = ledger.of_carrying(self._case(), event.case or 0, event.carried)
        if sides:
            self._posted("carried", event, sides)

    def _posted(
        self, kind: str, event: Any, sides: list[ledger.Side], *, paper: str = "", shift: int | None = None,
        method: str = "", reference: str = "", reason: str = "", reversed_number: str = "",
    ) -> None:  # fmt: skip
        self.told.postings.append({
            "kind": kind, "step": event.step, "branch": event.branch, "number": paper, "shift_id": shift,
            "method": method, "reference": reference, "reason": reason, "reversed_number": reversed_number,
            "fen": ledger.till_of(sides), "at": self.at, "by_id": self.entry.actor_id,
            "estate_id": self.told.first.estate_id,
            "sides": sides,
        })  # fmt: skip

    def _case(self) -> int:
        return int(self.told.first.stream.removeprefix("case/"))

    def spent(self, event: ev.PaperSpent) -> None:
        mine = [
            p
            for (kind, _), p in self.told.papers.items()
            if (kind, p["branch"]) == (event.paper, event.branch)
        ]
        used_by = (self.back.by if self.back else None) or self.entry.actor_id
        mine[-1].update(state="used", used_at=self.then, used_by_id=used_by)

    def voided(self, event: ev.PapersVoided) -> None:
        for paper in self.told.papers.values():
            mine = paper["step"] in event.steps and event.branch in (None, paper["branch"])
            if not mine or paper["state"] != "valid":
                continue
            if event.expired:
                paper.update(state="expired")
            else:
                paper.update(
                    state="void", voided_at=self.at, voided_by_id=self.entry.actor_id,
                    void_reason=why_void(event, self.events),
                )  # fmt: skip

    def told_of(self, event: ev.Told) -> None:
        said = {
            "code": event.code,
            "about": event.about,
            "at": self.at,
            "estate_id": self.told.first.estate_id,
        }
        self.told.notices += [{**said, "post": post, "staff_id": None} for post in event.posts]
        if event.person is not None:
            self.told.notices.append({**said, "post": "", "staff_id": event.person})

    def ended(self, event: ev.Ended) -> None:
        self.told.ended_at = self.then

    def reopened(self, event: ev.Reopened) -> None:
        self.told.ended_at = None


_HANDLERS: dict[type[ev.Event], Any] = {
    ev.Filled: _Replay.filled,
    ev.Reached: _Replay.reached,
    ev.Done: _Replay.left,
    ev.Cancelled: _Replay.left,
    ev.PaperIssued: _Replay.issued,
    ev.PaperSpent: _Replay.spent,
    ev.PapersVoided: _Replay.voided,
    ev.Paid: _Replay.moved,
    ev.Refunded: _Replay.moved,
    ev.ReceiptReplaced: _Replay.moved,
    ev.CaseStarted: _Replay.started,
    ev.Told: _Replay.told_of,
    ev.MailQueued: _Replay.laid,
    ev.MailAgain: _Replay.mail_again,
    ev.MailSent: _Replay.mail_ended,
    ev.MailFailed: _Replay.mail_ended,
    ev.Ended: _Replay.ended,
    ev.Reopened: _Replay.reopened,
}
