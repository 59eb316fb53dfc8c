"""What is kept about people: every kind that the house keeps is accounted for, and nothing else."""

from collections.abc import Iterator

from banli.engine.faults import Fault
from banli.engine.load import LoadedPack
from banli.engine.privacy import INFORMATION


def privacy(loaded: LoadedPack) -> Iterator[Fault]:
    """Every fault of ``privacy.yaml``; a pack without one takes that of another."""
    document = loaded.documents.get(("privacy", ""))
    if document is None:
        return
    told = loaded.pack.privacy
    for name in told:
        if name not in INFORMATION:
            yield document.fault((name,), "unknown_information", name=name, choices=INFORMATION)
    for name in INFORMATION:
        if name not in told:
            yield document.fault((), "missing_information", name=name)
