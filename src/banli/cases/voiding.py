"""Why a paper of a case became void."""

from collections.abc import Iterable

from banli.engine import events as ev
from banli.papers.reasons import AGAIN, BACK, RENEWED


def why_void(event: ev.PapersVoided, events: Iterable[ev.Event]) -> str:
    """What somebody said of it, in the same action; else what became of it, in the words of the papers room."""
    said = [e.note for e in events if isinstance(e, ev.Done)]
    said += [e.reason for e in events if isinstance(e, ev.Reasoned)]
    return next(filter(None, said), RENEWED if event.renewed else BACK if event.back else AGAIN)
