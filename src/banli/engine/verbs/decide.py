"""decide: the case is approved, sent back or refused by whoever answers for it."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, rejected, returned

VERB = Verb(
    "decide",
    Text(zh="审批", en="Decide"),
    (done("同意", "Approve", "approved", said="Approved"), returned(), rejected()),
    approves=True,
)
