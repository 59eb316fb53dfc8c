"""`banli estate`: an estate and its homes, from the command line, so that an empty installation can be filled."""

import argparse
import sys
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from .models import Building, Estate, Unit
from .rooms import key_of


def main(argv: Sequence[str]) -> int:
    """banli estate add CODE NAME … | building CODE NUMBER … | list"""
    parser = argparse.ArgumentParser(prog="banli estate", description="小区与房屋 / estates and their homes")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="新小区 / a new estate")
    add.add_argument("code", help="短码 / short code, such as cuihu")
    add.add_argument("name")
    add.add_argument("--english", default="", help="英文名 / its English name")
    add.add_argument("--city", default="")
    add.add_argument(
        "--grade", type=int, choices=(1, 2, 3), default=1, help="DB11/T 751 服务等级 / service grade"
    )
    add.set_defaults(run=_add)
    building = commands.add_parser("building", help="一栋楼和它的房屋 / a building with its homes")
    building.add_argument("code", help="小区短码 / the estate's code")
    building.add_argument("number", help="栋号 / its number, such as 12")
    building.add_argument(
        "--entrances", default="", help="单元，逗号分开 / entrances, such as 1,2,3; without: none"
    )
    building.add_argument("--floors", type=int, required=True, help="层数 / how many floors")
    building.add_argument(
        "--homes", required=True, help="每层的户号 / the homes of each floor, such as 01,02"
    )
    building.set_defaults(run=_building)
    commands.add_parser("list", help="全部小区 / every estate").set_defaults(run=_list)
    told = parser.parse_args(argv[1:])
    try:
        with transaction.atomic():
            print(told.run(told))
    except Estate.DoesNotExist:
        print(f"没有短码为 {told.code} 的小区 / no estate has the code {told.code}", file=sys.stderr)
        return 1
    except IntegrityError:
        print("已有同样的小区或楼栋，没有改动 / it is there already; nothing was changed", file=sys.stderr)
        return 1
    return 0


def _add(told: argparse.Namespace) -> str:
    Estate.objects.create(
        code=told.code, name=told.name, name_en=told.english, city=told.city, grade=told.grade
    )  # fmt: skip
    return f"{told.code} {told.name}"


def _building(told: argparse.Namespace) -> str:
    estate = Estate.objects.get(code=told.code)
    homes = add_building(
        estate, told.number, entrances=told.entrances.split(","), floors=told.floors, homes=told.homes.split(",")
    )  # fmt: skip
    return f"{told.number}栋：{homes} 户 / {homes} homes"


def add_building(
    estate: Estate, number: str, *, entrances: Sequence[str], floors: int, homes: Sequence[str]
) -> int:
    """A building with the same homes on every floor; how many they are. IntegrityError if it is there already."""
    building = Building.objects.create(estate=estate, code=number, name=f"{number}栋")
    units = [
        Unit(
            estate=estate,
            building=building,
            entrance=entrance,
            room=f"{floor}{home}",
            floor=floor,
            key=key_of(number, entrance, f"{floor}{home}"),
        )
        for entrance in entrances
        for floor in range(1, floors + 1)
        for home in homes
    ]
    return len(Unit.objects.bulk_create(units))


def _list(told: argparse.Namespace) -> str:
    lines = [f"{e.code}\t{e.name}\t{e.units.count()}" for e in Estate.objects.order_by("code")]
    return "\n".join(lines) or "还没有小区 / no estate yet"
