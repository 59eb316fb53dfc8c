"""Who is complained of is offered by name, known by person, and never the only one to deal with it (P13)."""

from datetime import date

import pytest

from banli.cases.models import Case
from banli.engine.complained_of import meant
from banli.engine.refusals import Refusal
from banli.people.actions import appoint
from tests.cases.complaints import complain, do
from tests.desk.at_the_desk import at, occupancy, opening_url, text
from tests.office import Office

ABOUT_THEM = {"department": "duty_supervisor", "our_duty": "yes"}


def test_the_form_offers_the_names_of_the_staff(office: Office) -> None:
    page = text(
        at(office, "xiaowang").get(
            f"{opening_url(office, 'complaint')}?applicant={occupancy(office, office.owner)}"
        )
    )
    assert '<datalist id="f-complained_of-list">' in page and '<option value="老李">' in page


@pytest.mark.parametrize(
    ("called", "found"),
    [
        ("老李", ["老李"]),
        ("物业老李", ["老李"]),
        ("老吴", ["保洁班长老吴"]),
        ("李", []),
        ("anna", []),
        ("王小二", []),
    ],
)
def test_whom_a_name_means(called: str, found: list[str]) -> None:
    assert meant(called, ["老李", "保洁班长老吴", "joanna", "小王"]) == found


def test_the_case_says_who_is_known_by_it(office: Office) -> None:
    known, unknown = complain(office, complained_of="物业老李"), complain(office, complained_of="送水工")
    client = at(office, "chen")
    assert "员工 老李，不经办这件" in text(client.get(f"/cases/{known}/"))
    assert "员工名单里没有这个名字" in text(client.get(f"/cases/{unknown}/"))


def test_nobody_waits_for_whoever_is_complained_of(office: Office) -> None:
    client = at(office, "xiaowang")
    case, other = complain(office, complained_of="老李", cause="manner"), complain(office)
    assert "值班主任（老李）" in text(client.get(f"/cases/{other}/"))
    page = text(client.get(f"/cases/{case}/"))
    assert "主任（陈主任）" in page and "值班主任（老李）" not in page


def test_where_nobody_else_holds_the_post_the_one_above_it_is_sent(office: Office) -> None:
    case = complain(office, complained_of="老李", cause="manner")
    do(office, "chen", case, "judge", "agreed", answers=ABOUT_THEM)
    page = text(at(office, "chen").get(f"/cases/{case}/"))
    assert "陈主任" in page and f'name="act-assignee" value="{office.staff("chen").pk}"' in page
    assert f'name="act-assignee" value="{office.staff("laoli").pk}"' not in page
    do(office, "chen", case, "send", "dispatched", extra={"assignee": office.staff("chen").pk})
    assert [t.person_id for t in Case.objects.get(pk=case).tasks.filter(state="open")] == [
        office.staff("chen").pk
    ]
    assert "到现场查看" in text(at(office, "chen").get(f"/cases/{case}/"))


def test_where_nobody_is_left_it_says_why_and_what_to_do(office: Office) -> None:
    chen, zhao = office.staff("chen"), office.staff("zhao")
    zhao.holdings.update(post="technician")
    appoint(estate=office.estate, staff=chen, post="engineering_supervisor", since=date(2020, 1, 1))
    case = complain(office, complained_of="陈主任", cause="manner")
    do(
        office,
        "laoli",
        case,
        "judge",
        "agreed",
        answers={**ABOUT_THEM, "department": "engineering_supervisor"},
    )
    assert "没有人可派：被投诉人本人不能经办" in text(at(office, "laoli").get(f"/cases/{case}/"))
    for who, code in ((chen, "not_by"), (zhao, "nobody_left")):
        with pytest.raises(Refusal) as why:
            do(office, "laoli", case, "send", "dispatched", extra={"assignee": who.pk})
        assert why.value.code == code
