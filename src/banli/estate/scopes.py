"""The matters one can be authorised for: what the packs' procedures ask a delegate's letter to name."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banli.engine.load import Faulty, plain, read
from banli.engine.text import Text


def scope_titles() -> dict[str, Text]:
    """Scope → title of the procedure that asks for it, or of all that do, over all packs; a faulty file offers nothing.

    A letter says all that it lets somebody do: what covers two procedures is called by both.
    """
    files = sorted(Path(settings.PACKS).glob("*/procedures/*.yaml"))
    named = [path for path in files if not path.name.endswith(".scenarios.yaml")]
    return dict(_titles(tuple((str(path), path.stat().st_mtime_ns) for path in named)))


@lru_cache(maxsize=4)
def _titles(files: tuple[tuple[str, int], ...]) -> dict[str, Text]:
    titles: dict[str, list[Text]] = {}
    for path, _ in files:
        try:
            data = plain(read(Path(path)).data)
            titles.setdefault(data["applicant"]["authority"], []).append(Text.model_validate(data["title"]))
        except (Faulty, KeyError, TypeError, ValueError):
            continue
    return {scope: _all_of(told) for scope, told in titles.items()}


def _all_of(titles: list[Text]) -> Text:
    return Text(zh="、".join(one.zh for one in titles), en=", ".join(one.en for one in titles))
