"""The stage scenarios are played on: rows, money, deputies, time, and what the usual is."""

import shutil
from pathlib import Path

import pytest

from banli.engine.check import examine
from banli.engine.faults import Fault
from banli.engine.load import load
from banli.engine.scenarios import play

BROKEN = Path(__file__).parent / "broken"
PROCEDURE = """
procedure: small
title: {zh: 办卡, en: Cards}
opened_by: front_desk
applicant: {roles: [owner, tenant]}
form:
  workers:
    type: table
    label: {zh: 工人, en: Workers}
    columns: {name: {type: person_name, label: {zh: 姓名, en: Name}}}
  remark: {type: text, label: {zh: 备注, en: Remark}, required: false}
steps:
  call: {verb: call, by: front_desk}
  fill: {verb: fill, by: front_desk, asks: workers}
  pay: {verb: pay, by: supervisor, fees: {price: card, times: form.workers}}
  cards:
    each: form.workers
    steps:
      look: {verb: inspect, by: front_desk, back_to: look, checklist: {photo: {zh: 照片, en: Photograph}}}
      hand: {verb: hand_over, by: applicant, at: front_desk, asks: remark, checklist: {card: {zh: 卡, en: Card}}}
  rest: {verb: wait}
clocks:
  resting:
    title: {zh: 等, en: Rest}
    starts: rest.opened
    stops: [rest.over, call.opened, fill.opened]
    within: setting.soon
    late: {step: rest, outcome: over, tell: director}
withdraw: {by: front_desk, before: hand}
override: {by: director, to: [call, fill]}
"""
STORIES = """
scenarios: small
given:
  now: 2026-05-06 09:00
  cast: {小王: [front_desk, technician], 老李: supervisor, 陈主任: director}
answers:
  fill: {workers: [{name: 张三}, {name: 李四}]}
stories:
  whole:
    title: {zh: 两张卡, en: Two cards}
    given: {settings: {soon: 1d}, cast: {老李: {director: 陈主任, supervisor: 老李}}}
    when:
      - {who: 小王, opens: true}
      - {who: 小王, does: call, outcome: no_answer, at: "09:10"}
      - then: {open: call}
      - {who: 小王, does: call}
      - {who: 小王, does: fill}
      - then: {open: pay, charged: {pay: 1000}}
      - {who: 老李, does: pay, fen: 500, refused: amount_differs}
      - {who: 老李, does: pay}
      - then: {open: [look@1, look@2]}
      - {who: 小王, does: look@2, ticked: [], refused: checklist_open}
      - {who: 小王, does: look@2}
      - {who: 小王, does: look@1, outcome: failed}
      - {who: 小王, does: hand@2, answers: {remark: 补照片}}
      - then: {open: look@1, stands: [look@2, hand@2], lapsed: look@1}
      - {who: 小王, withdraws: 不办了, refused: withdraw_late}
      - {who: 小王, does: look@1}
      - {who: 小王, does: hand@1, unsigned: true, refused: signature_required}
      - {who: 小王, does: hand@1}
      - then: {open: rest, running: resting}
      - after: 3h
      - then: {open: rest}
      - until: 2026-05-08 00:00
      - then: {status: done, told: director}
      - {who: 老李, reopens: fill}
    then: {status: open, open: fill}
"""


def played(tmp_path: Path, procedure: str = PROCEDURE, stories: str = STORIES) -> list[Fault]:
    folder = tmp_path / "small"
    shutil.copytree(BROKEN / "_sound", folder)
    (folder / "procedures" / "small.yaml").write_text(procedure, "utf-8")
    (folder / "procedures" / "small.scenarios.yaml").write_text(stories, "utf-8")
    report = examine(load(folder))
    return report.faults


def test_rows_money_deputies_and_time_are_played(tmp_path: Path) -> None:
    faults = played(tmp_path)
    assert faults == [], "\n".join(map(str, faults))


def test_a_day_is_over_at_midnight_not_after_twenty_four_hours(tmp_path: Path) -> None:
    early = STORIES.replace("- until: 2026-05-08 00:00", "- until: 2026-05-07 23:59")
    (fault,) = played(tmp_path, stories=early)
    assert (fault.code, fault.key) == ("scenario_differs", "stories.whole.when.22.then.status")


def test_a_story_of_another_procedure_is_in_the_wrong_file(tmp_path: Path) -> None:
    (fault,) = played(tmp_path, stories=STORIES.replace("scenarios: small", "scenarios: large"))
    assert (fault.code, fault.key) == ("file_name", "scenarios")


def test_a_procedure_without_stories_is_played_without(tmp_path: Path) -> None:
    shutil.copytree(BROKEN / "_sound", tmp_path / "small")
    (tmp_path / "small" / "procedures" / "small.scenarios.yaml").unlink()
    told = play(load(tmp_path / "small"), "small")
    assert (told.stories, told.faults) == (0, [])


def test_a_story_with_a_wrong_key_is_refused_at_its_line(tmp_path: Path) -> None:
    faults = played(tmp_path, stories=STORIES.replace("does: call, outcome", "do: call, outcome"))
    told = [(fault.line, fault.key.split(".", 3)[-1], fault.code) for fault in faults]
    assert told == [(14, "1.do", "unknown_key"), (14, "1.does", "missing")]
    assert "does" in faults[0].advice.en


DEPOSITS = """
procedure: small
title: {zh: 小流程, en: Small}
opened_by: front_desk
applicant: {roles: [owner, tenant]}
form:
  men: {type: table, label: {zh: 人, en: People}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
steps:
  fill: {verb: fill, by: front_desk, asks: men}
  pay: {verb: pay, by: supervisor, fees: [{price: bond, times: form.men}, {price: card, times: form.men}]}
  back: {verb: refund, by: supervisor, of: pay, checklist: {receipt: {zh: 收据, en: Receipt}}}
"""
TOLD = """
scenarios: small
given:
  prices: {card: 300}
  deposits: {bond: 4000}
  cast: {小王: front_desk, 老李: supervisor}
answers:
  fill: {men: [{name: 甲}, {name: 乙}]}
stories:
  whole:
    title: {zh: 押金, en: Deposits}
    when:
      - {who: 小王, opens: true}
      - then: {held: 4000}
      - {who: 小王, does: fill}
      - then: {charged: {pay: 16600}, held: 4000}
      - {who: 老李, does: pay, fen: 20600, refused: amount_differs}
      - {who: 老李, does: pay}
      - then: {held: 20000, refunded: {}, spent: {}}
      - {who: 老李, does: back, ticked: [], refused: checklist_open}
      - {who: 老李, does: back, outcome: not_yet}
      - {who: 老李, does: back}
    then: {status: done, held: 0, refunded: {back: 20000}}
"""


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("held: 20000", ""),
        ("held: 20001", "held"),
        ("refunded: {back: 1}", "refunded"),
        ("spent: {pay: 1}", "spent"),
    ],
)
def test_what_is_held_given_back_and_spent_can_be_told(told: str, key: str, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(BROKEN / "deposit_left", folder)
    shutil.copytree(BROKEN / "_sound", folder, dirs_exist_ok=True)
    shutil.copy(BROKEN / "deposit_left" / "prices.yaml", folder / "prices.yaml")
    (folder / "procedures" / "small.yaml").write_text(DEPOSITS, "utf-8")
    stories = TOLD.replace("held: 20000", told) if "held" in told else TOLD
    stories = stories.replace("refunded: {}, spent: {}", told) if key in ("refunded", "spent") else stories
    (folder / "procedures" / "small.scenarios.yaml").write_text(stories, "utf-8")
    faults = examine(load(folder)).faults
    assert [fault.key.split(".")[-1] for fault in faults] == ([key] if key else []), "\n".join(
        map(str, faults)
    )
