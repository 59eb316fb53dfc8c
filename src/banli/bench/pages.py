"""Pages and actions over HTTP: how long each takes, and how many go in a second."""

import base64
import io
import random
import re
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from django.db.models import Max, Min
from django.utils import timezone
from PIL import Image

from banli.cases.models import Case
from banli.desk import paging
from banli.desk.notices import PAGE
from banli.engine.identity import check_digit
from banli.estate.models import Estate, Occupancy, Person
from banli.messages.models import Notice
from banli.registers.models import RegisterRow

from .browser import Browser
from .office import CARRIER

WARM_UP = 5
SCREENS = 4
GIVE_UP = 120.0  # seconds that the other screens wait for one


@dataclass
class Timed:
    """Milliseconds of each request, as the browser waits for it."""

    name: str
    took: list[float] = field(default_factory=list)

    @property
    def fastest(self) -> float:
        """What it takes when nobody else has the machine; on a busy one the other two tell of the others too."""
        return min(self.took)

    @property
    def p50(self) -> float:
        return statistics.median(self.took)

    @property
    def p95(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.95)]


class Addresses:
    """Where to look: each call another page of its kind, drawn by the seed from all there is."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.estate = Estate.objects.get(code="cuihu")
        ids = Occupancy.objects.filter(estate=self.estate).values_list("unit_id", flat=True)
        self.homes = list(ids[:50_000])
        self.names = list(Person.objects.filter(estate=self.estate).values_list("name", flat=True)[:50_000])
        self.cases = Case.objects.filter(estate=self.estate).aggregate(low=Min("pk"), high=Max("pk"))
        self.rows = RegisterRow.objects.filter(estate=self.estate).aggregate(low=Min("pk"), high=Max("pk"))

    def every(self) -> dict[str, tuple[str, Callable[[], str]]]:
        """Page → (who looks, an address)."""
        return {
            "inbox": ("laoli", lambda: "/inbox/"),
            "inbox of the front desk": ("xiaowang", lambda: "/inbox/"),
            "register": ("xiaowang", lambda: "/registers/goods-release/"),
            "register, far down": ("xiaowang", lambda: f"/registers/goods-release/?before={self._row()}"),
            "register by words": ("xiaowang", lambda: f"/registers/goods-release/?q={quote(self._name())}"),
            "registers": ("xiaowang", lambda: "/registers/"),
            "unit": ("xiaowang", lambda: f"/units/{self.chance.choice(self.homes)}/"),
            "search by name": ("xiaowang", lambda: f"/?q={quote(self._name())}&"),
            "search by part of a name": ("xiaowang", lambda: f"/?q={quote(self._name()[1:])}"),
            "search, half spelt": ("xiaowang", lambda: "/?q=zhangxm"),
            "search by room": ("xiaowang", lambda: f"/?q={self._room()}"),
            "search, room not there": ("xiaowang", lambda: f"/?q={self._room()}9"),
            "counter": ("xiaowang", lambda: "/"),
            "cases": ("laoli", lambda: "/cases/"),
            "cases, far down": ("laoli", lambda: f"/cases/?before={self._case()}"),
            "cases that are late": ("laoli", lambda: "/cases/?status=late"),
            "case": ("laoli", lambda: f"/cases/{self._case()}/"),
            "notices": ("laoli", lambda: "/notices/"),
            "gate": ("zhou", lambda: "/gate/"),
            "gate, the phone's list": ("zhou", lambda: "/gate/list/"),
        }

    def _name(self) -> str:
        return self.chance.choice(self.names)

    def _room(self) -> str:
        building, floor = 100 + self.chance.randrange(20), self.chance.randrange(1, 26)
        return f"{building}-{self.chance.choice('12')}-{floor}0{self.chance.choice('12')}"

    def _case(self) -> int:
        return self._near(Case, self.cases)

    def _row(self) -> str:
        pk = self._near(RegisterRow, self.rows)
        return paging.written(RegisterRow.objects.get(pk=pk).entered_at, pk)

    def _near(self, model: type[Case] | type[RegisterRow], between: dict[str, int]) -> int:
        wanted = self.chance.randint(between["low"], between["high"])
        found = model.objects.filter(estate=self.estate, pk__lte=wanted).order_by("-pk")
        return int(found.values_list("pk", flat=True)[0])


def measure(port: int, seed: int, samples: int) -> list[Timed]:
    """Every page in turn, over and over: what slows the machine for a while slows all of them."""
    _fill_the_pile()
    addresses = Addresses(seed).every()
    browsers = {who: Browser(port, who) for who, _ in addresses.values()}
    timed = [Timed(name) for name in addresses]
    for number in range(WARM_UP + samples):
        for one in timed:
            who, address = addresses[one.name]
            path = address()
            began = time.perf_counter()
            try:
                browsers[who].get(path)
            except RuntimeError as why:
                if " 302 " not in str(why):  # a search that finds one thing leads straight there
                    raise
            if number >= WARM_UP:
                one.took.append((time.perf_counter() - began) * 1000)
    return timed


def _fill_the_pile() -> None:
    """Notices are a full page in a house of any size: else the page would be compared to a shorter one."""
    newest = Notice.objects.filter(estate__code="cuihu", case__isnull=False).order_by("-id")
    pile = list(newest.values_list("pk", flat=True)[: PAGE + 1])
    Notice.objects.filter(pk__in=pile).update(read_at=None, read_by=None, post="duty_supervisor", staff=None)


def create(port: int, samples: int) -> list[Timed]:
    """Goods releases by people at their screens, one request after the other: taking one in, and each act after it."""
    opened, acted = Timed("a case is taken in"), Timed("an act")
    release = _Release(port, f"alone-{time.time_ns()}", acted, opened)
    for _ in range(WARM_UP):
        release.whole()
    opened.took.clear()
    acted.took.clear()
    for _ in range(samples):
        release.whole()
    return [opened, acted]


def act(port: int, seconds: float) -> tuple[float, Timed]:
    """Whole goods releases over HTTP, by several people at several screens at once: actions a second."""
    timed, done = Timed("an act, four screens at once"), threading.Barrier(SCREENS, timeout=GIVE_UP)
    told: list[tuple[int, float]] = []

    def work(number: int) -> None:
        release = _Release(port, f"http-{time.time_ns()}-{number}", timed)
        release.whole()
        done.wait()
        timed.took.clear()
        done.wait()
        began, actions = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            actions += release.whole()
        told.append((actions, time.perf_counter() - began))

    threads = [threading.Thread(target=work, args=[number]) for number in range(SCREENS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(told) != SCREENS:
        raise RuntimeError("a screen of the bench gave up")
    return sum(actions / took for actions, took in told), timed


class _Release:
    """A goods release as people do it on their screens, form by form."""

    def __init__(self, port: int, name: str, timed: Timed, opened: Timed | None = None) -> None:
        self.name, self.timed, self.opened, self.number = name, timed, opened or timed, 0
        self.staff = {who: Browser(port, who) for who in ("xiaowang", "laoli", "chen", "zhou")}
        self.drawn = _drawn()
        self.home = Occupancy.objects.get(unit__key="12-3-502", unit__estate__code="cuihu", role="owner")

    def whole(self) -> int:
        """One case; how many actions it was."""
        signed = {"act-signature": self.drawn}
        opened = self._send("xiaowang", f"/units/{self.home.unit_id}/open/goods-release/", {
            "act-applicant": str(self.home.pk), "carrier": "张女士", "carrier_id": CARRIER + check_digit(CARRIER),
            "phone": "13800571500", "date": timezone.localdate().isoformat(), "plate": "",
            "goods-0-name": "三人沙发", "goods-0-count": "1", "goods-0-remark": "",
        }, self.opened)  # fmt: skip
        found = re.search(r"/cases/(\d+)/", opened)
        assert found is not None
        acts = f"/cases/{found[1]}/acts/"
        self._act("xiaowang", acts, "sign", "signed", **signed)
        self._act("laoli", acts, "confirm", "approved", **signed)
        self._act("chen", acts, "seal", "sealed")
        self._act("xiaowang", acts, "issue", "issued")
        self._act("zhou", acts, "gate", "released", **{"act-tick": "0"})
        return 6

    def _act(self, who: str, address: str, step: str, outcome: str, **more: str) -> None:
        self._send(
            who, address, {"act-step": step, "act-branch": "", "act-outcome": outcome, **more}, self.timed
        )

    def _send(self, who: str, address: str, sent: dict[str, str], timed: Timed) -> str:
        self.number += 1
        began = time.perf_counter()
        answer = self.staff[who].post(address, key=f"{self.name}-{self.number:06}", **sent)
        timed.took.append((time.perf_counter() - began) * 1000)
        return answer


def _drawn() -> str:
    """A signature as the pad sends it."""
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    for x in range(40, 260):
        image.putpixel((x, 60 + x % 7), (20, 32, 28, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
