"""An estate's archive is read back with nothing but Python's own library: as somebody would who has no Banli."""

import csv
import hashlib
import html.parser
import io
import itertools
import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from banli.config.archive import command, tables
from banli.config.backup.failures import BackupFailure
from banli.estate.models import Occupancy
from banli.journal.models import Entry
from tests.desk.at_the_desk import TELEPHONE, give_telephone, issued, picture
from tests.desk.test_contracts import entered as agreed
from tests.desk.test_letter_scans import entered
from tests.desk.test_pets import LICENCE, declared
from tests.journeys.test_resident_file import lived_in
from tests.office import Office, identity

pytestmark = pytest.mark.django_db


class Reader:
    """An archive in somebody's hands."""

    def __init__(self, path: Path) -> None:
        self.zip = ZipFile(path)

    def text(self, name: str) -> str:
        return self.zip.read(name).decode("utf-8-sig")

    def table(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(f"data/{name}.csv"))))

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text(f"data/{name}.jsonl").splitlines()]


class Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hrefs += [value for name, value in attrs if name in ("href", "src") and value]


def archived(tmp_path: Path, estate: str = "cuihu") -> Reader:
    file = tmp_path / f"{estate}.zip"
    assert command.main(["archive", "--estate", estate, str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    return Reader(file)


def test_every_file_is_in_the_list_with_its_hash(office: Office, tmp_path: Path):
    issued(office)
    told = archived(tmp_path)
    listed = dict(reversed(line.split("  ", 1)) for line in told.text("manifest.sha256").splitlines())
    assert set(told.zip.namelist()) == {*listed, "manifest.sha256"}
    for name, digest in listed.items():
        assert hashlib.sha256(told.zip.read(name)).hexdigest() == digest


def test_it_is_read_by_clicking_alone(office: Office, tmp_path: Path):
    lived_in(office)
    told = archived(tmp_path)
    names = set(told.zip.namelist())
    (home,) = (name for name in names if name.startswith("homes/"))
    for name in ("index.html", home):
        links = Links()
        links.feed(told.text(name))
        assert "script" not in links.tags
        for href in links.hrefs:
            assert (Path(name).parent / href).as_posix().replace("homes/../", "") in names
    page = told.text(home)
    assert "业主张女士" in page and "前租户" in page and "浙A12345" in page and "物品放行条" in page
    assert "13800571599" in page and identity() in page, "what only we could open is in clear"
    assert re.search(r'href="\.\./papers/goods-release-slip/FX-\d+-000001-original-1\.pdf"', page)


def test_papers_and_pictures_are_files_of_their_kind(office: Office, tmp_path: Path):
    issued(office)
    declared(office)
    letter = entered(office, picture("white"))
    contract = agreed(office, picture("white"))
    told = archived(tmp_path)
    (sheet,) = (name for name in told.zip.namelist() if name.startswith(f"letters/{letter.pk}/"))
    assert told.zip.read(sheet).startswith(b"\xff\xd8\xff")
    page = f"contracts/{contract.pk}/01.jpg"
    assert told.zip.read(page).startswith(b"\xff\xd8\xff")
    (home,) = (name for name in told.zip.namelist() if name.startswith("homes/"))
    assert f'href="../{page}"' in told.text(home) and "租赁合同" in told.text(home)
    assert LICENCE in told.text(home)
    papers = [name for name in told.zip.namelist() if name.startswith("papers/")]
    assert papers and all(told.zip.read(name).startswith(b"%PDF") for name in papers)


def test_rows_are_the_estates_own_in_both_forms(office: Office, tmp_path: Path):
    give_telephone(office, office.owner)
    case = issued(office)
    told = archived(tmp_path)
    people = {one["name"]: one for one in told.table("estate_person")}
    assert people["业主张女士"]["phone"] == TELEPHONE and "vault_salt" not in people["业主张女士"]
    assert [one["name"] for one in told.lines("estate_person")] == list(people)
    (row,) = (one for one in told.lines("cases_case") if one["id"] == case)
    assert row["form"]["carrier_id"] == identity()
    assert len(told.table("estate_occupancy")) == Occupancy.objects.filter(estate=office.estate).count()
    staff = {one["username"] for one in told.lines("people_staff")}
    assert "xiaowang" in staff and "xiaoqin" not in staff and "password" not in told.lines("people_staff")[0]
    theirs = archived(tmp_path, "songfeng")
    assert theirs.table("cases_case") == [] and len(theirs.table("estate_unit")) == 1


def test_the_journals_chain_can_be_followed_in_it(office: Office, tmp_path: Path):
    case = issued(office)
    entries = [one for one in archived(tmp_path).lines("journal_entry") if one["stream"] == f"case/{case}"]
    assert [one["seq"] for one in entries] == list(range(1, len(entries) + 1))
    for before, after in itertools.pairwise(entries):
        assert after["prev"] == before["hash"]


def test_what_looks_like_a_formula_is_none(office: Office, tmp_path: Path):
    office.owner.name = "=1+1"
    office.owner.save()
    told = archived(tmp_path)
    assert "'=1+1" in {one["name"] for one in told.table("estate_person")}
    assert "=1+1" in {one["name"] for one in told.lines("estate_person")}


def test_that_it_was_taken_stands_in_the_journal(office: Office, tmp_path: Path):
    archived(tmp_path)
    entry = Entry.objects.get(kind="export")
    assert (entry.body, entry.estate_id) == ({"export": "archive"}, office.estate.pk)


def test_nothing_is_overwritten_and_nothing_half_done_stays(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "cuihu.zip"
    with pytest.raises(BackupFailure, match="nowhere"):
        command.main(["archive", "--estate", "nowhere", str(file)])
    monkeypatch.setattr(tables, "write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command.main(["archive", "--estate", "翠湖花园", str(file)])
    assert list(tmp_path.iterdir()) == []
    file.write_bytes(b"mine")
    with pytest.raises(BackupFailure, match="overwritten"):
        command.main(["archive", "--estate", "cuihu", str(file)])
    assert file.read_bytes() == b"mine"


def test_of_every_table_it_can_be_told_which_rows_are_an_estates(office: Office):
    for model in tables.tables():
        assert tables.rows_of(model, office.estate).count() >= 0, model
    assert all(tables.LEFT_OUT.values()) and all(tables.WITHHELD.values())
