"""What rests on a permit says so before anything is filled in, and leads to what has to come first (P2.3, P3)."""

import pytest
import time_machine

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.cases.test_renovation import in_days, opened, permitted, shift
from tests.desk.at_the_desk import at, key, occupancy, opening_url, text
from tests.office import Office

__all__ = ["shift"]

pytestmark = pytest.mark.usefixtures("shift")


def form_of(office: Office, procedure: str) -> str:
    where = opening_url(office, procedure)
    return text(at(office, "xiaowang").get(where, {"applicant": occupancy(office, office.owner)}))


def test_without_a_permit_there_is_no_form_to_fill_in_but_the_way_to_one(office: Office):
    for procedure in ("renovation-extension", "worker-card"):
        page = form_of(office, procedure)
        assert "没有有效的装修许可" in page
        assert 'name="finished"' not in page and 'name="act-applicant"' not in page
        assert opening_url(office, "renovation") in page
    assert "没有有效的装修许可" not in form_of(office, "stairs-lift"), (
        "large things are carried without a permit"
    )
    where = opening_url(office, "renovation-extension")
    told = at(office, "xiaowang").post(
        where, {"act-applicant": occupancy(office, office.owner), "key": key()}
    )
    assert told.status_code == 422
    assert not Case.objects.exists()


def test_an_application_that_is_not_permitted_yet_is_where_it_leads(office: Office):
    permitted(office)
    Case.objects.update(standing={})
    page = form_of(office, "renovation-extension")
    assert f"/cases/{Case.objects.get().pk}/" in page
    assert opening_url(office, "renovation") not in page


def test_once_it_is_permitted_nothing_is_in_the_way(office: Office):
    permitted(office)
    for procedure in ("renovation-extension", "worker-card"):
        assert "现在还不能办" not in form_of(office, procedure)


def test_an_added_item_shows_the_permits_number_or_asks_for_one_of_elsewhere(office: Office):
    assert form_of(office, "additional-item").count("装修许可证号") == 1, (
        "where there is none it is asked alone"
    )
    permitted(office)
    assert Paper.objects.get(kind="renovation-permit").number in form_of(office, "additional-item")


def test_a_permit_that_ran_out_leads_to_its_extension(office: Office):
    permitted(office)
    with time_machine.travel(f"{in_days(61)} 10:00+08:00", tick=True):
        page = form_of(office, "worker-card")
        assert "请先办理延期" in page
        assert opening_url(office, "renovation-extension") in page
        assert "现在还不能办" not in form_of(office, "renovation-extension"), "a late application is taken"


def test_a_call_offers_no_extension_where_there_is_nothing_to_extend(office: Office):
    page = form_of(office, "call")
    assert "装修延期：这户没有有效的装修许可" in page
    assert 'value="extension"' not in page
    assert 'value="repair"' in page
    permitted(office)
    page = form_of(office, "call")
    assert "没有有效的装修许可" not in page
    assert 'value="extension"' in page


def test_a_permits_page_leads_to_what_rests_on_it(office: Office):
    works = permitted(office)
    page = at(office, "xiaowang").get(f"/cases/{works}/").content.decode()
    assert "凭这件办的" not in page
    cards = opened(
        office,
        "worker-card",
        office.owner,
        "owner",
        workers=[{"name": "工人甲", "trade": "mason", "days": 9}],
    )
    page = at(office, "xiaowang").get(f"/cases/{works}/").content.decode()
    assert "凭这件办的" in page and f'href="/cases/{cards}/"' in page and "等：核对" in page
