"""What our processes owe to each other: nobody outlives the one that started it."""

import ctypes
import os
import signal
from collections.abc import Iterator
from pathlib import Path

SUPERVISOR = "BANLI_SUPERVISOR"  # the environment variable with its pid
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, last_signal: int) -> None:
    """Asks the kernel to send us `last_signal` when our parent is gone; does it itself when it is gone already.

    The kernel forgets the wish when the user changes, so this comes after that.
    """
    _libc.prctl(PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), last_signal)


def begin_as_child(parent: int, last_signal: int) -> None:
    """What a child does between fork and exec: it hears signals again, and dies with its parent."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    die_with(parent, last_signal)


def running() -> Iterator[tuple[str, int]]:
    """Our processes with their pids: the supervisor of this house with web, web-1 … and worker; else this one only.

    Linux tells a process's children under /proc; where it does not, this process stands alone.
    """
    supervisor = int(os.environ.get(SUPERVISOR, 0))
    if not supervisor:
        yield "web", os.getpid()
        return
    yield "supervisor", supervisor
    for pid in _children(supervisor):
        words = _words(pid)
        if words[:1] and words[0].startswith("banli-web"):
            yield "web", pid
            yield from ((f"web-{place}", child) for place, child in enumerate(_children(pid), 1))
        elif words[-1:] == ["worker"]:
            yield "worker", pid


def _children(pid: int) -> list[int]:
    try:
        return sorted(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return []


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").strip("\0 ").split("\0")
    except OSError:
        return []
