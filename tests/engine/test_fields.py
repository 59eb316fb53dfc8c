"""What may be answered in a form."""

import pytest

from banli.engine.fields import Field, Moment, accept
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from tests.engine.office import NOW

LABOUR = Field(type="money", label=Text(zh="人工费", en="Labour"))


@pytest.mark.parametrize(
    ("typed", "fen"), [("12.50", 1250), ("¥ 8", 800), ("１２.５", 1250), (12.5, 1250), (990, 990), ("0", 0)]
)
def test_money_is_kept_in_fen(typed: object, fen: int):
    assert accept(LABOUR, typed, Moment(now=NOW)) == fen


@pytest.mark.parametrize(
    "typed", ["9e999999", "1e999990", "1e3", "NaN", "12.345", "一百", True, {}, [1], "9" * 13, float("inf")]
)
def test_what_nobody_would_write_as_an_amount_is_refused_at_once(typed: object):
    with pytest.raises(Refusal, match=r"^not_money:"):
        accept(LABOUR, typed, Moment(now=NOW))


@pytest.mark.parametrize(("typed", "code"), [("-1", "too_small"), ("999999999", "too_large")])
def test_an_amount_stays_within_what_an_office_handles(typed: str, code: str):
    with pytest.raises(Refusal, match=rf"^{code}:"):
        accept(LABOUR, typed, Moment(now=NOW))
