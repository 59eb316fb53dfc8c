"""follow_up: the resident is asked how it went; attempts without an answer are kept (P8.6, P18)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "follow_up",
    Text(zh="回访", en="Follow up"),
    (
        done("满意", "Satisfied", "satisfied"),
        done("较满意", "Fairly satisfied", "fair"),
        Outcome("dissatisfied", Text(zh="不满意", en="Dissatisfied"), leads="next", reason=True, good=False),
        Outcome("no_answer", Text(zh="无人接听", en="No answer"), leads="again", good=False),
    ),
)
