"""send: data about somebody leaves the office by encrypted e-mail, with their consent (P9.6, P10.5; PIPL 23).

The message is laid in the outbox the moment the step is reached, in the same transaction. The system ends the step
when the other side's server has taken it; until then somebody may have it tried again, or record that it went by hand.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb

if TYPE_CHECKING:
    from banli.engine.turn import Turn


class Send(Verb):
    """The paper gets its number, and the message its id, from the rooms that keep them."""

    def opens(self, turn: "Turn") -> list[ev.Event]:
        name, branch = turn.here
        rule = turn.book.flow.steps[name].sends
        assert rule is not None
        turn.must_be_consented(rule.consent, name, branch)
        paper = turn.book.pack.papers[rule.paper]
        return [
            ev.PaperIssued(name, branch, rule.paper, (paper.copies[0].id,)),
            ev.MailQueued(name, branch, rule.fields),
        ]

    def rules(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> None:
        if outcome == "again" and turn.state.mail(*turn.here) is None:
            raise Refusal("task_not_open", step=turn.book.step_title(turn.here[0]))

    def effects(self, turn: "Turn", outcome: str, extra: Mapping[str, Any]) -> list[ev.Event]:
        name, branch = turn.here
        return [ev.MailAgain(name, branch, turn.state.mail(name, branch) or "")] if outcome == "again" else []


VERB: Verb = Send(
    "send",
    Text(zh="发送资料", en="Send data"),
    (
        Outcome("sent", Text(zh="已发出", en="Sent"), by_system=True),
        Outcome("by_hand", Text(zh="已另行送交", en="Sent by hand"), reason=True),
        Outcome(
            "again",
            Text(zh="重新发送", en="Send again"),
            leads="again",
            good=False,
            said=Text(zh="重新发送", en="Sent again"),
        ),
    ),
    needs=frozenset({"sends"}),
)
