"""Where the house's processes count: a fresh folder in memory, for as long as the house runs.

Not on the disk: a counter is a file that is mapped into memory, and whoever counts into one on a full disk is killed by
the kernel (SIGBUS), after the commit and before the answer.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own


def begin(data: Path) -> None:
    """Makes the folder; counters begin at 0. ``metrics`` in the data folder leads there, or is it where there is none.

    That link is how the next start finds, and removes, what a killed one left.
    """
    end(data)
    place = data / "metrics"
    try:
        folder = Path(tempfile.mkdtemp(prefix="banli-", dir=SHARED_MEMORY))
    except OSError:  # a container without it
        folder = place
        folder.mkdir()
    else:
        place.symlink_to(folder)
    os.environ[VARIABLE] = str(folder)


def end(data: Path) -> None:
    """Removes the folder of this start, or of the one before."""
    place = data / "metrics"
    if place.is_symlink():
        folder = place.readlink()
        if folder.parent == SHARED_MEMORY and folder.name.startswith("banli-"):
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
    else:
        shutil.rmtree(place, ignore_errors=True)
