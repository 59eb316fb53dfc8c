"""What our processes owe to each other: nobody outlives the one that started it."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(last_signal: int) -> None:
    """Asks the kernel to send us `last_signal` when our parent is gone.

    The kernel forgets the wish when the user changes, so call it after that.
    """
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), last_signal)


def child_of(parent: int, last_signal: int) -> Callable[[], None]:
    """What a child of `parent` does between fork and exec."""

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _libc.prctl(PR_SET_PDEATHSIG, last_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
