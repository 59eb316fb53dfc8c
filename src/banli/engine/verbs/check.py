"""check: papers or things are held against a list before the case goes on (P2.3)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, rejected, returned
from banli.engine.verbs._checklist import Checklist

VERB: Verb = Checklist(
    "check",
    Text(zh="核对", en="Check"),
    (done("核对无误", "All correct", "passed"), returned(), rejected()),
    needs=frozenset({"checklist"}),
)
