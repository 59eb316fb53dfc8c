"""A home's contracts: with parties, days and sealed pages; changed from a day on, never written over."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.audit import CHECKS
from banli.engine.refusals import Refusal
from banli.estate.contracts import actions
from banli.estate.contracts.actions import Terms
from banli.estate.contracts.models import Contract, ContractPage
from banli.estate.contracts.pages import pages_of
from banli.estate.contracts.queries import lines_of
from banli.estate.erasing import erasable
from banli.journal.models import Entry
from banli.journal.pictures import photo
from tests.desk.at_the_desk import at, key, picture, text
from tests.desk.test_privacy import sold, taken
from tests.desk.test_resident_file import file_of, printed
from tests.office import Office, today

__all__ = ["printed"]


def posted(office: Office, *pages: bytes, **change: Any) -> dict[str, Any]:
    """The contract as a browser sends it."""
    return {
        "key": key(), "kind": "tenancy", "parties": [office.owner.pk, office.tenant.pk], "number": "ZL-1",
        "other": "", "since": today().isoformat(), "until": (today() + timedelta(days=364)).isoformat(),
        "pages": [SimpleUploadedFile("page.jpg", page) for page in pages], **change,
    }  # fmt: skip


def entered(office: Office, *pages: bytes, **change: Any) -> Contract:
    sent = at(office, "xiaowang").post(
        f"/units/{office.unit.pk}/contracts/", posted(office, *pages, **change)
    )
    assert sent.status_code == 302, text(sent)
    return Contract.objects.latest("pk")


def state(office: Office, contract: Contract) -> str:
    lines, _ = lines_of(office.unit)
    return next(line.state for line in lines if line.contract == contract)


def looks() -> int:
    return Entry.objects.filter(kind="unmask").count()


def findings() -> list[str]:
    return [str(one) for check in CHECKS.values() for one in check()]


def test_a_contract_stands_in_the_file_and_on_its_paper(office: Office, printed: list[dict[str, Any]]):
    entered(office, picture("white"), picture("red"), other="安居中介")
    page = file_of(office)
    assert "租赁合同" in page and "业主张女士、租户刘先生、安居中介" in page and "ZL-1" in page
    at(office, "xiaowang").get(f"/units/{office.unit.pk}/file.pdf")
    (line,) = printed[0]["file.contracts"]
    assert (line["title"], line["pages"], line["state"]) == ("租赁合同", "2", "有效")
    assert findings() == []


def test_its_pages_are_sealed_and_the_journal_keeps_no_words_of_it(office: Office):
    contract = entered(office, picture("white"), other="安居中介")
    (page,) = ContractPage.objects.filter(contract=contract)
    ((name, content),) = pages_of(contract=contract)
    assert name == f"contracts/{contract.pk}/01.jpg" and content.startswith(b"\xff\xd8\xff")
    with connection.cursor() as cursor:
        cursor.execute("SELECT picture FROM estate_contractpage")
        assert cursor.fetchone()[0].startswith("v1.")
    body = Entry.objects.get(kind="contract_entered").body
    assert body["pages"] == [page.sha256] and body["parties"] == [office.owner.pk, office.tenant.pk]
    assert "安居中介" not in str(body) and "ZL-1" not in str(body)


@pytest.mark.parametrize(
    ("until", "ended", "told"),
    [(300, None, "standing"), (20, None, "soon"), (-1, None, "ended"), (300, -5, "ended"), (None, None, "standing"),
     (300, 5, "ending"), (20, 0, "ending")],
)  # fmt: skip
def test_that_an_end_is_near_or_past_is_seen(office: Office, until: int | None, ended: int | None, told: str):
    day = today()
    end = (day + timedelta(days=until)).isoformat() if until is not None else ""
    contract = entered(office, since=(day - timedelta(days=400)).isoformat(), until=end)
    if ended is not None:
        actions.end(
            by=office["xiaowang"], contract=contract, last_day=day + timedelta(days=ended), reason="双方解除"
        )
    assert state(office, contract) == told
    words = {"standing": "有效", "soon": "快到期", "ended": "已结束", "ending": "将提前结束"}
    assert words[told] in file_of(office)
    assert findings() == []


def test_a_renewal_follows_and_writes_nothing_over(office: Office):
    day = today()
    first = entered(
        office, since=(day - timedelta(days=100)).isoformat(), until=(day + timedelta(days=20)).isoformat()
    )
    client = at(office, "xiaowang")
    assert "续签或变更" in text(client.get(f"/units/{office.unit.pk}/contracts/", {"follows": first.pk}))
    again = entered(office, follows=first.pk, since=day.isoformat(), number="ZL-2")
    first.refresh_from_db()
    assert (first.until, first.ended, again.follows) == (day + timedelta(days=20), None, first)
    assert first.last_day == day - timedelta(days=1) and state(office, first) == "changed"
    with pytest.raises(Refusal, match="contract_followed"):
        actions.enter(
            by=office["xiaowang"], unit=office.unit, follows=first,
            terms=Terms("tenancy", day, None, [office.tenant]),
        )  # fmt: skip
    with pytest.raises(Refusal, match="contract_followed"):
        actions.end(by=office["xiaowang"], contract=first, last_day=day, reason="解除")
    assert Contract.objects.count() == 2 and findings() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"parties": []}, "请填写。"),
        ({"kind": "lottery"}, "请从给出的选项中选择。"),
        ({"until": "2020-01-01", "since": "2021-01-01"}, "结束不能早于开始"),
        ({"since": "0001-01-01"}, "不能早于 1950-01-01"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_entered(
    office: Office, change: dict[str, Any], sentence: str
):
    sent = at(office, "xiaowang").post(f"/units/{office.unit.pk}/contracts/", posted(office, **change))
    assert sent.status_code == 422 and sentence in text(sent)
    assert not Contract.objects.exists()


def test_what_is_no_picture_is_refused_and_nothing_is_entered(office: Office):
    url = f"/units/{office.unit.pk}/contracts/"
    sent = at(office, "xiaowang").post(url, posted(office, picture("white"), b"%PDF-1.7 not a picture"))
    assert sent.status_code == 422 and "只接受照片" in text(sent)
    assert not Contract.objects.exists() and not ContractPage.objects.exists()


def test_somebody_who_never_lived_there_is_no_party(office: Office):
    office.tenant.occupancies.all().delete()
    with pytest.raises(Refusal, match="form_invalid") as refused:
        actions.enter(
            by=office["xiaowang"], unit=office.unit, terms=Terms("tenancy", today(), None, [office.tenant])
        )
    assert refused.value.fields["parties"].code == "party_unknown"


def test_pages_are_added_after_those_that_are_there_up_to_a_number(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    contract, url = entered(office, picture("white")), "/contracts/{}/pages/"
    client = at(office, "xiaowang")
    sent = {"key": key(), "pages": SimpleUploadedFile("2.jpg", picture("red"))}
    assert client.post(url.format(contract.pk), sent).status_code == 302
    again = {"key": sent["key"], "pages": SimpleUploadedFile("2.jpg", picture("red"))}
    assert client.post(url.format(contract.pk), again).status_code == 302
    assert list(contract.pages.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert client.post(url.format(contract.pk), {"key": key()}).status_code == 422
    monkeypatch.setattr(actions, "MOST_PAGES", 2)
    with pytest.raises(Refusal, match="form_invalid"):
        actions.add_pages(by=office["xiaowang"], contract=contract, pages=[photo(picture("blue"))])
    assert contract.pages.count() == 2 and findings() == []


def test_looking_at_the_pages_needs_a_reason_and_is_journalled_first(office: Office):
    contract = entered(office, picture("white"), picture("red"))
    client, url = at(office, "xiaowang"), f"/contracts/{contract.pk}/unmasking/"
    refused = client.post(url, {"reason": " \x00"})
    assert refused.status_code == 422 and "data:image" not in text(refused) and looks() == 0
    shown = client.post(url, {"reason": "租户来问租期"})
    assert text(shown).count("data:image/jpeg;base64,") == 2 and "no-store" in shown["Cache-Control"]
    body = Entry.objects.get(kind="unmask").body
    assert body == {"contract": contract.pk, "field": "pages", "reason": "租户来问租期"}


def test_without_pages_there_is_nothing_to_look_at(office: Office):
    contract = entered(office)
    sent = at(office, "xiaowang").post(f"/contracts/{contract.pk}/unmasking/", {"reason": "核对"})
    assert sent.status_code == 422 and "没有登记这一项" in text(sent) and looks() == 0


def test_the_gate_sees_none_and_another_estate_has_none(office: Office):
    contract = entered(office, picture("white"))
    for rest in ("", "pages/", "closure/", "unmasking/"):
        ask = at(office, "zhou").post if rest else at(office, "zhou").get
        assert ask(f"/contracts/{contract.pk}/{rest}").status_code == 403
        far = at(office, "xiaoqin").post if rest else at(office, "xiaoqin").get
        assert far(f"/contracts/{contract.pk}/{rest}").status_code == 404
    assert looks() == 0


def test_an_early_end_says_why_and_happens_once(office: Office):
    contract = entered(office, since=(today() - timedelta(days=30)).isoformat())
    client, url = at(office, "xiaowang"), f"/contracts/{contract.pk}/closure/"
    assert client.post(url, {"last_day": today().isoformat(), "reason": ""}).status_code == 422
    sent = {"last_day": today().isoformat(), "reason": "双方提前解除"}
    assert client.post(url, sent).status_code == 302
    assert "双方提前解除" in text(client.get(f"/contracts/{contract.pk}/"))
    assert "已于" in text(client.post(url, sent))
    contract.refresh_from_db()
    assert contract.ended == today() and findings() == []


def test_a_party_takes_their_contracts_and_pages_with_them(office: Office):
    contract = entered(office, picture("white"))
    answer = at(office, "xiaowang").post(f"/persons/{office.tenant.pk}/export/", {"reason": "看了身份证"})
    assert answer["Content-Type"] == "application/zip"
    told = taken(office, office.tenant, pages=[f"contracts/{contract.pk}/01.jpg"])
    (line,) = told["contracts"]
    assert line["title"] == "租赁合同" and line["home"] == "12-3-502"


def test_the_name_of_a_party_stays_while_the_contract_is_kept(office: Office):
    entered(office)
    sold(office)
    assert "person_name" not in erasable(office.owner).goes


def test_the_screens_ask_no_more_for_more_contracts(office: Office):
    def asked(url: str) -> int:
        client = at(office, "xiaowang")
        with CaptureQueriesContext(connection) as queries:
            page = text(client.get(url))
        assert "租赁合同" in page and not any('"picture"' in one["sql"] for one in queries)
        return len(queries)

    urls = [f"/units/{office.unit.pk}/contracts/", f"/units/{office.unit.pk}/file/"]
    entered(office, picture("white"))
    asked(urls[1])  # the rulebooks are read once
    first = [asked(url) for url in urls]
    for _ in range(3):
        entered(office, picture("white"), picture("red"))
    assert [asked(url) for url in urls] == first


def test_the_list_goes_on_page_by_page(office: Office):
    rows = [
        actions.enter(
            by=office["xiaowang"], unit=office.unit, terms=Terms("tenancy", date(2020, 1, 1), None, [office.owner])
        )
        for _ in range(22)
    ]  # fmt: skip
    client, url = at(office, "xiaowang"), f"/units/{office.unit.pk}/contracts/"
    page = text(client.get(url))
    assert f"/contracts/{rows[-1].pk}/" in page and f"/contracts/{rows[1].pk}/" not in page
    assert f"?before={rows[2].pk}" in page
    assert f"/contracts/{rows[0].pk}/" in text(client.get(url, {"before": rows[2].pk}))
