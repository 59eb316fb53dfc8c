"""A fault's sentence and its advice."""

from typing import NamedTuple

from banli.engine.text import Text


class Saying(NamedTuple):
    """What is wrong, and what to write instead; ``{name}`` is filled from the fault's parameters."""

    message: Text
    advice: Text


def say(zh: str, en: str, advice_zh: str, advice_en: str) -> Saying:
    """The sentence and the advice, each in both languages."""
    return Saying(Text(zh=zh, en=en), Text(zh=advice_zh, en=advice_en))
