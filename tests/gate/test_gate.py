"""The guard's phone: one verdict for every pass, and goods that leave once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from banli.cases.models import Case
from banli.gate import queries
from banli.journal.models import Entry
from banli.papers import passes
from banli.papers.models import Paper
from tests.gate.conftest import at_the_gate
from tests.office import ZONE, Office, today

SignedIn = Callable[[str], Any]


def text(response: Any) -> str:
    return response.content.decode()


def scan(client: Any, code: str) -> Any:
    return client.post("/gate/checks/", {"code": code, "key": "a-scan-key"}, follow=True)


def let_go(client: Any, slip: Paper, ticked: list[int] | None = None, key: str = "release-key") -> Any:
    places = [0, 1] if ticked is None else ticked
    return client.post(f"/gate/passes/{slip.pk}/release/", {"ticked": places, "key": key})


def test_a_good_slip_may_go_and_shows_its_goods(guard: Any, slip: Paper) -> None:
    response = scan(guard, slip.token or "")
    assert response.redirect_chain == [(f"/gate/passes/{slip.pk}/", 302)]
    page = text(response)
    for word in ("可放行", slip.number, "双开门冰箱", "右门有划痕", "×6", "王龑", "12-3-502", "浙A12345"):
        assert word in page
    assert page.count('name="ticked"') == 2
    assert page.count('<span class="tag tag-amber">大件</span>') == 1, "the fridge, by the estate's list"
    assert "哪些是贵重的" in page and "笔记本电脑" in page
    assert "11010119900307123" not in page


@pytest.mark.parametrize(
    "spelling", ["{n}", " {l} ", "ＦＸ－{y}", "№ {n}", "{b}", "f x {b2}", "编号：{n}", "fx{s}", "{o}"]
)
def test_a_typed_number_is_as_good_as_a_scan(guard: Any, slip: Paper, spelling: str) -> None:
    n = slip.number
    bare, ordinal = n.replace("-", "").lower(), int(n.rpartition("-")[2])
    y, o = n.removeprefix("FX-"), n.replace("-0", "-O")
    code = spelling.format(n=n, l=n.lower(), y=y, b=bare, b2=bare[2:], s=ordinal, o=o)
    assert "可放行" in text(scan(guard, code))


def test_a_scanner_that_types_in_chinese_is_understood(guard: Any, slip: Paper) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in slip.token or "")
    for code in (wide, f"https：、、banli.example、g、{(slip.token or '').lower()}"):
        assert "可放行" in text(scan(guard, code))


def test_a_number_of_another_year_is_not_this_years(guard: Any, slip: Paper) -> None:
    prefix, year, ordinal = slip.number.split("-")
    assert "可放行" not in text(scan(guard, f"{prefix}{int(year) - 1}{ordinal}"))


def test_a_phones_own_camera_opens_the_same_verdict(guard: Any, slip: Paper) -> None:
    for address in (f"/G/{slip.token}", f"/g/{slip.token}", f"/g/{slip.token}/"):
        assert "可放行" in text(guard.get(address, follow=True))
    assert passes.address(slip.token or "", "https://banli.example").endswith(f"/G/{slip.token}")


def test_released_goods_are_released_once(guard: Any, slip: Paper, office: Office) -> None:
    response = let_go(guard, slip)
    assert response["Location"] == f"/gate/passes/{slip.pk}/release/"
    assert "已放行" in text(guard.get(response["Location"]))
    kept = Paper.objects.get(pk=slip.pk)
    assert (kept.state, kept.used_by) == ("used", office.staff("zhou"))
    assert Case.objects.get(pk=slip.case_id).status == "done"
    page = text(scan(guard, slip.token or ""))
    assert "拒绝" in page and "可放行" not in page
    assert f"由 {kept.used_by.name} 放行，不能再用" in page
    assert kept.used_at and kept.used_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") in page


def test_a_double_click_releases_once_and_both_clicks_hear_the_same(guard: Any, slip: Paper) -> None:
    first, second = (let_go(guard, slip, key="the-same-key") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Paper.objects.filter(state="used").count() == 1


def test_a_second_guard_is_refused_and_told_who_was_first(guard: Any, slip: Paper) -> None:
    let_go(guard, slip, key="first-guards-key")
    response = let_go(guard, slip, key="second-guards-key")
    assert response.status_code == 409
    assert "拒绝" in text(response) and "门岗老周 放行，不能再用" in text(response)


def test_nothing_goes_before_every_item_is_ticked(guard: Any, slip: Paper) -> None:
    for ticked in ([], [0], [0, 0], [0, 7], [99999]):
        response = let_go(guard, slip, ticked=ticked, key=f"key-{len(ticked)}-{ticked}")
        assert response.status_code == 409
        assert "餐椅" in text(response)
        assert "没有办成" in text(response)
    assert Paper.objects.get(pk=slip.pk).state == "valid"
    kept = text(let_go(guard, slip, ticked=[0], key="another-key"))
    assert kept.count("checked") == 1


def test_a_mismatch_makes_the_slip_void_and_the_desk_starts_anew(guard: Any, slip: Paper) -> None:
    address = f"/gate/passes/{slip.pk}/mismatch/"
    response = guard.post(address, {"note": "多出一台电视", "key": "mismatch-key"}, follow=True)
    page = text(response)
    assert "拒绝" in page and "已作废（多出一台电视）" in page and "另开新条" in page
    assert Paper.objects.get(pk=slip.pk).state == "void"
    case = Case.objects.get(pk=slip.case_id)
    assert case.status == "open"
    assert case.tasks.get(state="open").step == "fill"
    assert let_go(guard, slip).status_code == 409


def test_a_mismatch_needs_a_reason(guard: Any, slip: Paper) -> None:
    response = guard.post(f"/gate/passes/{slip.pk}/mismatch/", {"note": " ", "key": "mismatch-key"})
    assert response.status_code == 409
    assert Paper.objects.get(pk=slip.pk).state == "valid"


def test_the_day_after_the_slip_is_expired(guard: Any, slip: Paper) -> None:
    midnight = datetime.combine(today() + timedelta(days=1), time.min, ZONE)
    with time_machine.travel(midnight + timedelta(hours=1), tick=False):
        guard.force_login(slip.issued_by.__class__.objects.get(username="zhou"))
        page = text(scan(guard, slip.token or ""))
        assert "拒绝" in page and "过期" in page
        assert let_go(guard, slip).status_code == 409
    assert Paper.objects.get(pk=slip.pk).state != "used"


def test_before_its_day_the_slip_is_not_good_yet(guard: Any, office: Office) -> None:
    tomorrow = today() + timedelta(days=1)
    early = at_the_gate(office, date=tomorrow.isoformat())
    page = text(scan(guard, early.token or ""))
    assert "拒绝" in page and f"从 {tomorrow} 00:00 起才有效" in page
    assert let_go(guard, early).status_code == 409
    assert Paper.objects.get(pk=early.pk).state == "valid"


def test_a_forged_code_is_kept_and_reported(guard: Any, slip: Paper) -> None:
    token = slip.token or ""
    altered = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    page = text(scan(guard, altered))
    assert "拒绝" in page and "伪造" in page and "报告值班主任" in page
    assert slip.number not in page


@pytest.mark.parametrize(
    "code", ["", "FX-1999-000001", "hello", "https://example.com/", "\0", "\0" * 30, "字" * 500, "A" * 9000]
)
def test_what_was_never_issued_is_unknown(guard: Any, slip: Paper, code: str) -> None:
    response = scan(guard, code)
    assert response.status_code == 200
    assert "拒绝" in text(response)


def test_a_mistyped_number_is_said_and_stands_in_the_box_to_be_corrected(guard: Any, slip: Paper) -> None:
    page = text(scan(guard, " fx-1999-000001 "))
    assert "没有开过 FX-1999-000001" in page and "二维码" not in page
    assert 'value="FX-1999-000001"' in page and "改一改再查" in page
    assert 'name="code"' not in text(scan(guard, "hello")), "what reads like no number is not typed again"


def test_another_estates_pass_stops_and_tells_nothing(guard: Any, slip: Paper, office: Office) -> None:
    Paper.objects.filter(pk=slip.pk).update(estate=office.elsewhere)
    theirs = passes.new_token(estate_id=office.elsewhere.pk, paper_id=slip.pk, valid_until=None)
    Paper.objects.filter(pk=slip.pk).update(token=theirs)
    page = text(scan(guard, theirs))
    assert "别的小区" in page and "冰箱" not in page and slip.number not in page
    assert "没有开过" in text(scan(guard, slip.number)) or "不是放行条" in text(scan(guard, slip.number))
    assert guard.get(f"/gate/passes/{slip.pk}/").status_code == 404


def test_a_pass_whose_paper_is_not_on_file_is_unknown(guard: Any, office: Office) -> None:
    lost = passes.new_token(estate_id=office.estate.pk, paper_id=10**14, valid_until=None)
    assert "没有开过这张放行条" in text(scan(guard, lost))


def test_a_stranger_sees_only_that_it_is_a_pass_and_whether_it_holds(
    client: Client, slip: Paper, signed_in: SignedIn
) -> None:
    for who in (client, signed_in("xiaowang"), signed_in("he")):
        page = text(who.get(f"/g/{slip.token}"))
        assert "翠湖花园" in page and "有效" in page
        for private in ("王龑", "冰箱", "12-3-502", "张女士"):
            assert private not in page
    let_go(signed_in("zhou"), slip)
    page = text(client.get(f"/g/{slip.token}"))
    assert "已使用" in page and "老周" not in page
    altered = (slip.token or "")[:-10] + "AAAAAAAAAA"
    assert client.get(f"/g/{altered}").status_code == 404
    assert client.get("/g/" + "A" * 401).status_code == 404


@pytest.mark.parametrize(
    ("who", "answer"),
    [("zhou", 200), ("xiaowang", 403), ("chen", 403), ("zheng", 403), ("he", 403), ("xiaoqin", 403)],
)
def test_only_the_gate_keeps_the_gate(slip: Paper, signed_in: SignedIn, who: str, answer: int) -> None:
    client = signed_in(who)
    assert client.get("/gate/").status_code == answer
    assert client.get(f"/gate/passes/{slip.pk}/").status_code == answer
    assert client.post("/gate/checks/", {"code": "x"}).status_code == answer
    if answer == 403:
        assert let_go(client, slip).status_code == 403
        assert (
            client.post(f"/gate/passes/{slip.pk}/mismatch/", {"note": "x", "key": "k" * 9}).status_code == 403
        )


def test_nobody_reaches_the_gate_without_signing_in(client: Client, slip: Paper) -> None:
    for address in ("/gate/", f"/gate/passes/{slip.pk}/", f"/gate/passes/{slip.pk}/release/"):
        assert client.get(address)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "address", ["/gate/passes/999999999/", "/gate/passes/99999999999999999999/", "/gate/passes/0/release/"]
)
def test_what_is_not_there_is_not_found(guard: Any, address: str) -> None:
    assert guard.get(address).status_code == 404


def test_a_paper_that_is_no_pass_is_not_judged(guard: Any, slip: Paper) -> None:
    Paper.objects.filter(pk=slip.pk).update(token=None)
    assert guard.get(f"/gate/passes/{slip.pk}/").status_code == 404
    assert "拒绝" in text(scan(guard, slip.number))


def test_today_lists_what_went_out_the_latest_first(guard: Any, office: Office) -> None:
    slips = [at_the_gate(office) for _ in range(3)]
    guard.get("/gate/")  # whose goods are checked is read once
    counts = []
    for place, slip in enumerate(slips):
        let_go(guard, slip, key=f"release-{place}")
        with CaptureQueriesContext(connection) as seen:
            page = text(guard.get("/gate/"))
        counts.append(len(seen))
    places = [page.index(slip.number) for slip in slips]
    assert places == sorted(places, reverse=True)
    assert len(set(counts)) == 1


def test_what_was_stopped_is_kept_and_listed(guard: Any, slip: Paper, office: Office) -> None:
    scan(guard, slip.token or "")
    assert not Entry.objects.filter(stream=f"gate/{office.estate.pk}").exists(), "a good pass is no stop"
    let_go(guard, slip)
    scan(guard, slip.token or "")
    scan(guard, "FX-1999-000001")
    kept = Entry.objects.filter(stream=f"gate/{office.estate.pk}").order_by("seq")
    assert [(e.body["verdict"], e.body["number"], e.actor) for e in kept] == [
        ("used", slip.number, office.staff("zhou")),
        ("unknown", "", office.staff("zhou")),
    ]
    page = text(guard.get("/gate/"))
    assert f"{slip.number} · 已用过" in page and "“FX-1999-000001” · 不认识" in page
    guard.cookies["django_language"] = "en"
    assert "Stopped today" in text(guard.get("/gate/"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello", "hello"),
        ("13800571500", "…1500"),
        ("id 33010219900101123X", "id …123X"),
        ("https://example.com/a-long-way", "https://example.com/a-lo…"),
        ("业主电话13800571500", ""),
        ("a\x07b", ""),
    ],
)
def test_of_what_is_no_pass_its_beginning_is_kept_and_no_private_number(typed: str, kept: str) -> None:
    assert queries.noted(typed) == kept


def test_yesterdays_stops_are_not_todays(guard: Any, slip: Paper) -> None:
    with time_machine.travel(datetime.now(ZONE) - timedelta(days=1)):
        scan(guard, "FX-1999-000001")
    assert "今天拦下" not in text(guard.get("/gate/"))


def test_a_long_day_is_paged(
    guard: Any, slip: Paper, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    monkeypatch.setattr("banli.gate.queries.RELEASES_SHOWN", 1)
    other = at_the_gate(office)
    for one in (slip, other):
        let_go(guard, one, key=f"release-{one.pk}")
    first = guard.get("/gate/")
    assert other.number in text(first) and slip.number not in text(first)
    second = text(guard.get("/gate/" + first.context["next"]))
    assert slip.number in second and other.number not in second


@pytest.mark.parametrize(
    "before", ["x", "2026-05-01_1", "2026-05-01T00:00:00+08:00_x", "0001-01-01T00:00:00+23:59_1", "_", "\0_1"]
)
def test_a_bent_address_shows_the_list_from_its_beginning(guard: Any, slip: Paper, before: str) -> None:
    assert guard.get("/gate/", {"before": before}).status_code == 200
