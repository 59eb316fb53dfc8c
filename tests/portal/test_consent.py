"""What an owner sees on their own phone, without an account; and what a stranger sees there."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from banli.cases import audit, links
from banli.cases.models import Case, ConsentLink
from banli.journal.models import Entry
from banli.portal import limits
from tests.desk.at_the_desk import at, give_telephone, key, open_goods, signature_url, text
from tests.office import Office, identity


@pytest.fixture
def made(office: Office) -> links.Offered:
    give_telephone(office, office.owner)
    case = Case.objects.get(pk=open_goods(office, office.tenant, phone="13800138000", plate="<b>浙A1</b>"))
    return links.offer(
        by=office["xiaowang"], case=case, step="consent", branch=None, owner=office.owner.pk, key=key()
    )  # fmt: skip


def url(made: links.Offered) -> str:
    return f"/c/{made.token}/"


def answer(office: Office, **change: str) -> dict[str, str]:
    return {"proof": office.owner.id_number[-4:], "signature": signature_url(), "outcome": "signed", **change}


def test_the_owner_sees_exactly_what_is_asked_and_nothing_private(office: Office, made: links.Offered):
    page = text(Client().get(url(made)))
    for said in ("物品放行条", "12-3-502", "租户刘先生", "李师傅", "沙发", "电视", "&lt;b&gt;浙A1&lt;/b&gt;"):
        assert said in page
    for hidden in (identity(), "13800138000", office.owner.id_number, "13800571500"):
        assert hidden not in page


def test_looking_uses_nothing_up(office: Office, made: links.Offered):
    for _ in range(3):
        assert Client().get(url(made)).status_code == 200
    assert ConsentLink.objects.get().state == "waiting"


def test_the_owner_signs_and_the_page_says_thanks(office: Office, made: links.Offered):
    client = Client()
    assert client.post(url(made), answer(office)).status_code == 302
    page = client.get(url(made))
    assert page.status_code == 200
    assert "已签名" in text(page)
    assert "李师傅" not in text(page)  # nothing more to be seen
    assert Case.objects.get().standing["tokens"][0]["step"] == "sign"


def test_a_second_answer_changes_nothing(office: Office, made: links.Offered):
    client = Client()
    client.post(url(made), answer(office))
    again = client.post(url(made), answer(office, outcome="refused", note="反悔"))
    assert again.status_code == 410
    assert Case.objects.get().status == "open"
    assert Entry.objects.filter(stream__startswith="case/").count() == 3  # opened, link sent, signed


def test_a_drawn_signature_stays_on_a_page_that_is_shown_again(office: Office, made: links.Offered):
    client = Client()
    page = text(client.post(url(made), answer(office, proof="0000")))
    (drawn,) = set(re.findall(r"data:image/png;base64,[A-Za-z0-9+/=]+", page))
    assert "刚才签的还在" in page
    assert "已在纸上签名" not in page  # nobody files paper on a phone
    assert client.post(url(made), answer(office, signature=drawn)).status_code == 302
    assert Case.objects.get().standing["tokens"][0]["step"] == "sign"


def test_a_refusal_without_its_reason_keeps_no_drawing_of_somebody_else(office: Office, made: links.Offered):
    page = text(Client().post(url(made), answer(office, signature="data:image/png;base64,AAAA")))
    assert "请先在框里手写签名" in page
    assert "刚才签的还在" not in page


@pytest.mark.parametrize(
    ("set_to", "dialled"),
    [("0571-8800 5500 转 12", 'href="tel:+8657188005500"'), ("见楼下告示", ""), ("", "")],
)
def test_the_page_gives_the_desks_own_telephone(
    office: Office, made: links.Offered, set_to: str, dialled: str
):
    office.estate.settings = {**office.estate.settings, "phone": set_to}
    office.estate.save()
    for _ in range(2):
        page = text(Client().get(url(made)))
        assert ("服务台电话" in page, set_to in page) == (bool(set_to), True)
        assert dialled in page and page.count("tel:") == (1 if dialled else 0)
        ConsentLink.objects.update(state="withdrawn", ended_at=timezone.now())


def test_what_is_missing_is_said_beside_its_field(office: Office, made: links.Offered):
    client = Client()
    assert "签名" in text(client.post(url(made), answer(office, signature="")))
    wrong = client.post(url(made), answer(office, proof="0000"))
    assert wrong.status_code == 422
    assert "还可以试 4 次" in text(wrong)
    unsaid = client.post(url(made), answer(office, outcome="refused", note=""))
    assert unsaid.status_code == 422
    assert "原因" in text(unsaid)
    assert Case.objects.get().standing["tokens"][0]["step"] == "consent"


def test_a_refusal_ends_the_matter(office: Office, made: links.Offered):
    client = Client()
    client.post(url(made), answer(office, outcome="refused", note="家具是我的", signature=""))
    assert Case.objects.get().status == "rejected"
    assert "不同意" in text(client.get(url(made)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {
                "expires_at": timezone.now() + timedelta(seconds=1),
                "created_at": timezone.now() - timedelta(1),
            },
            "过期",
        ),
        ({"state": "withdrawn", "ended_at": timezone.now()}, "收回"),
        ({"state": "locked", "ended_at": timezone.now(), "wrong": 5}, "停用"),
        ({"shown": "0" * 64}, "改过"),
    ],
    ids=["expired", "withdrawn", "locked", "changed"],
)
def test_a_link_that_is_over_says_what_to_do(office: Office, made: links.Offered, change: dict, said: str):
    if "expires_at" in change:
        change = {**change, "expires_at": timezone.now() - timedelta(seconds=1)}
    ConsentLink.objects.update(**change)
    for response in (Client().get(url(made)), Client().post(url(made), answer(office))):
        assert response.status_code == 410
        assert said in text(response)
        assert "服务台" in text(response)
        assert "李师傅" not in text(response)
    assert Case.objects.get().standing["tokens"][0]["step"] == "consent"


def test_a_stranger_is_told_nothing(office: Office, made: links.Offered):
    response = Client().get("/c/" + "A" * 43 + "/")
    assert response.status_code == 404
    assert "翠湖花园" not in text(response)
    assert "没有这个链接" in text(response)


def test_whoever_guesses_is_not_answered_for_a_while(office: Office, made: links.Offered):
    client = Client()
    most = limits.LIMITS["guess"][0]
    assert {client.get(f"/c/guess-{n}/").status_code for n in range(most)} == {404}
    assert client.get("/c/another/").status_code == 429
    assert client.get(url(made)).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get(url(made)).status_code == 200


def test_answers_are_counted_too(office: Office, made: links.Offered):
    client = Client()
    told = [
        client.post(url(made), {"outcome": "signed"}).status_code
        for _ in range(limits.LIMITS["answer"][0] + 1)
    ]
    assert (told[0], told[-1]) == (422, 429)


def test_no_address_of_the_phone_is_kept(office: Office, made: links.Offered):
    from django.db import connection

    Client(REMOTE_ADDR="203.0.113.77").post(url(made), answer(office))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key || value FROM banli_cache")
        kept = str(cursor.fetchall())
    kept += str(list(Entry.objects.values_list("body", flat=True))) + str(list(ConsentLink.objects.values()))
    assert "203.0.113.77" not in kept


def test_the_answer_is_for_no_cache_and_no_search_engine(office: Office, made: links.Offered):
    response = Client().get(url(made))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_a_form_from_elsewhere_is_refused(office: Office, made: links.Offered):
    client = Client(enforce_csrf_checks=True)
    client.get(url(made))
    assert client.post(url(made), answer(office)).status_code == 403
    assert ConsentLink.objects.get().state == "waiting"


def test_the_page_is_there_in_english(office: Office, made: links.Offered):
    page = text(Client(headers={"accept-language": "en"}).get(url(made)))
    assert "Goods release pass" in page
    assert "Agree and sign" in page


def test_the_clerk_sees_the_link_once_and_then_only_that_it_waits(office: Office):
    give_telephone(office, office.owner)
    case, clerk = open_goods(office, office.tenant), at(office, "xiaowang")
    assert "发链接给业主" in text(clerk.get(f"/cases/{case}/"))
    page = text(clerk.post(f"/cases/{case}/consent-links/", {"key": key(), "act-step": "consent"}))
    link = ConsentLink.objects.get()
    assert "<svg" in page
    token = page.split("/c/")[1].split("/")[0]
    assert links.digest_of(token) == link.digest
    shown = text(clerk.get(f"/cases/{case}/"))
    assert "链接已发给业主张女士" in shown
    assert token not in shown
    assert (
        clerk.get(f"/cases/{case}/consent-links/{link.pk}/", headers={"hx-request": "true"}).status_code
        == 200
    )
    Client().post(f"/c/{token}/", answer(office))
    gone = clerk.get(f"/cases/{case}/consent-links/{link.pk}/", headers={"hx-request": "true"})
    assert (gone.status_code, gone["HX-Redirect"]) == (204, f"/cases/{case}/")
    history = text(clerk.get(f"/cases/{case}/"))
    assert "业主张女士" in history
    assert "方式：手机链接签名" in history


def test_the_clerk_takes_a_link_back(office: Office, made: links.Offered):
    clerk = at(office, "xiaowang")
    told = clerk.post(f"/cases/{made.link.case_id}/consent-links/{made.link.pk}/withdrawal/", {"key": key()})
    assert told.status_code == 302
    assert "收回" in text(Client().get(url(made)))
    history = text(clerk.get(f"/cases/{made.link.case_id}/"))
    assert "给业主张女士发链接：业主同意" in history
    assert "收回给业主张女士的链接：业主同意" in history


def test_the_desk_hears_that_a_link_stopped_working_and_sends_another(office: Office, made: links.Offered):
    clerk, phone, case = at(office, "xiaowang"), Client(), made.link.case_id
    for _ in range(links.MOST_WRONG):
        page = text(phone.post(url(made), answer(office, proof="0000")))
    assert "链接已停用" in page
    assert "业主链接核对错太多次，已停用：业主同意" in text(clerk.get("/notices/"))
    shown = text(clerk.get(f"/cases/{case}/"))
    assert "发给业主张女士的链接核对错太多次" in shown
    assert "给业主张女士的链接核对错太多次，已停用：业主同意" in shown  # in its history
    sent = clerk.post(f"/cases/{case}/consent-links/", {"key": key(), "act-step": "consent"})
    token = text(sent).split("/c/")[1].split("/")[0]
    assert phone.post(f"/c/{token}/", answer(office)).status_code == 302
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


def test_a_link_that_ran_out_unanswered_is_said_beside_the_step(office: Office, made: links.Offered):
    now = timezone.now()
    ConsentLink.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    shown = text(at(office, "xiaowang").get(f"/cases/{made.link.case_id}/"))
    assert "没有答复" in shown
    assert "重新发链接" in shown


def test_the_clerk_records_paper_and_call_on_the_screen(office: Office):
    give_telephone(office, office.owner)
    clerk = at(office, "xiaowang")
    for way, told in (
        ("paper", {"act-reference": "一号柜 017"}),
        ("call", {"act-ask-id_tail": office.owner.id_number[-4:], "act-ask-since": "2020-01"}),
    ):
        case = open_goods(office, office.tenant)
        sent = {"key": key(), "act-step": "consent", "act-outcome": "signed", "act-way": way}
        wrong = clerk.post(f"/cases/{case}/acts/", {**sent, "key": key(), "act-owner": office.owner.pk})
        assert wrong.status_code == 422, way
        assert (
            clerk.post(f"/cases/{case}/acts/", {**sent, **told, "act-owner": office.owner.pk}).status_code
            == 302
        )
        assert office.owner.id_number[-4:] not in str(
            Entry.objects.filter(stream=f"case/{case}").values_list("body")
        )
    history = text(clerk.get(f"/cases/{case}/"))
    assert "打的是登记的号码" in history
