"""The routines of the packs: what a sound pack brings becomes the current version; rounds keep to their own."""

from functools import lru_cache

from banli.cases.packs import make_current
from banli.engine.load import LoadedPack
from banli.engine.pack import Planned

from .models import RoutineVersion


def keep(loaded: LoadedPack) -> None:
    """Make the pack's routines the current versions, in the transaction that keeps its procedures."""
    make_current(RoutineVersion, "routine", loaded.pack.header.pack, loaded.plans, problem="")


@lru_cache(maxsize=512)
def of_version(version_id: int) -> Planned:
    """What a version says. Versions never change, so it is kept for the life of the process."""
    return read(RoutineVersion.objects.get(pk=version_id))


def read(version: RoutineVersion) -> Planned:
    """The stored text read back. Raises ValueError where it cannot be."""
    return Planned.model_validate_json(version.compiled)
