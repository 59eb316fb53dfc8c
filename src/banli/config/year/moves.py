"""Who moves in and out in the course of the year, and who may act for whom, until it is revoked."""

import random
from datetime import date, datetime, time, timedelta

from banli.estate.actions import add_person
from banli.estate.authority.actions import grant_authority, revoke_authority
from banli.estate.models import Authority, Occupancy
from banli.estate.moving import move_out

from . import hours
from .homes import Home, People, Resident
from .town import Do, Town

#: Of a whole year: tenancies that end, homes let for the first time, homes sold, relatives who join, letters.
LEAVE, LET, SOLD, JOIN, LETTERS = 11, 6, 2, 14, 9
LEFT = (
    ("lease_ended", "租约到期，钥匙已交回业主"), ("lease_ended", "提前解约，水电已结清"), ("work_ended",
        "工作调动到外地"),
    ("with_family", "随家人搬到城西"), ("other", "自己买了房"),
)  # fmt: skip
REVOKED = ("改由业主本人办理", "租约提前解除，停止代办", "业主要求换人代办")


def keep_moving(town: Town, homes: list[Home], people: People, begin: date, end: date, scale: float) -> None:
    """Plan the year's moves at these homes; who lives there changes as they happen."""
    chance = random.Random(f"{town.seed} moves")
    span = (end - begin).days

    def some_day(last: int = span - 2) -> date:
        return hours.workday(begin + timedelta(days=chance.randrange(10, last)))

    def so_many(a_year: int) -> range:
        return range(max(round(a_year * scale), 1))

    let = [one for one in homes if one.tenant]
    chance.shuffle(let)
    leaving, letting = let[: len(so_many(LEAVE))], let[len(so_many(LEAVE)) :]
    empty = chance.sample([one for one in homes if not one.tenant and not one.new], k=LET + SOLD)
    for number, home in zip(so_many(LEAVE), leaving, strict=False):
        _then(town, some_day(), _leaves(town, home, people, number, again=number % 4 != 3))
    for number, home in zip(so_many(LET), empty, strict=False):
        _then(town, some_day(), _comes(town, home, people, f"let-{number}"))
    for number, home in zip(so_many(SOLD), reversed(empty), strict=False):
        _then(town, some_day(), _sells(town, home, people, number))
    for number in so_many(JOIN):
        _then(town, some_day(), _joins(town, chance.choice(homes), people, number))
    for number, home in zip(so_many(LETTERS), letting, strict=False):
        revoked = number % 3 == 0  # and early enough to be, before the year is over
        day = some_day(span // 2 if revoked else span - 2)
        _then(town, day, _authorises(town, home, number, revoked=revoked))


def _then(town: Town, day: date, do: Do) -> None:
    town.at(hours.on(day, time(10, 5 + day.day)), do)


def _leaves(town: Town, home: Home, people: People, number: int, *, again: bool) -> Do:
    """The tenant leaves; a few days later perhaps there is another."""
    departure, note = LEFT[number % len(LEFT)]
    next_one = _comes(town, home, people, f"after-{number}")

    def leave(at: datetime) -> None:
        desk, held = town.desk(town.posts["front_desk"]), _held(home, "tenant")
        if held is not None:
            move_out(
                by=desk, occupancy=held, until=hours.day_of(at), departure=departure, note=note,
                acting=desk.posts["front_desk"], key=town.key(f"leaves-{number}"), at=at,
            )  # fmt: skip
        home.tenant = None
        if again:
            _then(town, hours.workday(hours.day_of(at), 4 + number % 9), next_one)

    return leave


def _comes(town: Town, home: Home, people: People, name: str) -> Do:
    """A new tenant moves in."""
    told = people.particulars()

    def come(at: datetime) -> None:
        desk = town.desk(town.posts["front_desk"])
        lives = add_person(
            by=desk, unit=home.unit, particulars=told, role="tenant", since=hours.day_of(at), arrival="rented",
            note="租期一年，合同复印件已存", acting=desk.posts["front_desk"], key=town.key(name), at=at,
        )  # fmt: skip
        home.tenant = Resident(lives.person, "tenant", told.phone, told.id_number)

    return come


def _sells(town: Town, home: Home, people: People, number: int) -> Do:
    """The home is another's from the next day on."""
    told = people.particulars()

    def sell(at: datetime) -> None:
        desk, held = town.desk(town.posts["front_desk"]), _held(home, "owner")
        today = hours.day_of(at)
        if held is not None:
            move_out(
                by=desk, occupancy=held, until=today, departure="sold", note="过户已完成，押金结清",
                acting=desk.posts["front_desk"], key=town.key(f"sells-{number}"), at=at,
            )  # fmt: skip
        lives = add_person(
            by=desk, unit=home.unit, particulars=told, role="owner", since=today + timedelta(days=1), arrival="bought",
            acting=desk.posts["front_desk"], key=town.key(f"buys-{number}"), at=at,
        )  # fmt: skip
        home.owner = Resident(lives.person, "owner", told.phone, told.id_number)

    return sell


def _joins(town: Town, home: Home, people: People, number: int) -> Do:
    """Somebody of the family comes to live there too."""
    told = people.particulars()

    def join(at: datetime) -> None:
        desk = town.desk(town.posts["front_desk"])
        add_person(
            by=desk, unit=home.unit, particulars=told, role="family", since=hours.day_of(at), arrival="with_family",
            acting=desk.posts["front_desk"], key=town.key(f"joins-{number}"), at=at,
        )  # fmt: skip

    return join


def _authorises(town: Town, home: Home, number: int, *, revoked: bool) -> Do:
    """The owner lets the tenant act for them, for a year or until they think otherwise."""

    def authorise(at: datetime) -> None:
        desk, today = town.desk(town.posts["front_desk"]), hours.day_of(at)
        if home.tenant is None:
            return
        letter = grant_authority(
            by=desk, unit=home.unit, principal=home.owner.person, delegate=home.tenant.person,
            scopes=["goods_release", "network"] if number % 2 else ["goods_release"], valid_from=today,
            valid_to=today + timedelta(days=364), evidence_kind="signed_paper",
            evidence_note=f"委托书原件，前台文件夹 {number + 1} 号",
            acting=desk.posts["front_desk"], key=town.key(f"letter-{number}"), at=at,
        )  # fmt: skip
        if revoked:
            later = hours.workday(today, 6 + number * 5 % 40)
            _then(town, later, _revokes(town, letter, REVOKED[number % len(REVOKED)]))

    return authorise


def _revokes(town: Town, letter: Authority, reason: str) -> Do:
    def revoke(at: datetime) -> None:
        desk = town.desk(town.posts["front_desk"])
        letter.refresh_from_db()
        if letter.revoked_at is None and letter.valid_to >= hours.day_of(at):
            revoke_authority(by=desk, authority=letter, reason=reason, acting=desk.posts["front_desk"], at=at)

    return revoke


def _held(home: Home, role: str) -> Occupancy | None:
    """The role that ends; None where it has been ended before."""
    lives = Occupancy.objects.filter(unit=home.unit, role=role, departure="").order_by("-pk")
    return lives.select_related("unit", "person").first()
