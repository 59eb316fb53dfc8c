"""The one evaluator: every verdict there is, and which one wins."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.gate.verdict import REASONS, Slip, Standing, Verdict, evaluate, from_refusal
from banli.papers.passes import Claims

ZONE = ZoneInfo("Asia/Shanghai")
DAWN = datetime(2026, 5, 1, tzinfo=ZONE)
NOON, NIGHT = DAWN + timedelta(hours=12), DAWN + timedelta(hours=23, minutes=59)
SLIP = Slip(1, "FX-2026-000123", "TOKEN", "valid", valid_from=DAWN, valid_until=NIGHT)
CLAIMS = Claims(estate_id=1, paper_id=7, valid_until=NIGHT, token="TOKEN")
USED = replace(SLIP, state="used", used_at=NOON, used_by="老周")


def judge(
    slip: Slip | None, claims: Claims | None = CLAIMS, now: datetime = NOON, estate: int = 1
) -> Verdict:
    return evaluate(slip, claims, now, estate, ZONE)


@pytest.mark.parametrize(
    ("slip", "claims", "now", "estate", "kind"),
    [
        (SLIP, CLAIMS, NOON, 1, "go"),
        (SLIP, None, NOON, 1, "go"),
        (SLIP, CLAIMS, DAWN, 1, "go"),
        (SLIP, CLAIMS, NIGHT, 1, "go"),
        (replace(SLIP, valid_from=None, valid_until=None), None, NOON, 1, "go"),
        (SLIP, CLAIMS, DAWN - timedelta(seconds=1), 1, "not_yet"),
        (SLIP, CLAIMS, NIGHT + timedelta(seconds=1), 1, "expired"),
        (replace(SLIP, state="expired"), CLAIMS, NOON, 1, "expired"),
        (replace(SLIP, state="void", void_reason="数量不符"), CLAIMS, NOON, 1, "void"),
        (USED, CLAIMS, NOON, 1, "used"),
        (USED, CLAIMS, NIGHT + timedelta(days=9), 1, "used"),
        (SLIP, CLAIMS, NOON, 2, "foreign"),
        (None, CLAIMS, NOON, 2, "foreign"),
        (SLIP, None, NOON, 2, "foreign"),
        (None, CLAIMS, NOON, 1, "unknown"),
        (None, None, NOON, 1, "unknown"),
        (replace(SLIP, token="ANOTHER"), CLAIMS, NOON, 1, "unknown"),
    ],
)
def test_every_verdict(
    slip: Slip | None, claims: Claims | None, now: datetime, estate: int, kind: str
) -> None:
    told = judge(slip, claims, now, estate)
    assert told.kind == kind
    assert told.go == (kind == "go")
    assert told.word.zh == ("可放行" if kind == "go" else "拒绝")
    assert told.sentence.zh and told.sentence.en


def test_a_used_slip_says_when_and_by_whom() -> None:
    told = judge(USED)
    assert told.sentence.zh == "此条已于 2026-05-01 12:00 由 老周 放行，不能再用。"
    assert (told.used_at, told.used_by) == (NOON, "老周")


def test_a_void_slip_says_why() -> None:
    assert "数量不符" in judge(replace(SLIP, state="void", void_reason="数量不符")).sentence.zh


def test_the_end_of_a_day_is_told_as_24_00() -> None:
    midnight = DAWN + timedelta(days=1)
    told = judge(replace(SLIP, valid_until=midnight), now=midnight + timedelta(minutes=1))
    assert "2026-05-01 24:00 过期" in told.sentence.zh


def test_another_estates_pass_tells_nothing_of_itself() -> None:
    assert judge(USED, estate=2).number == ""


def test_codes_that_do_not_even_pass_their_signature() -> None:
    assert from_refusal(Refusal("pass_forged")).kind == "forged"
    assert from_refusal(Refusal("pass_malformed")).kind == "unknown"


def test_only_what_may_go_is_green() -> None:
    slips = [SLIP, USED, replace(SLIP, state="void"), replace(SLIP, state="expired"), None]
    assert [judge(slip).tone for slip in slips] == ["jade", "red", "red", "amber", "red"]


MORNINGS = Text(zh="每天 08:00–12:00", en="daily 08:00–12:00")
PERMIT = Text(zh="装修许可", en="renovation permit")
CARD = replace(SLIP, valid_from=None, standing=Standing(person=True, rests="stands", record=PERMIT))


def standing(**told: object) -> Slip:
    assert CARD.standing is not None
    return replace(CARD, standing=replace(CARD.standing, **told))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("slip", "kind", "tone", "said"),
    [
        (CARD, "go", "jade", "核对照片"),
        (standing(person=False), "go", "jade", "此证有效"),
        (standing(use=""), "not_in_use", "amber", "没有盖章"),
        (standing(use="given_back"), "given_back", "red", "已交回"),
        (standing(use="lost"), "lost", "red", "报告值班主任"),
        (standing(use="over"), "expired", "amber", "已到期"),
        (standing(use="renewed"), "renewed", "amber", "凭新证进入"),
        (standing(replaced=True), "renewed", "amber", "凭新证进入"),
        (replace(standing(use="renewed"), state="void"), "given_back", "red", "已交回"),
        (replace(standing(use="renewed", replaced=True), state="void"), "renewed", "amber", "凭新证进入"),
        (standing(rests="missing"), "no_record", "red", "装修许可已停止"),
        (standing(rests="over"), "record_over", "amber", "装修许可的期限已到"),
        (standing(rests=""), "go", "jade", "核对照片"),
        (standing(hours=MORNINGS, in_hours=False), "off_hours", "amber", "每天 08:00–12:00"),
        (replace(CARD, state="void", void_reason="换人"), "void", "red", "此证已作废（换人）"),
        (replace(standing(use="lost"), state="void", void_reason="报失"), "lost", "red", "已报失"),
        (replace(CARD, valid_until=DAWN), "expired", "amber", "2026-04-30 24:00 过期"),
        (replace(standing(rests="missing"), valid_until=DAWN), "expired", "amber", "过期"),
    ],
)  # fmt: skip
def test_every_verdict_on_a_card(slip: Slip, kind: str, tone: str, said: str) -> None:
    told = judge(slip)
    assert (told.kind, told.tone) == (kind, tone)
    assert said in told.sentence.zh and told.sentence.en and "{" not in told.sentence.en
    assert told.go or told.kind in REASONS


def test_a_person_comes_in_and_a_permit_is_in_force() -> None:
    assert judge(CARD).word.zh == "可进入"
    assert judge(standing(person=False)).word.zh == "有效"
    assert judge(SLIP).word.zh == "可放行"
    assert judge(standing(use="lost")).word.zh == "拒绝"
