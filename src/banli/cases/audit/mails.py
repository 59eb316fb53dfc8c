"""What left the office, or waits to: each message was laid by a step of its case, and ended as the journal says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from banli.messages.models import Mail

from .finding import Finding, keyed, named
from .replay import Told


def of_cases(
    batch: Sequence[Any], told: Mapping[int, Told], papers: Mapping[int, list[Any]], found: Mapping[int, list[Any]]
) -> Iterator[Finding]:  # fmt: skip
    """The messages of some cases beside what their entries make."""
    for case in batch:
        if case.pk in told:
            numbers = {paper.pk: (paper.kind, paper.number) for paper in papers.get(case.pk, ())}
            rows = found.get(case.pk, [])
            for row in rows:
                row.carries = numbers.get(row.paper_id)
            expected = told[case.pk].mails
            yield from keyed(rows, expected, key=lambda row: row.message, table=Mail, about=named(case))
