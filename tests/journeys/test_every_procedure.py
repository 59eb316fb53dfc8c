"""Each procedure is walked in a browser by the people it names: here stands in which journey."""

import ast
from pathlib import Path

import pytest

from tests.property_pack import property_pack

HERE = Path(__file__).parent
PROPERTY = HERE.parents[1] / "packs" / "property"
#: Procedure → the journey, or what several journeys share, and what is pressed to begin it.
JOURNEYS = {
    "renovation": ("renovation", "装修申请与许可"),
    "violation": ("violation", "违规装修处理"),
    "goods-release": ("goods_release", "物品放行条"),
    "worker-card": ("renovation", "装修人员出入证"),
    "renovation-extension": ("renovating", "装修延期"),
    "additional-item": ("additional_item", "增加项目"),
    "hot-work": ("hot_work", "动火许可证"),
    "opening": ("additional_item", "开户"),
    "home-cleaning": ("home_cleaning", "家居清洁"),
    "home-repair": ("home_repair", "家居维修"),
    "network-opening": ("network", "网络开通"),
    "network-change": ("network", "网络变更"),
    "stairs-lift": ("stairs_lift", "使用楼梯"),
    "complaint": ("complaint", "有效投诉"),
    "communication": ("communication", "沟通性投诉"),
    "call": ("telephone", "/open/call/"),
    "visitor": ("visitors", "来访登记"),
    "work-order": ("work_orders", "/open/work-order/"),
    "resident-care": ("campaigns", "立件并分给回访人"),
    "parking-place": ("parking", "车辆定点停放"),
}


def test_every_procedure_has_its_journey() -> None:
    assert set(JOURNEYS) == set(property_pack().pack.procedures)


@pytest.mark.parametrize("procedure", JOURNEYS)
def test_the_journey_of_a_procedure_begins_it(procedure: str) -> None:
    name, pressed = JOURNEYS[procedure]
    here = HERE / f"test_{name}.py"
    written = (here if here.exists() else HERE / f"{name}.py").read_text("utf-8")
    said = [one.value for one in ast.walk(ast.parse(written)) if isinstance(one, ast.Constant)]
    assert any(pressed in one for one in said if isinstance(one, str)), (
        f"{procedure}: nobody presses {pressed}"
    )
