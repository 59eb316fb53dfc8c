"""inspect: the work is looked at on the spot against a list (Order 110 art. 30)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done
from banli.engine.verbs._checklist import Checklist

VERB: Verb = Checklist(
    "inspect",
    Text(zh="查验", en="Inspect"),
    (
        done("合格", "Passed", "passed"),
        Outcome(
            "failed",
            Text(zh="不合格，需整改", en="Failed: to be put right"),
            leads="back",
            reason=True,
            good=False,
        ),
    ),
    needs=frozenset({"checklist"}),
)
