"""A paper: how long it takes to be rendered, and to be rendered and sealed."""

import time

from banli.papers import files, passes, render
from banli.papers.models import Paper

from .office import Office
from .pages import Timed


def measure(samples: int) -> list[Timed]:
    """Slips of goods releases, each its own, after a first one that loads fonts and keys."""
    office, rendered, sealed = (
        Office(f"paper-{time.time_ns()}"),
        Timed("rendered"),
        Timed("rendered and sealed"),
    )
    for number in range(samples + 1):
        paper = Paper.objects.select_related("form", "estate").get(case_id=office.release())
        definition, values = files.definition_of(paper), files.values_of(paper)
        if paper.token:
            values["paper.pass"] = passes.address(paper.token, "")
        began = time.perf_counter()
        render.render(definition, values, definition.qr or "original", parts=paper.form.library)
        done = time.perf_counter()
        files.file_for(paper, definition.qr or "original")
        if number:
            rendered.took.append((done - began) * 1000)
            sealed.took.append((time.perf_counter() - done) * 1000)
    return [rendered, sealed]
