"""take: whoever was sent takes the order, or gives it back with the reason (issue 4.4: accept, arrived, …)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "take",
    Text(zh="接单", en="Take the order"),
    (
        done("接单", "Take it", "taken", said="Taken on"),
        Outcome(
            "returned",
            Text(zh="接不了，退回", en="Give it back"),
            leads="back",
            reason=True,
            good=False,
            said=Text(zh="接不了，退回", en="Given back"),
        ),
    ),
)
