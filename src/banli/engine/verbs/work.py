"""work: the work itself, and what was found and done (P8.4)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "work",
    Text(zh="处理", en="Work"),
    (
        done("已完成", "Finished", "finished"),
        Outcome(
            "unfinished",
            Text(zh="未完成，需再来", en="Not finished: come again"),
            said=Text(zh="未完成，需再来", en="Not finished: to come again"),
            leads="written",
            reason=True,
            good=False,
        ),
    ),
)
