"""Visitors are found at the counter by who they are and by their plate (P16)."""

import pytest

from banli.desk.search import look_up
from banli.engine.refusals import Refusal
from banli.registers.queries import LATELY
from tests.desk.at_the_desk import at, text
from tests.gate.test_visitors import receive
from tests.office import Office


@pytest.mark.parametrize("asked", ["送水工", "浙A·12345", "浙a12345", "12345"])
def test_by_name_and_by_plate(office: Office, asked: str) -> None:
    case = receive(office, visitor="送水工老周", plate="浙a 12345")
    receive(office, visitor="邻居")
    found = look_up(office["xiaowang"], asked)
    assert [one.row.case_id for one in found.visits] == [case] and found.only == f"/cases/{case}/"
    assert "浙A12345" in found.visits[0].words and not found.nearest


def test_whoever_may_not_see_visits_finds_none(office: Office) -> None:
    receive(office, visitor="送水工老周")
    assert look_up(office["xiaoqin"], "送水工").visits == []
    assert look_up(office["sun"], "送水工").visits == []


def test_a_visitors_plate_is_checked_as_any_other(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        receive(office, plate="浙AO2345")
    assert why.value.fields["plate"].code == "plate_letters"


def test_the_box_says_where_visits_of_long_ago_are_found(office: Office) -> None:
    page = text(at(office, "xiaowang").get("/", {"q": "老周"}, headers={"HX-Request": "true"}))
    assert "没有找到" in page and "在《来访登记本》里全查" in page
    assert f"来访只查最近 {LATELY} 次。" in page
    assert 'href="/registers/visitors/?q=%E8%80%81%E5%91%A8"' in page
    for asked in ("12-3-502", "9"):
        assert "里全查" not in text(
            at(office, "xiaowang").get("/", {"q": asked}, headers={"HX-Request": "true"})
        )


def test_whoever_may_not_read_the_book_is_not_sent_to_it(office: Office) -> None:
    assert look_up(office["sun"], "老周").older == []
