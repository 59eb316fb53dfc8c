"""门岗老周's phone in the rain: no network, one verdict, goods that leave once, and nothing is lost or done twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from banli.cases import audit
from banli.engine.refusals import Refusal
from banli.gate import actions as gate
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers import passes
from banli.papers.models import Paper
from tests.cases.test_actions import key
from tests.gate.conftest import at_the_gate
from tests.gate.phones import unhindered
from tests.gate.test_visitors import do, receive
from tests.office import Office

pytestmark = pytest.mark.django_db(transaction=True)
READY = "没有网络也能查"
CODE = "或输入编号、来访人姓名、车牌"


def ready(page: Page) -> Page:
    """The phone has taken in the list and the page."""
    expect(page.get_by_text(READY)).to_be_visible(timeout=20000)
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    return page


def away(page: Page) -> Page:
    """Into the lift shaft: the gate's page is opened where nothing can be reached."""
    ready(page).context.set_offline(True)
    page.goto(page.url)
    expect(page.get_by_text("没有网络", exact=True)).to_be_visible()
    return page


def check(page: Page, code: str) -> None:
    page.get_by_label(CODE).fill(code)
    page.get_by_role("button", name="查验", exact=True).click()


def release(page: Page) -> None:
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
    for item in page.get_by_role("checkbox").all():
        item.check()
    page.get_by_role("button", name="放行", exact=True).click()
    expect(page.get_by_role("heading", name="已放行")).to_be_visible()


def back(page: Page) -> None:
    """Out of the lift shaft: what was recorded is sent by itself."""
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")


def test_goods_leave_once_without_a_network_and_the_house_hears_of_it(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = away(phone(f"HTTPS://BANLI.EXAMPLE/G/{slip.token}"))
    unhindered(page)
    page.get_by_role("button", name="扫码查验").click()
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
    expect(page.get_by_text("双开门冰箱")).to_be_visible()
    expect(page.get_by_role("button", name="放行", exact=True)).to_be_disabled()
    unhindered(page)
    release(page)
    unhindered(page)
    page.get_by_role("button", name="查下一张").click()
    expect(page.get_by_text("1 条没网时的记录还没有传回")).to_be_visible()
    check(page, slip.number.lower())
    expect(page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(page.get_by_text("在这部手机上放行，不能再用")).to_be_visible()
    assert Paper.objects.get(pk=slip.pk).state == "valid"
    page.get_by_role("button", name="查下一张").click()
    back(page)
    expect(page.get_by_text("已传回 2 条。")).to_be_visible()
    kept = Paper.objects.get(pk=slip.pk)
    assert (kept.state, kept.used_by) == ("used", yard.staff("zhou"))
    done = Entry.objects.get(stream=f"case/{slip.case_id}", body__events__0__event="back_entered")
    assert "门岗手机离线记录" in done.body["events"][0]["reference"]
    assert Entry.objects.get(kind="stopped").body["verdict"] == "used", "the second scan is among the stops"
    page.get_by_role("link", name="有网了，回到联网查验").click()
    expect(page.get_by_text("今天放行")).to_be_visible()
    assert Entry.objects.filter(stream=f"case/{slip.case_id}").count() == done.seq
    assert list(audit.cases()) == []


def test_a_slip_that_was_used_at_another_gate_meanwhile_is_found_and_told(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = away(phone(""))
    check(page, slip.token or "")
    gate.release(paper=slip, ticked=[0, 1], key=key(), by=yard["zhou"])
    release(page)
    page.get_by_role("button", name="查下一张").click()
    back(page)
    expect(page.get_by_text(f"{slip.number} 对不上，已报主管")).to_be_visible()
    assert {one.post for one in Notice.objects.filter(code="gate_conflict")} == {
        "safety_supervisor",
        "director",
    }
    page.get_by_role("link", name="有网了，回到联网查验").click()
    expect(page.get_by_text("没网时放行，传回来对不上")).to_be_visible()
    unhindered(page)
    assert [one for checked in audit.CHECKS.values() for one in checked()] == []


def test_a_release_that_was_on_its_way_when_the_network_broke_off_is_not_lost(
    yard: Office, phone: Any
) -> None:
    slip = at_the_gate(yard)
    page = ready(phone(""))
    check(page, slip.number)
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
    page.context.set_offline(True)
    release(page)
    expect(page.get_by_text("没有网络：已记在这部手机上")).to_be_visible()
    back(page)
    page.get_by_role("button", name="查下一张").click()
    expect(page.get_by_text("已传回 1 条。")).to_be_visible()
    assert Paper.objects.get(pk=slip.pk).state == "used"


def test_a_pass_that_is_newer_than_the_list_is_asked_about_and_a_forged_one_is_kept(
    yard: Office, phone: Any
) -> None:
    page = away(phone(""))
    slip = at_the_gate(yard)
    token = slip.token or ""
    check(page, token[:20] + ("A" if token[20] != "A" else "B") + token[21:])
    expect(page.get_by_text("扣下此条，报告值班主任")).to_be_visible()
    page.get_by_role("button", name="查下一张").click()
    check(page, token)
    expect(page.get_by_role("heading", name="先问前台")).to_be_visible()
    unhindered(page)
    page.get_by_role("button", name="放行条：逐项相符，放行").click()
    page.get_by_role("button", name="查下一张").click()
    check(page, token)
    expect(page.get_by_text("在这部手机上放行，不能再用")).to_be_visible()
    page.get_by_role("button", name="查下一张").click()
    back(page)
    expect(page.get_by_text("已传回 3 条。")).to_be_visible()
    assert Paper.objects.get(pk=slip.pk).state == "used"


def test_a_visitor_is_turned_away_without_a_network_and_found_by_the_last_figure(
    yard: Office, phone: Any
) -> None:
    case = receive(yard)
    for step, outcome in (("confirm", "agreed"), ("pass", "issued")):
        do(yard, "xiaoliu", case, step, outcome)
    visit = Paper.objects.get(case_id=case)
    page = away(phone(""))
    check(page, str(visit.ordinal))
    expect(page.get_by_text(visit.number)).to_be_visible()
    page.get_by_role("button", name="不符，不放进").click()
    page.get_by_label("为什么不放").fill("带了一桶汽油")
    unhindered(page)
    page.get_by_role("button", name="不放进", exact=True).click()
    expect(page.get_by_role("heading", name="已拦下")).to_be_visible()
    page.get_by_role("button", name="查下一张").click()
    check(page, visit.number)
    page.get_by_role("button", name="相符，进门").click()
    page.get_by_role("button", name="查下一张").click()
    check(page, visit.number)
    expect(page.get_by_role("button", name="相符，离开")).to_be_visible()
    expect(page.get_by_role("button", name="不符，不放进")).to_have_count(0)
    page.get_by_role("button", name="查下一张").click()
    back(page)
    expect(page.get_by_text("已传回 2 条。")).to_be_visible()
    assert Entry.objects.get(kind="stopped").body["reason"] == "带了一桶汽油"
    assert [one for checked in audit.CHECKS.values() for one in checked()] == []


def test_signing_out_takes_the_list_from_the_phone_and_leaves_what_was_not_sent(
    yard: Office, phone: Any, live_server: Any
) -> None:
    slip = at_the_gate(yard)
    page = away(phone(""))
    check(page, slip.number)
    release(page)
    page.context.clear_cookies()  # before there is a network again, or what is kept would be sent at once
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/sign-in/")
    page.wait_for_function("caches.keys().then((names) => names.length === 0)")
    kept = (
        "import('/static/gate/offline/store.js').then((store) => store.records()).then((all) => all.length)"
    )
    assert page.evaluate(kept) == 1
    page.context.set_offline(True)
    with pytest.raises(Error):
        page.goto(f"{live_server.url}/gate/")
    assert Paper.objects.get(pk=slip.pk).state == "valid"


def test_the_phone_reads_every_token_as_the_house_does(yard: Office, phone: Any) -> None:
    later = timezone.now() + timedelta(days=1)
    told_of = (1, 1, None), (2**32 - 1, 2**48 - 1, later), (7, 123456789012, later)
    good = [passes.new_token(estate_id=e, paper_id=p, valid_until=until) for e, p, until in told_of]
    one, altered = good[0], "7" if good[0][40] != "7" else "6"
    wrong = [
        one[:-1],
        one + "A",
        one[:-1] + "B",
        f"{one[:40]}{altered}{one[41:]}",
        "FX-2026-000001",
        "",
        "/G/",
    ]
    texts = [
        *good,
        *(f"https://x.example/g/{each.lower()}/" for each in good),
        f"ＨＴＴＰ：、、x、G、{one}",
        *wrong,
    ]
    expected: list[Any] = []
    for text in texts:
        try:
            claims = passes.check_token(text)
            until = int(claims.valid_until.timestamp()) if claims.valid_until else 0
            expected.append([claims.estate_id, claims.paper_id, until, passes.fingerprint(claims.token)])
        except Refusal as why:
            expected.append("forged" if why.code == "pass_forged" else None)
    page = phone("")
    told = page.evaluate(
        """async (texts) => {
            const { read, verify, fingerprint } = await import("/static/gate/offline/token.js");
            const { keys } = await (await fetch("/gate/list/")).json();
            return Promise.all(texts.map(async (text) => {
                const claims = read(text);
                if (!claims) return null;
                const signature = await verify(claims, keys);
                if (signature !== "good") return signature;
                return [claims.estate, claims.paper, claims.until, await fingerprint(claims.token)];
            }));
        }""",
        texts,
    )
    assert told == expected
    assert sum(isinstance(each, list) for each in expected) == 7 and "forged" in expected
