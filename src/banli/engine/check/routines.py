"""Routines: the posts, the setting and the procedure they name are there, and what a finding gives fits its form."""

from collections.abc import Iterator, Mapping

from banli.engine.faults import Fault
from banli.engine.load import Document, LoadedPack
from banli.engine.procedure import Procedure
from banli.engine.routine import GIVEN, Routine


def routines(loaded: LoadedPack, procedures: Mapping[str, Procedure]) -> Iterator[Fault]:
    """Every name of the pack's routines exists and fits. ``procedures``: all that a finding may begin a case of."""
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
        if routine.starts is not None:
            yield from _started(document, routine, procedures)


def _started(document: Document, routine: Routine, procedures: Mapping[str, Procedure]) -> Iterator[Fault]:
    """A finding begins a case of the estate, whose first step asks for what it is given."""
    able = sorted(
        name for name, one in procedures.items() if one.about == "estate" and "staff" in one.applicant.roles
    )
    if routine.starts not in able:
        yield document.fault(("starts",), "unknown_procedure", name=routine.starts, choices=able)
        return
    procedure = procedures[routine.starts]
    asked = next(iter(procedure.each_step()))[1].asks
    told = [(("gives",), routine.gives)]
    told += [(("checks", name, "gives"), check.gives) for name, check in routine.checks.items()]  # type: ignore[misc]
    for keys, gives in told:
        for to, source in gives.items():
            if to not in asked:
                yield document.fault((*keys, to), "unknown_field", name=to, choices=asked)
                continue
            given = procedure.form[to]
            if source in GIVEN:
                if given.type not in GIVEN[source]:
                    want = " / ".join([", ".join(GIVEN[source])] * 2)
                    yield document.fault((*keys, to), "wrong_type", name=to, have=given.type, want=want)
            elif source not in (known := given.choices()):
                yield document.fault(
                    (*keys, to), "unknown_value", name=to, value=source, choices=(*GIVEN, *known)
                )


def _written(data: object, keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The keys as they stand in the file: a single post may be written without brackets."""
    single = isinstance(data, dict) and isinstance(data.get(keys[0]), str)
    return keys[:1] if single else keys
