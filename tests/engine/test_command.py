"""``banli check`` and ``banli draw`` as an author calls them."""

import shutil
from pathlib import Path

import pytest

from banli.engine.command import main

BROKEN = Path(__file__).parent / "broken"
ROOT = Path(__file__).parents[2]


def test_a_sound_pack_passes_and_says_how_much_was_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ROOT / "packs" / "property")]) == 0
    told = capsys.readouterr().out
    assert "property/goods-release: 11 步" in told and "situations" in told and "sound" in told


def test_a_faulty_pack_fails_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BROKEN / "_sound", tmp_path / "small")
    shutil.copytree(BROKEN / "safeguard", tmp_path / "small", dirs_exist_ok=True)
    assert main(["check", str(tmp_path / "small")]) == 1
    told = capsys.readouterr()
    assert "small/procedures/small.yaml:13: never.0: " in told.out
    assert (
        "open (applicant=tenant, fact.authority=yes) → fill: done → seal: sealed → issue: issued" in told.out
    )
    assert "1 fault" in told.err


def test_a_pack_that_cannot_be_read_fails_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(BROKEN / "_sound", tmp_path / "small")
    (tmp_path / "small" / "posts.yaml").write_text("a: [\n")
    assert main(["check", str(tmp_path / "small")]) == 1
    assert "small/posts.yaml:" in capsys.readouterr().out
    assert main(["draw", str(tmp_path / "small"), "--to", str(tmp_path / "docs")]) == 1


def test_all_packs_are_checked_where_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANLI_PACKS", str(tmp_path))
    shutil.copytree(BROKEN / "_sound", tmp_path / "small")
    assert main(["check"]) == 0
    shutil.copytree(BROKEN / "stuck", tmp_path / "other")
    shutil.copytree(BROKEN / "_sound", tmp_path / "other", dirs_exist_ok=True)
    shutil.copytree(BROKEN / "stuck", tmp_path / "other", dirs_exist_ok=True)
    assert main(["check"]) == 1
    assert main(["check", "small"]) == 0, "a pack that is sound may stand beside one that is not"


@pytest.mark.parametrize("argv", [["check", "no-such-pack"], ["draw", "no-such-pack"], ["draw", "--what"]])
def test_a_wrong_call_says_how_to_call(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2


def test_the_committed_drawings_and_schemas_are_those_of_the_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["draw", "--check"]) == 0, capsys.readouterr().out


def test_a_drawing_that_differs_is_told_and_drawn_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", "--to", str(tmp_path)]) == 0
    chart = tmp_path / "procedures" / "property" / "goods-release.zh.svg"
    drawn = chart.read_text()
    assert main(["draw", "--check", "--to", str(tmp_path)]) == 0
    chart.write_text(drawn.replace("门岗", "大门"))
    (tmp_path / "procedures" / "property" / "gone.zh.svg").write_text("<svg/>")
    capsys.readouterr()
    assert main(["draw", "--check", "--to", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "goods-release.zh.svg" in told and "gone.zh.svg" in told and "home-repair" not in told
    assert main(["draw", "--to", str(tmp_path)]) == 0
    assert chart.read_text() == drawn
