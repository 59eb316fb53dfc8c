"""The price list of an estate: every line that a current procedure charges or tells, as it holds today."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from banli.cases import rules
from banli.cashier import queries
from banli.cashier.models import PriceVersion
from banli.engine.money import Tariff
from banli.engine.pack import Price
from banli.people.access import Desk


@dataclass(frozen=True)
class PriceLine:
    """A line of the list with what holds, what will, and what held; ``own``: the estate has set it itself."""

    pack: str
    name: str
    line: Price
    tariff: Tariff
    versions: tuple[PriceVersion, ...]

    @property
    def own(self) -> bool:
        return self.tariff.version > 0

    @property
    def open(self) -> bool:
        """Whether it says no more than that something is agreed each time."""
        return self.tariff.fen is None and not self.tariff.low

    @property
    def note(self) -> str:
        """What the price comes with; most come with nothing."""
        told = ""
        if self.line.kind == "deposit":
            told = _("押金，办结退还")
        elif self.line.kind == "on_behalf":
            told = _("代收，不收手续费")
        elif self.line.material == "yes":
            told = _("含材料")
        elif self.open:
            told = _("先报价，您同意后才做；照价目表做的，就是表上各项加材料的合计")
        half = _("满半个单位按一个计") if self.line.rounding == "half" and self.line.per > 1 else ""
        return f"{told} {half}".strip()


def lines() -> dict[tuple[str, str], Price]:
    """Every line of the packs' lists that a current procedure uses."""
    told: dict[tuple[str, str], Price] = {}
    for book in rules.every_current().values():
        told |= {(book.pack.header.pack, name): line for name, line in book.pack.prices.items()}
    return told


def price_list(desk: Desk, day: date) -> list[PriceLine]:
    """The list as it holds on a day, what is agreed each time last.

    One query for what holds in each pack, one for the history.
    """
    every = lines()
    kept: dict[tuple[str, str], list[PriceVersion]] = {}
    for version in queries.versions(desk.estate.pk):
        kept.setdefault((version.pack, version.price), []).append(version)
    own: dict[str, dict[str, Tariff]] = {}
    told = []
    for (pack, name), line in every.items():
        if pack not in own:
            own[pack] = queries.tariffs(desk.estate.pk, pack, (n for p, n in every if p == pack), day)
        usual, found = Tariff.of(line), own[pack].get(name)
        holds = found if found is not None and (found.fen is None) is (usual.fen is None) else usual
        told.append(PriceLine(pack, name, line, holds, tuple(kept.get((pack, name), ()))))
    return sorted(told, key=lambda one: one.open)
