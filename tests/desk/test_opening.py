"""The form that opens a case: made from the procedure file, forgiving to whoever fills it in."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.models import Case
from banli.cases.private import open_answer
from banli.estate.authority.actions import grant_authority
from banli.estate.models import Occupancy, Unit
from banli.journal.models import Entry
from tests.desk.at_the_desk import (
    TELEPHONE,
    at,
    give_telephone,
    goods_posted,
    key,
    marked,
    occupancy,
    open_goods,
    opening_url,
    text,
)  # fmt: skip
from tests.office import Office, identity, today


def test_it_asks_who_applies_among_those_who_may(office: Office):
    page = text(at(office, "xiaowang").get(opening_url(office, "goods-release")))
    assert f"?applicant={occupancy(office, office.owner)}" in page
    assert f"?applicant={occupancy(office, office.tenant)}" in page
    assert "carrier" not in page


def test_it_says_who_would_have_to_apply_when_nobody_may(office: Office):
    Occupancy.objects.filter(unit=office.unit).update(role="renovation_lead")
    page = text(at(office, "xiaowang").get(opening_url(office, "home-repair")))
    assert "业主、共有人、租户、家属" in page


def test_what_is_known_is_filled_in(office: Office):
    give_telephone(office, office.owner)
    client = at(office, "xiaowang")
    page = text(
        client.get(opening_url(office, "goods-release"), {"applicant": occupancy(office, office.owner)})
    )
    assert f'value="{office.owner.name}"' in page
    assert f'value="{today().isoformat()}"' in page
    assert "138****1500" in page
    assert TELEPHONE not in page


def test_the_identity_number_on_file_is_not_typed_again(office: Office):
    give_telephone(office, office.owner)
    asked = {"applicant": occupancy(office, office.owner)}
    for procedure in ("network-opening", "network-change"):
        page = text(at(office, "xiaowang").get(opening_url(office, procedure), asked))
        assert "已登记 **************002" in page


def test_a_known_telephone_that_is_left_blank_is_used(office: Office):
    give_telephone(office, office.owner)
    answer = at(office, "xiaowang").post(
        opening_url(office, "goods-release"), goods_posted(office, office.owner)
    )
    assert answer.status_code == 302
    case = Case.objects.get()
    assert open_answer(case, "phone", case.form["phone"]) == TELEPHONE


def test_the_price_list_is_shown_where_the_price_is_told(office: Office):
    client = at(office, "xiaowang")
    page = text(
        client.get(opening_url(office, "home-cleaning"), {"applicant": occupancy(office, office.tenant)})
    )
    listed = re.sub(r"<[^>]+>|\s", "", page.partition('class="price-list"')[2].partition("</table>")[0])
    assert "日常保洁40.00元/人·小时" in listed and "油烟机清洗120.00元/台" in listed
    repair = client.get(opening_url(office, "home-repair"), {"applicant": occupancy(office, office.tenant)})
    assert "price-list" not in text(repair)


def test_a_default_is_chosen_and_a_conditional_question_carries_its_condition(office: Office):
    client = at(office, "xiaowang")
    page = text(
        client.get(opening_url(office, "home-repair"), {"applicant": occupancy(office, office.tenant)})
    )
    assert re.search(r'name="urgency" value="now" checked', page)
    assert re.search(r'id="f-booked_at-field" data-when="[^"]*form\.urgency[^"]*booked', page)


def test_limits_of_a_date_stand_as_days(office: Office):
    client = at(office, "xiaowang")
    page = text(
        client.get(opening_url(office, "goods-release"), {"applicant": occupancy(office, office.owner)})
    )
    day = re.search(r'<input[^>]*type="date"[^>]*>', page)
    assert day is not None
    assert f'min="{today().isoformat()}"' in day[0]
    assert 'max="7d"' not in day[0]


def test_a_good_form_opens_the_case_and_leads_to_it(office: Office):
    answer = at(office, "xiaowang").post(
        opening_url(office, "goods-release"), goods_posted(office, office.owner)
    )
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.pk}/?done=1")
    assert (case.applicant, case.applicant_role, case.opened_by) == (
        office.owner, "owner", office.staff("xiaowang")
    )  # fmt: skip
    assert case.form["goods"] == [{"name": "沙发", "count": 1, "class": "large", "remark": None}]


def test_htmx_is_led_on_to_a_whole_page(office: Office):
    client, posted = at(office, "xiaowang"), goods_posted(office, office.owner)
    answer = client.post(opening_url(office, "goods-release"), posted, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/cases/{Case.objects.get().pk}/?done=1"


def test_sent_twice_it_opens_one_case_and_leads_to_it_both_times(office: Office):
    client, posted = at(office, "xiaowang"), goods_posted(office, office.owner)
    first = client.post(opening_url(office, "goods-release"), posted)
    second = client.post(opening_url(office, "goods-release"), posted)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_one_key_does_not_stand_for_two_forms(office: Office):
    client, posted = at(office, "xiaowang"), goods_posted(office, office.owner)
    client.post(opening_url(office, "goods-release"), posted)
    answer = client.post(opening_url(office, "goods-release"), {**posted, "carrier": "王师傅"})
    assert answer.status_code == 409
    assert Case.objects.count() == 1


def test_every_fault_is_marked_and_what_was_typed_is_kept(office: Office):
    wrong = identity()[:-1] + ("1" if identity()[-1] != "1" else "2")
    posted = goods_posted(
        office, office.owner, carrier="<b>李</b>9", carrier_id=wrong, date="2020-01-01",
        **{"goods-1-name": "冰箱", "goods-1-count": "很多", "goods-1-remark": "旧"},
    )  # fmt: skip
    answer = at(office, "xiaowang").post(opening_url(office, "goods-release"), posted)
    page = text(answer)
    assert answer.status_code == 422
    assert marked(answer) == {"carrier", "carrier_id", "date", "goods"}
    assert "校验位不对" in page
    assert "第 2 行“数量”" in page
    assert 'value="&lt;b&gt;李&lt;/b&gt;9"' in page
    assert "<b>李</b>" not in page
    assert wrong in page  # their own typing, to put one digit right; nothing that was stored
    for kept in ("冰箱", "很多", "旧", "沙发"):
        assert f'value="{kept}"' in page
    assert not Case.objects.exists()
    assert not Entry.objects.filter(stream__startswith="case/").exists()


def test_an_answer_to_a_question_that_was_not_asked_is_dropped(office: Office):
    posted = {
        "key": "opening-key-0001", "act-applicant": occupancy(office, office.tenant), "problem": "灯不亮",
        "place": "kitchen", "trade": "electric", "urgency": "now", "booked_at": "not a time", "phone": TELEPHONE,
    }  # fmt: skip
    answer = at(office, "xiaowang").post(opening_url(office, "home-repair"), posted)
    assert answer.status_code == 302
    assert Case.objects.get().form["booked_at"] is None


def test_a_question_that_is_asked_must_be_answered(office: Office):
    posted = {
        "key": "opening-key-0002", "act-applicant": occupancy(office, office.tenant), "problem": "灯不亮",
        "place": "kitchen", "trade": "electric", "urgency": "booked", "booked_at": "", "phone": TELEPHONE,
    }  # fmt: skip
    answer = at(office, "xiaowang").post(opening_url(office, "home-repair"), posted)
    assert marked(answer) == {"booked_at"}
    assert re.search(r'value="booked" checked', text(answer))


def test_a_second_open_case_of_the_same_matter_is_warned_of_but_not_forbidden(office: Office):
    first = open_goods(office)
    client = at(office, "xiaowang")
    page = text(
        client.get(opening_url(office, "goods-release"), {"applicant": occupancy(office, office.owner)})
    )
    assert "这套房已经有同样的件没办完" in page
    assert f"/cases/{first}/" in page
    answer = client.post(opening_url(office, "goods-release"), goods_posted(office, office.owner))
    assert answer.status_code == 302
    assert Case.objects.count() == 2


def test_a_tenant_is_told_beforehand_that_the_owner_must_consent(office: Office):
    client = at(office, "xiaowang")
    url, who = opening_url(office, "goods-release"), {"applicant": occupancy(office, office.tenant)}
    assert "须先取得业主同意" in text(client.get(url, who))
    assert "须先取得业主同意" not in text(client.get(url, {"applicant": occupancy(office, office.owner)}))
    grant_authority(
        by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant,
        scopes=["goods_release"], valid_from=today(), valid_to=today(), evidence_kind="signed_paper",
        evidence_note="原件在档案柜", key=key(),
    )  # fmt: skip
    assert "不必再问业主" in text(client.get(url, who))


@pytest.mark.parametrize("applicant", ["", "0", "x", "999999999", "1\x00"])
def test_nobody_applies_who_is_not_of_the_home(office: Office, applicant: str):
    posted = {**goods_posted(office, office.owner), "act-applicant": applicant}
    answer = at(office, "xiaowang").post(opening_url(office, "goods-release"), posted)
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_whoever_moved_out_does_not_apply(office: Office):
    posted = goods_posted(office, office.tenant)
    Occupancy.objects.filter(person=office.tenant).update(until="2024-01-01")
    assert at(office, "xiaowang").post(opening_url(office, "goods-release"), posted).status_code == 422


@pytest.mark.parametrize("name", ["carrier", "carrier_id", "date", "goods-0-name", "plate", "key"])
def test_nul_bytes_are_refused_where_they_stand(office: Office, name: str):
    posted = goods_posted(office, office.owner, **{name: "a\x00b"})
    answer = at(office, "xiaowang").post(opening_url(office, "goods-release"), posted)
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_huge_numbers_and_long_texts_are_refused(office: Office):
    posted = goods_posted(
        office, office.owner, carrier="张" * 5000, **{"goods-0-count": "9" * 400, "goods-0-name": "沙" * 61}
    )
    answer = at(office, "xiaowang").post(opening_url(office, "goods-release"), posted)
    assert marked(answer) == {"carrier", "goods"}


def test_unknown_procedures_foreign_homes_and_other_posts_get_nowhere(office: Office):
    theirs = Unit.objects.get(estate=office.elsewhere)
    assert at(office, "xiaowang").get(opening_url(office, "no-such-thing")).status_code == 404
    assert at(office, "xiaowang").get(f"/units/{theirs.pk}/open/goods-release/").status_code == 404
    assert at(office, "laoli").get(opening_url(office, "goods-release")).status_code == 403
    assert at(office, "zhou").post(opening_url(office, "goods-release"), {}).status_code == 403


def test_a_form_without_its_key_is_refused(office: Office):
    posted = goods_posted(office, office.owner)
    del posted["key"]
    assert at(office, "xiaowang").post(opening_url(office, "goods-release"), posted).status_code == 422
    assert not Case.objects.exists()


def test_the_page_is_kept_by_no_proxy(office: Office):
    answer = at(office, "xiaowang").get(opening_url(office, "goods-release"))
    assert "no-store" in answer["Cache-Control"]


def test_it_is_complete_in_english(office: Office):
    client = at(office, "xiaowang")
    client.cookies["django_language"] = "en"
    page = text(
        client.get(opening_url(office, "goods-release"), {"applicant": occupancy(office, office.owner)})
    )
    form = page[page.index('<form class="form step-form') : page.index("</form>", page.index("step-form"))]
    for name in (office.owner.name, *(desk.staff.name for desk in office.desks.values())):
        form = form.replace(name, "")
    form = re.sub(r"(Large|Valuable): [^·<]+", "", form)  # the estate's own lists are in its own words
    assert not re.findall(r"[一-鿿]+", form)


def test_what_is_only_shown_with_the_form_is_not_read_to_open_a_case(office: Office):
    client, url = at(office, "xiaowang"), opening_url(office, "goods-release")
    client.post(url, goods_posted(office, office.owner))
    posted = goods_posted(office, office.owner)
    with CaptureQueriesContext(connection) as seen:
        assert client.post(url, posted).status_code == 302
    assert len(seen) <= 9 and "cases_task" not in " ".join(
        one["sql"] for one in seen.captured_queries if one["sql"].startswith("SELECT")
    )
    assert "登记 · " in text(client.get(url, {"applicant": posted["act-applicant"]}))
