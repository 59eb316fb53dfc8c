"""The zip file: members written once, each with its SHA-256, and the list of these as its last member.

The list is in the form of ``sha256sum``: unpacked, ``sha256sum -c manifest.sha256`` checks everything.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

MANIFEST = "manifest.sha256"


class Bundle:
    """Writes members into a zip file; ``told`` is called with each that is written."""

    def __init__(self, file: IO[bytes], told: Callable[[], None] | None = None) -> None:
        self.zip = ZipFile(file, "w", ZIP_DEFLATED)
        self.told = told
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """A whole member."""
        self.stream(name, [content])

    def stream(self, name: str, chunks: Iterable[bytes]) -> None:
        """A member that comes in pieces. A name is used once."""
        if name in self.hashes:
            raise ValueError(f"{name} is in the archive already")
        hashed = hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as out:
            for chunk in chunks:
                hashed.update(chunk)
                out.write(chunk)
        self.hashes[name] = hashed.hexdigest()
        if self.told is not None:
            self.told()

    def list_all(self) -> None:
        """The list, as the last member."""
        lines = "".join(f"{told}  {name}\n" for name, told in sorted(self.hashes.items()))
        self.zip.writestr(MANIFEST, lines)


@contextmanager
def bundled(file: IO[bytes], told: Callable[[], None] | None = None) -> Iterator[Bundle]:
    """A bundle that gets its list when everything is in it."""
    bundle = Bundle(file, told)
    with bundle.zip:
        yield bundle
        bundle.list_all()
