"""seal: the keeper of the office's seal allows it to be put on the paper (P1.3, P5.5)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done, rejected, renewed, returned

VERB = Verb(
    "seal",
    Text(zh="盖章", en="Seal"),
    (done("盖章", "Seal", "sealed", said="Sealed"), returned(), rejected(), renewed()),
    approves=True,
)
