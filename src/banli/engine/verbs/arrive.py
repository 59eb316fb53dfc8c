"""arrive: whoever was sent is on the spot (P8.3: within 15 minutes)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "arrive",
    Text(zh="到场", en="Arrive"),
    (
        done("已到场", "Arrived", "arrived"),
        Outcome(
            "no_access", Text(zh="无人在家", en="Nobody at home"), leads="written", reason=True, good=False
        ),
    ),
)
