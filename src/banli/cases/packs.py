"""Loading packs: what the checker calls sound becomes the current version; what it refuses changes nothing."""

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from banli.engine.check import check
from banli.engine.load import Faulty, LoadedPack, compiled, in_order, load

from . import proved
from .models import ProcedureVersion

log = logging.getLogger("banli.packs")
#: What rooms above keep of a pack beside its procedures, in the same transaction; each says so when it starts.
BESIDE: list[Callable[[LoadedPack], None]] = []


def load_all() -> list[str]:
    """Load every pack folder. Returns the faults' sentences; a faulty pack is left out whole, and what ran goes on."""
    faults: list[str] = []
    for folder in sorted(p for p in Path(settings.PACKS).iterdir() if (p / "pack.yaml").exists()):
        try:
            keep(_sound(folder))
        except Faulty as why:
            log.error("pack %s is refused; the versions that run stay:\n%s", folder.name, why)
            faults.extend(map(str, why.faults))
    return faults


def _sound(folder: Path) -> LoadedPack:
    """The pack; proved only where that was not done already."""
    if proved.is_proved(folder):
        return load(folder)
    loaded = checked(folder)
    proved.remember(folder)
    return loaded


def checked(folder: Path) -> LoadedPack:
    """A pack that is sound. Raises Faulty otherwise."""
    loaded = load(folder)
    faults = check(loaded)
    if faults:
        raise Faulty(faults)
    return loaded


@transaction.atomic
def keep(loaded: LoadedPack) -> None:
    """Make the pack's procedures the current versions. A procedure that is no longer in the pack starts no new case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('banli.packs', 0))")
    name = loaded.pack.header.pack
    ProcedureVersion.objects.filter(pack=name, current=True).exclude(
        digest__in=loaded.digests.values()
    ).update(current=False)
    for procedure, digest in loaded.digests.items():
        known = ProcedureVersion.objects.filter(procedure=procedure, digest=digest).first()
        if known is None:
            ProcedureVersion.objects.create(
                pack=name,
                procedure=procedure,
                digest=digest,
                compiled=in_order(compiled(loaded.pack, loaded.pack.procedures[procedure])),
                loaded_at=timezone.now(),
            )
        elif not known.current:
            known.current = True
            known.save(update_fields=["current"])
    for keeping in BESIDE:
        keeping(loaded)
