"""A workbook from the supervisor's desk: tried, taken in, taken in again, undone; the audit has nothing to say."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases.audit import chains, heads
from banli.cases.audit.estates import residents
from banli.engine.refusals import Refusal
from banli.estate.actions import Particulars, correct_person
from banli.estate.belongings import FormerParticulars, PaymentStanding, Vehicle
from banli.estate.intake import actions, template, work
from banli.estate.intake.kinds import KINDS
from banli.estate.intake.models import Intake
from banli.estate.models import Building, Estate, Occupancy, Person, Unit
from banli.estate.moving import move_out
from banli.estate.searching import search
from banli.journal.models import Entry
from tests.estate.home import PHONE, Home, id_number
from tests.estate.intake.books import PEOPLE, UNITS, workbook

SHEETS: dict[str, list[list[Any]]] = {
    "楼栋": [["栋号*", "名称", "别名"], ["16", "十六号楼", "北楼、会馆"]],
    "房屋": [UNITS, ["16", "1", "101", 1, 89.5], ["16", "1", "0102", "1层", "90.00㎡"], ["12", "3", "502", 5, 120]],
    "人员": [
        PEOPLE,
        ["16-1-101", "业主", "钱一", 13800138001, None, id_number(7), "2024-06-01"],
        ["16栋1单元101", "家庭成员", "钱二", None, None, None, "2024年6月1日"],
        ["十六幢一单元一〇二", "租客", "钱一", "138 0013 8001", None, None, 45444, "2099/12/31"],
        ["12-3-502", "业主", "张女士", "13911112222"],
    ],
    "车辆": [["房号*", "车牌号*", "颜色与品牌", "固定车位"], ["16-1-101", "浙a·12345", "白色 大众", "B1-023"]],
    "缴费": [["房号*", "截至*", "已缴至", "欠费(元)"], ["16-1-101", "2026-06-30", "2026-03-31", 1234.5]],
}  # fmt: skip


def run(home: Home, content: bytes) -> Intake:
    """What the worker does with a workbook that was just sent in."""
    intake = actions.send_in(by=home.office.desk("laoli"), name="资料.xlsx", content=content)
    work.go_on(intake.pk)
    intake.refresh_from_db()
    return intake


def taken_in(home: Home, **sheets: Any) -> Intake:
    intake = run(home, workbook(**sheets))
    assert intake.state == "checked", intake.faults
    actions.confirm(by=home.office.desk("laoli"), intake=intake)
    work.go_on(intake.pk)
    intake.refresh_from_db()
    assert intake.state == "done", intake.faults
    return intake


def undone(home: Home, intake: Intake) -> Intake:
    actions.undo(by=home.office.desk("laoli"), intake=intake)
    work.go_on(intake.pk)
    intake.refresh_from_db()
    return intake


def everything() -> dict[str, list[Any]]:
    """What the house holds of what a workbook may touch, without the numbers of rows."""
    return {
        "buildings": list(Building.objects.order_by("pk").values_list("code", "name", "aliases")),
        "units": list(Unit.objects.order_by("pk").values_list("key", "floor", "area")),
        "people": list(
            Person.objects.order_by("pk").values_list("name", "phone_index", "id_index", "pinyin")
        ),
        "lives": list(
            Occupancy.objects.order_by("pk").values_list(
                "unit__key", "person__name", "role", "since", "until"
            )
        ),
        "vehicles": list(Vehicle.objects.values_list("plate", "place")),
        "standings": list(PaymentStanding.objects.values_list("owed", "paid_until")),
    }


def sound() -> bool:
    found = [*residents(), *chains(), *heads()]
    assert not found, found
    return True


def test_trying_changes_nothing_and_says_what_would_happen(home: Home):
    before = everything()
    intake = run(home, workbook(**SHEETS))
    assert (intake.state, intake.total, intake.done) == ("checked", 10, 10)
    assert intake.tally["units"] == {"new": 2, "changed": 1, "same": 0, "faulty": 0}
    assert intake.tally["people"] == {"new": 3, "changed": 1, "same": 0, "faulty": 0}
    assert everything() == before


def test_a_workbook_fills_the_house(home: Home):
    intake = taken_in(home, **SHEETS)
    assert intake.sealed == ""
    assert intake.taken == intake.tally
    desk = home.office.desk("xiaowang")
    assert [unit.key for unit in search(desk, "会馆101").units] == ["16-1-101"]
    [found] = search(desk, "qianyi").persons
    assert [(each.unit.key, each.role) for each in found.homes] == [
        ("16-1-101", "owner"),
        ("16-1-102", "tenant"),
    ]
    assert found.phone == "138****8001"
    assert [one.plate for one in search(desk, "A12345").vehicles] == ["浙A12345"]
    assert PaymentStanding.objects.get().owed == 123450
    lives = Occupancy.objects.get(unit__key="16-1-102")
    assert (lives.since, lives.until) == (date(2024, 6, 1), date(2099, 12, 31))
    assert Unit.objects.get(estate=home.office.cuihu, key="12-3-502").area == 120
    assert sound()


def test_what_was_corrected_is_kept_beside_it_sealed(home: Home):
    taken_in(home, **SHEETS)
    home.owner.refresh_from_db()
    assert home.owner.phone == "13911112222"
    former = FormerParticulars.objects.get(person=home.owner)
    assert (former.name, former.phone) == ("张女士", PHONE)
    assert PHONE not in str(FormerParticulars.objects.values("phone").get())
    told = Entry.objects.get(kind="person_corrected")
    assert told.body == {"person": home.owner.pk, "changed": ["phone"]}


def test_taking_in_the_same_again_changes_nothing(home: Home):
    taken_in(home, **SHEETS)
    before, entries = everything(), Entry.objects.filter(kind__in=["moved_in", "taken_in"]).count()
    again = taken_in(home, **SHEETS)
    assert {name: one["same"] for name, one in again.taken.items()} == {
        "buildings": 1, "units": 3, "people": 4, "vehicles": 1, "standings": 1,
    }  # fmt: skip
    assert everything() == before
    assert Entry.objects.filter(kind__in=["moved_in", "taken_in"]).count() == entries


def test_a_changed_row_updates_and_never_doubles(home: Home):
    taken_in(home, **SHEETS)
    people = [PEOPLE, ["16-1-101", "家庭成员", "钱二", "13700000001", None, None, None, "2099-01-01"]]
    taken_in(home, 人员=people)
    [second] = Person.objects.filter(name="钱二")
    assert second.phone == "13700000001"
    assert Occupancy.objects.get(person=second).until == date(2099, 1, 1)
    assert sound()


def test_a_lease_that_goes_on_is_a_row_of_its_own(home: Home):
    taken_in(home, **SHEETS)
    taken_in(home, 人员=[PEOPLE, ["16-1-102", "租户", "钱一", "13800138001", None, None, None, "2100-12-31"]])
    rows = Occupancy.objects.filter(unit__key="16-1-102").order_by("since").values_list("since", "until")
    assert list(rows) == [(date(2024, 6, 1), date(2099, 12, 31)), (date(2100, 1, 1), date(2100, 12, 31))]


def test_undoing_leaves_the_house_as_it_was(home: Home):
    before = everything()
    intake = undone(home, taken_in(home, **SHEETS))
    assert intake.state == "undone", intake.faults
    assert everything() == before
    home.owner.refresh_from_db()
    assert home.owner.phone == PHONE
    assert sound()
    assert taken_in(home, **SHEETS).state == "done"  # and it may come in again
    assert sound()


def test_what_was_changed_since_cannot_be_undone(home: Home):
    intake = taken_in(home, **SHEETS)
    person = Person.objects.get(name="钱二")
    correct_person(
        by=home.office.desk("xiaowang"), person=person, particulars=Particulars("钱二", "13700000002")
    )
    before = everything()
    intake = undone(home, intake)
    assert intake.state == "done"
    assert "钱二" in intake.faults[0]["zh"]
    assert everything() == before


def test_what_is_used_since_cannot_be_undone(home: Home):
    intake = taken_in(home, **SHEETS)
    home.move_in("后来的", unit=Unit.objects.get(key="16-1-102"))
    assert undone(home, intake).state == "done"
    assert intake.faults[0]["zh"].startswith("导入的内容已被使用")
    assert Unit.objects.filter(key="16-1-102").exists()


def test_somebody_who_moved_out_since_stops_the_undoing(home: Home):
    intake = taken_in(home, **SHEETS)
    lives = Occupancy.objects.get(unit__key="16-1-101", role="family")
    move_out(by=home.office.desk("xiaowang"), occupancy=lives, until=timezone.localdate())
    assert undone(home, intake).state == "done"


WRONG: list[tuple[str, list[list[Any]], str, str]] = [
    ("人员", [PEOPLE, ["12-3-502", "业主"]], "C2", "请填写"),
    ("人员", [PEOPLE, ["12-3-502", "老板", "甲"]], "B2", "业主"),
    ("人员", [PEOPLE, ["99-1-101", "业主", "甲"]], "A2", "99-1-101"),
    ("人员", [PEOPLE, ["张三家", "业主", "甲"]], "A2", "12-3-502"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", "123"]], "D2", "电话号码不对"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", None, None, "110101199003071230"]], "F2", "校验位"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", None, None, 110101199003071234]], "F2", "文本格式"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", None, None, id_number()]], "F2", "张女士"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", None, None, None, "5月1日"]], "G2", "2026-05-01"),
    ("人员", [PEOPLE, ["12-3-502", "业主", "甲", None, None, None, "2026-05-02", "2026-05-01"]], "H2", "2026-05-02"),
    ("人员", [PEOPLE, ["12-3-502", "租户", "甲"], ["12栋3单元502", "租户", "甲"]], "C3", "第 2 行"),
    ("人员", [PEOPLE, *[["12-3-502", "租户", n, None, None, id_number(9)] for n in ("甲", "乙")]], "F3", "第 2 行"),
    ("房屋", [UNITS, ["77", "1", "101"]], "A2", "77 栋"),
    ("房屋", [UNITS, ["12", "1", "101", "六楼"]], "D2", "整数"),
    ("房屋", [UNITS, ["12", "9", "101"], ["12", "9", "0101"]], "C3", "第 2 行"),
    ("楼栋", [["栋号*", "名称"], ["北 楼", "北楼"]], "A2", "字母和数字"),
    ("车辆", [["房号*", "车牌号*"], ["12-3-502", "A12345"]], "B2", "浙A12345"),
    ("缴费", [["房号*", "截至*", "欠费(元)"], ["12-3-502", "2026-06-30", "一千"]], "C2", "1234.50"),
    ("小区", [["短码*", "名称*"], ["songfeng", "松风里"]], "A2", "cuihu"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "rows", "cell", "said"), WRONG)
def test_every_fault_is_told_by_its_cell_in_plain_words(
    home: Home, sheet: str, rows: list[list[Any]], cell: str, said: str
):
    before = everything()
    intake = run(home, workbook(**{sheet: rows}))
    assert intake.state == "faulty"
    [fault] = intake.faults
    assert (fault["sheet"], f"{fault['column']}{fault['row']}") == (sheet, cell)
    assert said in fault["zh"]
    assert fault["en"] and fault["en"] != fault["zh"]
    assert everything() == before
    with pytest.raises(Refusal) as why:
        actions.confirm(by=home.office.desk("laoli"), intake=intake)
    assert why.value.code == "intake_not_ready"


def test_all_that_is_wrong_in_a_row_is_told_at_once(home: Home):
    row = ["12-3-502", "房东", None, "123", "居民身份证", "110101199003071230", "2026-13-01"]
    intake = run(home, workbook(人员=[PEOPLE, row]))
    assert sorted(f"{one['column']}{one['row']}" for one in intake.faults) == ["B2", "C2", "D2", "F2", "G2"]


def test_what_is_not_known_is_left_out_and_said(home: Home):
    intake = run(home, workbook(人员=[[*PEOPLE, "职业"], ["12-3-502", "业主", "甲"]], 备注=[["随便"]]))
    assert intake.state == "checked"
    assert {one["zh"] for one in intake.notes} == {
        "没有导入“备注”表。",
        "“人员”表的“职业”列不认识，没有导入。",
    }


def test_a_workbook_without_any_known_sheet_is_refused(home: Home):
    assert run(home, workbook(表1=[["甲"]])).faults[0]["zh"].startswith("没有找到可以导入的表")


def test_a_worker_that_dies_goes_on_where_it_was(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work, "BATCH", 2)
    rows = [["12-3-502", "家庭成员", f"家人{name}"] for name in "甲乙丙丁戊己庚"]
    intake = run(home, workbook(人员=[PEOPLE, *rows]))
    actions.confirm(by=home.office.desk("laoli"), intake=intake)
    whole, batches = work._write, []

    def dying(*told: Any) -> None:
        whole(*told)
        batches.append(1)
        if len(batches) == 3:
            raise KeyboardInterrupt  # as a killed worker: this batch is not committed

    monkeypatch.setattr(work, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        work.go_on(intake.pk)
    intake.refresh_from_db()
    assert (intake.state, intake.done) == ("importing", 4)
    work.go_on(intake.pk)
    intake.refresh_from_db()
    assert (intake.state, intake.done) == ("done", 7)
    assert Occupancy.objects.filter(person__name__startswith="家人").count() == 7
    work.go_on(intake.pk)  # a job that is run twice
    assert Occupancy.objects.filter(person__name__startswith="家人").count() == 7
    assert sound()
    assert undone(home, intake).state == "undone"
    assert not Person.objects.filter(name__startswith="家人").exists()


def test_what_breaks_is_stopped_and_can_be_undone(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work, "BATCH", 1)
    intake = run(home, workbook(人员=[PEOPLE, *[["12-3-502", "家庭成员", f"家人{n}"] for n in "甲乙"]]))
    actions.confirm(by=home.office.desk("laoli"), intake=intake)
    home.move_in("家人乙")  # somebody at the counter was quicker; the same person, so nothing is doubled
    work.go_on(intake.pk)
    intake.refresh_from_db()
    assert (intake.state, intake.taken["people"]["same"]) == ("done", 1)
    other = run(home, workbook(人员=[PEOPLE, ["12-3-503", "家庭成员", "丙"]]))
    actions.confirm(by=home.office.desk("laoli"), intake=other)
    Unit.objects.filter(key="12-3-503", estate=home.office.cuihu).delete()
    work.go_on(other.pk)
    other.refresh_from_db()
    assert (other.state, other.done) == ("stopped", 0)
    assert undone(home, other).state == "undone"


def test_one_at_a_time_and_once(home: Home):
    desk = home.office.desk("laoli")
    sent = {"by": desk, "name": "资料.xlsx", "content": workbook(**SHEETS), "key": "workbook-key-1"}
    first = actions.send_in(**sent)
    assert actions.send_in(**sent) == first
    with pytest.raises(Refusal) as why:
        actions.send_in(**{**sent, "key": "workbook-key-2"})
    assert why.value.code == "intake_busy"
    actions.drop(by=desk, intake=first)
    first.refresh_from_db()
    assert (first.state, first.sealed) == ("dropped", "")
    work.go_on(first.pk)
    first.refresh_from_db()
    assert first.state == "dropped"


def test_a_workbook_lies_sealed_and_is_forgotten_after_a_week(home: Home):
    intake = run(home, workbook(**SHEETS))
    assert "钱一" not in intake.sealed and intake.sealed.startswith("v1.")
    Intake.objects.update(changed_at=timezone.now() - timedelta(days=8))
    assert actions.drop_forgotten() == 1
    intake.refresh_from_db()
    assert (intake.state, intake.sealed) == ("dropped", "")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_taken_in_as_it_is(home: Home, language: str):
    estate = Estate.objects.get(pk=home.office.cuihu.pk)
    file = io.BytesIO()
    template.write(file, estate, language)
    intake = run(home, file.getvalue())
    assert intake.state == "checked", intake.faults
    assert set(intake.tally) == {kind.key for kind in KINDS}
