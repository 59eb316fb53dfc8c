"""call: somebody is told by telephone; an attempt without an answer is kept (P7.3)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "call",
    Text(zh="回电", en="Call"),
    (
        done("已告知", "Told", "reached"),
        Outcome("no_answer", Text(zh="无人接听", en="No answer"), leads="again", good=False),
    ),
)
