"""What lies inside a backup: members one after the other, each with its name, its blocks and their digest.

A member is ``{"name": …}`` in JSON with its length before it, blocks with theirs, a length of 0, and the SHA-256 of all
blocks; lengths are 4 bytes, big-endian. At the end stands ``{"members": n}``. The first member is ``manifest.json``.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .failures import broken
from .sealed import Reader, Writer

MANIFEST = "manifest.json"
DATABASE = "database"  # what pg_dump wrote, in its custom format
BLOCK = 65536
LONGEST_LINE = 4096

Watcher = Callable[[int], None]


class Packer:
    """Writes members. ``watch`` hears of the bytes."""

    def __init__(self, out: Writer, watch: Watcher) -> None:
        self.out, self.watch, self.count = out, watch, 0

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        self._line({"name": name})
        digest = hashlib.sha256()
        for block in blocks:
            for start in range(0, len(block), BLOCK):
                piece = block[start : start + BLOCK]
                self.out.write(len(piece).to_bytes(4, "big") + piece)
                digest.update(piece)
                self.watch(len(piece))
        self.out.write(bytes(4) + digest.digest())
        self.count += 1

    def close(self) -> None:
        self._line({"members": self.count})
        self.out.close()

    def _line(self, told: dict[str, Any]) -> None:
        line = json.dumps(told).encode()
        self.out.write(len(line).to_bytes(4, "big") + line)


def unpack(source: Reader, watch: Watcher) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every member's name and blocks. The blocks are to be read before the next member is asked for."""
    count = 0
    while True:
        told = _line(source)
        if "members" in told:
            if told["members"] != count or not source.at_end():
                raise broken()
            return
        blocks = _blocks(source, watch)
        yield str(told["name"]), blocks
        for _ in blocks:  # what nobody wanted is checked all the same
            pass
        count += 1


def _line(source: Reader) -> dict[str, Any]:
    size = int.from_bytes(source.read(4), "big")
    if size > LONGEST_LINE:
        raise broken()
    try:
        told = json.loads(source.read(size))
    except ValueError:
        raise broken() from None
    if not isinstance(told, dict) or not ({"name", "members"} & set(told)):
        raise broken()
    return told


def _blocks(source: Reader, watch: Watcher) -> Iterator[bytes]:
    digest = hashlib.sha256()
    while size := int.from_bytes(source.read(4), "big"):
        if size > BLOCK:
            raise broken()
        block = source.read(size)
        digest.update(block)
        watch(size)
        yield block
    if source.read(32) != digest.digest():
        raise broken()
