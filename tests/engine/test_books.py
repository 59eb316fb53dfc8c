"""Each book has the columns that the written procedure and the forms in use name for it."""

from functools import cache
from pathlib import Path

import pytest

from banli.engine.load import load
from banli.engine.pack import Pack

#: Book → what stands in a column of it, from the written procedures and the fields of the forms in use.
DEMANDED = {
    "goods-release": "paper.number case.unit case.applicant form.carrier form.carrier_id form.date form.goods "
    "step.confirm.by step.seal.by step.gate.at step.gate.by",
    "hot-work": "paper.number case.unit case.applicant form.spot form.work form.way form.level form.starts_at "
    "form.ends_at form.welder form.certificate form.watcher step.engineering.by step.safety.by step.approve.by "
    "step.after_check.at step.after_check.by",
    "additional-item": "paper.number case.unit case.applicant case.applicant_role form.permit_no form.kind "
    "form.position form.material form.builder form.starts_on form.ends_on form.load_bearing form.facade form.gas "
    "form.waterproof step.review.by step.approve.by",
    "network": "paper.number case.unit case.applicant case.applicant_role form.holder form.holder_id form.phone "
    "form.account form.plan form.change form.new_holder form.effective_on form.install_fee step.pay.by step.mail.at "
    "form.sent_by form.receipt_of_company case.opened_by",
    "opening": "paper.number case.unit case.applicant case.applicant_role form.service form.operator form.line_no "
    "case.opened_at form.opened_on form.phone step.activate.by step.activate.at",
    "home-service": "paper.number case.unit case.applicant case.procedure form.problem form.kind form.cleaners "
    "step.call_back.at form.visit_at form.booked_at form.finished_at form.quoted step.follow_up.outcome",
    "complaints": "case.number form.received_at form.channel case.applicant case.unit form.matter form.severity "
    "form.complained_of form.department form.our_duty step.answer.at form.promised_at form.result "
    "step.follow_up.outcome",
    "renovation-extensions": "paper.number case.unit case.applicant form.until_now form.extended_to form.reason "
    "form.fee step.review.by",
}


@cache
def pack() -> Pack:
    return load(Path(__file__).parents[2] / "packs" / "property").pack


@pytest.mark.parametrize("book", DEMANDED)
def test_a_book_has_the_columns_that_are_demanded_of_it(book: str) -> None:
    there = {source for column in pack().books[book].columns.values() for source in column.source}
    assert [one for one in DEMANDED[book].split() if one not in there] == []


def test_identity_numbers_and_telephones_are_masked_in_every_book() -> None:
    private = ("_id", "phone", "certificate")
    bare = []
    for book in pack().books.values():
        for name, column in book.columns.items():
            told = any(source.startswith("form.") and source.endswith(private) for source in column.source)
            if told and not column.private:
                bare.append(f"{book.book}.{name}")
    assert bare == []
