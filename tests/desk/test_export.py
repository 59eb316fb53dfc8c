"""The spreadsheet: the same rows as on the screen, nothing that could be taken for a formula, and journalled."""

import io
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from banli.desk import books
from banli.estate.models import Person
from banli.journal.models import Entry
from banli.registers.models import RegisterRow
from banli.web import spreadsheet
from tests.desk.work import do, elsewhere, goods, issued, signed_in
from tests.office import Office, identity

BOOK = "/registers/goods-release.xlsx"


def fetched(office: Office, query: str = "", who: str = "laoli") -> bytes:
    response = signed_in(office, who).get(BOOK + query)
    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return b"".join(response.streaming_content)


def sheet(content: bytes, name: str | None = None) -> list[list[object]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return workbook.get_sheet_by_name(name or workbook.sheet_names[0]).to_python()


def told_of(rows: list[list[object]], title: str) -> object:
    """What the first row says in the column of this title."""
    return rows[2][rows[1].index(title)]


def test_the_spreadsheet_says_what_the_screen_says(office: Office):
    first = issued(office, "沙发", "茶几")
    second = issued(office, "钢琴")
    do(office, "zhou", second, "gate", "released", extra={"ticked": [0]})
    client = signed_in(office, "laoli")
    shown = client.get("/registers/goods-release/").context
    rows = sheet(fetched(office))
    assert rows[0][0] == "翠湖花园 · 物品放行登记本 · 全部"
    assert rows[1] == [*(title.zh for _, title in shown["columns"]), "登记时间", "状态"]
    assert len(rows) == 4
    for told, line in zip(rows[2:], shown["lines"], strict=True):
        cells = [line["first"]["value"], *(cell["value"] for cell in line["rest"])]
        assert told[: len(cells)] == cells
        assert told[-2] == timezone.localtime(line["row"].entered_at).strftime("%Y-%m-%d %H:%M")
    assert [row[-1] for row in rows[2:]] == ["已办结", "办理中"]
    assert [line["row"].case_id for line in shown["lines"]] == [second, first]


def test_it_keeps_to_the_filter(office: Office):
    issued(office, "红木沙发")
    issued(office, "钢琴")
    rows = sheet(fetched(office, "?q=红木"))
    assert len(rows) == 3 and told_of(rows, "物品") == "红木沙发 × 1，大件"
    assert "含“红木”" in str(rows[0][0])


def test_in_english_it_is_english(office: Office):
    issued(office)
    client = signed_in(office, "laoli")
    client.cookies["django_language"] = "en"
    response = client.get(BOOK)
    rows = sheet(b"".join(response.streaming_content))
    assert rows[1][0] == "Number" and rows[2][-1] == "In progress"
    assert "Goods release register" in unquote(response["Content-Disposition"])


def test_in_english_its_own_marks_are_english_and_what_was_typed_is_left_alone(office: Office):
    issued(office, "红木沙发", "茶几")
    client = signed_in(office, "laoli")
    client.cookies["django_language"] = "en"
    rows = sheet(b"".join(client.get(BOOK).streaming_content))
    assert told_of(rows, "Goods") == "红木沙发 × 1, Large; 茶几 × 1"
    with override("zh-hans"):
        assert books.cell("SJ-1、SJ-2", joined=True) == "SJ-1、SJ-2"
    with override("en"):
        assert books.cell("SJ-1、SJ-2", joined=True) == "SJ-1, SJ-2"
        assert books.cell("说“好，马上来”：下午（三点）") == "说“好，马上来”：下午（三点）"
    assert books.in_force()["home-service"].joined >= {"materials", "works"}
    assert "receipt" in books.in_force()["network"].joined


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "{=1}"])
def test_what_was_typed_into_a_form_is_never_a_formula(office: Office, typed: str):
    case = issued(office, "沙发")
    row = RegisterRow.objects.get(case_id=case)
    row.cells["goods"] = typed
    row.save()
    content = fetched(office)
    assert told_of(sheet(content), "物品") in (typed, typed.strip("\t"))
    with ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml and "<f " not in xml
        assert not [name for name in parts.namelist() if "externalLink" in name]


def test_an_address_that_was_typed_is_no_link(office: Office):
    case = issued(office)
    row = RegisterRow.objects.get(case_id=case)
    row.cells["goods"] = "https://elsewhere.example/"
    row.save()
    with ZipFile(io.BytesIO(fetched(office))) as parts:
        assert "hyperlink" not in parts.read("xl/worksheets/sheet1.xml").decode()


def test_an_identity_number_leaves_the_house_only_masked(office: Office):
    issued(office)
    content = fetched(office)
    with ZipFile(io.BytesIO(content)) as parts:
        assert identity().encode() not in b"".join(parts.read(name) for name in parts.namelist())
    assert str(told_of(sheet(content), "身份证号")).endswith(identity()[-4:])


def test_the_header_stays_and_can_be_filtered(office: Office):
    issued(office)
    content = fetched(office)
    last = xl_col_to_name(len(sheet(content)[1]) - 1)
    with ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in xml and 'ySplit="2"' in xml
    assert f'<autoFilter ref="A2:{last}3"/>' in xml


def test_each_export_is_in_the_journal_with_its_book_period_and_number_of_rows(office: Office):
    issued(office, "红木沙发")
    issued(office, "红木书桌")
    fetched(office, "?q=红木&since=2020-01-01&until=2099-01-01&status=open", who="chen")
    entry = Entry.objects.get(kind="export")
    assert (entry.stream, entry.actor, entry.post) == (
        f"estate/{office.estate.pk}",
        office.staff("chen"),
        "director",
    )
    assert entry.body == {
        "book": "goods-release", "rows": 2, "since": "2020-01-01", "until": "2099-01-01", "status": "open",
        "by_words": True,
    }  # fmt: skip


def test_who_may_not_read_the_book_leaves_no_trace_of_an_export(office: Office):
    assert signed_in(office, "sun").get(BOOK).status_code == 403
    assert not Entry.objects.filter(kind="export").exists()


def test_another_estates_rows_are_never_in_it(office: Office):
    theirs = elsewhere(office)
    RegisterRow.objects.create(
        estate=office.elsewhere, book="goods-release", case_id=theirs, status="open", entered_at=timezone.now(),
        cells={"number": "FX-别处"}, found="FX-别处",
    )  # fmt: skip
    assert len(sheet(fetched(office))) == 2
    assert sheet(fetched(office, who="he"))[2][0] == "FX-别处"


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office):
    client, counts = signed_in(office, "laoli"), []
    for more in (1, 2):
        for _ in range(more):
            issued(office)
        b"".join(client.get(BOOK).streaming_content)  # reads the rulebooks, once for the process
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(BOOK).streaming_content)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_book_longer_than_a_sheet_goes_on_on_the_next(db: None):
    told = spreadsheet.Sheet("登记本", "标题", ["编号", "件数"], [[f"FX-{n}", n] for n in range(5)])
    written = spreadsheet.write(told, rows_a_sheet=2)
    content = written.file.read()
    assert written.rows == 5
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == [
        "登记本",
        "登记本 (2)",
        "登记本 (3)",
    ]
    assert sheet(content, "登记本 (2)")[2:] == [["FX-2", 2.0], ["FX-3", 3.0]]
    assert sheet(content, "登记本 (3)")[2:] == [["FX-4", 4.0]]


def test_an_empty_book_is_a_sheet_with_its_header(office: Office):
    goods(office)
    rows = sheet(fetched(office))
    assert len(rows) == 2 and rows[1][0] == "编号"


@pytest.mark.parametrize("title", ["a[b]:c*d?e/f\\g", "'quoted'", "很" * 60, ""])
def test_any_title_makes_a_sheets_name(title: str):
    written = spreadsheet.write(spreadsheet.Sheet(title, title, ["编号"], []))
    names = CalamineWorkbook.from_filelike(io.BytesIO(written.file.read())).sheet_names
    assert len(names) == 1 and 0 < len(names[0]) <= 31


def test_odd_characters_do_not_break_the_file(office: Office):
    person = Person.objects.get(pk=office.owner.pk)
    person.name = "张<&>\"'女士\x0b😀"
    person.save()
    issued(office)
    assert "😀" in str(sheet(fetched(office))[2][2])
