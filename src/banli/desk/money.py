"""What changes hands at a step, line by line: what is due, or which deposits go back and what is kept of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from banli.cases import facts
from banli.cases.record import Record
from banli.cashier.queries import my_shift, tariffs
from banli.engine import deductions
from banli.engine.fields import Column, Field
from banli.engine.money import Tariff
from banli.engine.pack import Price
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.turn import Turn
from banli.engine.verbs.refund import due_back
from banli.people.access import Desk
from banli.web.fields import when_of, written


@dataclass(frozen=True)
class MoneyLine:
    """``told``: how the amount comes about; ``yuan``: the amount, in yuan."""

    title: Text
    told: str
    yuan: str


@dataclass(frozen=True)
class ToldPrice:
    """A line of the price list that is told before anything is done: one amount, or between which it is agreed."""

    title: Text
    yuan: str
    unit: Text | None
    cap: str

    @property
    def with_amount(self) -> Text:
        """换开关、插座 10.00/个."""
        unit = self.unit
        return Text(
            zh=f"{self.title.zh} {self.yuan} 元" + (f"/{unit.zh}" if unit else ""),
            en=f"{self.title.en} {self.yuan} yuan" + (f"/{unit.en}" if unit else ""),
        )

    @classmethod
    def of(cls, line: Price, tariff: Tariff) -> "ToldPrice":
        """The line at ``tariff``, the estate's own or the pack's."""
        low, high = written("money", tariff.low), written("money", tariff.high)
        yuan = f"{low}–{high}" if tariff.fen is None else written("money", tariff.fen)
        return cls(
            line.title, yuan, line.unit, written("money", tariff.cap) if tariff.cap is not None else ""
        )


@dataclass(frozen=True)
class ToldDeduction:
    """What is kept of a deposit, in fen, as whoever itemises it or agrees to it sees it.

    ``table``: the rows that are typed here, which the page counts along; ``when``: on what answers it asks for them.
    ``claims``: what goes past the deposit is asked for beside it.
    """

    held: int
    damage: int
    claims: bool
    table: str = ""
    when: str = ""

    @property
    def beyond(self) -> int:
        return max(self.damage - self.held, 0)

    @property
    def held_yuan(self) -> str:
        return written("money", self.held)

    @property
    def damage_yuan(self) -> str:
        return written("money", self.damage)

    @property
    def beyond_yuan(self) -> str:
        return written("money", self.beyond)

    @property
    def left_yuan(self) -> str:
        return written("money", max(self.held - self.damage, 0))


def deduction_of(record: Record, name: str, branch: int | None) -> ToldDeduction | None:
    """What a step shows that itemises deductions or agrees to them; None for any other."""
    book = record.book
    found = deductions.seen_at(book, record.state, name, branch)
    if found is None:
        return None
    tables = {(step.deductions or "").removeprefix("form.") for step in book.flow.steps.values()}
    table = next((asked for asked in book.flow.steps[name].asks if asked in tables), "")
    when = when_of(book.procedure.form[table].when) if table else ""
    return ToldDeduction(found.held, found.damage, found.claims, table, when)


def priced_options(asked: Field, book: Rulebook, own: Mapping[str, Tariff]) -> Field:
    """A table whose rows name lines of the price list, with what each costs today beside its name."""
    columns = asked.columns or {}
    if not any(one.lines for one in columns.values()):
        return asked

    def priced(column: Column) -> Column:
        told = {line: ToldPrice.of(book.pack.prices[line], book.tariff(line, own)) for line in column.lines}
        options = {line: one.with_amount for line, one in told.items()}
        return column.model_copy(update={"options": options}) if told else column

    return asked.model_copy(update={"columns": {name: priced(one) for name, one in columns.items()}})


def tariffs_of(desk: Desk, book: Rulebook, step: str, now: datetime) -> dict[str, Tariff]:
    """What the estate itself asks today for the lines that a step tells. One query, none where it tells none."""
    told = book.flow.steps[step].prices
    return tariffs(desk.estate.pk, book.pack.header.pack, told, timezone.localdate(now)) if told else {}


@dataclass(frozen=True)
class StepMoney:
    """``fen`` is what changes hands now; ``back``: it is given to the payer.

    ``wants_shift``: whoever looks at it would take or give it, and has no shift open at the till. ``over``: so much
    more is kept than is held, in fen; nothing can be given back then.
    """

    lines: tuple[MoneyLine, ...]
    fen: int
    back: bool
    wants_shift: bool = False
    over: int = 0

    @property
    def yuan(self) -> str:
        return written("money", abs(self.fen))

    @property
    def over_yuan(self) -> str:
        return written("money", self.over)


def money_of(desk: Desk, record: Record, name: str, branch: int | None, now: datetime) -> StepMoney:
    """What a pay or refund step shows and asks for."""
    step = record.book.flow.steps[name]
    told = _refund(record, name, branch, now) if step.of else _charge(record, name, branch)
    theirs = bool(told.fen or step.of) and desk.holds(*step.posts())
    return replace(told, wants_shift=theirs and my_shift(desk.estate.pk, desk.staff.pk) is None)


def _charge(record: Record, name: str, branch: int | None) -> StepMoney:
    charge = record.state.charge(name, branch)
    lines: list[MoneyLine] = []
    for line in charge.lines if charge else ():
        title = record.book.pack.prices[line.price].title
        each = written("money", line.each)
        told = f"{each} × {line.count}" if line.count != 1 else ""
        lines.append(MoneyLine(title, told, written("money", line.fen)))
        for fen, why in ((line.before, _("此前已交")), (line.brought, _("原押金转入"))):
            if fen:
                lines.append(MoneyLine(title, why, f"−{written('money', fen)}"))
    due = charge.due if charge else 0
    return StepMoney(tuple(lines), due, due < 0)


def _refund(record: Record, name: str, branch: int | None, now: datetime) -> StepMoney:
    turn = Turn(record.book, record.state, facts.NONE, now, here=(name, branch))
    backs, kept = due_back(turn)
    lines = [MoneyLine(record.book.pack.prices[b.price].title, "", written("money", b.fen)) for b in backs]
    if kept:
        lines.append(MoneyLine(Text(zh="扣款", en="Deducted"), "", f"−{written('money', kept)}"))
    rest = sum(b.fen for b in backs) - kept
    return StepMoney(tuple(lines), max(rest, 0), True, over=max(-rest, 0))
