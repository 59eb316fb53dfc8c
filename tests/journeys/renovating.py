"""What the journeys of a renovation do at its screens: the application, a step of its cases, a worker's particulars."""

from playwright.sync_api import expect

from tests.desk.at_the_desk import picture
from tests.journeys.at_the_screen import begin, on_paper, pick, tick_all
from tests.journeys.conftest import Actor, tick
from tests.office import identity

LEAD = "装修负责人甲"


def step(
    actor: Actor, case: int, name: str, outcome: str, *, row: int | None = None, signs: bool = False,
    ticks: bool = False, pays: str = "", reference: str = "",
) -> None:  # fmt: skip
    """Do a step on the case's page. ``row``: of which worker; ``pays``: how the money changes hands."""
    task = name if row is None else f"{name}.{row}"
    actor.go(f"/cases/{case}/?task={task}")
    if ticks:
        tick_all(actor, name)
    if pays:
        tick(actor.page.locator(f"form:has(input[value='{name}']) [name='act-method'][value='{pays}']"))
    if reference:
        actor.page.fill(f"form:has(input[value='{name}']) [name='act-reference']", reference)
    if signs:
        on_paper(actor, name)
    actor.act(name, outcome)


def fill_application(clerk: Actor, start: str, end: str) -> None:
    """P0: the works, the firm, the lead and the plan of dates, as the owner tells them."""
    page = clerk.page
    begin(clerk, "12-3-502", "业主张女士", "装修申请与许可")
    pick(clerk, "works", "walls")
    pick(clerk, "hot_work", "yes")
    for name, told in (
        ("details", "拆除次卧非承重隔墙"),
        ("firm", "安居装饰"),
        ("lead_name", LEAD),
        ("lead_phone", "13800571501"),
        ("lead_id", identity("11010119800101123")),
        ("workers", "5"),
        ("fire_officer", LEAD),
        ("start_date", start),
        ("end_date", end),
    ):
        page.fill(f"[name={name}]", told)


def fill_particulars(clerk: Actor, cards: int, row: int) -> None:
    """P2.5: a worker's identity number, a one-inch photograph and a copy of the identity card."""
    page = clerk.page
    clerk.go(f"/cases/{cards}/?task=particulars.{row}")
    page.fill("[name=holder_id]", identity(f"1101011990010{row + 1}001"))
    for name, colour in (("portrait", "navy"), ("identity_copy", "green")):
        file = {"name": f"{name}.png", "mimeType": "image/png", "buffer": picture(colour, (800, 1120))}
        page.locator(f"input[name={name}]").first.set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("[data-portrait][data-busy]")).to_have_count(0)


def ask_for_time(clerk: Actor, to: str, remaining: int) -> None:
    """P3: what is done, what is not, why, until when, and how many workers stay."""
    page = clerk.page
    begin(clerk, "12-3-502", LEAD, "装修延期")
    for name, told in (("finished", "水电、泥瓦"), ("unfinished", "木作"), ("reason", "柜子到货推迟")):
        page.fill(f"[name={name}]", told)
    page.fill("[name=extended_to]", to)
    page.fill("[name=remaining]", str(remaining))
