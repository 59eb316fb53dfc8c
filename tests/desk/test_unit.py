"""A home on one screen: its people, what they may have done, what is going on, what was."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions
from banli.estate.authority.actions import grant_authority
from banli.estate.belongings import PaymentStanding, Vehicle
from banli.estate.models import Occupancy, Person, Unit
from tests.desk.at_the_desk import (
    TELEPHONE,
    at,
    give_telephone,
    issued,
    key,
    open_goods,
    open_repair,
    opening_url,
    text,
)  # fmt: skip
from tests.office import Office, identity, today


def page_of(office: Office, who: str = "xiaowang", **query: str) -> str:
    answer = at(office, who).get(f"/units/{office.unit.pk}/", query)
    assert answer.status_code == 200
    return text(answer)


def test_people_stand_with_their_roles_and_masked_numbers(office: Office):
    give_telephone(office, office.owner)
    page = page_of(office)
    assert "业主张女士" in page
    assert "租户刘先生" in page
    assert "138****1500" in page
    assert TELEPHONE not in page
    assert identity("11010119850312002") not in page


def test_the_clerk_may_begin_what_the_front_desk_takes_in(office: Office):
    page = page_of(office)
    assert f'formaction="{opening_url(office, "goods-release")}"' in page
    assert f'formaction="{opening_url(office, "home-repair")}"' in page


def test_what_may_be_begun_stands_on_the_packs_shelves_each_of_the_first_ten_with_a_key(office: Office):
    page = page_of(office)
    shelves = re.findall(r'<h4 class="begin-shelf-title">(.+?)</h4>', page)
    assert shelves == ["出入", "来电、投诉和回访", "维修和清洁", "装修", "开户、网络和车位"]
    offered = re.findall(r'/open/([\w-]+)/" data-roles="[^"]*"(?: data-key="(\d)")?', page)
    assert offered[:4] == [("goods-release", "1"), ("stairs-lift", "2"), ("visitor", "3"), ("call", "4")]
    assert "".join(key for _name, key in offered) == "1234567890"
    assert len(offered) > 10 and len({name for name, _key in offered}) == len(offered)


def test_who_works_in_a_home_is_not_offered_what_our_own_staff_may_ask(office: Office):
    told = re.search(r'/open/goods-release/" data-roles="([^"]*)"', page_of(office))
    assert told and "family" in told.group(1).split() and "staff" not in told.group(1).split()


def test_a_post_that_takes_nothing_in_begins_nothing(office: Office):
    page = page_of(office, "sun")
    assert "formaction=" not in page
    assert 'name="applicant"' not in page


def test_the_engineering_supervisor_begins_what_is_found_on_the_spot(office: Office):
    page = page_of(office, "zhao")
    assert f'formaction="{opening_url(office, "violation")}"' in page
    assert f'formaction="{opening_url(office, "goods-release")}"' not in page


def test_whoever_was_found_by_name_is_chosen_already(office: Office):
    chosen = Occupancy.objects.get(unit=office.unit, person=office.tenant).pk
    page = page_of(office, person=str(office.tenant.pk))
    assert f'id="who-{chosen}" name="applicant" value="{chosen}" data-role="tenant" checked' in page
    assert page_of(office, person="99999999\x00").count(" checked") == 0


def test_open_cases_say_whose_turn_it_is_and_until_when(office: Office):
    case = open_repair(office)
    page = page_of(office)
    assert f"/cases/{case}/" in page
    assert "派维修人员" in page
    assert "data-clock" in page


def test_a_valid_slip_is_shown_until_it_is_used(office: Office):
    case = issued(office)
    assert "FX-" in page_of(office)
    actions.act(
        by=office["zhou"], case_id=case, step="gate", outcome="released", key=key(), extra={"ticked": [0, 1]}
    )
    assert "FX-" not in page_of(office)


def test_an_authority_that_ends_soon_is_pointed_out(office: Office):
    def grant(days: int) -> None:
        grant_authority(
            by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant,
            scopes=["goods_release"], valid_from=today(), valid_to=today() + timedelta(days=days),
            evidence_kind="signed_paper", evidence_note="原件在档案柜", key=key(),
        )  # fmt: skip

    grant(300)
    page = page_of(office)
    assert "业主张女士 → 租户刘先生" in page
    assert "为止。" not in page
    grant(3)
    assert "租户刘先生的委托到" in page_of(office)


def test_a_home_without_an_owner_is_pointed_out(office: Office):
    assert "还没有登记业主" not in page_of(office)
    Occupancy.objects.filter(person=office.owner).delete()
    assert "还没有登记业主" in page_of(office)


def test_late_cases_are_pointed_out(office: Office):
    open_repair(office)
    assert "已经超时" not in page_of(office)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert "有 1 件已经超时" in page_of(office)


def test_past_cases_go_on_page_by_page(office: Office):
    cases = []
    for _ in range(12):
        cases.append(open_goods(office))
        actions.withdraw(by=office["xiaowang"], case_id=cases[-1], reason="不搬了", key=key())
    page = page_of(office)
    assert f"/cases/{cases[-1]}/" in page
    assert f"/cases/{cases[0]}/" not in page
    assert f"?before={cases[2]}" in page
    client = at(office, "xiaowang")
    more = client.get(f"/units/{office.unit.pk}/", {"before": cases[2]}, headers={"HX-Request": "true"})
    assert f"/cases/{cases[0]}/" in text(more)
    assert "谁来办" not in text(more)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 19, "1\x00"])
def test_a_place_that_is_none_is_not_there(office: Office, before: str):
    assert at(office, "xiaowang").get(f"/units/{office.unit.pk}/", {"before": before}).status_code == 404


def test_another_estates_home_is_not_there(office: Office):
    theirs = Unit.objects.get(estate=office.elsewhere)
    assert at(office, "xiaowang").get(f"/units/{theirs.pk}/").status_code == 404
    assert at(office, "xiaoqin").get(f"/units/{office.unit.pk}/").status_code == 404
    assert at(office, "xiaowang").get("/units/999999999999999999/").status_code == 404


def test_the_guard_needs_the_slip_not_the_file(office: Office):
    assert at(office, "zhou").get(f"/units/{office.unit.pk}/").status_code == 403


def test_a_name_that_is_markup_is_shown_as_text(office: Office):
    person = Person.objects.create(estate=office.estate, name="<img src=x onerror=alert(1)>")
    Occupancy.objects.create(
        estate=office.estate, unit=office.unit, person=person, role="family", since=date(2020, 1, 1)
    )
    page = page_of(office)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_page_asks_no_more_with_more_people_cases_and_papers(office: Office):
    def asked() -> int:
        client = at(office, "xiaowang")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/units/{office.unit.pk}/")
        return len(queries)

    def another(number: int) -> None:
        issued(office)
        open_repair(office)
        actions.withdraw(by=office["xiaowang"], case_id=open_goods(office), reason="不搬了", key=key())
        person = Person.objects.create(estate=office.estate, name=f"家人{number}")
        Occupancy.objects.create(
            estate=office.estate, unit=office.unit, person=person, role="family", since=date(2020, 1, 1)
        )

    another(1)
    asked()  # the procedures are read once in a process
    first = asked()
    another(2)
    another(3)
    assert asked() == first


def test_vehicles_and_payments_are_shown_and_block_nothing(office: Office):
    day = today()
    entered = {"estate": office.estate, "unit": office.unit, "since": day - timedelta(days=9)}
    Vehicle.objects.create(plate="浙A12345", look="白色 大众", place="B1-023", person=office.owner, **entered)
    Vehicle.objects.create(plate="浙A99999", until=day - timedelta(days=1), **entered)
    for as_of, owed in ((day - timedelta(days=60), 0), (day - timedelta(days=30), 123450)):
        PaymentStanding.objects.create(estate=office.estate, unit=office.unit, as_of=as_of, owed=owed)
    page = text(at(office, "xiaowang").get(f"/units/{office.unit.pk}/"))
    assert "浙A12345" in page and "B1-023" in page
    assert "浙A99999" not in page  # gone
    assert "欠费 1,234.50 元" in page and "没有欠费" not in page
    assert "/open/goods-release/" in page  # Civil Code 944: what is owed stops nobody
