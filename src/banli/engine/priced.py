"""Work that is charged by the price list: which lines a table may name, what a row comes to, and what it is in all.

A table with a column of type ``price`` names lines of the list, so many of each, at the list's price or, where the list
has a range, at one agreed within it (domain/forms §13; P8: told and signed before the work). Nobody types what it comes
to: a row is reckoned as a charge is, with its rounding and its cap, and kept with the answer; so are the ``sums``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from banli.engine.fields import Column, Field
from banli.engine.money import Tariff, line_of
from banli.engine.refusals import Refusal, together

if TYPE_CHECKING:
    from banli.engine.pack import Price
    from banli.engine.procedure import Procedure
    from banli.engine.rulebook import Rulebook


def with_lines(procedure: "Procedure", prices: "Mapping[str, Price]") -> "Procedure":
    """The procedure with the titles of the price list as the options of its columns of type ``price``."""
    named = {
        name: field.model_copy(
            update={"columns": {key: _options(one, prices) for key, one in (field.columns or {}).items()}}
        )
        for name, field in procedure.form.items()
        if any(one.lines for one in (field.columns or {}).values())
    }
    return procedure.model_copy(update={"form": {**procedure.form, **named}}) if named else procedure


def _options(column: Column, prices: "Mapping[str, Price]") -> Column:
    if not column.lines:
        return column
    options = {line: prices[line].title for line in column.lines if line in prices}
    return column.model_copy(update={"type": "choice", "options": options})


def reckoned(
    book: "Rulebook", asked: Mapping[str, Field], told: Mapping[str, Any], values: Mapping[str, Any],
    prices: Mapping[str, Tariff],
) -> dict[str, Any]:  # fmt: skip
    """The answers with what the price list makes of them. ``values``: the other answers; ``prices``: the estate's own.

    Refuses ``form_invalid`` where a price is not the list's.
    """
    found, bad = dict(told), dict[str, Refusal]()
    for name, field in asked.items():
        if told.get(name) and any(one.lines for one in (field.columns or {}).values()):
            try:
                found[name] = _priced(book, field, told[name], prices)
            except Refusal as why:
                bad[name] = why
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    for name, field in asked.items():
        then = {**values, **{f"form.{one}": value for one, value in found.items()}}
        if field.sums and (field.when is None or field.when.holds(then)):
            forms = book.procedure.form
            plain = [one.removeprefix("form.") for one in field.sums]
            found[name] = sum(_amount(forms[one], then.get(f"form.{one}")) for one in plain)
    return found


def must_be_in_range(
    book: "Rulebook", told: Mapping[str, Any], values: Mapping[str, Any], prices: Mapping[str, Tariff]
) -> None:
    """An amount that will be charged lies in the range of its line of the price list, as the estate has it today."""
    then = {**values, **{f"form.{name}": value for name, value in told.items()}}
    bad: dict[str, Refusal] = {}
    for step in book.flow.steps.values():
        for fee in step.fees:
            name = (fee.amount or "").removeprefix("form.")
            agreed = told.get(name)
            if agreed is None or (fee.when is not None and not fee.when.holds(then)):
                continue
            tariff = book.tariff(fee.price, prices)
            least, most = (tariff.low, tariff.high) if tariff.fen is None else (tariff.fen, tariff.fen)
            if agreed < least:
                bad[_typed(book, name)] = Refusal("too_small", min=f"{least / 100:.2f}")
            elif agreed > most:
                bad[_typed(book, name)] = Refusal("too_large", max=f"{most / 100:.2f}")
    if bad:
        raise Refusal("form_invalid", count=len(bad), fields=bad)


def _typed(book: "Rulebook", name: str) -> str:
    """Where an amount is typed: one that is reckoned, in the first of what it sums."""
    sums = book.procedure.form[name].sums
    return _typed(book, sums[0].removeprefix("form.")) if sums else name


def _priced(book: "Rulebook", field: Field, rows: Any, prices: Mapping[str, Tariff]) -> list[dict[str, Any]]:
    line, count, each, total = _columns(field)
    columns, told, bad = field.columns or {}, list[dict[str, Any]](), list[Refusal]()
    for number, row in enumerate(rows, start=1):
        name = row[line]
        price, tariff = book.pack.prices[name], book.tariff(name, prices)
        try:
            agreed = _each(tariff, row.get(each))
        except Refusal as why:
            bad.append(Refusal("bad_row", row=number, column=columns[each].label, why=why))
            continue
        fen = line_of(name, price, tariff, row[count], agreed).fen
        told.append({**row, each: agreed, total: fen})
    if bad:
        raise together(bad)
    return told


def _each(tariff: Tariff, typed: int | None) -> int:
    """The price of one: the list's, or what was agreed within its range."""
    if tariff.fen is not None:
        if typed not in (None, tariff.fen):
            raise Refusal("not_the_lists", price=f"{tariff.fen / 100:.2f}")
        return tariff.fen
    if typed is None or not tariff.low <= typed <= tariff.high:
        raise Refusal("not_in_range", low=f"{tariff.low / 100:.2f}", high=f"{tariff.high / 100:.2f}")
    return typed


def _columns(field: Field) -> tuple[str, str, str, str]:
    """Which column is the line, how many, the price of one, and what the row comes to."""
    columns = (field.columns or {}).items()
    return (
        next(name for name, one in columns if one.lines),
        next(name for name, one in columns if one.type == "integer"),
        next(name for name, one in columns if one.type == "money" and not one.reckoned),
        next(name for name, one in columns if one.reckoned),
    )


def _amount(field: Field, value: Any) -> int:
    """What an answer comes to: an amount as it is; a table by its rows' sums, or so many times so much."""
    if field.type != "table":
        return value if isinstance(value, int) else 0
    columns = field.columns or {}
    sums = [name for name, one in columns.items() if one.reckoned]
    if sums:
        return sum(row.get(sums[0]) or 0 for row in value or ())
    many = next((name for name, one in columns.items() if one.type == "integer"), "")
    much = next((name for name, one in columns.items() if one.type == "money"), "")
    return sum((row.get(many, 1) if many else 1) * (row.get(much) or 0) for row in value or ())
