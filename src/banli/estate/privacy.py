"""What is kept about people, as the packs say it in ``privacy.yaml``: `banli check` has proved that it is complete."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pydantic import TypeAdapter

from banli.engine.load import plain, read
from banli.engine.privacy import Kept

_READ = TypeAdapter(dict[str, Kept])


def kept() -> dict[str, Kept]:
    """Everything the packs say is kept, by name, in the order they say it."""
    files = sorted(Path(settings.PACKS).glob("*/privacy.yaml"))
    return dict(_kept(tuple((str(path), path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=4)
def _kept(files: tuple[tuple[str, int], ...]) -> dict[str, Kept]:
    told: dict[str, Kept] = {}
    for path, _ in files:
        for name, one in _READ.validate_python(plain(read(Path(path)).data)).items():
            told.setdefault(name, one)
    return told
