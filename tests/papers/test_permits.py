"""The papers of permits: what each copy says, and to whom."""

from typing import Any

import pytest

from banli.papers import render
from tests.papers.permits import CHANGE, GAS, HOT_WORK, ITEM, NETWORK, OPENING
from tests.papers.slips import definition, printed, words


def text_of(kind: str, told: dict, copy: str) -> str:
    return words(render.render(definition(kind), printed(kind, told), copy))


@pytest.mark.parametrize("copy", ["original", "stub"])
def test_the_hot_work_permit_names_people_place_time_and_measures(copy: str) -> None:
    text = text_of("hot-work-permit", HOT_WORK, copy)
    for word in (
        "动火许可证", "12-3-502", "北阳台护栏", "二级", "电焊", "2026年5月7日09:00至11:30", "王龑",
        "T110105194912310021",
        "2027年3月31日", "李师傅", "138****5678", "2具", "接火斗、石棉布、备水", "结束后60分钟内由安全主管到场检查",
        "赵工", "安全主管老马", "陈主任", "停火后检查", "管理处盖章",
    ):  # fmt: skip
        assert word in text, word


def test_the_sheet_for_the_wall_tells_neighbours_and_no_persons_number() -> None:
    text = text_of("hot-work-permit", HOT_WORK, "notice")
    for word in (
        "动火公告",
        "12-3-502",
        "北阳台护栏",
        "2026年5月7日09:00至11:30",
        "李师傅",
        "119",
        "0571-88001234",
    ):
        assert word in text, word
    assert "T110105194912310021" not in text and "5678" not in text and "赵工" not in text


def test_the_permit_has_one_place_for_the_seal_on_every_copy() -> None:
    for copy in ("original", "stub", "notice"):
        place = render.seal_place(definition("hot-work-permit"), printed("hot-work-permit", HOT_WORK), copy)
        assert place.page == 1


def test_the_filed_application_bears_what_was_promised_and_what_the_reviewers_said() -> None:
    text = text_of("hot-work-form", HOT_WORK, "file")
    for word in (
        "动火申请表", "**************002X", "看火人全程在场", "下方收走晾晒的被褥", "意见：同意",
        "焊工证（特种作业操作证）复印件",
        "本处规定至少2具", "最长8小时", "持张女士委托书",
    ):  # fmt: skip
        assert word in text, word
    assert "11010519491231002X" not in text


@pytest.mark.parametrize("copy", ["original", "file"])
def test_the_form_of_an_additional_item_names_the_papers_the_law_asks_for(copy: str) -> None:
    text = text_of("additional-item-form", ITEM, copy)
    for word in (
        "单元装修增加项目申请表", "ZXXK-2026-000012", "拆除厨房隔墙", "2026年5月8日至2026年5月12日", "138****5678",
        "设计方案、施工单位资质已附", "防水方案、资质已附；完工做闭水试验", "先支护后拆", "意见：同意", "防水五年",
    ):  # fmt: skip
        assert word in text, word
    assert "示意图" in text and "业主本人申请" in text
    assert text.count("不涉及") == 3 and "13812345678" not in text


def test_the_opening_form_has_a_copy_for_the_operator() -> None:
    for copy, word in (("file", "才算开通"), ("operator", "用后销毁")):
        text = text_of("opening-form", OPENING, copy)
        for one in (word, "有线电视", "华数", "居民身份证（看原件，未留复印件）", "由运营单位约", "点数"):
            assert one in text, one
    text = text_of("opening-form", GAS, "operator")
    assert "供气方式" in text and "安全用气" in text and "点数" not in text


@pytest.mark.parametrize("copy", ["white", "pink", "yellow"])
def test_the_return_form_says_what_was_paid_and_what_was_consented_to(copy: str) -> None:
    text = text_of("network-form", NETWORK, copy)
    for word in (
        "网络用户返单", "云联网络", "包月", "¥300.00", "叁佰元整", "孙会计", "姓名、证件号、电话、房号、资费",
        "138****5678",
        "**************002X", "不含任何手续费", "业主本人申请",
    ):  # fmt: skip
        assert word in text, word


@pytest.mark.parametrize(("paper", "said"), [("network-form", NETWORK), ("network-change-form", CHANGE)])
def test_the_letter_a_tenant_came_with_is_named_on_the_pink_copy(paper: str, said: dict[str, Any]) -> None:
    letter = {"case.authority": {"zh": "持张女士委托书（第 12 号）", "en": "letter of authority no. 12"}}
    assert "持张女士委托书（第12号）" in text_of(paper, {**said, **letter}, "pink")


def test_the_change_form_says_what_changes_and_that_nothing_was_due() -> None:
    text = text_of("network-change-form", CHANGE, "pink")
    for word in (
        "网络变更表",
        "暂停",
        "yl0012",
        "2026年5月10日",
        "无需",
        "不变",
        "账号和变更内容",
        "138****5678",
    ):
        assert word in text, word
