"""What this program has proved of a pack, remembered in the data folder: most of a start was spent proving it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

import banli


def is_proved(folder: Path) -> bool:
    """Whether these very files were found sound by this very program."""
    note = _note(folder)
    return note.exists() and note.read_text("utf-8") == _mark(folder)


def remember(folder: Path) -> None:
    """They were. A note that is cut short is no mark, and the pack is proved again."""
    note = _note(folder)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(_mark(folder), "utf-8")


def _note(folder: Path) -> Path:
    return Path(settings.DATA) / "proved" / folder.name


def _mark(folder: Path) -> str:
    """Of every file of the pack and of the program: a new release may know of faults that the last one did not."""
    told = hashlib.sha256()
    for path in _files(folder):
        content = path.read_bytes()
        told.update(f"{path.name} {len(content)}\n".encode() + content)
    return told.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())
    yield from sorted(Path(banli.__file__).parent.rglob("*.py"))
