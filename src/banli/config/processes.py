"""What our processes owe to each other: nobody outlives the one that started it."""

import ctypes
import os
import signal

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
