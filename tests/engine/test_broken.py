"""Every fault a pack can have, each in a small pack of its own: refused with its code, file, line, key and way.

``broken/_sound`` is a sound pack; each other folder of ``broken`` holds the files in which it differs, and in them,
beside what is wrong, ``# fault: code key path=…``.
"""

import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from banli.engine.check import check
from banli.engine.faults import FAULTS, Fault, Faulty, fault
from banli.engine.load import load
from banli.engine.text import Text

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir() if path.name != "_sound")
MARK = re.compile(r"# fault(?:@(\d+))?: (\w+)(?: ([^\s=]+))?(?: path=(.*))?$")


def faults_of(folder: Path) -> list[Fault]:
    try:
        return check(load(folder))
    except Faulty as why:
        return why.faults


def wanted(folder: Path) -> dict[tuple[str, int, str, str], str]:
    """(file, line, key, code) → the way, as the marks in the case's files tell it."""
    told = {}
    for path in sorted(folder.rglob("*.yaml")):
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            found = MARK.search(line)
            if found:
                at, code, key, way = found.groups()
                file = f"small/{path.relative_to(folder)}"
                told[file, int(at or number), key or "", code] = way or ""
    return told


@pytest.mark.parametrize("case", CASES)
def test_a_faulty_pack_is_refused_with_its_place_and_the_shortest_way(case: str, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(BROKEN / "_sound", folder)
    shutil.copytree(BROKEN / case, folder, dirs_exist_ok=True)
    expected = wanted(BROKEN / case)
    assert expected, "the case says what is wrong with it"
    found = faults_of(folder)
    assert {(f.file, f.line, f.key, f.code) for f in found} == set(expected), "\n".join(map(str, found))
    for one in found:
        way = expected[one.file, one.line, one.key, one.code]
        if way:
            assert " > ".join(one.path) == way
        assert one.message.zh and one.message.en and one.advice.zh and one.advice.en


def test_the_sound_pack_is_sound(tmp_path: Path) -> None:
    shutil.copytree(BROKEN / "_sound", tmp_path / "small")
    assert faults_of(tmp_path / "small") == []


def test_every_fault_there_is_has_its_case() -> None:
    shown = {code for case in CASES for _, _, _, code in wanted(BROKEN / case)}
    assert set(FAULTS) - shown == {"too_large", "no_receipt"}, "shown by the tests below"


def test_a_fault_says_in_both_languages_what_to_write_instead() -> None:
    one = fault(
        "p/x.yaml", 7, ("steps", "seal", "by"), "unknown_post", ("open", "fill: done"), name="x", choices=[]
    )
    assert str(one) == (
        "p/x.yaml:7: steps.seal.by: 没有岗位“x”。 / there is no post “x”\n"
        "    → 可写：—。 / write one of: nothing\n"
        "    经过 path: open → fill: done"
    )
    assert fault(
        "p", 1, (), "wrong_type", name=Text(zh="甲", en="A"), have="a", want="b"
    ).message.zh.startswith("“甲”")
    with pytest.raises(KeyError, match="no_such_code"):
        fault("p", 1, (), "no_such_code")


def test_a_procedure_with_too_many_situations_is_not_called_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("explore", "soundness"):
        monkeypatch.setattr(import_module(f"banli.engine.check.{part}"), "LIMIT", 3)
    found = check(load(BROKEN / "_sound"))
    assert [(f.code, f.key, f.line) for f in found] == [("too_large", "steps", 7)]


def test_a_pack_without_its_head_is_missing_it(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    assert {(f.file, f.code) for f in faults_of(tmp_path / "small")} == {
        ("small/pack.yaml", "missing"),
        ("small/posts.yaml", "missing"),
    }


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "just a word\n", "null\n", "\x00", "a: &a [*a]\n", "a: !!python/none x\n"]
)
def test_a_file_that_is_something_else_is_a_fault_and_no_accident(text: str, tmp_path: Path) -> None:
    for name in ("pack.yaml", "posts.yaml", "procedures/small.yaml", "registers/book.yaml", "papers/slip.yaml",
                 "procedures/small.scenarios.yaml"):  # fmt: skip
        folder = tmp_path / name.replace("/", "_") / "small"
        shutil.copytree(BROKEN / "_sound", folder)
        (folder / name).write_text(text)
        assert faults_of(folder), f"{name} {text!r}"


def test_a_pack_that_takes_money_has_a_receipt_to_write(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(BROKEN / "_sound", folder)
    (folder / "papers" / "receipt.yaml").unlink()
    procedure = folder / "procedures" / "small.yaml"
    steps = "steps:\n  pay: {verb: pay, by: front_desk, fees: {price: card}}\n"
    procedure.write_text(procedure.read_text("utf-8").replace("steps:\n", steps), "utf-8")
    (fault,) = [one for one in faults_of(folder) if one.code == "no_receipt"]
    assert (fault.key, fault.line) == ("steps.pay", 8)
