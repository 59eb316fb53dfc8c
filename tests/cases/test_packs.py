"""A start proves each pack once: again only where a file of it, or the program, is another."""

from pathlib import Path
from typing import Any

import pytest

from banli.cases import packs, proved
from banli.cases.models import ProcedureVersion
from banli.engine.load import LoadedPack
from tests.cashier.conftest import laid_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A packs folder with one small pack, and a data folder of its own."""
    till = laid_out(tmp_path / "packs" / "till")
    settings.DATA, settings.PACKS = tmp_path / "data", tmp_path / "packs"
    return till


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packs that were proved, one after the other."""
    told: list[str] = []
    check = packs.check

    def counted(loaded: LoadedPack) -> Any:
        told.append(loaded.folder.name)
        return check(loaded)

    monkeypatch.setattr(packs, "check", counted)
    return told


def test_a_pack_is_proved_once(folder: Path, proofs: list[str]) -> None:
    assert packs.load_all() == [] and packs.load_all() == []
    assert proofs == [folder.name]
    assert ProcedureVersion.objects.filter(current=True).exists()


def test_what_is_current_is_set_at_every_start(folder: Path, proofs: list[str]) -> None:
    packs.load_all()
    ProcedureVersion.objects.update(current=False)
    packs.load_all()
    assert ProcedureVersion.objects.filter(current=True).exists() and len(proofs) == 1


@pytest.mark.parametrize("why", ["a file of the pack", "the program", "the note"])
def test_it_is_proved_again_where_anything_is_another(
    folder: Path, proofs: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, why: str
) -> None:
    packs.load_all()
    if why == "a file of the pack":
        with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
            file.write("# a word more\n")
    elif why == "the program":
        (tmp_path / "banli").mkdir()
        monkeypatch.setattr(proved.banli, "__file__", str(tmp_path / "banli" / "__init__.py"))
    else:
        (tmp_path / "data" / "proved" / folder.name).write_text("", "utf-8")  # the power failed
    packs.load_all()
    assert proofs == [folder.name] * 2


def test_a_faulty_pack_is_never_remembered(folder: Path, proofs: list[str]) -> None:
    procedure = next((folder / "procedures").glob("*.yaml"))
    procedure.write_text(procedure.read_text("utf-8").replace("verb: pay", "verb: fly"), "utf-8")
    assert packs.load_all() and packs.load_all()
    assert not proved.is_proved(folder)
