"""review: a supervisor gives an opinion before somebody else decides (P3.3, P5.4)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, rejected, returned

VERB = Verb(
    "review",
    Text(zh="审核", en="Review"),
    (done("同意", "Agree", "agreed", said="Agreed"), returned(), rejected()),
    approves=True,
)
