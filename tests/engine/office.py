"""A small office to try procedures in: posts, the cast, a rulebook out of a few lines of YAML."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from banli.engine import decide
from banli.engine import events as ev
from banli.engine.decide import Act, Actor, Facts
from banli.engine.load import model, parse
from banli.engine.pack import Book, BookColumn, Pack, PackHeader, PostDefinition, Price, Setting
from banli.engine.procedure import Procedure
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)  # nine in the morning at the office
POSTS = (
    "front_desk",
    "duty_supervisor",
    "director",
    "engineering_supervisor",
    "gate",
    "technician",
    "finance",
)
XIAOWANG = Actor(1, {"front_desk": None})
LAOLI = Actor(2, {"duty_supervisor": None})
CHEN = Actor(3, {"director": None})
ZHAO = Actor(4, {"engineering_supervisor": None})
ZHOU = Actor(5, {"gate": None})
ZHENG = Actor(6, {"technician": None})
SUN = Actor(7, {"finance": None})
FACTS = Facts(holders={"technician": {6}})


def text(words: str) -> Text:
    return Text(zh=words, en=words)


UNIT = BookColumn(title=text("unit"), source="case.unit")


def pack_of(*procedures: Procedure) -> Pack:
    """A pack with the posts, a price, a setting and a book, and these procedures."""
    return Pack(
        header=PackHeader(pack="small", title=text("small"), version="1"),
        posts={post: PostDefinition(title=text(post)) for post in POSTS},
        prices={"card": Price(title=text("card"), fen=500)},
        settings={
            "strict": Setting(title=text("strict"), type="yes_no", default="no", source="test"),
            "soon": Setting(title=text("soon"), type="duration", default="2h", source="test"),
        },
        books={"cards": Book(book="cards", title=text("cards"), columns={"unit": UNIT})},
        procedures={one.procedure: one for one in procedures},
    )


def procedure_of(yaml: str) -> Procedure:
    return model(Procedure, parse(yaml, "test.yaml"))


def book_of(yaml: str) -> Rulebook:
    procedure = procedure_of(yaml)
    return Rulebook.of(procedure, pack_of(procedure))


HEAD = """
procedure: small
title: {zh: 小流程, en: Small}
opened_by: front_desk
applicant: {roles: [owner, tenant]}
"""


class Run:
    """A case that runs. ``do`` acts, ``pass_time`` lets the clock run; ``last`` holds the last events."""

    def __init__(self, book: Rulebook, applicant: str = "owner", facts: Facts = FACTS) -> None:
        self.book, self.facts, self.now = book, facts, NOW
        self.last: list[ev.Event] = []
        self.state = State()
        self._keep(decide.open_case(book, applicant, None, XIAOWANG, facts, NOW))

    def do(self, who: Actor, step: str, outcome: str, branch: int | None = None, **rest: Any) -> "Run":
        answers: Mapping[str, Any] = rest.pop("answers", {})
        note, signature = rest.pop("note", "because"), rest.pop("signature", "paper")
        wanted = Act(step, outcome, branch, answers, note, signature, rest)
        self._keep(decide.act(self.book, self.state, wanted, who, self.facts, self.now))
        return self

    def override(self, who: Actor, what: str, target: str, person: int | None = None) -> "Run":
        self._keep(
            decide.override(self.book, self.state, what, target, "because", who, self.facts, self.now, person)
        )
        return self

    def pass_time(self, **much: int) -> "Run":
        self.now += timedelta(**much)
        self._keep(decide.tick(self.book, self.state, self.facts, self.now))
        return self

    def happened(self, kind: type[ev.Event]) -> list[Any]:
        return [event for event in self.last if isinstance(event, kind)]

    @property
    def open(self) -> list[str]:
        return [t.step if t.branch is None else f"{t.step}@{t.branch}" for t in self.state.tokens]

    def _keep(self, told: tuple[list[ev.Event], State]) -> None:
        self.last, self.state = told
