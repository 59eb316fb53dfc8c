"""scan: somebody with a pass goes through the gate; its code is read and that is written down, in or out (P16)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done

VERB = Verb(
    "scan",
    Text(zh="扫码登记", en="Scan at the gate"),
    (
        done("登记", "Write down", "scanned", said="Written down"),
        Outcome(
            "expired",
            Text(zh="没有登记", en="Not scanned in time"),
            leads="end",
            end="expired",
            good=False,
            by_clock=True,
        ),
    ),
    needs=frozenset({"holds"}),
    may=frozenset({"hours"}),
)
