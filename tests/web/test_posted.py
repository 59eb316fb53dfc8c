import base64
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from banli.web import posted

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\nstrokes").decode()


def form(text: str) -> QueryDict:
    return QueryDict(text)


def test_the_rows_of_a_table_come_in_order_without_the_blank_ones() -> None:
    sent = form(
        "goods-1-name=衣柜&goods-1-count=2&goods-0-name=床&goods-0-count=1&goods-2-name=+&goods-2-count="
    )
    assert posted.table_rows(sent, "goods", ["name", "count"]) == [
        {"name": "床", "count": "1"},
        {"name": "衣柜", "count": "2"},
    ]


def test_a_column_nobody_asked_for_is_not_taken() -> None:
    sent = form("goods-0-name=床&goods-0-price=1&goods-x-name=y&goods-99999-name=z")
    assert posted.table_rows(sent, "goods", ["name", "count"]) == [{"name": "床", "count": ""}]


def test_the_answers_have_the_shape_their_questions_have() -> None:
    fields = {
        "carrier": SimpleNamespace(type="person_name", columns=None),
        "areas": SimpleNamespace(type="choices", columns=None),
        "goods": SimpleNamespace(type="table", columns={"name": None}),
        "visit": SimpleNamespace(type="datetime", columns=None),
        "sign": SimpleNamespace(type="signature", columns=None),
    }
    sent = form("carrier=李明&areas=bath&areas=hall&goods-0-name=床&sign=x&other=y")
    assert posted.answers(sent, fields) == {
        "carrier": "李明",
        "areas": ["bath", "hall"],
        "goods": [{"name": "床"}],
    }


def test_a_drawn_signature_is_a_png() -> None:
    sent = QueryDict(mutable=True)
    sent["sign"] = f"data:image/png;base64,{PNG}"
    assert posted.signature(sent, "sign").png.endswith(b"strokes")


def test_a_signature_on_paper_needs_no_drawing() -> None:
    signed = posted.signature(form("sign=&sign-paper=yes"), "sign")
    assert signed.on_paper and signed and not signed.png


@pytest.mark.parametrize(
    "value",
    ["", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,%%%", "data:image/png;base64,R0lGODlh"],
)
def test_what_is_no_png_is_no_signature(value: str) -> None:
    sent = QueryDict(mutable=True)
    sent["sign"] = value
    assert not posted.signature(sent, "sign")


def test_a_signature_larger_than_a_page_is_none() -> None:
    sent = QueryDict(mutable=True)
    sent["sign"] = (
        "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 1_100_000).decode()
    )
    assert not posted.signature(sent, "sign")
