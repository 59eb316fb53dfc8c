from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from banli.web import clocks

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)  # 14:00 in China


def read(**minutes: int) -> clocks.Reading:
    due = NOW + timedelta(minutes=minutes.pop("due"))
    given = {name: NOW + timedelta(minutes=value) for name, value in minutes.items()}
    return clocks.read(due, now=NOW, **given)


@pytest.mark.parametrize(
    ("due", "state", "sentence"),
    [
        (31, "calm", "还有 31 分"),
        (30, "amber", "还有 30 分"),
        (0, "amber", "还有 0 秒"),
        (-8, "red", "超时 8 分"),
        (185, "calm", "还有 3 小时 5 分"),
        (180, "calm", "还有 3 小时"),
        (2 * 1440 + 240, "calm", "还有 2 天 4 小时"),
        (9 * 1440 + 240, "calm", "还有 9 天 4 小时"),
        (12 * 1440 + 240, "calm", "还有 12 天"),
        (-318 * 1440 - 600, "red", "超时 318 天"),
    ],
)
def test_a_clock_says_how_long_still_or_how_long_over(due: int, state: str, sentence: str) -> None:
    assert (read(due=due).state, read(due=due).sentence) == (state, sentence)


def test_a_short_clock_warns_in_its_last_quarter() -> None:
    assert read(started=-10, due=5).state == "calm"
    assert read(started=-12, due=3).state == "amber"


def test_the_procedures_own_warning_time_comes_first() -> None:
    assert read(due=120, warn_at=-1).state == "amber"


def test_a_stopped_clock_says_whether_it_was_in_time() -> None:
    met, missed = read(due=-60, stopped=-70), read(due=-60, stopped=-45)
    assert (met.state, met.sentence, met.running) == ("met", "按时", False)
    assert (missed.state, missed.sentence) == ("missed", "超时 15 分")


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (datetime(2026, 5, 1, 6, 30, tzinfo=UTC), "今天 14:30", "today 14:30"),
        (datetime(2026, 5, 1, 16, 30, tzinfo=UTC), "明天 00:30", "tomorrow 00:30"),
        (datetime(2026, 4, 30, 1, 5, tzinfo=UTC), "昨天 09:05", "yesterday 09:05"),
        (datetime(2026, 5, 9, 1, 5, tzinfo=UTC), "5月9日 09:05", "9 May 09:05"),
        (datetime(2025, 5, 9, 1, 5, tzinfo=UTC), "2025-05-09 09:05", "2025-05-09 09:05"),
    ],
)
def test_a_moment_is_told_by_the_offices_day(moment: datetime, zh: str, en: str) -> None:
    assert clocks.told(moment, NOW) == zh
    with translation.override("en"):
        assert clocks.told(moment, NOW) == en


def test_midnight_ends_the_day_before_it() -> None:
    midnight = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)
    assert clocks.told_end(midnight, NOW) == "今天 24:00"
    assert clocks.told_end(midnight + timedelta(days=9), NOW) == "5月10日 24:00"
    assert clocks.told_end(midnight + timedelta(minutes=1), NOW) == "明天 00:01"
    assert clocks.read(midnight, now=NOW).due_told == "今天 24:00"
    with translation.override("en"):
        assert clocks.told_end(midnight, NOW) == "today 24:00"


def test_a_clock_counts_in_english_too() -> None:
    with translation.override("en"):
        assert read(due=185).sentence == "3 h 5 min left"


def test_a_due_time_may_be_written_and_without_a_zone_is_the_offices() -> None:
    assert clocks.read("2026-05-01T14:30", now=NOW).sentence == "还有 30 分"
    with pytest.raises(ValueError, match="not a time"):
        clocks.read("soon", now=NOW)
