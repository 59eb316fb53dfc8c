"""The resident file in Chromium: from the counter's home to the file and its paper."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from banli.estate.actions import Particulars, add_person, correct_person
from banli.estate.authority.actions import grant_authority
from banli.estate.belongings import PaymentStanding, Vehicle
from banli.estate.models import Person
from banli.journal.models import Entry
from tests.desk.at_the_desk import give_telephone, issued, picture
from tests.desk.test_resident_file import handled_complaint, moved_out, withdrawn
from tests.journeys.conftest import DESKTOP, PHONE, Site
from tests.office import Office, today

pytestmark = pytest.mark.journey


def lived_in(office: Office) -> None:
    """A home with something in every part of its file."""
    give_telephone(office, office.owner)
    correct_person(
        by=office["xiaowang"], person=office.owner, particulars=Particulars("业主张女士", "13800571599")
    )
    add_person(
        by=office["xiaowang"], unit=office.unit, particulars=Particulars("邻居", "13800755500"), role="family",
        since=today() - timedelta(days=30),
    )  # fmt: skip
    moved_out(office, "前租户")
    day = today()
    grant_authority(
        by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant,
        scopes=["goods_release"], valid_from=day, valid_to=day, evidence_kind="signed_paper", evidence_note="一号柜",
    )  # fmt: skip
    Vehicle.objects.create(
        estate=office.estate, unit=office.unit, plate="浙A12345", look="白色 大众", place="B1-023",
        person=office.owner, since=day,
    )  # fmt: skip
    PaymentStanding.objects.create(estate=office.estate, unit=office.unit, as_of=day, owed=123450)
    issued(office)
    handled_complaint(office)
    for _ in range(11):
        withdrawn(office)


def identity_stands_on_one_line_on_a_phone(page: Page) -> None:
    """The paper's kind, its number and the eye: side by side, and as far to the right as the other answers."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    cell = page.locator("td[data-label='证件']", has_text="居民身份证").first
    kind, number, eye = (
        cell.locator(one).bounding_box() for one in (".quiet", ".masked-value", "summary svg")
    )
    role = page.locator("td[data-label='身份'] span").first.bounding_box()
    assert kind and number and eye and role
    middles = [box["y"] + box["height"] / 2 for box in (kind, number, eye)]
    assert max(middles) - min(middles) < 8, "on one line"
    assert kind["x"] < number["x"] < eye["x"]
    assert abs(eye["x"] + eye["width"] - role["x"] - role["width"]) < 8, "in line with the answers above"
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_the_file_is_read_on_one_screen_and_printed(site: Site):
    office = site.office
    lived_in(office)
    clerk = site("laoli")
    page = clerk.page
    clerk.go(f"/units/{office.unit.pk}/")
    page.get_by_role("link", name="住户档案").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("住户档案")
    for part in (
        "人员",
        "更正记录",
        "委托",
        "车辆",
        "有效的单据",
        "代管押金",
        "缴费情况",
        "往来记录",
    ):
        expect(page.get_by_role("heading", level=2, name=part, exact=True)).to_be_visible()
    page.get_by_role("navigation", name="往来记录的种类").get_by_role("link", name="办件").click()
    expect(page.locator("#time-line .item")).to_have_count(13)
    page.get_by_role("navigation", name="往来记录的种类").get_by_role("link", name="全部").click()
    clerk.shot("resident-file")
    identity_stands_on_one_line_on_a_phone(page)
    page.get_by_role("link", name="邻居", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("邻居")
    expect(page.locator("#time-line .item")).to_have_count(1)
    clerk.shot("person-line")
    clerk.go(f"/units/{office.unit.pk}/file/")
    page.get_by_role("button", name="打印完整号码").click()
    page.fill("#print-why", "业主要求带走自己的档案")
    with page.expect_popup():
        page.get_by_role("button", name="打印（会记录）").click()
    page.wait_for_timeout(300)
    assert Entry.objects.get(kind="unmask").body["reason"] == "业主要求带走自己的档案"


def test_a_family_leaves_and_asks_to_be_forgotten(site: Site):
    office = site.office
    lived_in(office)
    supervisor = site("laoli")
    page = supervisor.page
    supervisor.go(f"/units/{office.unit.pk}/file/")
    page.get_by_role("link", name="租户刘先生 迁出").click()
    supervisor.shot("departure")
    page.get_by_role("group", name="谁迁出").get_by_text("邻居").click()
    page.locator("select[name=departure]").select_option("lease_ended")
    page.get_by_role("button", name="登记迁出").click()
    expect(page.get_by_text("已登记迁出")).to_be_visible()
    supervisor.shot("departed")

    neighbour = Person.objects.get(name="前租户")
    supervisor.go(f"/persons/{neighbour.pk}/erasure/")
    supervisor.shot("erasure")
    page.fill("#export-why", "看了身份证")
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载（会记录）").click()
    assert taken.value.suggested_filename == f"person-{neighbour.pk}.zip"
    page.get_by_role("button", name="删除", exact=True).click()
    page.fill("#erase-why", "本人要求，看了身份证")
    page.locator("#erase").get_by_role("button", name="删除", exact=True).click()
    expect(page.get_by_text("已删除，并已记录。")).to_be_visible()
    supervisor.go("/privacy/")
    supervisor.shot("privacy")


def test_a_contract_is_entered_with_its_pages_and_looked_at(site: Site):
    office = site.office
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go(f"/units/{office.unit.pk}/file/")
    page.get_by_role("link", name="登记和查看").first.click()
    page.locator("select[name=kind]").select_option("tenancy")
    for name in ("业主张女士", "租户刘先生"):
        page.get_by_role("group", name="当事人").get_by_text(name).click()
    page.fill("[name=since]", (today() - timedelta(days=300)).isoformat())
    page.fill("[name=until]", (today() + timedelta(days=30)).isoformat())
    sheets = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": picture("white")} for n in (1, 2)]
    page.set_input_files("[name=pages]", sheets)
    clerk.shot("contract-form")
    page.get_by_role("button", name="登记合同").click()
    expect(page.get_by_text("已存 2 页")).to_be_visible()
    clerk.shot("contract")
    page.fill("#look-why", "租户来问租期")
    page.get_by_role("button", name="显示（会记录）").click()
    expect(page.locator(".contract-page img")).to_have_count(2)
    assert Entry.objects.get(kind="unmask").body["reason"] == "租户来问租期"
    clerk.go(f"/units/{office.unit.pk}/file/")
    expect(page.get_by_text("快到期")).to_be_visible()
    clerk.shot("file-with-contract")


def test_a_pet_is_declared_and_taken_back(site: Site):
    office = site.office
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go(f"/units/{office.unit.pk}/file/")
    page.get_by_role("link", name="申报和撤回").click()
    page.get_by_role("radio", name="业主张女士").check(force=True)
    page.get_by_role("radio", name="犬").check(force=True)
    page.fill("[name=breed]", "柯基")
    page.fill("[name=licence]", "翠犬20260017")
    page.get_by_role("checkbox").check(force=True)
    page.get_by_role("button", name="申报宠物").click()
    expect(page.get_by_text("柯基")).to_be_visible()
    clerk.shot("pets")
    page.get_by_role("button", name="撤回并删除").click()
    page.locator("dialog[open]").get_by_role("button", name="撤回并删除").click()
    expect(page.get_by_text("柯基")).to_have_count(0)
