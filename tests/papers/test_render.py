"""What the printed papers look like to whoever reads or copies them."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import typst

from banli.engine.refusals import Refusal
from banli.papers import fonts, render
from tests.papers.slips import CARRYING, CLEANING, GOODS, REPAIR, SOFA, definition, drawing, printed, words

SLIP, ORDER = definition("goods-release-slip"), definition("repair-order")
CLEAN, FORM = definition("cleaning-order"), definition("stairs-lift-form")
PROMISE = definition("carrying-undertaking")


def test_the_same_slip_is_the_same_file_to_the_byte() -> None:
    values = printed("goods-release-slip", GOODS)
    assert render.render(SLIP, values, "original") == render.render(SLIP, values, "original")


@pytest.mark.parametrize("copy", ["stub", "original"])
def test_the_slips_words_can_be_searched(copy: str) -> None:
    text = words(render.render(SLIP, printed("goods-release-slip", GOODS), copy))
    for word in (
        "翠湖花园",
        "物品放行条",
        "FX-2026-000123",
        "12-3-502",
        "双开门冰箱",
        "右门有划痕",
        "2026年5月1日",
    ):
        assert word in text
    assert "刘先生（租户）" in text
    assert "电话确认" in text
    assert "第1次打印" in text
    assert "以下空白" in text
    assert text.count("★贵重") == 1 and text.count("大件") == 2, "the heading, the fridge"


def test_rare_characters_in_a_name_are_printed() -> None:
    assert "王龑䶮" in words(render.render(SLIP, printed("goods-release-slip", GOODS), "original"))


def test_a_character_without_a_glyph_is_named_and_never_left_out() -> None:
    text = words(
        render.render(SLIP, printed("goods-release-slip", {**GOODS, "form.carrier": "王𠮷"}), "original")
    )
    assert "王〔U+20BB7〕" in text


def test_the_identity_number_is_printed_masked() -> None:
    text = words(render.render(SLIP, printed("goods-release-slip", GOODS), "original"))
    assert "11010519491231002X" not in text
    assert "**************002X" in text


def test_only_the_original_has_the_gates_part_and_the_code() -> None:
    values = printed("goods-release-slip", GOODS, **{"paper.pass": "HTTPS://BANLI.EXAMPLE/G/" + "A2" * 69})
    original, stub = render.render(SLIP, values, "original"), render.render(SLIP, values, "stub")
    assert "值班保安签名" in words(original)
    assert "值班保安签名" not in words(stub)
    assert "领条人签名" in words(stub)
    without = {name: value for name, value in values.items() if name != "paper.pass"}
    assert render.render(SLIP, without, "stub") == stub
    assert render.render(SLIP, without, "original") != original


def test_the_code_of_a_paper_on_an_older_library_is_the_same_code() -> None:
    values = printed("goods-release-slip", GOODS, **{"paper.pass": "A2" * 69})
    bare = SLIP.model_copy(
        update={"template": '#import "slip.typ": *\n#show: slip\n#place(top + left, qr(41mm))'}
    )
    now = render.library()
    older = re.sub(r"(?s)#let qr\(side\) = .*?\n}\n", OLDER_CODE, now, count=1)
    assert "data.qr.enumerate()" in older
    modules = [_modules(render.render(bare, values, "original", parts=parts)) for parts in (now, older)]
    assert modules[0] == modules[1]
    assert modules[0][:7] == [True] * 7  # the finder's edge
    assert 600 < sum(modules[0]) < 1081  # of 41 x 41


OLDER_CODE = """#let qr(side) = if data.qr != none {
  let module = side / data.qr.len()
  box(width: side, height: side, for (y, row) in data.qr.enumerate() {
    for (from, long) in row {
      place(dx: from * module, dy: y * module, rect(width: long * module, height: module, fill: black))
    }
  })
}
"""


def _modules(pdf: bytes) -> list[bool]:
    """The dark squares of a code printed 41 mm wide in the page's top left corner, inside its margins."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=6).to_pil().convert("L")
    dots = 6 * 72 / 25.4
    squares = [(11.5 + x, 8.5 + y) for y in range(41) for x in range(41)]
    return [page.getpixel((int(x * dots), int(y * dots))) < 128 for x, y in squares]


def test_a_reprint_says_so() -> None:
    text = words(render.render(SLIP, printed("goods-release-slip", GOODS, **{"paper.print": 3}), "stub"))
    assert "第3次打印（补打）" in text


HOSTILE = [
    '#let x = 1; #panic("no") $a^2$ \\ <label> @ref',
    '"quotes" \\" and \\n and {"json": true}',
    "*bold* _soft_ `raw` // comment /* block */ = heading",
    '#include "/etc/passwd" #read("slip.typ")',
    "'); DROP TABLE papers_paper; --",
    "a\tb\u202e\u200b｡",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_is_printed_as_text_and_does_nothing_else(text: str) -> None:
    goods = [{"name": text, "count": 1, "remark": text}]
    told = words(
        render.render(
            SLIP,
            printed("goods-release-slip", {**GOODS, "form.goods": goods, "form.carrier": text}),
            "original",
        )
    )
    spoken = "".join(fonts.printable(text).split())
    plain = [part for part in spoken.replace("\u200b", "").replace("-", "").split('"') if len(part) > 3]
    bare = told.replace("\u200b", "").replace("-", "")
    assert plain and all(part in bare or part[:12] in bare for part in plain)


def test_two_hundred_rows_run_over_pages_and_nothing_is_lost() -> None:
    goods = [{"name": f"纸箱第{n}号", "count": n, "remark": None} for n in range(1, 201)]
    pdf = render.render(SLIP, printed("goods-release-slip", {**GOODS, "form.goods": goods}), "original")
    text = words(pdf)
    assert all(f"纸箱第{n}号" in text for n in range(1, 201))
    assert "物品放行条（续页）" in text
    assert "以下空白" not in text
    assert (
        render.seal_place(
            SLIP, printed("goods-release-slip", {**GOODS, "form.goods": goods}), "original"
        ).page
        > 5
    )


def test_a_word_without_a_break_stays_in_its_cell() -> None:
    values = printed(
        "goods-release-slip", {**GOODS, "form.goods": [{"name": "W" * 200, "count": 1, "remark": None}]}
    )
    assert words(render.render(SLIP, values, "original")).replace("\u200b", "").count("W") == 200


def test_a_broken_drawing_does_not_stop_the_slip() -> None:
    for broken in (drawing()[:-20], b"GIF89a", drawing().replace(b"IDAT", b"IDAX"), b""):
        values = printed("goods-release-slip", {**GOODS, "step.sign.signature": broken})
        assert "签名图像损坏" in words(render.render(SLIP, values, "original"))


@pytest.mark.parametrize("copy", ["stub", "dispatch", "finance", "customer"])
def test_the_repair_order_adds_up_in_fen_and_in_capitals(copy: str) -> None:
    text = words(render.render(ORDER, printed("repair-order", REPAIR), copy))
    for word in ("金属软管", "37.00", "42.00", "79.00", "30.00", "¥109.00", "壹佰零玖元整", "138****5678"):
        assert word in text
    assert "05-0109:13" in text
    assert "纸上签名存档" in text


@pytest.mark.parametrize("copy", ["stub", "cleaner", "finance", "customer"])
def test_the_cleaning_order_says_what_was_agreed_and_leaves_room_for_the_signatures(copy: str) -> None:
    text = words(render.render(CLEAN, printed("cleaning-order", CLEANING), copy))
    for word in (
        "清洁服务委托单", "12-3-502", "张女士（业主）", "日常保洁", "2人", "小何、小田", "全屋约90平方米", "本处自带",
        "2026年5月2日14:30", "05-0109:41", "40元×2人×3小时", "贰佰肆拾元整", "¥240.00", "电话确认", "家里有猫",
        "完工时间", "清洁工签名", "业户验收签名", "138****5678",
    ):  # fmt: skip
        assert word in text, word
    assert "13812345678" not in text


@pytest.mark.parametrize("copy", ["stub", "lobby"])
def test_the_form_for_bricks_bears_both_approvals_and_the_rules_of_the_estate(copy: str) -> None:
    text = words(render.render(FORM, printed("stairs-lift-form", CARRYING), copy))
    for word in (
        "使用楼梯/电梯申请", "12-3-502", "张女士（业主）", "砖、沙、石料", "消防（货）梯",
        "2026年5月6日14:30至17:30",
        "红砖", "600", "380公斤", "铺地垫、沙石装袋", "不超过400公斤", "周一至周五08:00–12:00、14:30–18:00",
        "赵工",
        "当值管理员小钱", "纸上签名存档", "大堂助理签收", "搬完检查", "138****5678", "业主本人申请",
    ):  # fmt: skip
        assert word in text, word
    assert "无需" not in text and "每天" not in text


def test_the_form_for_a_sofa_says_that_nobody_had_to_approve() -> None:
    text = words(render.render(FORM, printed("stairs-lift-form", SOFA), "lobby"))
    assert text.count("大件物品无需") == 2 and text.count("不走电梯") == 3
    assert "每天08:00–12:00、14:00–20:00" in text and "周一至周五" not in text


def test_the_form_of_a_lead_says_on_whose_authority_he_asks() -> None:
    lead = {"case.applicant_role": {"zh": "装修负责人", "en": "renovation lead"}}
    letter = {"case.authority": {"zh": "持张女士委托书", "en": "letter of authority from 张女士"}}
    consent = {"step.consent.by": "张女士", "step.consent.at": "2026-05-01T09:30:00+08:00"}
    text = words(render.render(FORM, printed("stairs-lift-form", {**CARRYING, **lead, **letter}), "lobby"))
    assert "持张女士委托书" in text and "业主本人申请" not in text
    text = words(render.render(FORM, printed("stairs-lift-form", {**CARRYING, **lead, **consent}), "lobby"))
    assert "业主同意" in text and "05-0109:30" in text and "业主本人申请" not in text


def test_the_undertaking_says_what_is_promised_with_the_limits_of_the_estate() -> None:
    text = words(
        render.render(PROMISE, printed("carrying-undertaking", {**SOFA, "setting.lift_load": 300}), "lobby")
    )
    for word in (
        "搬运承诺书", "三人沙发×1", "照价赔偿", "不超过300公斤", "高不超过210厘米", "清扫干净", "一律装袋",
        "易燃、易爆",
        "每天08:00–12:00、14:00–20:00", "承诺人签名", "张女士", "大堂助理签收",
    ):  # fmt: skip
        assert word in text, word


def test_a_free_repair_says_that_nothing_is_charged() -> None:
    nothing = dict.fromkeys(
        (
            "form.materials", "form.works", "form.labour", "step.agree.by", "step.agree.at",
            "step.agree.signature",
        )
    )  # fmt: skip
    used = {"form.used": [{"name": "密封圈", "count": 3}]}
    text = words(render.render(ORDER, printed("repair-order", {**REPAIR, **nothing, **used}), "stub"))
    assert "本次维修不收费" in text and "密封圈3不另收" in text
    assert "不收费，无需确认" in text


DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capital(fen: int) -> str:
    """The rule again, in another way: section by section, zeros between non-zero digits once (中文大写金额)."""
    whole, rest = divmod(fen, 100)
    told, waiting = "", False
    text = str(whole)
    for at, digit in enumerate(text):
        place = len(text) - 1 - at
        if digit == "0":
            waiting = bool(told)
        else:
            told += ("零" if waiting else "") + DIGITS[int(digit)] + ["", "拾", "佰", "仟"][place % 4]
            waiting = False
        if place % 4 == 0 and place and (whole // 10**place) % 10000:
            told += ["", "万", "亿"][place // 4]
    told = f"{told}元" if whole else ("零元" if fen == 0 else "")
    if rest == 0:
        return told + "整"
    jiao, cents = divmod(rest, 10)
    told += f"{DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return told + (f"{DIGITS[cents]}分" if cents else "整")


def test_amounts_in_capitals_as_the_bank_rules_write_them() -> None:
    known = {
        0: "零元整", 1: "壹分", 10: "壹角整", 100: "壹元整", 105: "壹元零伍分", 10900: "壹佰零玖元整",
        120350: "壹仟贰佰零叁元伍角整",
        1000000: "壹万元整", 1000100: "壹万零壹元整", 10000000000: "壹亿元整", 10001000000: "壹亿零壹万元整",
        140950: "壹仟肆佰零玖元伍角整", 1680032: "壹万陆仟捌佰元叁角贰分",
    }  # fmt: skip
    amounts = [*known, *random.Random(5).sample(range(10**12), 200)]
    source = f'#import "slip.typ": capital\n#metadata({tuple(amounts)}.map(capital)) <told>'
    files: dict[str, Any] = {"main.typ": source.encode(), "slip.typ": render.library().encode()}
    inputs = {
        "data": '{"values": {}, "images": {}, "copy": {"id": "a", "title": "a", "keeper": null}, "copies": ["a"]}'
    }
    found = typst.query(
        files, "<told>", field="value", one=True, sys_inputs=inputs, font_paths=fonts.load(fonts.folder())
    )
    told = dict(zip(amounts, json.loads(found), strict=True))
    assert {fen: told[fen] for fen in known} == known
    assert all(told[fen] == capital(fen) for fen in amounts)


def test_a_template_may_print_only_what_its_definition_lists() -> None:
    sly = SLIP.model_copy(update={"template": '#import "slip.typ": *\n#show: slip\n#said("form.phone")'})
    with pytest.raises(Refusal) as why:
        render.render(sly, printed("goods-release-slip", GOODS), "original")
    assert why.value.code == "paper_template"
    assert "form.phone" in why.value.say("zh")


def test_a_templates_warning_is_a_fault() -> None:
    odd = SLIP.model_copy(update={"template": '#set text(font: "No Such Font")\n字'})
    with pytest.raises(Refusal, match="unknown font"):
        render.render(odd, printed("goods-release-slip", GOODS), "original")


def test_a_sealed_paper_without_a_place_for_the_seal_is_a_fault() -> None:
    bare = SLIP.model_copy(update={"template": '#import "slip.typ": *\n#show: slip\n字'})
    with pytest.raises(Refusal, match="exactly once"):
        render.seal_place(bare, printed("goods-release-slip", GOODS), "original")
    broken = SLIP.model_copy(update={"template": "#nothing-known()"})
    with pytest.raises(Refusal, match="unknown variable"):
        render.seal_place(broken, printed("goods-release-slip", GOODS), "original")


def test_an_unknown_copy_is_refused() -> None:
    with pytest.raises(Refusal) as why:
        render.render(SLIP, printed("goods-release-slip", GOODS), "pink")
    assert why.value.code == "unknown_copy"


def test_the_preview_is_marked_and_carries_no_code() -> None:
    values = printed("goods-release-slip", GOODS)
    pages = render.preview(SLIP, {**values, "paper.pass": "A" * 138}, "original")
    assert len(pages) == 1
    assert pages[0].startswith(b"\x89PNG")
    assert pages == render.preview(SLIP, values, "original")


def test_missing_fonts_are_said_clearly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fonts.check()
    monkeypatch.setattr(fonts, "folder", lambda: tmp_path)
    with pytest.raises(Refusal) as why:
        fonts.check()
    assert why.value.code == "font_missing"
    assert "pylopdf-fonts-zh-cn" in why.value.say("zh")


def test_the_seal_lies_in_the_last_of_the_signature_boxes() -> None:
    place = render.seal_place(SLIP, printed("goods-release-slip", GOODS), "original")
    middle = place.x + place.side / 2
    assert 0.75 < middle / 595.28 < 0.95  # A5 on its side is 595.28 points wide


def test_the_order_of_a_repair_on_no_list_bears_the_supervisors_price() -> None:
    special = {
        "form.charge": {"zh": "收费，价目表上没有", "en": "Charged, not on the list"}, "form.materials": None,
        "form.labour": None, "form.works": None, "form.proposal": "补石膏板 0.5 平方米", "form.priced": "260.00",
        "form.priced_how": "人工 160、石膏板 100", "step.price.by": "赵工",
    }  # fmt: skip
    text = words(
        render.render(definition("repair-order"), printed("repair-order", {**REPAIR, **special}), "customer")
    )
    for word in (
        "价目表以外，赵工定价",
        "人工160、石膏板100",
        "要做：补石膏板0.5平方米",
        "260.00",
        "贰佰陆拾元整",
    ):
        assert word in text, word


def test_the_slip_for_things_of_the_office_bears_its_departments_head() -> None:
    ours = {
        "case.unit": None, "case.applicant": None, "case.applicant_role": {"zh": "本处员工", "en": "office staff"},
        "form.colleague": "维修工老郑", "form.department": {"zh": "工程", "en": "Engineering"},
        "step.colleague_signs.by": "维修工老郑", "step.head_signs.by": "赵工",
    }  # fmt: skip
    told = printed("goods-release-slip", {**GOODS, **ours})
    text = words(render.render(definition("goods-release-slip"), told, "original"))
    for word in ("部门", "工程", "维修工老郑（本处员工）", "部门主管", "赵工"):
        assert word in text, word
    assert "业主同意" not in text and "业主同意" in words(
        render.render(definition("goods-release-slip"), printed("goods-release-slip", GOODS), "original")
    )
