"""What the clients were told, remembered apart from the house: in memory, and line by line in a file each."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Told:
    """One acknowledged action: ``key`` it came with, what it was, and the answer (``case``, ``seq``)."""

    key: str
    kind: str
    step: str
    case: int
    seq: int


class Memory:
    """One client's. Written before the client goes on; nobody else writes here."""

    def __init__(self, file: Path) -> None:
        self.file, self.told = file, list[Told]()

    def keep(self, told: Told) -> None:
        """Remember an answer."""
        self.told.append(told)
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(told)) + "\n")


def read(files: Iterable[Path]) -> list[Told]:
    """What the files say."""
    lines = (line for file in files if file.exists() for line in file.read_text("utf-8").splitlines())
    return [Told(**json.loads(line)) for line in lines]
