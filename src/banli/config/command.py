"""The banli command: a table of subcommands, each a `main(argv) -> int` of the room that owns it.

`--data DIR` goes with any of them; `argv[0]` is the subcommand's name.
"""

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from banli.config.failures import StartFailure
from banli.config.installation import Installation

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Subcommand:
    """What the table says of one: where it lives, and whether it needs Django with its database."""

    module: str
    about: str
    database: bool = True


SUBCOMMANDS = {
    "serve": Subcommand("banli.config.supervisor", "运行全部 / run everything", database=False),
    "demo": Subcommand("banli.config.demo", "演示小区的一年 / the demo's year (serve runs it once)"),
    "check": Subcommand("banli.engine.command", "检查流程文件 / prove the packs sound", database=False),
    "draw": Subcommand("banli.engine.command", "画流程图 / draw the procedures", database=False),
    "audit": Subcommand("banli.cases.command", "核对日志 / verify the journal and what follows from it"),
    "staff": Subcommand("banli.people.command", "员工与岗位 / people who sign in, and their posts"),
    "estate": Subcommand("banli.estate.command", "小区与房屋 / estates and their homes"),
    "token": Subcommand("banli.people.command", "接口令牌 / tokens for the API"),
    "backup": Subcommand("banli.config.backup.command", "备份 / everything into one encrypted file"),
    "restore": Subcommand(
        "banli.config.backup.command", "恢复 / bring a backup back into an empty place", database=False
    ),
    "archive": Subcommand(
        "banli.config.archive.command", "档案 / an estate's whole record, to be read without Banli"
    ),
    "bench": Subcommand("banli.bench.command", "测量 / measure this machine", database=False),
    "torture": Subcommand("banli.torture.command", "破坏测试 / kill parts of it at work", database=False),
    "migrate": Subcommand("banli.config.prepare", "升级数据库 / bring the database up to date"),
    "manage": Subcommand("banli.config.manage", "Django 的命令 / Django's own commands"),
    "worker": Subcommand("banli.config.worker", "后台任务 / the worker alone (serve runs one)"),
}


def main() -> int:
    """Runs one subcommand; a failure to start is one sentence on stderr and status 1."""
    data, argv = _data_folder(sys.argv[1:])
    name = argv[0] if argv else ""
    subcommand = SUBCOMMANDS.get(name)
    if subcommand is None:
        print(_usage(), file=sys.stderr if name not in ("", "-h", "--help", "help") else sys.stdout)
        return 0 if name in ("-h", "--help", "help") else 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banli.config.settings")
    try:
        if name in ("serve", "restore"):
            os.environ["BANLI_DATA"] = str(data)
        with Installation(data).database() if subcommand.database else nullcontext():
            if subcommand.database:
                import_module("django").setup()
            status: int = import_module(subcommand.module).main(argv)
            return status
    except StartFailure as failure:
        print(failure, file=sys.stderr)
        return 1


def _data_folder(argv: list[str]) -> tuple[Path, list[str]]:
    """Takes --data out of the arguments; without it BANLI_DATA, else data/ in this copy of Banli."""
    data = os.environ.get("BANLI_DATA", str(ROOT / "data"))
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--data":
            data = next(words, "") or data
        elif word.startswith("--data="):
            data = word.removeprefix("--data=")
        else:
            rest.append(word)
    return Path(data).absolute(), rest


def _usage() -> str:
    lines = [f"  {name:9}{subcommand.about}" for name, subcommand in SUBCOMMANDS.items()]
    return "\n".join(["banli [--data DIR] COMMAND …", *lines])


if __name__ == "__main__":
    sys.exit(main())
