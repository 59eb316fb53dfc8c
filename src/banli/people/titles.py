"""What the posts are called: read from the packs' posts.yaml, so that an office may name its own."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banli.engine.load import Faulty, model, read
from banli.engine.pack import PostDefinition
from banli.engine.text import Text


def post_titles() -> dict[str, Text]:
    """Post → title, over all packs. A faulty file gives no titles; `banli check` says what is wrong."""
    files = sorted(Path(settings.PACKS).glob("*/posts.yaml"))
    return dict(_titles(tuple((str(path), path.stat().st_mtime_ns) for path in files)))


def post_title(post: str) -> Text:
    """The title of a post; its own name where no pack has it any more."""
    return post_titles().get(post) or Text(zh=post, en=post)


@lru_cache(maxsize=4)
def _titles(files: tuple[tuple[str, int], ...]) -> dict[str, Text]:
    titles: dict[str, Text] = {}
    for path, _ in files:
        try:
            document = read(Path(path))
            for post in document.data or {}:
                titles.setdefault(str(post), model(PostDefinition, document, (post,)).title)
        except Faulty:
            continue
    return titles
