"""An office with a till: a small pack whose procedure takes deposits, spends receipts and gives money back."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copy, copytree
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from banli.cases import actions as cases
from banli.cases import packs
from banli.cases.actions import Outcome
from banli.cashier import actions as cashier
from banli.cashier.models import Shift
from banli.engine.load import LoadedPack
from tests.office import Office, build, load_packs

TILL = Path(__file__).parent / "till"
MEN = [{"name": "张三"}, {"name": "李四"}]
BOTH = ["receipt", "card"]


def laid_out(folder: Path) -> Path:
    """The till's pack, with the two papers it has in common with the office's."""
    copytree(TILL, folder)
    for kind in ("receipt", "refund-slip"):
        for suffix in ("yaml", "typ"):
            copy(Path(settings.PACKS) / "property" / "papers" / f"{kind}.{suffix}", folder / "papers")
    return folder


@cache
def till_pack() -> LoadedPack:
    return packs.checked(laid_out(Path(mkdtemp()) / "till"))


@dataclass
class Till:
    """The office and its cashier, 孙会计."""

    office: Office

    def open(self, who: str = "sun", fen: int = 50000) -> Shift:
        desk = self.office[who]
        acting = desk.posts["finance" if who == "sun" else "front_desk"]
        return cashier.open_shift(by=desk, acting=acting, float_fen=fen)

    def case(self, men: list[dict[str, str]] | None = None) -> int:
        office = self.office
        return cases.open_case(
            by=office["xiaowang"], procedure="till-cards", unit=office.unit, applicant=office.owner,
            applicant_role="owner", answers={"men": men or MEN}, key=uuid4().hex,
        ).case_id  # fmt: skip

    def do(
        self, who: str, case: int, step: str, outcome: str, branch: int | None = None, **rest: Any
    ) -> Outcome:
        rest.setdefault("key", uuid4().hex)
        return cases.act(by=self.office[who], case_id=case, step=step, outcome=outcome, branch=branch, **rest)

    def pay(self, case: int, fen: int = 21000, method: str = "cash", **more: Any) -> Outcome:
        return self.do("sun", case, "pay", "paid", extra={"fen": fen, "method": method, **more})

    def back(
        self, case: int, row: int, fen: int = 10000, damage: list[dict[str, str]] | None = None
    ) -> Outcome:
        self.do("xiaowang", case, "look", "finished", row, answers={"damage": damage or []})
        if damage:
            self.do("chen", case, "agree", "approved", row)
        return self.do("sun", case, "back", "refunded", row, signature="paper",
                       extra={"fen": fen, "method": "cash", "ticked": BOTH})  # fmt: skip


@pytest.fixture
def till(db: None) -> Till:
    load_packs()
    packs.keep(till_pack())
    return Till(build())
