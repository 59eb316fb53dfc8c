"""What came of handing something over to a server elsewhere."""

from dataclasses import dataclass
from typing import Literal

LONGEST_ANSWER = 300


@dataclass(frozen=True)
class Answer:
    """``problem``: a code for screens; ``said``: the server's words, or its reference where it took it, in one line."""

    kind: Literal["taken", "later", "never"]
    problem: str = ""
    said: str = ""


def one_line(text: str) -> str:
    """Words of a server as one printable line that fits its column."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:LONGEST_ANSWER]
