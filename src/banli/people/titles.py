"""What the posts are called, and what else the packs' posts.yaml say: so that an office may name its own."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from banli.engine.load import Faulty, model, read
from banli.engine.pack import PostDefinition
from banli.engine.text import Text


def post_titles() -> dict[str, Text]:
    """Post → title, over all packs. A faulty file gives no titles; `banli check` says what is wrong."""
    return {post: one.title for post, one in post_definitions().items()}


def post_definitions() -> dict[str, PostDefinition]:
    """Post → what the packs say of it: its title, its duties, what it counts at a hand-over."""
    files = sorted(Path(settings.PACKS).glob("*/posts.yaml"))
    return dict(_definitions(tuple((str(path), path.stat().st_mtime_ns) for path in files)))


def post_title(post: str) -> Text:
    """The title of a post; its own name where no pack has it any more."""
    return post_titles().get(post) or Text(zh=post, en=post)


@lru_cache(maxsize=4)
def _definitions(files: tuple[tuple[str, int], ...]) -> dict[str, PostDefinition]:
    told: dict[str, PostDefinition] = {}
    for path, _ in files:
        try:
            document = read(Path(path))
            for post in document.data or {}:
                told.setdefault(str(post), model(PostDefinition, document, (post,)))
        except Faulty:
            continue
    return told
