"""A department sees the complaints it was sent and no others: on their pages and in its list, also later on (P13)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from banli.cases import actions
from banli.people.access import desk_of
from banli.people.actions import name_deputy
from banli.people.models import Staff
from tests.cases.complaints import complain, do, handled, key, sent
from tests.desk.at_the_desk import at
from tests.office import Office


def listed(office: Office, who: str) -> set[int]:
    """The cases on the first page of somebody's list."""
    return {line.case.pk for line in at(office, who).get("/cases/").context["lines"]}


def opens(office: Office, who: str, case: int) -> bool:
    """Whether the case's page is theirs to see: 200, or 403."""
    status = at(office, who).get(f"/cases/{case}/").status_code
    assert status in (200, 403)
    return status == 200


def sees(office: Office, who: str, case: int) -> bool:
    """The same in the list and on the page: neither shows what the other hides."""
    told = opens(office, who, case)
    assert told is (case in listed(office, who))
    return told


def sent_elsewhere(office: Office, case: int, who: str, department: str) -> None:
    """The director sends the case back to be judged again: it is another department's."""
    actions.override(
        by=office["chen"], case_id=case, what="send_back", step="judge", reason="是设备的问题", key=key()
    )
    sent(office, case, who, department)


def lent(office: Office, deputy: str, until: timedelta = timedelta(hours=2)) -> None:
    """The cleaning team leader is away: somebody stands in from now on."""
    now = timezone.now()
    name_deputy(
        estate=office.estate, post="cleaning_leader", principal=office.staff("wu"), deputy=office.staff(deputy),
        starts_at=now - timedelta(minutes=1), ends_at=now + until, reason="请假", by=office.staff("chen"),
    )  # fmt: skip
    office.desks[deputy] = desk_of(Staff.objects.get(pk=office.staff(deputy).pk))


def test_a_department_sees_what_it_was_sent_and_nothing_else(office: Office) -> None:
    theirs, others, unsent = complain(office), complain(office, cause="equipment"), complain(office)
    sent(office, theirs)
    sent(office, others, "zhao", "engineering_supervisor")
    assert [sees(office, "wu", case) for case in (theirs, others, unsent)] == [True, False, False]
    assert [sees(office, "zhao", case) for case in (theirs, others, unsent)] == [False, True, False]
    assert not any(sees(office, "laoma", case) for case in (theirs, others, unsent))
    for who in ("xiaowang", "laoli", "chen"):
        assert all(sees(office, who, case) for case in (theirs, others, unsent)), who


def test_what_is_sent_to_one_is_not_their_deputys_unless_it_is_sent_to_them(office: Office) -> None:
    first, second = complain(office), complain(office)
    sent(office, first)
    lent(office, "xiaoliu")
    sent(office, second, "xiaoliu")
    assert [sees(office, "wu", case) for case in (first, second)] == [True, False]
    assert [sees(office, "xiaoliu", case) for case in (first, second)] == [False, True]


def test_a_department_keeps_sight_of_what_it_handled_when_the_case_goes_to_another(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    handled(office, case)
    do(
        office,
        "xiaowang",
        case,
        "follow_up",
        "dissatisfied",
        note="水泵还是响",
        answers={"opinion": "还是响"},
    )
    sent_elsewhere(office, case, "zhao", "engineering_supervisor")
    assert sees(office, "zhao", case)
    assert sees(office, "wu", case), "what they saw, answered and did is theirs to look up"
    handled(office, case, "zhao")
    assert sees(office, "wu", case) and sees(office, "zhao", case)


def test_a_department_that_was_sent_a_case_by_mistake_sees_it_no_more(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    assert sees(office, "wu", case)
    sent_elsewhere(office, case, "zhao", "engineering_supervisor")
    assert not sees(office, "wu", case) and sees(office, "zhao", case)


def test_whoever_stood_in_for_a_department_sees_it_no_longer_than_they_stand_in(office: Office) -> None:
    lent(office, "xiaoliu")
    case = complain(office)
    sent(office, case, "xiaoliu")
    handled(office, case, "xiaoliu")
    sent_elsewhere(office, case, "zhao", "engineering_supervisor")
    assert sees(office, "xiaoliu", case)
    office.estate.deputyships.update(ends_at=timezone.now())
    assert not sees(office, "xiaoliu", case)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_a_department_asks_no_more_for_more_rows(
    office: Office, rows: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(rows):
        sent(office, complain(office))
    client = at(office, "wu")
    client.get("/cases/")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert len(client.get("/cases/").context["lines"]) == rows
