"""What a shift or a day brought: by method, by line of the price list; on the screen, on paper, in Excel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from banli.cashier import queries
from banli.cashier.ledger import TILL
from banli.cashier.models import LedgerEntry, Posting, Shift
from banli.web.spreadsheet import Sheet
from banli.web.templatetags.say import say

from . import price_list

MANY = 2000
FAR = datetime(9999, 1, 1, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Figure:
    """A line of the report: what it is, how often, how much, in fen (below nought: went out)."""

    title: str
    times: int
    fen: int


@dataclass
class Report:
    """``methods``: what came into the till by method. ``lines``: for what. ``moves``: every posting, oldest first."""

    title: str
    methods: list[Figure]
    lines: list[Figure]
    moves: list[Posting]
    shifts: list[Shift]
    cut: bool

    @property
    def total(self) -> int:
        return sum(one.fen for one in self.methods)


def of_shift(shift: Shift) -> Report:
    """One shift, from its opening until now or its close."""
    mine = queries.postings(shift.estate_id).filter(shift=shift)
    sums = queries.sums(shift.estate_id, start=shift.opened_at, end=FAR, shift=shift.pk)
    title = _("交班单 %(who)s %(at)s") % {
        "who": shift.cashier.name, "at": f"{timezone.localtime(shift.opened_at):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    return _report(title, sums, mine, [shift])


def of_day(estate_id: int, day: date) -> Report:
    """Everything that moved on a day, whosever shift it was."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    end = start + timedelta(days=1)
    mine = queries.postings(estate_id).filter(at__gte=start, at__lt=end)
    shifts = list(queries.shifts(estate_id, day=day))
    sums = queries.sums(estate_id, start=start, end=end)
    return _report(_("收款日报 %(day)s") % {"day": day.isoformat()}, sums, mine, shifts)


def _report(title: str, sums: Iterable[queries.Total], mine: Any, shifts: list[Shift]) -> Report:
    listed = {name: line for (_pack, name), line in price_list.lines().items()}
    methods, lines = [], []
    for one in sums:
        if one.account in TILL:
            methods.append(Figure(str(LedgerEntry.Account(one.account).label), one.times, one.fen))
        else:
            line = listed.get(one.price)
            account = str(LedgerEntry.Account(one.account).label)
            if one.account == LedgerEntry.Account.INCOME and line is not None and line.kind == "deposit":
                account = _("扣下的押金")  # it was never charged: it was held, and some of it was kept
            told = f"{account} · {say(line.title) if line else one.price}" if one.price else account
            lines.append(Figure(told, one.times, -one.fen))
    moves = list(mine.order_by("id")[: MANY + 1])
    return Report(title, methods, lines, moves[:MANY], shifts, len(moves) > MANY)


def sheet(report: Report) -> Sheet:
    """The postings as a spreadsheet; amounts in yuan as text with two decimals, in fen as numbers."""
    columns = [
        _("时间"), _("种类"), _("单号"), _("办件"), _("房号"), _("交款人"), _("方式"), _("流水号"), _("金额（元）"),
        _("金额（分）"), _("经手人"), _("原因"),
    ]  # fmt: skip
    rows: Iterable[list[str | int]] = (
        [
            f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}", str(one.get_kind_display()),
            one.paper.number if one.paper else "", str(one.case_id or ""),
            one.case.unit.key if one.case and one.case.unit else "",
            one.case.applicant.name if one.case and one.case.applicant else "",
            str(LedgerEntry.Account(one.method).label) if one.method else "", one.reference, f"{one.fen / 100:.2f}",
            one.fen, one.by.name if one.by else "", one.reason,
        ]
        for one in report.moves
    )  # fmt: skip
    return Sheet(name=_("收款明细"), title=report.title, columns=columns, rows=rows)
