"""What every journey does at a screen: begin a procedure at the counter, answer, agree, sign."""

import re
from datetime import timedelta

from django.utils import timezone

from tests.journeys.conftest import Actor, tick


def begin(clerk: Actor, room: str, who: str, procedure: str) -> None:
    """From the counter's search box to the procedure's form."""
    page = clerk.page
    clerk.go("/")
    page.get_by_role("combobox").fill(room)
    page.locator("#found a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/**")
    page.locator(".people-one", has_text=who).locator("input[type=radio]").check()
    page.get_by_role("button", name=re.compile(procedure)).click()
    page.wait_for_url("**/open/**")


def submit(clerk: Actor) -> None:
    """Send the form that opens a case."""
    with clerk.sending("/open/"):
        clerk.page.click("button[name='act-outcome'][value='done']")


def fill_goods(clerk: Actor, number: str) -> None:
    """A sofa and two screens, carried by whoever bears this identity number."""
    page = clerk.page
    page.fill("[name=carrier_id]", number)
    page.fill("[name='goods-0-name']", "三人沙发")
    page.fill("[name='goods-0-count']", "1")
    if not page.locator("[name='goods-1-name']").count():
        page.locator("[data-add-row]").click()
    page.fill("[name='goods-1-name']", "液晶电视")
    page.fill("[name='goods-1-count']", "2")


def choose(actor: Actor, name: str, value: str) -> None:
    """Choose an answer, whether it is pulled down or a card."""
    field = actor.page.locator(f"select[name={name}]")
    if field.count():
        field.select_option(value)
    else:
        tick(actor.page.locator(f"[name={name}][value={value}]"))


def pick(actor: Actor, name: str, value: str) -> None:
    """Press an answer's card where a finger would."""
    actor.page.locator(f"label:has([name={name}][value={value}])").click()


def tomorrow(hour: int) -> str:
    """A full hour of tomorrow, as a browser sends it."""
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d}T{hour:02}:00"


def on_paper(actor: Actor, step: str) -> None:
    """Say that it was signed on paper."""
    tick(actor.page.locator(f"form:has(input[value='{step}']) [name='act-signature-paper']"))


def signed_on_paper(clerk: Actor, step: str) -> None:
    """Enter that somebody signed on paper."""
    on_paper(clerk, step)
    clerk.act(step, "signed")


def tick_all(actor: Actor, step: str) -> None:
    """Tick a step's whole checklist."""
    for box in actor.page.locator(f"form:has(input[value='{step}']) input[name='act-tick']").all():
        tick(box)
