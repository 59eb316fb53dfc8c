"""Two estates with one of everything, each marked, so that a word of the other one is known at sight."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from banli.cases import actions as cases
from banli.estate.authority import actions as authority_actions
from banli.estate.models import Authority, Building, Estate, Occupancy, Person, Unit
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.people import actions as people
from banli.people.access import Desk, desk_of
from banli.people.models import Deputyship, Holding, Staff
from tests.desk.at_the_desk import key
from tests.office import identity, load_packs, today

PASSWORD = make_password("只在测试里用的密码")
POSTS = (
    "front_desk", "duty_supervisor", "director", "engineering_supervisor", "safety_supervisor", "finance", "gate",
    "technician", "duty_administrator", "lobby_assistant",
)  # fmt: skip


@dataclass
class Side:
    """One estate. ``mark`` stands in every name and every answer of it, and nowhere else."""

    mark: str
    estate: Estate
    unit: Unit
    desks: dict[str, Desk]
    rows: dict[str, int]

    def addresses(self) -> list[str]:
        """Where its rows are shown; the other side must not see them."""
        row = self.rows
        return [
            f"/units/{self.unit.pk}/", f"/units/{self.unit.pk}/open/goods-release/", f"/units/{self.unit.pk}/people/",
            f"/units/{self.unit.pk}/open/home-repair/", f"/units/{self.unit.pk}/people/new/",
            f"/units/{self.unit.pk}/authorities/", f"/persons/{row['person']}/", f"/cases/{row['case']}/",
            f"/cases/{row['repair']}/", f"/cases/{row['work']}/", f"/cases/{row['case']}/chart.svg",
            f"/cases/{row['repair']}/clocks/",
            f"/papers/{row['paper']}/", f"/papers/{row['paper']}/original.pdf",
            f"/papers/{row['paper']}/original/1.png",
            f"/gate/passes/{row['paper']}/", f"/gate/passes/{row['paper']}/release/",
            f"/occupancies/{row['occupancy']}/closure/",
        ]  # fmt: skip


def build(code: str, mark: str) -> Side:
    """An estate with its staff, two residents, a letter of authority, a pass at the gate and two repairs."""
    home = Estate.objects.create(
        code=code, name=f"小区{mark}", name_en=f"Estate {mark}", city="杭州", grade=2
    )
    building = Building.objects.create(estate=home, code="12", name=f"{mark}栋")
    unit = Unit.objects.create(
        estate=home, building=building, entrance="3", room="502", floor=5, key="12-3-502"
    )
    desks = {post: _desk(home, f"{code}-{post}", f"{mark}员工", post) for post in POSTS}
    owner, tenant = (_resident(home, unit, f"{mark}{role}", role) for role in ("owner", "tenant"))
    side = Side(mark, home, unit, desks, {})
    authority = authority_actions.grant_authority(
        by=desks["front_desk"], unit=unit, principal=owner, delegate=tenant, scopes=["goods_release"],
        valid_from=today(), valid_to=today(), once=False, evidence_kind="signed_paper", evidence_note=f"{mark}原件",
        acting=desks["front_desk"].posts["front_desk"],
    )  # fmt: skip
    deputyship = people.name_deputy(
        estate=home, post="director", principal=desks["director"].staff, deputy=desks["finance"].staff,
        starts_at=timezone.now() - timedelta(minutes=1), ends_at=timezone.now() + timedelta(days=1),
        reason=f"{mark}开会", by=desks["director"].staff,
    )  # fmt: skip
    side.rows |= {"case": _pass(side, owner), "repair": _repair(side, tenant), "work": _repair(side, tenant)}
    _at_work(side)
    side.rows |= {
        "paper": Paper.objects.get(case_id=side.rows["case"]).pk, "person": owner.pk, "tenant": tenant.pk,
        "unit": unit.pk,
        "occupancy": Occupancy.objects.get(person=tenant).pk, "estate": home.pk, "authority": authority.pk,
        "deputyship": deputyship.pk, "staff": desks["front_desk"].staff.pk,
    }  # fmt: skip
    return side


def both() -> tuple[Side, Side]:
    load_packs()
    return build("here", "本区标记五"), build("there", "邻区标记九")


def stored() -> int:
    """How much there is: people, letters, deputies, entries of the journal, notices."""
    return sum(model.objects.count() for model in (Person, Authority, Deputyship, Entry, Notice))


def _desk(home: Estate, username: str, name: str, post: str) -> Desk:
    staff = Staff.objects.create(username=username, name=name, password=PASSWORD)
    Holding.objects.create(staff=staff, estate=home, post=post, since=date(2020, 1, 1))
    return desk_of(staff, home.pk)


def _resident(home: Estate, unit: Unit, name: str, role: str) -> Person:
    person = Person.objects.create(estate=home, name=name)
    Occupancy.objects.create(estate=home, unit=unit, person=person, role=role, since=date(2020, 1, 1))
    return person


def _pass(side: Side, owner: Person) -> int:
    goods = [{"name": f"{side.mark}沙发", "count": 1}]
    answers = {
        "carrier": f"{side.mark}师傅",
        "carrier_id": identity(),
        "date": today().isoformat(),
        "goods": goods,
    }
    case = _open(side, "goods-release", owner, "owner", answers)
    for post, step, outcome, signature in (
        ("front_desk", "sign", "signed", "paper"), ("duty_supervisor", "confirm", "approved", "paper"),
        ("director", "seal", "sealed", ""), ("front_desk", "issue", "issued", ""),
    ):  # fmt: skip
        _do(side, post, case, step, outcome, signature=signature)
    return case


def _repair(side: Side, tenant: Person) -> int:
    answers = {
        "problem": f"{side.mark}漏水", "place": "kitchen", "trade": "water", "urgency": "now", "phone": "13800571500",
    }  # fmt: skip
    return _open(side, "home-repair", tenant, "tenant", answers)


def _at_work(side: Side) -> None:
    """The second repair is one the technician is at: its form takes a photograph."""
    case = side.rows["work"]
    _do(
        side,
        "front_desk",
        case,
        "dispatch",
        "dispatched",
        extra={"assignee": side.desks["technician"].staff.pk},
    )
    _do(side, "technician", case, "take", "taken")
    _do(side, "technician", case, "arrive", "arrived")
    answers = {"findings": f"{side.mark}磨损", "charge": "free"}
    _do(
        side, "technician", case, "quote", "passed", answers=answers, extra={"ticked": ["identified", "told"]}
    )


def _open(side: Side, procedure: str, who: Person, role: str, answers: dict[str, Any]) -> int:
    return cases.open_case(
        by=side.desks["front_desk"], procedure=procedure, unit=side.unit, applicant=who, applicant_role=role,
        answers=answers, key=key(),
    ).case_id  # fmt: skip


def _do(side: Side, post: str, case: int, step: str, outcome: str, **more: Any) -> None:
    cases.act(by=side.desks[post], case_id=case, step=step, outcome=outcome, key=key(), **more)
