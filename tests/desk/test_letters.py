"""The letter of authority on paper: empty, as typed so far, as entered; and which case used it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.http import QueryDict
from pypdf import PdfReader

from banli.cases.models import Case
from banli.desk import letters
from banli.estate.authority.actions import grant_authority
from banli.estate.models import Authority, AuthorityUse
from tests.cases.test_actions import do
from tests.desk.at_the_desk import at, give_telephone, open_goods, text
from tests.office import Office, identity, today


def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What goes to the printer, beside the PDF itself."""
    told: list[dict] = []
    real = letters.render.to_sign

    def seen(definition, values, copy):
        told.append(dict(values))
        return real(definition, values, copy)

    monkeypatch.setattr(letters.render, "to_sign", seen)
    return told


def entered(office: Office, **change) -> Authority:
    asked = {
        "by": office["xiaowang"], "unit": office.unit, "principal": office.owner, "delegate": office.tenant,
        "scopes": ["goods_release"], "valid_from": today(), "valid_to": today(), "once": True,
        "evidence_kind": "signed_paper", "evidence_note": "一号柜", "acting": None,
    }  # fmt: skip
    return grant_authority(**{**asked, **change})


def test_an_empty_letter_is_printed_with_every_matter_to_tick(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    told = printed(monkeypatch)
    response = at(office, "xiaowang").get(f"/units/{office.unit.pk}/letter-of-authority.pdf")
    assert response.content.startswith(b"%PDF")
    assert told[0]["authority.principal"] == told[0]["authority.valid_to"] == ""
    assert {matter["title"] for matter in told[0]["authority.matters"]} >= {"物品放行条", "动火许可证"}
    assert not any(matter["on"] for matter in told[0]["authority.matters"])


def test_what_has_been_typed_is_printed_to_be_signed(office: Office, monkeypatch: pytest.MonkeyPatch):
    told = printed(monkeypatch)
    typed = {
        "principal": office.owner.pk, "delegate": office.tenant.pk, "scopes": ["goods_release"], "once": "yes",
        "valid_from": "2026-05-01", "valid_to": "2026-06-01",
    }  # fmt: skip
    response = at(office, "xiaowang").get(f"/units/{office.unit.pk}/letter-of-authority.pdf", typed)
    assert response["Content-Type"] == "application/pdf"
    assert (told[0]["authority.principal"], told[0]["authority.delegate"]) == ("业主张女士", "租户刘先生")
    assert [m["title"] for m in told[0]["authority.matters"] if m["on"]] == ["物品放行条"]
    assert not Authority.objects.exists()


def test_nonsense_is_left_blank_and_a_tenant_is_no_principal(office: Office, monkeypatch: pytest.MonkeyPatch):
    told = printed(monkeypatch)
    typed = QueryDict(mutable=True)
    typed.update(
        {"principal": str(office.tenant.pk), "delegate": "x", "valid_from": "2026-13-40", "once": "perhaps"}
    )
    assert letters.draft(office["xiaowang"], office.unit, typed).startswith(b"%PDF")
    blank = ("principal", "delegate", "valid_from", "once")
    assert {told[0][f"authority.{name}"] for name in blank} == {""}


def test_no_number_of_the_file_is_printed(office: Office, monkeypatch: pytest.MonkeyPatch):
    give_telephone(office, office.owner)
    told = printed(monkeypatch)
    at(office, "xiaowang").get(f"/authorities/{entered(office).pk}/letter.pdf")
    assert told[0]["authority.principal"] == "业主张女士"
    assert office.owner.id_number not in str(told) and office.owner.phone not in str(told)


def test_a_case_that_used_a_letter_stands_beside_it_and_the_letter_is_spent(office: Office):
    letter = entered(office)
    case = open_goods(office, office.tenant)
    assert AuthorityUse.objects.get().case_id == case
    page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/authorities/"))
    assert f'href="/cases/{case}/"' in page
    assert "已用完" in page
    letter.refresh_from_db()
    assert letter.used_at is not None
    second = open_goods(office, office.tenant)  # the owner is asked again
    assert Case.objects.get(pk=second).standing["tokens"][0]["step"] == "consent"


@pytest.mark.parametrize(
    ("begins", "ends", "carried", "covered"),
    [
        (0, 1, 1, True),
        (0, 1, 2, False),  # over before the things leave
        (1, 5, 1, True),  # not in force today, but on the day
        (2, 5, 1, False),
    ],
)
def test_a_letter_must_hold_on_the_day_it_is_used(
    office: Office, begins: int, ends: int, carried: int, covered: bool
):
    day = today()
    entered(office, valid_from=day + timedelta(days=begins), valid_to=day + timedelta(days=ends))
    case = open_goods(office, office.tenant, date=(day + timedelta(days=carried)).isoformat())
    waiting = Case.objects.get(pk=case).standing["tokens"][0]["step"]
    assert (waiting == "sign", AuthorityUse.objects.exists()) == (covered, covered)


def test_a_day_put_off_beyond_the_letter_asks_the_owner_again(office: Office):
    day = today()
    entered(office, valid_from=day, valid_to=day + timedelta(days=1))
    case = open_goods(office, office.tenant, date=day.isoformat())
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "returned", note="改天搬")
    answers = {
        "carrier": "李师傅", "carrier_id": identity(), "date": (day + timedelta(days=2)).isoformat(),
        "goods": [{"name": "沙发", "count": 1}],
    }  # fmt: skip
    do(office, "xiaowang", case, "fill", "done", answers=answers)
    assert Case.objects.get(pk=case).standing["tokens"][0]["step"] == "consent"


def test_a_letter_is_to_be_signed_and_is_no_specimen(office: Office):
    """What is ticked is ticked on the paper; nothing across it says that it cannot be used."""
    letter = entered(office)
    drawn = letters.entered(letter)
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(drawn)).pages).replace("\n", "")
    assert "样张" not in words and "№" not in words
    assert "业主张女士" in words and f"第{letter.pk}号" in words.replace(" ", "")
    letter.scopes = ["goods_release", "network"]
    assert len(letters.entered(letter)) > len(drawn)  # one tick more
