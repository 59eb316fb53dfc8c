"""hand_over: things change hands and the recipient signs for them (P2.6, P2.7)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, renewed
from banli.engine.verbs._checklist import Checklist

VERB: Verb = Checklist(
    "hand_over",
    Text(zh="交付", en="Hand over"),
    (done("已交付", "Handed over", "handed_over"), renewed()),
    signs=True,
    outsiders=True,
    needs=frozenset({"checklist"}),
)
