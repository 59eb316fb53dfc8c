"""Where the processes count: in memory, nothing left behind, and in the data folder where there is no such place."""

from pathlib import Path

import pytest

from banli.config import counting


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(counting.VARIABLE, "")
    monkeypatch.setattr(counting, "SHARED_MEMORY", tmp_path / "memory")
    counting.SHARED_MEMORY.mkdir()
    (tmp_path / "data").mkdir()
    return counting.SHARED_MEMORY


def test_each_start_counts_anew_and_nothing_is_left(memory: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    counting.begin(data)  # killed: it never comes to its end
    (data / "metrics" / "counter.db").write_text("7")
    counting.begin(data)
    (only,) = memory.iterdir()
    assert (data / "metrics").resolve() == only
    assert list(only.iterdir()) == []
    assert only.stat().st_mode & 0o077 == 0
    counting.end(data)
    assert list(memory.iterdir()) == list(data.iterdir()) == []
    counting.end(data)  # twice is harmless


def test_without_shared_memory_it_counts_in_the_data_folder(memory: Path, tmp_path: Path) -> None:
    memory.rmdir()
    data = tmp_path / "data"
    for _ in range(2):
        counting.begin(data)
        assert list((data / "metrics").iterdir()) == []
        (data / "metrics" / "counter.db").write_text("7")
    counting.end(data)
    assert list(data.iterdir()) == []


def test_a_link_that_leads_elsewhere_is_removed_and_not_followed(memory: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "banli-papers"
    elsewhere.mkdir()
    (tmp_path / "data/metrics").symlink_to(elsewhere)
    counting.end(tmp_path / "data")
    assert elsewhere.exists()
    assert not (tmp_path / "data/metrics").is_symlink()
