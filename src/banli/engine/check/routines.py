"""Routines: the posts and the setting they name are there."""

from collections.abc import Iterator

from banli.engine.faults import Fault
from banli.engine.load import LoadedPack


def routines(loaded: LoadedPack) -> Iterator[Fault]:
    """Every name of the pack's routines exists and fits."""
    posts = sorted(loaded.pack.posts)
    for name, routine in loaded.pack.routines.items():
        document = loaded.documents["routines", name]
        named = [(("post",), routine.post)]
        named += [(("missed", number), post) for number, post in enumerate(routine.missed)]  # type: ignore[misc]
        named += [(("wrong", number), post) for number, post in enumerate(routine.wrong)]  # type: ignore[misc]
        for keys, post in named:
            if post not in loaded.pack.posts:
                yield document.fault(_written(document.data, keys), "unknown_post", name=post, choices=posts)
        if routine.only is not None:
            setting = loaded.pack.settings.get(routine.only)
            able = sorted(one for one, each in loaded.pack.settings.items() if each.type == "yes_no")
            if setting is None or setting.type != "yes_no":
                yield document.fault(("only",), "unknown_setting", name=routine.only, choices=able)


def _written(data: object, keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The keys as they stand in the file: a single post may be written without brackets."""
    single = isinstance(data, dict) and isinstance(data.get(keys[0]), str)
    return keys[:1] if single else keys
