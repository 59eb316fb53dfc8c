"""What the authors' pages teach is true: their examples are checked, their tables are complete."""

import re
import shutil
from pathlib import Path

import pytest

from banli.engine import verbs
from banli.engine.check import examine
from banli.engine.load import LoadedPack, load

ROOT = Path(__file__).parents[2]
AUTHORING = (ROOT / "docs" / "authoring.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"```yaml\n# packs/property/(\S+)\n(.*?)```", AUTHORING, re.S))


def with_example(folder: Path, change: tuple[str, str] = ("", "")) -> LoadedPack:
    """The property pack with the page's example in it."""
    shutil.copytree(ROOT / "packs" / "property", folder / "property")
    for name, text in EXAMPLES.items():
        (folder / "property" / name).write_text(text.replace(*change) if change[0] else text, "utf-8")
    return load(folder / "property")


def test_the_example_is_sound_and_its_stories_go_as_told(tmp_path: Path) -> None:
    report = examine(with_example(tmp_path))
    assert report.faults == [], "\n".join(map(str, report.faults))
    assert report.played["lift-use"].stories == 4
    walked = report.walked["lift-use"]
    assert f"{walked.situations} situations ({walked.with_overrides} with interventions)" in AUTHORING


def test_the_fault_that_is_shown_is_the_one_that_comes(tmp_path: Path) -> None:
    hasty = ("- {do: hand_in, before: approve, when: {form.material: building}}", "- hand_in before approve")
    (fault,) = examine(with_example(tmp_path, hasty)).faults
    shown = AUTHORING.split("property/procedures/lift-use.yaml:")[1].split("```")[0]
    told = str(fault).split("property/procedures/lift-use.yaml:")[1]
    assert shown.strip() == told.strip()


def test_every_verb_stands_in_the_dictionary() -> None:
    concepts = (ROOT / "docs" / "concepts.md").read_text("utf-8")
    for name, verb in verbs.every().items():
        assert f"| {name} | {verb.title.zh} |" in concepts


def test_every_procedure_of_the_five_pages_is_written_in_verbs_that_exist() -> None:
    page = (ROOT / "docs" / "adr" / "0001-the-procedure-language.md").read_text("utf-8")
    rows = re.findall(r"^\| ([PASO]\d+) \| [^|]+ \| ([^|]+) \|", page, re.M)
    wanted = [
        f"{letter}{n}"
        for letter, r in (("P", range(21)), ("A", range(1, 9)), ("S", range(1, 8)), ("O", range(1, 11)))
        for n in r
    ]
    assert [name for name, _ in rows] == wanted
    for name, used in rows:
        unknown = set(used.strip().split(", ")) - set(verbs.every()) - {"—"}
        assert not unknown, f"{name}: {unknown}"
    assert len([used for _, used in rows if used.strip() != "—"]) == 41


@pytest.mark.parametrize("page", ["authoring", "concepts", "reference", "adr/0001-the-procedure-language"])
def test_what_a_page_links_to_is_there(page: str) -> None:
    path = ROOT / "docs" / f"{page}.md"
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
