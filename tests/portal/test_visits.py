"""An owner confirms somebody who comes to see them: through a link for that day, or at the number on file (P16)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from banli.cases import actions, links
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from tests.desk.at_the_desk import at, give_telephone, key, text
from tests.office import Office, today


def received(office: Office, how: str) -> Case:
    answers = {
        "visitor": "邻居",
        "persons": 1,
        "identity": "seen",
        "purpose": "visit",
        "day": today().isoformat(),
        "how": how,
    }
    if how == "call":
        answers["resident_phone"] = office.owner.phone
    told = actions.open_case(
        by=office["xiaowang"], procedure="visitor", unit=office.unit, applicant=office.owner, applicant_role="owner",
        answers=answers, key=key(),
    )  # fmt: skip
    return Case.objects.get(pk=told.case_id)


def offered(office: Office, case: Case) -> links.Offered:
    return links.offer(
        by=office["xiaowang"], case=case, step="agree", branch=None, owner=office.owner.pk, key=key()
    )


def test_a_link_is_good_no_longer_than_the_day_of_the_visit(office: Office) -> None:
    give_telephone(office, office.owner)
    case = received(office, "link")
    made = offered(office, case)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert made.link.expires_at == midnight
    with time_machine.travel(midnight + timedelta(minutes=1)), pytest.raises(Refusal) as why:
        offered(office, case)
    assert why.value.code == "link_too_late"


def test_the_page_says_that_the_desk_entered_it(office: Office) -> None:
    give_telephone(office, office.owner)
    made = offered(office, received(office, "link"))
    page = text(Client().get(f"/c/{made.token}/"))
    assert "服务台为您的房屋 12-3-502 登记了下面的“来访登记”" in page and "提出了下面的申请" not in page


def test_the_number_on_file_stands_masked_at_the_call(office: Office) -> None:
    give_telephone(office, office.owner)
    case = received(office, "call")
    page = text(at(office, "xiaowang").get(f"/cases/{case.pk}/"))
    assert "显示号码拨打" in page and office.owner.phone not in page and "已告知" not in page
    assert 'value="agreed"' in page
