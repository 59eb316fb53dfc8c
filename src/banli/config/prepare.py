"""What must be true before the house opens: tables, static files, packs, on first start the demo estate."""

import hashlib
import sys
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from banli.config.failures import StartFailure, say
from banli.engine.refusals import Refusal

YEAR_WANTED = "loading a year"


def main(argv: list[str]) -> int:
    """`banli migrate`."""
    migrate()
    return 0


def prepare(with_demo: bool, a_year: bool = False) -> None:
    """Everything, in order; each part does nothing when it is done already. Leaves no connection open.

    ``a_year``: the demo's cases are left to `banli demo`, which makes a year of them; otherwise a morning's are made.
    """
    django.setup()
    _check_fonts()
    say("升级数据库", "Bringing the database up to date")
    migrate()
    _collect_static()
    say("载入流程", "Loading the procedures")
    for fault in import_module("banli.cases.packs").load_all():
        print(f"  {fault}", file=sys.stderr)
    _first_start(with_demo, a_year)
    connections.close_all()


def migrate() -> None:
    """Applies what is missing, and makes the table behind the rate limits."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def demo_sign_ins() -> list[tuple[str, str, str]]:
    """(username, password, who) of the demo estate; empty when it was not loaded."""
    if _choice().read_text() not in ("demo", YEAR_WANTED):
        return []
    sign_ins: list[tuple[str, str, str]] = import_module("banli.config.demo").sign_ins()
    return sign_ins


def _check_fonts() -> None:
    try:
        import_module("banli.papers.fonts").check()
    except Refusal as refusal:
        raise StartFailure(refusal.say("zh"), refusal.say("en")) from refusal


def _collect_static() -> None:
    """Collects, hashes and compresses, when any file changed since the last time."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    note = settings.STATIC_ROOT / ".collected"
    if note.exists() and note.read_text() == digest.hexdigest():
        return
    say("整理静态文件", "Collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    note.write_text(digest.hexdigest())


def year_wanted() -> bool:
    """Whether the demo's year is still to be made, or finished."""
    return _choice().exists() and _choice().read_text() == YEAR_WANTED


def year_made() -> None:
    """It is."""
    _choice().write_text("demo")


def _choice() -> Path:
    return Path(settings.DATA, "first-start")


def _first_start(with_demo: bool, a_year: bool) -> None:
    """Once per data folder: the demo estate, unless it is unwanted or the database has an estate already.

    What was decided is written down before, so that a start cut short is taken up again, and not decided anew.
    """
    from banli.estate.models import Estate

    if not _choice().exists():
        wanted = with_demo and not Estate.objects.exists()
        _choice().write_text((YEAR_WANTED if a_year else "loading") if wanted else "empty")
    if year_wanted():
        say("建立演示小区", "Making the demo estate")
        import_module("banli.config.demo").place_a_year_ago()
    if _choice().read_text() == "loading":
        say("载入演示小区", "Loading the demo estate")
        import_module("banli.config.demo").load()
        _choice().write_text("demo")
