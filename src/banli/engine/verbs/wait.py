"""wait: nothing is to be done until a clock runs out (its ``late`` gives this step the outcome ``over``)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb

VERB = Verb(
    "wait",
    Text(zh="等候", en="Wait"),
    (Outcome("over", Text(zh="时间已到", en="Time is up"), by_clock=True),),
    waits=True,
)
