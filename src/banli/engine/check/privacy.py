"""What is kept about people: every kind that the house keeps is accounted for, and nothing else."""

from collections.abc import Iterator

from banli.engine.faults import Fault
from banli.engine.load import LoadedPack
from banli.engine.privacy import INFORMATION, OF_CASES


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
    yield from _otherwise(loaded)


def _otherwise(loaded: LoadedPack) -> Iterator[Fault]:
    """Only what cases keep can differ by their procedure."""
    document = loaded.documents["privacy", ""]
    for name, one in loaded.pack.privacy.items():
        for procedure in one.otherwise:
            if name != OF_CASES or procedure not in loaded.pack.procedures:
                choices = loaded.pack.procedures if name == OF_CASES else ()
                yield document.fault(
                    (name, "otherwise", procedure), "unknown_procedure", name=procedure, choices=choices
                )
