"""A telephone call: what it may lead to is the pack's, one press begins it, and it carries what was said (P15)."""

import re

import pytest
from django.utils import timezone

from banli.cases import rules
from banli.cases.models import Case
from banli.engine.fields import PICTURES
from banli.engine.rulebook import Rulebook
from banli.estate.actions import Particulars, add_person
from tests.desk.at_the_desk import TELEPHONE, at, key, occupancy, opening_url, text
from tests.office import Office, today

#: What nobody asks for by telephone, or what begins with papers on the table.
NOT_BY_TELEPHONE = {
    "call": "it is the call",
    "violation": "written by whoever saw it, against the home that did it",
    "renovation": "the application comes with title, plans and the firm's papers",
    "worker-card": "identity cards and photographs of the workers are on the table",
}


def called(office: Office, **change: str) -> dict[str, str]:
    """The call's form as a browser sends it; ``leads_to`` is there only where its button was pressed."""
    return {
        "key": key(), "at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "caller": "业主张女士", "phone": TELEPHONE,
        "said": "想办一件事", "act-applicant": str(occupancy(office, office.owner)), "act-outcome": "done", **change,
    }  # fmt: skip


def begun_by_call() -> dict[str, str]:
    """The answers with a button → the procedure each begins."""
    steps = rules.every_current()["call"].flow.steps.values()
    told = {one.when: one.starts for one in steps if one.starts and one.when}
    return {next(iter(when.atoms())).value[0]: starts for when, starts in told.items()}


def offered(page: str) -> dict[str, str]:
    """Key → answer, of the buttons on the page."""
    found = re.findall(r'class="btn btn-plain press" name="leads_to" value="(\w+)" data-key="(.)"', page)
    return {pressed: answer for answer, pressed in found}


def needs_papers(book: Rulebook) -> bool:
    """Whether the first form cannot be sent without a picture."""
    form = book.procedure.form
    first = book.flow.steps[book.flow.root.items[0]]
    return any(
        form[name].type in PICTURES and form[name].required and not form[name].when for name in first.asks
    )


def test_whatever_a_resident_can_ask_for_by_telephone_begins_from_a_call(office: Office) -> None:
    begun = set(begun_by_call().values())
    for name, book in rules.every_current().items():
        procedure = book.procedure
        if "front_desk" not in procedure.opened_by or procedure.campaign or name in NOT_BY_TELEPHONE:
            continue
        assert (name in begun) is not needs_papers(book), name


def test_each_answer_has_its_button_and_its_key_on_the_form(office: Office) -> None:
    page = text(
        at(office, "xiaowang").get(
            opening_url(office, "call"), {"applicant": occupancy(office, office.owner)}
        )
    )
    told, here = offered(page), set(begun_by_call()) - {"extension"}  # there is no permit to extend
    assert set(told.values()) == here and len(told) == len(here)
    assert told["1"] == "repair" and told["="] == "item"
    assert 'name="leads_to" value="nothing"' not in page, "that is the form's own button"
    assert page.index('name="act-outcome" value="done"') < page.index('value="repair"'), (
        "Enter enters the call alone"
    )


def test_the_forms_own_button_enters_the_call_and_begins_nothing(office: Office) -> None:
    answer = at(office, "xiaowang").post(opening_url(office, "call"), called(office))
    call = Case.objects.get()
    assert (call.procedure, call.status, call.form["leads_to"]) == ("call", "done", "nothing")
    assert answer["Location"].startswith(f"/cases/{call.pk}/?done=")


@pytest.mark.parametrize(
    "answer", ["repair", "visitor", "goods", "carrying", "parking", "opening", "complaint"]
)
def test_one_press_enters_the_call_and_leads_to_the_form_of_what_it_began(
    office: Office, answer: str
) -> None:
    client = at(office, "xiaowang")
    sent = client.post(opening_url(office, "call"), called(office, leads_to=answer))
    call, begun = Case.objects.get(procedure="call"), Case.objects.exclude(procedure="call").get()
    assert sent["Location"] == f"/cases/{begun.pk}/"
    assert begun.procedure == begun_by_call()[answer] and call.status == "done"
    assert (begun.parent, begun.unit, begun.applicant, begun.applicant_role, begun.status) == (
        call, office.unit, office.owner, "owner", "open",
    )  # fmt: skip
    page = text(client.get(sent["Location"]))
    assert f'href="/cases/{call.pk}/"' in page and "想办一件事" in page and "业主张女士" in page
    assert TELEPHONE not in page and "138****1500" in page


def test_the_number_that_was_called_from_is_filled_in_where_the_form_asks_for_it(office: Office) -> None:
    client = at(office, "xiaowang")
    for answer in ("repair", "goods", "opening"):
        client.post(opening_url(office, "call"), called(office, leads_to=answer))
        begun = Case.objects.exclude(procedure="call").latest("pk")
        assert "已登记 138****1500" in text(client.get(f"/cases/{begun.pk}/")), answer


def test_what_was_said_stands_beside_the_first_form_alone(office: Office) -> None:
    client = at(office, "xiaowang")
    client.post(opening_url(office, "call"), called(office, leads_to="repair"))
    repair = Case.objects.get(procedure="home-repair")
    origin = f"第 {repair.parent_id} 号说的"
    assert origin in text(client.get(f"/cases/{repair.pk}/"))
    told = {
        "key": key(), "act-step": "request", "act-branch": "", "act-outcome": "done", "problem": "龙头漏水",
        "place": "kitchen", "trade": "water", "urgency": "now", "phone": TELEPHONE,
    }  # fmt: skip
    assert client.post(f"/cases/{repair.pk}/acts/", told).status_code == 302
    assert origin not in text(client.get(f"/cases/{repair.pk}/"))


def test_a_tenant_is_offered_nothing_of_a_renovation_and_told_why(office: Office) -> None:
    client, who = at(office, "xiaowang"), occupancy(office, office.tenant)
    page = text(client.get(opening_url(office, "call"), {"applicant": who}))
    assert not {"extension", "item", "carrying"} & set(offered(page).values())
    assert offered(page)["1"] == "repair" and offered(page)["9"] == "parking", "the others keep their keys"
    assert "由业主或装修负责人申请" in page
    told = called(office, leads_to="extension", **{"act-applicant": str(who)})
    assert client.post(opening_url(office, "call"), told).status_code == 422
    assert not Case.objects.exists()


def test_a_renovation_lead_may_call_too(office: Office) -> None:
    lives = add_person(
        by=office["xiaowang"], unit=office.unit, particulars=Particulars("装修负责人王师傅", TELEPHONE),
        role="renovation_lead", since=today(),
    )  # fmt: skip
    who = lives.pk
    client = at(office, "xiaowang")
    page = text(client.get(opening_url(office, "call"), {"applicant": who}))
    assert set(offered(page).values()) == {"order", "goods", "carrying", "item"}
    told = called(office, leads_to="goods", caller="王师傅", **{"act-applicant": str(who)})
    client.post(opening_url(office, "call"), told)
    assert Case.objects.get(procedure="goods-release").applicant == lives.person


def test_without_a_permit_no_extension_is_begun_and_the_call_is_not_lost_from_the_screen(
    office: Office,
) -> None:
    answer = at(office, "xiaowang").post(opening_url(office, "call"), called(office, leads_to="extension"))
    page = text(answer)
    assert answer.status_code in (409, 422) and "装修许可" in page and "想办一件事" in page
    assert not Case.objects.exists()


def test_of_a_call_from_no_home_only_the_common_parts_are_offered(office: Office) -> None:
    page = text(at(office, "xiaowang").get("/open/call/"))
    assert list(offered(page).values()) == ["order"] and "先查到房号" in page
