"""Keys are files in the installation's secrets folder, made on first use, readable by their owner only."""

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings


def read_or_make(name: str, make: Callable[[], bytes]) -> bytes:
    """The content of the secret ``name``, a file of mode 600.

    Of several processes that make it at once, one wins and all read that one's.
    """
    path = Path(settings.BANLI_SECRETS) / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{os.getpid()}-{os.urandom(4).hex()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
