"""The counter's one box, as it answers while somebody types: how long each kind of search takes over HTTP."""

import random
import time
from collections.abc import Callable
from urllib.parse import quote

from django.db.models import Max, Min

from banli.cases.models import Case
from banli.config.year.words import GIVEN, SURNAMES
from banli.estate.belongings import Vehicle
from banli.estate.models import Estate, Occupancy, Person, Unit
from banli.estate.names import sound_of

from .browser import Browser
from .pages import WARM_UP, Timed

DIGITS = "〇一二三四五六七八九"


class Words:
    """What is typed: each call another text of its kind, drawn by the seed from all there is."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.estate = Estate.objects.get(code="cuihu")
        self.between = Person.objects.filter(estate=self.estate).aggregate(low=Min("pk"), high=Max("pk"))
        self.vehicles = Vehicle.objects.filter(estate=self.estate).aggregate(low=Min("pk"), high=Max("pk"))
        self.case = Case.objects.filter(estate=self.estate).latest("pk").pk

    def every(self) -> dict[str, Callable[[], str]]:
        """Kind → a text."""
        return {
            "room, 12-3-502": lambda: self._unit().key,
            "room, 12栋3单元502": lambda: self._unit().address,
            "room, 十二幢三单元五〇二": lambda: self._in_words(self._unit()),
            "room, its first letters": lambda: self._unit().key[:6],
            "room that is not there": lambda: f"{self._unit().key}9",
            "name": lambda: self._person().name,
            "surname": lambda: self.chance.choice(SURNAMES),
            "end of a name": lambda: self._person().name[1:],
            "one letter of a name": lambda: self.chance.choice(GIVEN),
            "name that is not there": lambda: f"欧阳{self.chance.choice(GIVEN)}鑫",
            "pinyin": lambda: self._person().pinyin,
            "part of a pinyin": lambda: self._person().pinyin[3:8],
            "initials": lambda: self._person().initials,
            "name, half spelt": lambda: _half_spelt(self._person()),
            "building and name": self._building_and_name,
            "telephone": lambda: self._person().phone,
            "its last four digits": lambda: self._person().phone[-4:],
            "plate": lambda: self._vehicle().plate,
            "part of a plate": lambda: self._vehicle().plate[3:],
            "case number": lambda: str(self.case),
        }

    def _person(self) -> Person:
        wanted = self.chance.randint(self.between["low"], self.between["high"])
        return Person.objects.filter(estate=self.estate, pk__lte=wanted).exclude(phone="").latest("pk")

    def _unit(self) -> Unit:
        return self._lives().unit

    def _lives(self) -> Occupancy:
        lives = Occupancy.objects.select_related("unit__building", "person")
        return lives.filter(person=self._person())[0]

    def _building_and_name(self) -> str:
        one = self._lives()
        return f"{one.unit.building.code}栋 {one.person.name}"

    def _vehicle(self) -> Vehicle:
        wanted = self.chance.randint(self.vehicles["low"], self.vehicles["high"])
        return Vehicle.objects.filter(estate=self.estate, pk__lte=wanted).latest("pk")

    def _in_words(self, unit: Unit) -> str:
        return "".join(
            DIGITS[int(sign)] if sign.isdigit() else sign for sign in unit.address.replace("栋", "幢")
        )


def _half_spelt(person: Person) -> str:
    """zhangns: the surname in full, of the rest how each syllable begins."""
    surname, begins = sound_of(person.name[:1])
    return surname + person.initials[len(begins) :]


def measure(port: int, seed: int, samples: int) -> list[Timed]:
    """Every kind in turn, over and over, as the box asks while one types."""
    words, browser = Words(seed).every(), Browser(port, "xiaowang")
    browser.headers["HX-Request"] = "true"
    timed = [Timed(kind) for kind in words]
    for number in range(WARM_UP + samples):
        for one in timed:
            path = f"/?q={quote(words[one.name]())}"
            began = time.perf_counter()
            browser.get(path)
            if number >= WARM_UP:
                one.took.append((time.perf_counter() - began) * 1000)
    return timed
