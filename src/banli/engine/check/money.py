"""Money: what a step charges, gives back, spends or carries over names prices, fields and steps that fit."""

from collections.abc import Iterator, Mapping

from banli.engine import verbs
from banli.engine.check.clocks import field
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.procedure import Fee, Procedure, Step

COUNTED = ("table", "integer")


def money(subject: Subject, procedures: Mapping[str, Procedure]) -> Iterator[Fault]:
    """Everything that is wrong with the money of the steps as it is written."""
    for name, step in subject.flow.steps.items():
        for number, fee in enumerate(step.fees):
            yield from _fee(subject, name, number, fee)
        if step.of is not None:
            yield from _paid(subject, name, "of", step.of, deposit=step.unused is None)
        yield from _unused(subject, name, step)
        if step.spends is not None:
            yield from _paid(subject, name, "spends", step.spends, deposit=False)
        if step.carries is not None:
            yield from _paid(subject, name, "carries", step.carries, deposit=True)
            yield from _charged_there(subject, name, step, procedures.get(step.starts or ""))
        yield from _deductions(subject, name, step)


def _fee(subject: Subject, name: str, number: int, fee: Fee) -> Iterator[Fault]:
    keys, prices = subject.at(name, "fees", number), subject.pack.prices
    price = prices.get(fee.price)
    if price is None:
        yield subject.fault((*keys, "price"), "unknown_price", name=fee.price, choices=prices)
        return
    if any(fee.price == other.price for other in subject.flow.steps[name].fees[:number]):
        yield subject.fault((*keys, "price"), "price_twice", name=fee.price)
    if fee.times is not None:
        yield from field(subject, (*keys, "times"), fee.times, COUNTED, name)
    if fee.amount is not None:
        yield from field(subject, (*keys, "amount"), fee.amount, ("money",), name)
    if (price.fen is None) is (fee.amount is None):
        code = "amount_needed" if fee.amount is None else "amount_fixed"
        yield subject.fault((*keys, "price" if fee.amount is None else "amount"), code, name=fee.price)


def _paid(subject: Subject, name: str, key: str, pay: str, *, deposit: bool) -> Iterator[Fault]:
    """``pay`` is a step that pays, in the same rows or outside all; of a deposit where one is meant."""
    flow, keys = subject.flow, subject.at(name, key)
    paying = [one for one, step in flow.steps.items() if step.verb == "pay"]
    if pay not in paying:
        yield subject.fault(keys, "unknown_pay", name=pay, choices=paying)
        return
    own, here = flow.each_around(pay), flow.each_around(name)
    if own is not None and here is not None and own != here:
        yield subject.fault(keys, "row_name", name=pay)
    if own is not None and here is None and not deposit:
        yield subject.fault(keys, "row_name", name=pay)
    prices = subject.pack.prices
    lines = [fee for fee in flow.steps[pay].fees if fee.price in prices]
    if deposit and not any(prices[fee.price].kind == "deposit" for fee in lines):
        yield subject.fault(keys, "no_deposit", name=pay)
    if here is not None and own is None:
        over = f"form.{flow.blocks[here].over}"
        for fee in lines:
            if fee.times != over and (not deposit or prices[fee.price].kind == "deposit"):
                yield subject.fault(keys, "not_per_row", name=fee.price, table=over)


def _unused(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    """Unused units are counted by a number, of something that was charged by the unit; nothing is deducted."""
    if step.unused is None:
        return
    yield from field(subject, subject.at(name, "unused"), step.unused, ("integer",), name)
    paying = subject.flow.steps.get(step.of or "")
    prices = subject.pack.prices
    by_unit = [
        fee
        for fee in (paying.fees if paying else ())
        if fee.times and fee.price in prices and prices[fee.price].kind == "charge"
    ]
    if paying is not None and (not by_unit or step.deductions):
        yield subject.fault(subject.at(name, "unused"), "nothing_unused", name=step.of)


def _charged_there(subject: Subject, name: str, step: Step, other: Procedure | None) -> Iterator[Fault]:
    """The started procedure asks for the deposits it is brought."""
    if other is None or step.carries not in subject.flow.steps:
        return
    there = {fee.price for _, one in other.each_step() for fee in one.fees}
    for fee in subject.flow.steps[step.carries].fees:
        price = subject.pack.prices.get(fee.price)
        if price is not None and price.kind == "deposit" and fee.price not in there:
            keys = subject.at(name, "carries")
            yield subject.fault(keys, "carried_nowhere", name=fee.price, procedure=other.procedure)


def _deductions(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    if step.deductions is None:
        if step.second is not None:
            yield subject.fault(subject.at(name, "second"), "second_alone")
        return
    keys: Keys = subject.at(name, "deductions")
    yield from field(subject, keys, step.deductions, ("table",), name)
    table = subject.procedure.form.get(step.deductions.removeprefix("form."))
    types = [column.type for column in (table.columns or {}).values()] if table else []
    if table is not None and table.type == "table" and (types.count("money") != 1 or "text" not in types):
        yield subject.fault(keys, "deduction_columns", name=step.deductions)
    if step.claims is not None:
        yield from field(subject, subject.at(name, "claims"), step.claims, ("yes_no",), name)
    if step.second is None:
        yield subject.fault(keys, "second_needed")
        return
    other = subject.flow.steps.get(step.second)
    signing = [
        one
        for one, known in subject.flow.steps.items()
        if verbs.find(known.verb).approves or verbs.find(known.verb).signs or known.signed
    ]
    if other is None or step.second not in signing or step.second == name:
        choices = [one for one in signing if one != name]
        yield subject.fault(subject.at(name, "second"), "second_unsigned", name=step.second, choices=choices)
