"""Loading packs: what the checker calls sound becomes the current version; what it refuses changes nothing."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from banli.engine.check import check
from banli.engine.load import Faulty, LoadedPack, load

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
    make_current(ProcedureVersion, "procedure", loaded.pack.header.pack, loaded.versions)
    for keeping in BESIDE:
        keeping(loaded)


def make_current(
    model: type[models.Model], called: str, pack: str, texts: Mapping[str, str], **afresh: Any
) -> None:
    """Make these texts of a pack, by the name in ``called``, the versions that new work begins with; no others of it.

    A text that was kept before is that version again, with ``afresh`` set. Three statements, and one for each new text.
    """
    versions: Any = model._default_manager
    digests = {name: digest_of(text) for name, text in texts.items()}
    versions.filter(pack=pack, current=True).exclude(digest__in=digests.values()).update(current=False)
    kept = {
        (name, digest): pk
        for pk, name, digest in versions.filter(digest__in=digests.values()).values_list(
            "pk", called, "digest"
        )
    }
    again = [kept[one] for one in digests.items() if one in kept]
    standing = {"current": True, **afresh}
    versions.filter(pk__in=again).exclude(**standing).update(**standing)
    # One by one: an array of such long texts takes psycopg longer to write out.
    for name, digest in digests.items():
        if (name, digest) not in kept:
            told = {called: name, "pack": pack, "digest": digest, "compiled": texts[name]}
            versions.create(**told, loaded_at=timezone.now())


def digest_of(text: str) -> str:
    """What a version is known by."""
    return hashlib.sha256(text.encode()).hexdigest()
