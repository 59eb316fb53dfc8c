"""What the packs' own files say about the resident file: `banli check` has proved them."""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from pydantic import BaseModel, TypeAdapter

from banli.engine.load import plain, read

M = TypeVar("M", bound=BaseModel)


def entries(name: str, model: type[M]) -> dict[str, M]:
    """The entries of ``<name>.yaml`` over all packs, as they are written; the first pack to name one counts."""
    files = sorted(Path(settings.PACKS).glob(f"*/{name}.yaml"))
    return dict(_read(model, tuple((str(path), path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=16)
def _read(model: type[M], files: tuple[tuple[str, int], ...]) -> dict[str, M]:
    told: dict[str, M] = {}
    for path, _ in files:
        for name, one in TypeAdapter(dict[str, model]).validate_python(plain(read(Path(path)).data)).items():  # type: ignore[valid-type]  # the model is a value here
            told.setdefault(name, one)
    return told
