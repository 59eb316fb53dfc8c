"""Each book has the columns that the written procedure and the forms in use name for it, each paper its own numbers."""

from functools import cache

import pytest

from banli.engine.pack import Pack
from tests.property_pack import property_pack

#: Book → what stands in a column of it, from the written procedures and the fields of the forms in use.
DEMANDED = {
    "goods-release": "paper.number case.unit case.applicant form.carrier form.carrier_id form.date form.goods "
    "step.confirm.by step.seal.by step.gate.at step.gate.by case.applicant_role form.department step.head_signs.by",
    "hot-work": "paper.number case.unit case.applicant form.spot form.work form.way form.level form.starts_at "
    "form.ends_at form.welder form.certificate form.watcher step.engineering.by step.safety.by step.approve.by "
    "step.after_check.at step.after_check.by",
    "additional-item": "paper.number case.unit case.applicant case.applicant_role form.permit form.permit_no form.kind "
    "form.position form.material form.builder form.starts_on form.ends_on form.load_bearing form.facade form.gas "
    "form.waterproof step.review.by step.approve.by",
    "network": "paper.number case.unit case.applicant case.applicant_role form.holder form.holder_id form.phone "
    "form.account form.plan form.change form.new_holder form.effective_on form.install_fee step.pay.by "
    "step.pay.receipt step.mail.at form.sent_by form.receipt_of_company case.opened_by",
    "opening": "paper.number case.unit case.applicant case.applicant_role form.service form.operator form.line_no "
    "case.opened_at form.opened_on form.phone step.activate.by step.activate.at",
    "home-service": "paper.number case.unit case.applicant form.phone case.procedure form.problem form.kind "
    "form.cleaners form.wished_at form.urgency step.call_back.at form.visit_at form.booked_at step.dispatch.at "
    "form.priced step.price.by "
    "step.arrive.at form.findings form.charge form.materials form.used form.works form.labour form.total "
    "step.take.at step.agree.at form.finished_at step.work.at "
    "form.quoted step.accept.at step.follow_up.outcome",
    "complaints": "case.number form.received_at form.channel case.applicant case.unit form.matter form.severity "
    "form.complained_of form.department form.our_duty step.answer.at form.promised_at form.result "
    "step.follow_up.outcome",
    "violations": "paper.number case.unit case.applicant form.found_at form.kind form.position form.matter form.harm "
    "form.demanded form.until step.record.by step.serve.outcome step.serve.at step.correct.outcome form.reported_to "
    "form.reported_at form.reported_as step.report.by form.result case.status",
    "renovation-extensions": "paper.number case.unit case.applicant case.applicant_role form.until_now "
    "form.extended_to form.reason form.fee step.pay.receipt step.review.by step.approve.by form.old_permit "
    "form.new_permit form.exchanged step.exchange.at",
    "renovations": "paper.number case.unit case.applicant form.kind form.works form.touches form.firm form.licence "
    "form.lead_name form.lead_phone form.workers form.fire_officer form.hot_work form.start_date form.end_date "
    "form.deposit step.pay.receipt step.review.by step.approve.by step.permit.at step.inspect.at step.inspect.by "
    "form.found step.cards.at step.refund.at case.status",
    "worker-cards": "form.workers.trade form.holder_phone "
    "paper.number form.holder case.unit form.valid_to form.holder_id form.holder_trade case.applicant "
    "case.applicant_role step.pay.at step.pay.receipt step.card.at step.stamp.by step.hand_over.by step.hand_over.at "
    "step.in_use.at step.in_use.outcome form.card_state step.refund.at",
    "stairs-lift": "paper.number case.unit case.applicant case.applicant_role form.material form.goods form.load "
    "form.starts_at form.ends_at form.route form.material_route form.carrier form.phone form.protection step.sign.at "
    "step.undertake.at step.review.by step.approve.by step.hand_form.at step.hand_undertaking.at step.check.by "
    "form.finished_at step.check.at form.found",
    "parking-places": "paper.number form.place form.plate form.look case.unit case.applicant case.applicant_role "
    "form.kind form.begins form.months form.until step.pay.at step.pay.receipt step.ask.outcome form.last_day "
    "form.leaving form.remark step.apply.by case.status",
    "resident-visits": "step.follow_up.at paper.number case.unit case.applicant case.procedure form.repaired "
    "form.cleanliness form.on_time form.manner step.follow_up.outcome form.opinion step.follow_up.by "
    "step.follow_up.note",
    "calls": "form.at form.caller case.unit form.phone form.said form.answered form.leads_to case.number step.take.by",
    "visitors": "form.visitor form.identity form.phone form.persons form.plate case.unit case.applicant form.purpose "
    "form.carries case.opened_at form.how step.confirm.at step.come_in.at step.go_out.at step.receive.by",
    "work-orders": "paper.number form.reported_by case.unit form.phone case.opened_at form.source form.where "
    "form.place form.problem form.urgency form.planned_at step.send.at step.send.assignee step.arrive.at form.found "
    "form.materials form.result step.work.at step.check.by step.check.at step.tell.at step.tell.outcome",
}


@cache
def pack() -> Pack:
    return property_pack().pack


@pytest.mark.parametrize("book", DEMANDED)
def test_a_book_has_the_columns_that_are_demanded_of_it(book: str) -> None:
    there = {source for column in pack().books[book].columns.values() for source in column.source}
    assert [one for one in DEMANDED[book].split() if one not in there] == []


def test_every_book_is_held_against_its_form() -> None:
    assert set(pack().books) == set(DEMANDED)


def test_identity_numbers_and_telephones_are_masked_in_every_book() -> None:
    private = ("_id", "phone", "certificate")
    bare = []
    for book in pack().books.values():
        for name, column in book.columns.items():
            told = any(source.startswith("form.") and source.endswith(private) for source in column.source)
            if told and not column.private:
                bare.append(f"{book.book}.{name}")
    assert bare == []


def test_the_numbers_of_two_kinds_of_paper_never_look_alike() -> None:
    prefixes = [paper.number.prefix for paper in pack().papers.values()]
    assert sorted(prefixes) == sorted(set(prefixes))
