"""`banli torture`: kills parts of a house of its own while clients work, and then looks whether anything is wrong.

Nothing of an installation is touched. Exit status 1 when anything acknowledged was lost, half done or done twice.
"""

import argparse
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from banli.config.failures import say
from banli.config.installation import Installation
from banli.config.postgres import place_of_cluster

from .house import House, HouseDown

PLACE = Path("/var/tmp")  # on a disk; /tmp may be memory, which keeps what was never written


def main(argv: list[str]) -> int:
    """Run it; 0 when nothing was wrong."""
    wanted = _arguments(argv)
    seed = wanted.seed if wanted.seed is not None else secrets.randbelow(10**6)
    say(f"种子 {seed}", f"seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="banli-torture-", dir=wanted.place))
    folder.chmod(0o755)  # as root, PostgreSQL runs as nobody
    house = House(folder / "data", "--short-demo")
    try:
        house.start()
        say("启动一处自己的服务", "Starting a house of its own")
        house.await_ready()
        _look_into(house)
        from .run import run  # only now can its models be loaded

        wrong = run(house, folder, wanted, seed)
    except HouseDown as why:
        wrong = [str(why)]
    finally:
        house.end()
    for one in wrong:
        print(f"  ✗ {one}", flush=True)
    if wrong:
        say(
            f"有 {len(wrong)} 处不对，一切留在 {folder}",
            f"{len(wrong)} things are wrong; everything stays in {folder}",
        )
        return 1
    _remove(folder)
    say("没有丢失，没有半途，没有重复", "nothing lost, nothing half done, nothing done twice")
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "torture", description="破坏测试 / kill it while it works", allow_abbrev=False
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="多少分钟 / how long")
    length.add_argument("--kills", type=int, default=200, help="多少次 / how many kills (%(default)s)")
    parser.add_argument("--clients", type=int, default=4, help="客户端数 / clients (%(default)s)")
    parser.add_argument(
        "--seed", type=int, help="种子 / of an earlier run: what dies when, and who does what"
    )
    parser.add_argument(
        "--place", type=Path, default=PLACE, help="临时文件夹 / where its data goes (%(default)s)"
    )
    return parser.parse_args(argv[1:])


def _look_into(house: House) -> None:
    """This process sees the house's database, with its keys, to make tokens before and to judge afterwards."""
    installation = Installation(house.data)
    os.environ.pop("DATABASE_URL", None)
    server = installation.server()
    if server is None or not server.running():
        raise HouseDown("its database does not answer")
    os.environ["DATABASE_URL"] = server.url()
    import django

    django.setup()


def _remove(folder: Path) -> None:
    """The folder, and the database where it had to be put elsewhere."""
    cluster = place_of_cluster(folder / "data")
    if folder not in cluster.parents:
        shutil.rmtree(cluster.parent)
    shutil.rmtree(folder)
