"""The books: who may open one, what stands in it, and how it is narrowed, paged and printed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import rules
from banli.cases.models import ProcedureVersion
from banli.desk import books
from banli.desk.templatetags.desk_lists import cells
from banli.desk.views import registers
from banli.estate import letters
from banli.journal.models import Entry
from banli.registers import queries
from banli.registers.models import RegisterRow
from tests.desk.work import do, elsewhere, goods, issued, signed_in
from tests.office import Office, identity, today

BOOK = "/registers/goods-release/"


def page(office: Office, query: str = "", who: str = "laoli") -> str:
    response = signed_in(office, who).get(BOOK + query)
    assert response.status_code == 200
    return response.content.decode()


def cases(office: Office, query: str = "", who: str = "laoli") -> list[int]:
    response = signed_in(office, who).get(BOOK + query)
    assert response.status_code == 200
    return [line["row"].case_id for line in response.context["lines"]]


def test_the_shelf_lists_every_book_one_may_read_with_how_much_is_in_it(office: Office):
    issued(office)
    told = signed_in(office, "laoli").get("/registers/").content.decode()
    for words in ("物品放行登记本", "家居服务登记表", "业户访问记录", "1 条", "还没有登记"):
        assert words in told, words


def test_a_post_sees_only_the_books_of_procedures_it_takes_part_in(office: Office):
    told = signed_in(office, "zhou").get("/registers/").content.decode()
    assert "物品放行登记本" in told and "家居服务登记表" not in told
    told = signed_in(office, "sun").get("/registers/").content.decode()
    assert "家居服务登记表" in told and "物品放行登记本" not in told, "finance takes the money of a service"


@pytest.mark.parametrize(
    ("who", "book", "status"),
    [
        ("xiaowang", "goods-release", 200),
        ("laoli", "goods-release", 200),
        ("chen", "goods-release", 200),
        ("zhou", "goods-release", 200),
        ("zheng", "goods-release", 403),
        ("sun", "goods-release", 403),
        ("zhao", "goods-release", 403),
        ("zhao", "home-service", 200),
        ("zheng", "home-service", 200),
        ("laoli", "resident-visits", 200),
        ("zhou", "home-service", 403),
        ("chen", "no-such-book", 404),
        ("sun", "no-such-book", 404),
    ],
)
def test_who_may_open_which_book(office: Office, who: str, book: str, status: int):
    client = signed_in(office, who)
    for address in (f"/registers/{book}/", f"/registers/{book}/?view=print", f"/registers/{book}.xlsx"):
        assert client.get(address).status_code == status, address


def test_the_columns_are_the_books_own_and_each_row_leads_to_its_case(office: Office):
    case = issued(office, "沙发", "茶几")
    told = page(office)
    book = rules.every_current()["goods-release"].pack.books["goods-release"]
    for column in book.columns.values():
        assert f'<th scope="col">{column.title.zh}</th>' in told
    row = RegisterRow.objects.get(case_id=case)
    assert f'<a href="/cases/{case}/">{row.cells["number"]}</a>' in told
    for words in ("12-3-502", "沙发 × 1，大件；茶几 × 1", "老李", "陈主任", "办理中"):
        assert words in told, words


@pytest.mark.parametrize("book", ["visitors", "work-orders", "complaints", "home-service", "goods-release"])
def test_a_book_says_once_when_and_how_it_stands(office: Office, book: str):
    found = books.in_force()[book]
    titles = (
        [title.zh for _name, title in found.columns] + ([] if found.says_when else ["登记时间"]) + ["状态"]
    )
    assert titles.count("状态") == 1 and titles.count("登记时间") <= 1
    assert found.says_when or "登记时间" in titles


def test_in_english_the_columns_and_words_are_english(office: Office):
    client = signed_in(office, "laoli")
    client.cookies["django_language"] = "en"
    issued(office)
    told = client.get(BOOK).content.decode()
    assert "Goods release register" in told and "Carrier" in told and "In progress" in told


@pytest.mark.parametrize("query", ["", "?view=print"])
def test_an_identity_number_is_only_ever_shown_masked(office: Office, query: str):
    issued(office)
    told = page(office, query)
    assert identity() not in told and "sealed" not in told
    assert f"**{identity()[-4:]}" in told


def test_rows_are_narrowed_by_words_status_and_days(office: Office):
    now = timezone.now()
    old = issued(office, "红木沙发", now=now - timedelta(days=2))
    new = issued(office, "钢琴")
    do(office, "zhou", new, "gate", "released", extra={"ticked": [0]})
    day, before = today().isoformat(), (today() - timedelta(days=1)).isoformat()
    assert cases(office) == [new, old]
    assert cases(office, "?q=红木") == [old]
    assert cases(office, "?q=fx-") == [new, old]
    assert cases(office, "?q=%25") == []
    assert cases(office, "?status=done") == [new]
    assert cases(office, f"?since={day}") == [new]
    assert cases(office, f"?until={before}") == [old]
    assert cases(office, f"?since={day}&q=红木") == []


def test_a_book_that_no_procedure_writes_any_more_is_still_read(office: Office):
    case = issued(office, "红木沙发")
    client = signed_in(office, "laoli")
    assert "已停用" not in client.get("/registers/").content.decode()
    with CaptureQueriesContext(connection) as before:
        assert client.get("/registers/").status_code == 200
    usual = len(before)
    ProcedureVersion.objects.filter(procedure="goods-release").update(current=False)
    with CaptureQueriesContext(connection) as asked:
        shelf = client.get("/registers/").content.decode()
    assert len(asked) <= usual + 1
    assert "物品放行登记本" in shelf and "已停用" in shelf and "以前的登记都在" in shelf
    assert cases(office) == [case]
    assert "红木沙发" in client.get(BOOK + "?view=print").content.decode()
    assert client.get("/registers/goods-release.xlsx").status_code == 200
    assert signed_in(office, "sun").get(BOOK).status_code == 403
    assert "已停用" not in signed_in(office, "sun").get("/registers/").content.decode()


def test_words_are_looked_up_in_an_index(office: Office):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for words in ("红木沙发", "沙发", "沙"):
            found = RegisterRow.objects.filter(letters__contains=letters.apart(words))
            assert "register_letters" in found.explain(), f"{words} is not looked up in the index"


@pytest.mark.parametrize(
    ("often", "few"), [(1, 3000), (1000, 0), (1000, 3000)], ids=["common", "many", "few"]
)
def test_words_find_the_same_rows_however_common_they_are(
    office: Office, monkeypatch: pytest.MonkeyPatch, often: int, few: int
):
    monkeypatch.setattr(queries, "OFTEN", often)
    monkeypatch.setattr(queries, "FEW", few)
    case = issued(office, "红木沙发")
    issued(office, "电视柜")
    for words, expected in (("红木沙发", [case]), ("沙", [case]), ("木%发", []), ("没有的", [])):
        found = queries.rows(estate_id=office.estate.pk, book="goods-release", words=words)
        assert [row.case_id for row in found] == expected, words


def test_another_estates_rows_are_never_there(office: Office):
    theirs = elsewhere(office)
    told = RegisterRow.objects.create(
        estate=office.elsewhere, book="goods-release", case_id=theirs, status="open", entered_at=timezone.now(),
        cells={"number": "FX-别处", "goods": "别处的钢琴"}, found="FX-别处 别处的钢琴",
    )  # fmt: skip
    for query in ("", "?q=别处", "?view=print"):
        assert "别处的钢琴" not in page(office, query)
    assert cases(office, who="he") == [told.case_id]


def test_pages_go_on_by_the_last_row_while_new_ones_come(office: Office, monkeypatch):
    monkeypatch.setattr(registers, "PAGE", 2)
    moment = timezone.now()
    written = [issued(office, now=moment) for _ in range(5)]
    client = signed_in(office, "laoli")
    first = client.get(BOOK + "?status=open")
    issued(office)
    second = client.get(BOOK + first.context["next"])
    third = client.get(BOOK + second.context["next"])
    seen = [line["row"].case_id for one in (first, second, third) for line in one.context["lines"]]
    assert seen == written[::-1]
    assert third.context["next"] == ""


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office):
    client = signed_in(office, "laoli")
    for address in ("/registers/", BOOK, BOOK + "?view=print"):
        counts = []
        for more in (1, 2):
            for _ in range(more):
                issued(office)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        assert counts[0] == counts[1], address


def test_the_paper_says_whose_book_which_days_how_much_and_who_printed_it(office: Office):
    issued(office, "红木沙发")
    day = today().isoformat()
    told = page(office, f"?view=print&since={day}&q=红木&status=open")
    for words in (
        "物品放行登记本",
        "翠湖花园",
        f"{day} 至 …",
        "含“红木”",
        "办理中",
        "共 1 条",
        "老李",
        "打印",
    ):
        assert words in told, words
    assert f'href="?q=%E7%BA%A2%E6%9C%A8&amp;since={day}&amp;status=open"' in told


def test_too_much_for_one_print_is_cut_and_says_so(office: Office, monkeypatch):
    monkeypatch.setattr(registers, "LONGEST_PRINT", 1)
    issued(office, "第一张桌")
    issued(office, "第二张桌")
    told = page(office, "?view=print")
    assert "只列出了最新的 1 条" in told and "第二张桌" in told and "第一张桌" not in told


def test_a_case_that_has_not_got_so_far_stands_in_no_book(office: Office):
    goods(office)
    assert "还没有登记" in page(office)
    assert "没有符合条件的登记" in page(office, "?q=沙发")


@pytest.mark.parametrize("query", ["?since=yesterday", "?until=99999-01-01", "?q=%00", "?status=late"])
def test_a_wrong_filter_is_marked_and_nothing_is_printed_or_exported(office: Office, query: str):
    client = signed_in(office, "laoli")
    for address in (BOOK, BOOK.rstrip("/") + ".xlsx"):
        response = client.get(address + query)
        assert response.status_code == 422
        assert response.context["lines"] == []
    assert client.get(BOOK + query + "&view=print").status_code == 422
    assert not Entry.objects.filter(kind="export").exists()


@pytest.mark.parametrize("before", ["x", "1", "1.x", "-1.1"])
def test_addresses_no_page_would_give_are_not_found(office: Office, before: str):
    assert signed_in(office, "laoli").get(BOOK + f"?before={before}").status_code == 404


def test_what_a_cell_says_is_never_markup():
    evil = '"><script>'
    drawn = cells(
        [{"title": evil, "value": evil, "look": ""}, {"title": "件数", "value": 3, "look": "short"}]
    )
    assert "<script>" not in drawn
    assert drawn.endswith('<td data-label="件数" class="short">3</td>')
