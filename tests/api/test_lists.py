"""Lists: page by page, narrowed as asked, and with no more questions to the database for more rows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.estate.models import Building, Unit
from tests.api.caller import Machines, goods_case, repair_case
from tests.api.test_cases import do, opened, refused, sealed
from tests.office import ZONE, Office, today


def queries(call: Callable[[], Any]) -> int:
    """How many questions a call asks the database, once everything is warm."""
    call()
    with CaptureQueriesContext(connection) as asked:
        assert call().status_code == 200
    return len(asked)


def walked(machines: Machines, who: str, path: str) -> list[dict[str, Any]]:
    """Every row of a list, by following ``next``."""
    told: list[dict[str, Any]] = []
    address: str | None = path
    while address:
        page = machines[who].get(address).json()
        told += page["items"]
        address = page["next"]
    return told


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("laoli", "tasks"),
        ("laoli", "registers/goods-release"),
        ("laoli", "procedures"),
        ("laoli", "registers"),
        ("laoli", "posts/technician/staff"),
        ("laoli", "/api/estates"),
    ],
)
def test_a_list_asks_no_more_for_three_rows_than_for_one(
    office: Office, machines: Machines, who: str, path: str
):
    def another() -> None:
        case = sealed(machines, office)
        do(machines, "xiaowang", case, "issue", "issued")
        waits = opened(machines, goods_case(office))
        do(machines, "xiaowang", waits, "sign", "signed", signature="paper")

    another()
    one = queries(lambda: machines[who].get(path))
    another()
    another()
    assert queries(lambda: machines[who].get(path)) == one


def test_units_ask_no_more_for_three_rows_than_for_one(office: Office, machines: Machines):
    for path in ("units", "units?q=12"):
        one = queries(lambda path=path: machines["laoli"].get(path))
        building = Building.objects.get(estate=office.estate)
        for room in ("601", "602") if path == "units" else ("701", "702"):
            Unit.objects.create(estate=office.estate, building=building, entrance="3", room=room)
        assert queries(lambda path=path: machines["laoli"].get(path)) == one


def test_a_case_asks_no_more_for_a_longer_history(office: Office, machines: Machines):
    case = opened(machines, repair_case(office))
    zheng = office.staff("zheng").pk
    do(machines, "xiaowang", case, "dispatch", "dispatched", assignee=zheng)
    do(machines, "zheng", case, "take", "taken")
    do(machines, "zheng", case, "arrive", "no_access", note="家中无人")
    one = queries(lambda: machines["xiaowang"].get(case))
    for _ in range(3):
        do(machines, "xiaowang", case, "dispatch", "dispatched", assignee=zheng)
        do(machines, "zheng", case, "take", "taken")
        do(machines, "zheng", case, "arrive", "no_access", note="家中无人")
    assert queries(lambda: machines["xiaowang"].get(case)) == one


def test_every_row_of_a_list_is_told_once(office: Office, machines: Machines):
    cases = [opened(machines, goods_case(office)) for _ in range(3)]
    for case in cases:
        do(machines, "xiaowang", case, "sign", "signed", signature="paper")
    told = walked(machines, "laoli", "tasks?limit=1")
    assert sorted(task["case"] for task in told) == sorted(int(case.split("/")[-1]) for case in cases)
    assert {task["step"]["name"] for task in told} == {"confirm"}
    building = Building.objects.get(estate=office.estate)
    for room in ("601", "602"):
        Unit.objects.create(estate=office.estate, building=building, entrance="3", room=room)
    assert [unit["room"] for unit in walked(machines, "laoli", "units?limit=1")] == ["502", "601", "602"]


def test_a_register_is_narrowed_by_day_words_and_standing(office: Office, machines: Machines):
    for item in ("沙发", "钢琴"):
        case = opened(machines, goods_case(office, goods=[{"name": item, "count": 1}]))
        do(machines, "xiaowang", case, "sign", "signed", signature="paper")
        do(machines, "laoli", case, "confirm", "approved", signature="paper")
        do(machines, "chen", case, "seal", "sealed")
        do(machines, "xiaowang", case, "issue", "issued")
    do(machines, "zhou", case, "gate", "released", ticked=[0])

    def goods(**asked: Any) -> list[str]:
        rows = machines["laoli"].get("registers/goods-release", **asked).json()["items"]
        return [row["cells"]["goods"]["zh"] for row in rows]

    assert goods() == ["钢琴 × 1，贵重", "沙发 × 1，大件"]
    assert goods(q="沙发") == ["沙发 × 1，大件"]
    assert goods(status="done") == ["钢琴 × 1，贵重"]
    assert goods(since=today(), until=today()) == ["钢琴 × 1，贵重", "沙发 × 1，大件"]
    assert goods(until=today() - timedelta(days=1)) == []
    assert goods(since=date(2199, 12, 31)) == []
    assert [
        row["cells"]["goods"]["zh"] for row in walked(machines, "laoli", "registers/goods-release?limit=1")
    ] == goods()


def test_a_procedure_tells_its_form_and_its_steps(office: Office, machines: Machines):
    told = machines["xiaowang"].get("procedures/home-repair").json()
    assert (told["title"]["zh"], told["may_open"]) == ("家居维修", True)
    form = {field["name"]: field for field in told["form"]}
    assert form["phone"]["private"] and not form["problem"]["private"]
    assert form["booked_at"]["when"] == {"form.urgency": "booked"}
    assert [option["name"] for option in form["urgency"]["options"]] == ["now", "booked"]
    assert [column["name"] for column in form["materials"]["columns"]] == ["name", "count", "price"]
    assert [(column["name"], column["type"]) for column in form["works"]["columns"]] == [
        ("item", "choice"), ("count", "integer"), ("price", "money"),
    ]  # fmt: skip
    steps = {step["name"]: step for step in told["steps"]}
    assert (steps["dispatch"]["assigns"], steps["arrive"]["assigned_by"]) == ("technician", "dispatch")
    assert steps["agree"]["signature"] and steps["agree"]["outsider"] == "resident"
    assert [item["name"] for item in steps["quote"]["checklist"]] == ["identified", "told"]
    assert {outcome["name"] for outcome in steps["follow_up"]["outcomes"]} >= {"satisfied", "no_answer"}
    assert steps["visit_book"]["automatic"] and steps["visit_book"]["outcomes"] == []


def test_a_step_tells_the_prices_that_are_told_at_it(office: Office, machines: Machines):
    steps = {s["name"]: s for s in machines["xiaowang"].get("procedures/home-cleaning").json()["steps"]}
    line = steps["price"]["prices"][0]
    assert (line["name"], line["fen"], line["unit"]["en"]) == ("cleaning-daily", 4000, "person and hour")
    assert steps["request"]["prices"] == []


def test_a_case_leads_to_the_version_of_its_procedure(office: Office, machines: Machines):
    version = machines["xiaowang"].get(opened(machines, goods_case(office))).json()["version"]
    told = machines["laoli"].get("procedures/goods-release", version=version).json()
    assert (told["version"], told["may_open"]) == (version, False)
    refused(machines["laoli"].get("procedures/goods-release", version="0" * 64), 404, "not_found")
    refused(machines["laoli"].get("procedures/no-such-thing"), 404, "not_found")


def test_a_room_is_found_however_it_is_written(office: Office, machines: Machines):
    for written in ("12-3-502", "12栋3单元502", "502"):
        (unit,) = machines["xiaowang"].get("units", q=written).json()["items"]
        assert unit["key"] == "12-3-502"
    told = machines["xiaowang"].get("units", q="12-3-503").json()
    assert (told["items"], [unit["key"] for unit in told["nearest"]]) == ([], ["12-3-502"])


def test_the_people_of_a_home_are_told_with_their_roles(office: Office, machines: Machines):
    told = machines["xiaowang"].get(f"units/{office.unit.pk}").json()
    assert [(one["name"], one["role"]) for one in told["people"]] == [
        ("业主张女士", "owner"),
        ("租户刘先生", "tenant"),
    ]
    assert told["unit"]["address"] == "12栋3单元502"


def test_a_task_says_why_one_may_not_do_it(office: Office, machines: Machines):
    case = opened(machines, goods_case(office))
    (task,) = machines["chen"].get(case).json()["tasks"]
    assert task["refused"]["code"] == "wrong_post"
    (task,) = machines["xiaowang"].get(case).json()["tasks"]
    assert task["refused"] is None


def test_a_task_for_the_gate_waits_for_the_pass_and_its_goods(office: Office, machines: Machines):
    case = sealed(machines, office)
    do(machines, "xiaowang", case, "issue", "issued")
    (task,) = machines["zhou"].get("tasks", post="gate", procedure="goods-release").json()["items"]
    assert (task["step"]["rows"], task["unit"], task["refused"]) == ("goods", "12-3-502", None)
    due = datetime.fromisoformat(task["due_at"]).astimezone(ZONE)
    assert (due.date(), due.hour) == (today() + timedelta(days=1), 0)  # when the day is over at the office
    assert machines["zhou"].get("tasks", procedure="home-repair").json()["items"] == []
