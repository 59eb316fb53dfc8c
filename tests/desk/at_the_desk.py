"""What the desk's tests do before they look: sign people in, send forms, bring cases to where they are wanted."""

import io
import itertools
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from PIL import Image

from banli.cases import actions
from banli.estate.actions import Particulars, correct_person
from banli.estate.models import Occupancy, Person
from tests.office import Office, identity, today

_keys = (f"desk-test-key-{n:06}" for n in itertools.count())
TELEPHONE = "13800571500"
#: A PNG of one black stroke, as the signature pad sends it.
PNG_URL = "data:image/png;base64,"


def key() -> str:
    return next(_keys)


def at(office: Office, who: str) -> Client:
    """Somebody of the cast, signed in."""
    client = Client()
    client.force_login(office.staff(who))
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def opening_url(office: Office, procedure: str) -> str:
    return f"/units/{office.unit.pk}/open/{procedure}/"


def occupancy(office: Office, who: Person) -> int:
    return Occupancy.objects.get(unit=office.unit, person=who).pk


def give_telephone(office: Office, who: Person) -> None:
    """Write a telephone and an identity number into the resident file."""
    told = Particulars(who.name, TELEPHONE, "cn_id", identity("11010119850312002"))
    correct_person(by=office["xiaowang"], person=who, particulars=told)
    who.refresh_from_db()


def goods_posted(office: Office, who: Person, **change: Any) -> dict[str, Any]:
    """The goods pass's form as a browser sends it."""
    told = {
        "key": key(),
        "act-applicant": occupancy(office, who),
        "carrier": "李师傅",
        "carrier_id": identity(),
        "phone": "",
        "date": today().isoformat(),
        "plate": "",
        "goods-0-name": "沙发",
        "goods-0-count": "1",
        "goods-0-remark": "",
    }
    return {**told, **change}


def open_goods(office: Office, who: Person | None = None, **change: Any) -> int:
    """A goods pass taken in by 小王 for the owner, without the screens."""
    person = who or office.owner
    answers = {
        "carrier": "李师傅", "carrier_id": identity(), "date": today().isoformat(),
        "goods": [{"name": "沙发", "count": 1}, {"name": "电视", "count": 2}], **change,
    }  # fmt: skip
    role = "owner" if person == office.owner else "tenant"
    return actions.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=person, applicant_role=role,
        answers=answers, key=key(),
    ).case_id  # fmt: skip


def open_repair(office: Office, **change: Any) -> int:
    answers = {
        "problem": "水龙头漏水", "place": "kitchen", "trade": "water", "urgency": "now", "phone": TELEPHONE, **change,
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="home-repair", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers=answers, key=key(),
    ).case_id  # fmt: skip


def do(office: Office, who: str, case: int, step: str, outcome: str, **more: Any) -> None:
    actions.act(by=office[who], case_id=case, step=step, outcome=outcome, key=key(), **more)


def signed(office: Office) -> int:
    """A goods pass that waits for the duty supervisor."""
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    return case


def issued(office: Office) -> int:
    """A goods pass whose slip waits for the gate."""
    case = signed(office)
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "issue", "issued")
    return case


def at_work(office: Office) -> int:
    """A free repair that the technician is at."""
    case = open_repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived")
    answers = {"findings": "阀芯磨损", "charge": "free"}
    do(office, "zheng", case, "quote", "passed", answers=answers, extra={"ticked": ["identified", "told"]})
    return case


def acted(client: Client, case: int, step: str, outcome: str, **more: Any) -> HttpResponse:
    """Send a step's form."""
    posted = {"key": key(), "act-step": step, "act-branch": "", "act-outcome": outcome, **more}
    return client.post(f"/cases/{case}/acts/", posted)  # type: ignore[return-value]


def marked(response: HttpResponse) -> set[str]:
    """The fields that the page marks as wrong, by name."""
    page = text(response)
    return {field for field, said in re.findall(r'id="f-([\w-]+)-error"[^>]*>([^<]*)<', page) if said.strip()}


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def signature_url() -> str:
    import base64

    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    for x in range(40, 260):
        image.putpixel((x, 60 + x % 7), (20, 32, 28, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return PNG_URL + base64.b64encode(out.getvalue()).decode()
