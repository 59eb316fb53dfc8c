"""The closed vocabulary of what a step can be. One module per verb; a new verb means copying a neighbour.

Every module of this package defines ``VERB``. Modules whose name begins with an underscore are not verbs.
"""

import importlib
import pkgutil
from functools import cache

from banli.engine.verbs._base import Outcome, Verb

__all__ = ["Outcome", "Verb", "every", "find"]


@cache
def every() -> dict[str, Verb]:
    """All verbs by name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            verb: Verb = importlib.import_module(f"{__name__}.{module.name}").VERB
            found[verb.name] = verb
    return found


def find(name: str) -> Verb:
    """The verb called ``name``. Raises ValueError naming the vocabulary."""
    try:
        return every()[name]
    except KeyError:
        raise ValueError(f"unknown verb {name!r}; the verbs are {', '.join(sorted(every()))}") from None
