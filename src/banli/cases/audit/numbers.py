"""Number series without a gap, and the forms on which papers were issued."""

import hashlib
import json
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat

from banli.estate.models import Estate
from banli.papers import queries
from banli.papers.models import BlankSheet, NumberSeries, Paper, PaperForm
from banli.papers.numbers import BLANKS

from .finding import Finding, Ticker, named, unwatched


def numbers(tick: Ticker = unwatched) -> Iterator[Finding]:
    """Every number that was given out is a paper's or an empty sheet's, and each of these has one of them."""
    series = {(s.estate_id, s.kind, s.period): s for s in NumberSeries.objects.order_by("pk")}
    for estate in Estate.objects.order_by("pk"):
        for gap in queries.gaps(estate.pk):
            of = series.get((gap.estate_id, gap.kind, gap.period))
            row = named(of) if of is not None else "papers_numberseries"
            yield Finding(
                f"{row} ({gap.kind} {gap.period} of {estate.code})", f"number {gap.ordinal} is {gap.fault}"
            )
        tick(1)
    issued = Exists(
        Paper.objects.filter(
            estate=OuterRef("estate_id"),
            kind=OuterRef("kind"),
            period=OuterRef("period"),
            ordinal=OuterRef("last"),
        )
    )
    printed = Exists(
        BlankSheet.objects.annotate(series=Concat(Value(BLANKS), F("kind"))).filter(
            estate=OuterRef("estate_id"), series=OuterRef("kind"), ordinal=OuterRef("last")
        )
    )
    for one in NumberSeries.objects.filter(~issued, ~printed).order_by("pk"):
        yield Finding(named(one, f"{one.kind} {one.period}"), f"its last number {one.last} is no paper's")


def forms(tick: Ticker = unwatched) -> Iterator[Finding]:
    """A form is what its digest says, and was kept when the first paper was issued on it."""
    first = Exists(Paper.objects.filter(form=OuterRef("pk"), issued_at=OuterRef("kept_at")))
    for form in PaperForm.objects.annotate(first=first).order_by("pk").iterator(10):
        told = json.dumps(form.definition, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256("\0".join((told, form.template, form.library)).encode()).hexdigest()
        row = named(form, form.kind)
        if digest != form.digest:
            yield Finding(row, "was changed: it is not what its digest says")
        elif form.definition.get("paper") != form.kind:
            yield Finding(row, "is kept under another kind than its own")
        elif not form.first:
            yield Finding(row, "kept_at: no paper was issued on it then")
        tick(1)
    missing = Paper.objects.filter(~Exists(PaperForm.objects.filter(pk=OuterRef("form_id"))))
    for digest in missing.order_by("form_id").values_list("form_id", flat=True).distinct():
        yield Finding(f"papers_paperform {digest}", "is missing, though papers were issued on it")
