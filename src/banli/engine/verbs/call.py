"""call: somebody is told by telephone and may not agree; an attempt without an answer is kept (P7.3).

Who is asked, and not only told, has ``agreed`` instead of ``reached``: the step says where that leads (P16).
"""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "call",
    Text(zh="回电", en="Call"),
    (
        done("已告知", "Told", "reached"),
        Outcome("agreed", Text(zh="同意", en="Agrees"), leads="written"),
        Outcome(
            "not_agreed",
            Text(zh="不同意，需另作安排", en="Does not agree: to be arranged anew"),
            leads="written",
            reason=True,
            good=False,
        ),
        Outcome("no_answer", Text(zh="无人接听", en="No answer"), leads="again", good=False),
    ),
)
