"""The pack that comes with Banli, read once a process: reading its hundred files takes seconds. Nobody changes it."""

from functools import cache
from pathlib import Path

from banli.engine.load import LoadedPack, load

FOLDER = Path(__file__).parents[1] / "packs" / "property"


@cache
def property_pack() -> LoadedPack:
    return load(FOLDER)
