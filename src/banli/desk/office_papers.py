"""Papers of an office that no procedure issues: the letter of authority, the resident file. They have no number."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404

from banli.engine.load import plain, read
from banli.engine.paper import PaperDefinition


def definition(kind: str) -> PaperDefinition:
    """The first pack's paper of this kind. 404 where no pack has one."""
    found = sorted(Path(settings.PACKS).glob(f"*/papers/{kind}.yaml"))
    if not found:
        raise Http404
    path = found[0]
    return _read(str(path), path.stat().st_mtime_ns, path.with_suffix(".typ").stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, changed: int, template_changed: int) -> PaperDefinition:
    """Read again whenever the file or its template has changed."""
    template = Path(path).with_suffix(".typ").read_text("utf-8")
    return PaperDefinition.model_validate({**plain(read(Path(path)).data), "template": template})
