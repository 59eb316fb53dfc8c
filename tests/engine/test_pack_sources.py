"""Where a number comes from is told by the law, the standard or the form itself: never by a file of ours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from banli.engine.load import load
from banli.engine.text import Text, spoken

PACKS = sorted(path.parent for path in (Path(__file__).parents[2] / "packs").glob("*/pack.yaml"))
#: Notes of whoever wrote the pack, and how they number what they found.
OURS = re.compile(
    r"domain|readings?\b|regulations §|forms? ?§|kpis|\.md\b|\.ya?ml\b|\[[A-Z]\d|\b[A-Z]\d{1,2}\.\d|\b\d{1,2}[a-e]\b",
    re.I,
)


def told(folder: Path) -> Iterator[tuple[str, Text | str]]:
    pack = load(folder).pack
    for room in (pack.settings, pack.prices, pack.procedures, pack.routines):
        for name, one in room.items():
            if one.source is not None:
                yield name, one.source


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_no_source_names_a_file_of_ours(folder: Path) -> None:
    ours = {name: source for name, source in told(folder) if any(OURS.search(one) for one in spoken(source))}
    assert ours == {}


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_source_is_said_in_both_languages(folder: Path) -> None:
    pack = load(folder).pack
    for room in (pack.settings, pack.prices, pack.procedures):
        for name, one in room.items():
            if one.source is not None:
                zh, en = spoken(one.source)
                assert re.search(r"[一-鿿]", zh) and zh != en, name
