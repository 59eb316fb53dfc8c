"""The figures of the bench: what they are reckoned from, and where they are written."""

from pathlib import Path

import pytest

from banli.bench.chart import bars
from banli.bench.flow import Pace
from banli.bench.pages import Timed
from banli.bench.report import BEGIN, END, Report, Size


def test_a_ratio_is_the_median_of_the_rounds_not_of_the_sums():
    limits = {"one": [100.0, 100.0, 40.0], "other": [20.0, 50.0, 30.0]}
    pace = Pace(1, ours=[10, 50, 30], python=[9, 8, 12], limits=limits)
    assert (pace.ratio("one"), pace.spread("one")) == (0.5, (0.1, 0.75))
    assert (pace.ratio("other"), pace.spread("other")) == (1, (0.5, 1))
    told = Report("bin/banli bench", paces=[pace])._paces()
    assert "| 1 | 30 | one | 100 | **0.50** | 0.10–0.75 |" in told
    assert "without PostgreSQL: 9.0 ms by 1." in told


def test_percentiles_are_of_what_was_timed():
    timed = Timed("inbox", took=[float(n) for n in range(1, 101)])
    assert (timed.fastest, timed.p50, timed.p95) == (1.0, 50.5, 96.0)


@pytest.mark.django_db
def test_the_figures_replace_the_old_ones_and_the_chart_stands_beside(tmp_path: Path):
    file = tmp_path / "performance.md"
    file.write_text(f"# Performance\n\n{BEGIN}\nold\n{END}\n\nafter\n", "utf-8")
    pages = [Timed("inbox", [10.0, 20.0]), Timed("register", [60.0, 80.0])]
    sizes = [Size(cases, pages, Timed("action", [5.0]), 100, "load average 0.1") for cases in (100, 1000)]
    Report("bin/banli bench", sizes=sizes).write(file)
    told = file.read_text("utf-8")
    assert "old" not in told and told.endswith("after\n")
    assert "| inbox | 10.0 | 15.0 | 20.0 | 1.00, 1.00 |" in told
    assert "80 ms" in file.with_suffix(".svg").read_text("utf-8")


def test_a_bar_above_the_limit_looks_otherwise():
    drawn = bars("p95", [("fast", 10, "10 ms"), ("slow", 90, "90 ms")], 50, "50 ms")
    assert drawn.count("#3a7d5d") == 1 and drawn.count("#b4542f") == 1
