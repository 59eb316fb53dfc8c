"""The demo's morning can be made at any hour of the day, also shortly after midnight."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from banli.cases.models import Case
from banli.config import demo, demo_cases
from banli.estate.models import Estate
from tests.office import load_packs


@pytest.mark.parametrize("hour", ["00:10", "01:30", "03:05", "09:00", "23:50"])
def test_the_demo_is_made_at_any_hour(db: None, monkeypatch: pytest.MonkeyPatch, hour: str) -> None:
    load_packs()
    monkeypatch.setattr(demo_cases, "load", lambda estate: 0)
    demo.load()
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    now = datetime.fromisoformat(f"{today}T{hour}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    for stage in demo_cases.stages(demo_cases.Morning(Estate.objects.get(code="cuihu"), now)):
        stage()
    assert Case.objects.filter(status="done").count() >= 2
