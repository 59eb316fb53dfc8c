"""A file that is written whole or not at all, for its owner's eyes, and never over another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .backup.failures import BackupFailure


def must_be_new(target: Path) -> None:
    """Raises BackupFailure where there is something already."""
    if target.exists():
        raise BackupFailure(f"{target} 已存在，没有覆盖。", f"{target} exists and is not overwritten.")


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """Write it beside its place, mode 600; it takes its name when all of it is on the disk.

    Raises BackupFailure where that cannot be; then nothing is left.
    """
    must_be_new(target)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
    except OSError as error:
        raise BackupFailure(
            f"{target} 无法写入：{error.strerror}。", f"{target} cannot be written: {error.strerror}."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
