"""Why a paper is void where nobody gave a reason: what is kept of it, and how that is said in each language."""

from banli.engine.text import Text

AGAIN, BACK, RENEWED = "退回重办", "收回作废", "换发新的"
_SAID = {
    AGAIN: Text(zh="退回重办，以重新出的为准", en="done anew; the one issued since counts"),
    BACK: Text(zh="收回作废", en="taken back"),
    RENEWED: Text(zh="换发新的，以新的为准", en="replaced by a new one, which counts"),
}


def said_of(reason: str) -> Text | str:
    """A reason as it is read: the house's own in both languages, what somebody wrote as they wrote it."""
    return _SAID.get(reason, reason)
