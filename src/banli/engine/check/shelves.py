"""Each procedure stands on one shelf of the desk, and every shelf holds procedures of the pack."""

from collections.abc import Iterator

from banli.engine.faults import Fault
from banli.engine.load import LoadedPack


def shelves(loaded: LoadedPack) -> Iterator[Fault]:
    """Everything that is wrong with ``shelves`` of ``pack.yaml``."""
    document, seen = loaded.documents["pack", ""], set()
    for number, shelf in enumerate(loaded.pack.header.shelves):
        for place, name in enumerate(shelf.procedures):
            keys = ("shelves", number, "procedures", place)
            if name not in loaded.pack.procedures:
                yield document.fault(keys, "unknown_procedure", name=name, choices=loaded.pack.procedures)
            elif name in seen:
                yield document.fault(keys, "shelved_twice", name=name)
            seen.add(name)
