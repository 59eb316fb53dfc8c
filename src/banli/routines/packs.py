"""The routines of the packs: what a sound pack brings becomes the current version; rounds keep to their own."""

import hashlib
from functools import lru_cache

from django.utils import timezone

from banli.engine.load import LoadedPack, planned
from banli.engine.pack import Planned

from .models import RoutineVersion


def keep(loaded: LoadedPack) -> None:
    """Make the pack's routines the current versions, in the transaction that keeps its procedures."""
    name = loaded.pack.header.pack
    texts = {routine: planned(loaded.pack, one) for routine, one in loaded.pack.routines.items()}
    digests = {routine: digest_of(text) for routine, text in texts.items()}
    mine = RoutineVersion.objects.filter(pack=name, current=True)
    mine.exclude(digest__in=digests.values()).update(current=False)
    for routine, digest in digests.items():
        known = RoutineVersion.objects.filter(routine=routine, digest=digest).first()
        if known is None:
            RoutineVersion.objects.create(
                pack=name, routine=routine, digest=digest, compiled=texts[routine], loaded_at=timezone.now()
            )
        elif not known.current or known.problem:
            known.current, known.problem = True, ""
            known.save(update_fields=["current", "problem"])


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=512)
def of_version(version_id: int) -> Planned:
    """What a version says. Versions never change, so it is kept for the life of the process."""
    return read(RoutineVersion.objects.get(pk=version_id))


def read(version: RoutineVersion) -> Planned:
    """The stored text read back. Raises ValueError where it cannot be."""
    return Planned.model_validate_json(version.compiled)
